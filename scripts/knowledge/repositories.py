"""Records that stand in public repositories, whatever their form.

A source at ``github.com/<owner>/<name>/blob/<reference>/<path>`` is looked up in a folder of git
repositories (``<owner>/<name>``, bare or not, or ``<owner>+<name>/repo``). Our World in Data's
snapshots and the entries of bio.tools state fields in places of their own; every other file is a
text in which a field that a card says it has from there has to stand.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.record import Record
from knowledge.registry_files import AWS, EARTH_ENGINE, strings

_PLACE = re.compile(r"https://github\.com/([\w.-]+)/([\w.-]+)/blob/([^/]+)/(.+)")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_URL = re.compile(r"https?://[^\s)\]>\"'<`]+[^\s)\]>\"'.,;<`]")
_TERMS = re.compile(r"creativecommons\.org/(?:licenses|publicdomain)/[\w./-]+", re.IGNORECASE)


class PublicRepositories:
    """The files of public repositories, from a folder of clones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.missing = "" if folder.is_dir() else f"no folder {folder}"
        self.lacking: set[str] = set()

    def record(self, source: str) -> Record | None:
        """Return the record behind a source; None where its repository or file is not here."""
        found = _PLACE.match(source)
        if not found or source.startswith((AWS, EARTH_ENGINE)):
            return None
        owner, name, reference, path = found.groups()
        repository = self._repository(owner, name)
        if repository is None:
            self.lacking.add(f"{owner}/{name}")
            return None
        text = None
        if _COMMIT.fullmatch(reference):
            text = _show(repository, reference, path)
        text = text or _show(repository, "HEAD", path)
        return None if text is None else read(source, text)

    def covers(self, source: str) -> bool:
        """Tell whether a source is a file of a public repository that no other registry covers."""
        return bool(_PLACE.match(source)) and not source.startswith((AWS, EARTH_ENGINE))

    def _repository(self, owner: str, name: str) -> Path | None:
        places = (f"{owner}+{name}/repo", f"{owner}/{name}", f"{owner}/{name}.git")
        for place in (self.folder / item for item in places):
            if (place / ".git").is_dir():
                return place / ".git"
            if (place / "HEAD").is_file():
                return place
        return None


@cache
def _show(repository: Path, reference: str, path: str) -> str | None:
    command = ["git", "--git-dir", str(repository), "show", f"{reference}:{path}"]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def read(source: str, text: str) -> Record:
    """Read a file as a record."""
    for pattern, reader in _READERS.items():
        if pattern in source and (record := reader(source, text)):
            return record
    plain = text.replace("\\/", "/").replace("\\n", " ").replace("\\u0026", "&")
    terms = " ".join(_TERMS.findall(plain)) or plain
    return Record(where=source, text=plain, license=terms, addresses=frozenset(_URL.findall(plain)))


def _community(source: str, text: str) -> Record | None:
    """Read a project's page of the community catalogue, whose address its file name gives."""
    page = re.search(r"/docs/projects/([\w-]+)\.md$", source)
    if not page:
        return None
    told = f"{text}\nAwesome GEE community catalog https://gee-community-catalog.org/projects/{page[1]}"
    terms = " ".join(_TERMS.findall(told)) or told
    return Record(where=source, text=told, license=terms, addresses=frozenset(_URL.findall(told)))


def _owid(source: str, text: str) -> Record | None:
    """Read a snapshot of Our World in Data: the origin is what its producer states."""
    plain = yaml.safe_load(text) if source.endswith(".dvc") else None
    origin = (plain.get("meta") or {}).get("origin") if isinstance(plain, dict) else None
    if not origin:
        return None
    told = " ".join([text, *strings(plain)])
    return Record(
        where=source,
        text=told,
        license=" ".join(strings(origin.get("license") or {})),
        addresses=frozenset(_URL.findall(told)),
    )


def _biotools(source: str, text: str) -> Record | None:
    plain: dict[str, Any] = json.loads(text)
    told = " ".join(strings(plain))
    return Record(
        where=source,
        text=told,
        license=str(plain.get("license", "")),
        addresses=frozenset(_URL.findall(told)),
    )


_READERS: dict[str, Callable[[str, str], Record | None]] = {
    "github.com/owid/etl/": _owid,
    "github.com/bio-tools/content/": _biotools,
    "github.com/samapriya/awesome-gee-community-datasets/": _community,
}
