"""Building a generation: from catalogues and Turtle, or from plain texts."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import sciknow.graph as graph
from sciknow.clock import stamp
from sciknow.errors import InvalidInput
from sciknow.hub.hub import Hub
from sciknow.hub.make.documents import documents_of
from sciknow.hub.make.quads import quads_of
from sciknow.hub.make.source import read_content
from sciknow.hub.store.archive import archive_inputs
from sciknow.hub.store.folder import HubFolder
from sciknow.hub.store.manifest import FORMAT, Manifest, digest_files
from sciknow.hub.store.paths import PACKAGE_SOURCE, packaged_source, user_hub
from sciknow.hub.store.records import Stored, write_records
from sciknow.hub.store.state import GRAPH, RECORDS, SEARCH
from sciknow.model import Concept, Dataset, LangString
from sciknow.model.plain import to_plain
from sciknow.progress import Progress, silent
from sciknow.search import (
    Document,
    Embedder,
    EmbeddingCache,
    build_index,
    document_of_text,
    index_digest,
    load_embedder,
)
from sciknow.version import __version__
from sciknow.vocab import Sector

if TYPE_CHECKING:
    from sciknow.graph import Quad

_LONE = re.compile(r"[\ud800-\udfff]")
"""Half a character, which no file takes."""
_ID_DIGITS = 32


def build_hub(
    source: Path | str | None = None,
    target: Path | str | None = None,
    *,
    sectors: Sequence[Sector | str] | None = None,
    model: str | Embedder | None = None,
    archive: bool = True,
    progress: Progress | None = None,
) -> Hub:
    """Build a hub's new generation from a folder, and serve it.

    Parameters
    ----------
    source : path, optional
        Folder with ``catalogs/`` and ``knowledge_graph/``; what ships with the package when left
        out.
    target : path, optional
        The hub's folder; *source* itself when left out, or the user's own hub when both are.
    sectors : sequence of Sector, optional
        Build a node of these sectors only.
    model : str or Embedder, optional
        A sentence-transformers model (folder or hub name); the default model when left out.
    archive : bool
        Keep the input files in the hub's archive.
    progress : callable, optional
        Called with (stage, done, total).

    Returns
    -------
    Hub
        Opened on the new generation; on the old one when nothing has changed.

    Raises
    ------
    InvalidInput
        When a record breaks a rule; the old generation goes on serving.
    """
    packaged = source is None
    origin = packaged_source() if source is None else Path(source)
    folder = HubFolder(Path(target) if target else user_hub() if packaged else origin)
    report = progress or silent
    report("read", 0, 1)
    content = read_content(origin)
    if sectors:
        content = content.of_sectors([Sector(name) for name in sectors])
    report("read", 1, 1)
    plan = _Plan(
        kind="catalog",
        source=_source(origin, folder, packaged),
        objects=[*content.datasets, *content.concepts, *content.publications, *content.agents],
        documents=documents_of(content),
        sectors=tuple(sorted({str(d.sector) for d in content.datasets if d.sector})),
        counts={
            "datasets": len(content.datasets),
            "publications": len(content.publications),
            "concepts": len(content.concepts),
            "agents": len(content.agents),
        },
        quads=quads_of(content),
        concepts={item.id: item for item in content.concepts},
    )
    path = _make(folder, plan, load_embedder(model, verify=True), report)
    if archive:
        archive_inputs(folder.archive, origin, content.files(), path.name)
    return Hub(folder, embedder=model if isinstance(model, Embedder) else None)


def build_from_texts(
    texts: Iterable[Mapping[str, object]],
    target: Path | str,
    *,
    model: str | Embedder | None = None,
    progress: Progress | None = None,
) -> Hub:
    """Build a hub from plain texts, for collections that are no catalogue.

    Parameters
    ----------
    texts : iterable of mappings
        ``id`` and ``title`` or ``text`` (all str), and ``metadata`` (a mapping, kept as it is).
    target : path
        The hub's folder.
    model, progress
        As in `build_hub`.

    Returns
    -------
    Hub
        ``search``, ``dataset`` and iteration work; there is no graph. A hit's ``dataset`` has
        the text as its description and the metadata as ``extra``.

    Raises
    ------
    InvalidInput
        For a text without id or content, or two with the same id; nothing is written.
    """
    rows: dict[str, tuple[str, str, str, dict[str, object]]] = {}
    if isinstance(texts, (str, Mapping)) or not isinstance(texts, Iterable):
        raise InvalidInput(
            f"texts have to be several mappings, not {type(texts).__name__}",
            hint='write [{"id": "a", "title": "…", "text": "…"}]',
        )
    for number, text in enumerate(texts):
        row = _text_row(number, text)
        if row[0] in rows:
            raise InvalidInput(f"two texts have the id {row[0]!r}", hint="give each its own")
        rows[row[0]] = row
    folder = HubFolder(Path(target))
    plan = _Plan(
        kind="texts",
        source="",
        objects=[
            Dataset(id=name, title=LangString(title), description=LangString(text), extra=extra)
            for name, title, text, extra in rows.values()
        ],
        documents=[document_of_text(*row) for row in rows.values()],
        counts={"texts": len(rows)},
    )
    _make(folder, plan, load_embedder(model, verify=True), progress or silent)
    return Hub(folder, embedder=model if isinstance(model, Embedder) else None)


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What a generation shall hold."""

    kind: str
    source: str
    objects: Sequence[Stored]
    documents: Sequence[Document]
    counts: Mapping[str, int]
    sectors: tuple[str, ...] = ()
    quads: Sequence[Quad] | None = None
    concepts: Mapping[str, Concept] = field(default_factory=dict)


def _make(folder: HubFolder, plan: _Plan, embedder: Embedder, report: Progress) -> Path:
    """Write the generation of a plan and serve it; one that is there already is served again."""
    inputs = {
        "format": str(FORMAT),
        "source": plan.source,
        "records": _records_digest(plan.objects),
        "graph": graph.canonical_digest(plan.quads) if plan.quads is not None else "",
        "model": embedder.digest,
        "search": index_digest(plan.documents, embedder, plan.concepts),
    }
    identifier = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
    identifier = identifier[:_ID_DIGITS]
    with folder.building() as scratch:
        known = folder.whole(identifier)
        if known is not None:
            folder.serve(known)
            return known
        report("records", 0, 1)
        write_records(scratch / RECORDS, plan.objects)
        report("records", 1, 1)
        build_index(
            scratch / SEARCH,
            plan.documents,
            embedder=embedder,
            cache=EmbeddingCache(),
            concepts=plan.concepts,
            progress=report,
        )
        if plan.quads is not None:
            report("graph", 0, 1)
            graph.write_store(scratch / GRAPH, plan.quads)
            report("graph", 1, 1)
        Manifest(
            id=identifier,
            kind=plan.kind,
            created=stamp(),
            sciknow=__version__,
            source=plan.source,
            inputs=inputs,
            model={
                "name": embedder.name,
                "digest": embedder.digest,
                "dimensions": embedder.dimensions,
            },
            sectors=plan.sectors,
            counts=plan.counts,
            files=digest_files(scratch),
        ).write(scratch)
        return folder.publish(scratch, identifier)


def _source(origin: Path, folder: HubFolder, packaged: bool) -> str:
    """Return how the manifest names the source: relative to a generation where one holds it."""
    if packaged or origin.resolve() == packaged_source().resolve():
        return PACKAGE_SOURCE
    generation = folder.generations.resolve() / "x"
    root = folder.root.resolve()
    if origin.resolve().is_relative_to(root):
        return os.path.relpath(origin.resolve(), generation)
    return str(origin.resolve())


def _records_digest(objects: Sequence[Stored]) -> str:
    digest = hashlib.sha256()
    for item in objects:
        line = json.dumps([type(item).__name__, to_plain(item)], sort_keys=True)
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _text_row(number: int, row: Mapping[str, object]) -> tuple[str, str, str, dict[str, object]]:
    if not isinstance(row, Mapping):
        raise InvalidInput(f"text {number} is no mapping", hint="give id, title, text, metadata")
    name, title, text = (row.get(key) or "" for key in ("id", "title", "text"))
    if not (isinstance(name, str) and isinstance(title, str) and isinstance(text, str)):
        raise InvalidInput(f"text {number}: id, title and text must be str")
    title, text = _LONE.sub("", title), _LONE.sub("", text)
    if not name.strip() or not (title or text).strip():
        raise InvalidInput(f"text {number} has no id, or neither title nor text")
    metadata = row.get("metadata") or {}
    try:
        json.dumps([name, metadata], ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            f"text {number}: id or metadata cannot be kept as JSON: {error}",
            hint="give strings, numbers, lists and mappings of them",
        ) from error
    if not isinstance(metadata, Mapping):
        raise InvalidInput(f"text {number}: metadata is no mapping", hint='write {"year": 2020}')
    return name, title, text, dict(metadata)
