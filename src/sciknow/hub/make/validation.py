"""Checking a source folder: every rule of the files, every reference, every shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import sciknow.catalogs as catalogs
import sciknow.graph as graph
from sciknow.errors import NotFound
from sciknow.hub.make.merge import merge
from sciknow.hub.make.quads import quads_of
from sciknow.hub.make.source import Content, examine_knowledge, join_content
from sciknow.hub.store.paths import packaged_source


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where, and what to do.

    Parameters
    ----------
    record : str
        The file, or the record's kind and id.
    what : str
        What is wrong.
    mend : str
        What to do; empty where *what* says it.
    severity : str
        ``violation``, or ``warning`` for what is poor rather than wrong.
    """

    record: str
    what: str
    mend: str = ""
    severity: str = "violation"

    def to_dict(self) -> dict[str, str]:
        """Return it as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        mend = f"; {self.mend}" if self.mend else ""
        return f"{self.record}: {self.what}{mend}"


def validate_source(source: Path) -> list[Finding]:
    """Check a folder with ``catalogs/`` and ``knowledge_graph/``; collects every problem.

    Faults of the files come first; while there are any, the records cannot be put together and
    the shapes are not run. Violations come before warnings.

    Raises
    ------
    NotFound
        When the folder has no ``catalogs``.
    """
    if not (source / "catalogs").is_dir():
        raise NotFound(f"{source} has no folder catalogs/", hint="name a node's folder")
    found = list(_files(source))
    if found:
        return found
    content = join_content(source)
    found = [Finding("references", line) for line in content.problems()]
    return found or sorted(_shapes(content), key=lambda item: item.severity != "violation")


def _files(source: Path) -> Iterator[Finding]:
    for file, problems in catalogs.check_folder(source / "catalogs").items():
        for problem in problems:
            line = f" line {problem.line}" if problem.line else ""
            yield Finding(f"catalogs/{file}{line}", problem.message, problem.hint)
    for fault in examine_knowledge(source).problems:
        yield Finding("knowledge_graph", fault.message, fault.hint)


def _shapes(content: Content) -> Iterator[Finding]:
    own = content.source / "knowledge_graph" / "shapes"
    shapes = own if own.is_dir() else packaged_source() / "knowledge_graph" / "shapes"
    for item in graph.validate(quads_of(merge(content, ())), shapes):
        value = f" (found {item.value})" if item.value else ""
        place = f"{item.path}: " if item.path else ""
        severity = "violation" if item.severity == "violation" else "warning"
        yield Finding(item.record, f"{place}{item.what}{value}", item.mend, severity)
