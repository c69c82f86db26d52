"""The manifest of a generation: what it was made from, what it holds, the digest of each file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePath
from typing import Any

from sciknow.errors import IntegrityError, InvalidInput, NotFound
from sciknow.files import files_below, sha256_bytes, sha256_file, write_atomic
from sciknow.model.plain import from_plain
from sciknow.text import counted

FORMAT = 1
"""Layout of a generation; a reader refuses another one."""
NAME = "manifest.json"
_OWN = "sha256"
"""The digest of all that a manifest says beside it; those of versions before 0.2 have none."""
_LOCKS = frozenset({"LOCK", ".tantivy-meta.lock", ".tantivy-writer.lock"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a generation says of itself.

    Parameters
    ----------
    id : str
        Digest of the inputs: two builds of the same inputs have the same id.
    kind : str
        ``catalog`` (catalogues and a graph) or ``texts`` (plain texts, no graph).
    created : str
        ISO time in UTC.
    sciknow : str
        Version of the package that built it.
    source : str
        Folder with the catalogues, ``package:`` for those that ship with the package.
    home : str
        What tells the hub's folder from a copy of it (`home_of`), where *source* lies outside.
    inputs : mapping
        Name → digest of what went in.
    model : mapping
        ``name``, ``digest`` and ``dimensions`` of the embedding model.
    sectors : tuple of str
        The sectors gathered; one for a sector node.
    counts : mapping
        Number of datasets, publications, concepts, agents.
    files : mapping
        Path → [sha256, bytes] of every file.
    """

    id: str
    kind: str
    created: str
    sciknow: str
    source: str
    inputs: Mapping[str, str]
    model: Mapping[str, object]
    home: str = ""
    sectors: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def holds(self) -> str:
        """How many records of each kind, in words."""
        told = (counted(n, name.removesuffix("s"), name) for name, n in self.counts.items())
        return ", ".join(told)

    def write(self, generation: Path) -> None:
        """Write ``manifest.json`` into a generation's folder."""
        plain = asdict(self)
        plain[_OWN] = _own_digest(plain)
        write_atomic(generation / NAME, json.dumps(plain, ensure_ascii=False, indent=1))


def home_of(hub: Path) -> str:
    """Return what tells a hub's folder from a copy: its path, and its number on the disk.

    Nobody who hands a hub on knows them, so that its manifest leads nowhere but into it.
    """
    return f"{hub.resolve()} {hub.stat().st_ino}"


def read_manifest(generation: Path) -> Manifest:
    """Read a generation's manifest.

    Raises
    ------
    NotFound
        When the folder is no generation.
    IntegrityError
        When the manifest is damaged.
    InvalidInput
        When it was written by another format of the package.
    """
    path = generation / NAME
    try:
        plain = json.loads(path.read_bytes())
        layout = plain["format"]
        found = _checked(plain) if layout == FORMAT else None
    except FileNotFoundError:
        raise NotFound(f"{generation} holds no {NAME}", hint="build the hub again") from None
    except (ValueError, TypeError, KeyError, OSError, RecursionError):
        raise IntegrityError(f"{path} is damaged", hint="build the hub again") from None
    if found is None:
        raise InvalidInput(
            f"{path} has format {layout}, this sciknow reads format {FORMAT}",
            hint="build the hub again with this version",
        )
    return found


def _checked(plain: dict[str, Any]) -> Manifest:
    """Read what a manifest says.

    Raises
    ------
    ValueError
        When it is not what was written, or its own digest is another one.
    """
    own = plain.pop(_OWN, None)
    if own is not None and own != _own_digest(plain):
        raise ValueError("its digest differs")
    found = from_plain(Manifest, plain)
    if any(path.is_absolute() or ".." in path.parts for path in map(PurePath, found.files)):
        raise ValueError("a file outside the generation")
    return found


def _own_digest(plain: Mapping[str, object]) -> str:
    return sha256_bytes(json.dumps(plain, sort_keys=True).encode())


def digest_files(generation: Path) -> dict[str, tuple[str, int]]:
    """Return path → (sha256, bytes) of every file, engine locks left out."""
    return {
        path.relative_to(generation).as_posix(): (sha256_file(path), path.stat().st_size)
        for path in files_below(generation)
        if path.name not in _LOCKS and path.name != NAME
    }


def damages(generation: Path, manifest: Manifest) -> Iterator[str]:
    """Yield a line for each file that is missing, changed or not in the manifest."""
    found = digest_files(generation)
    for name, (digest, size) in manifest.files.items():
        if name not in found:
            yield f"{name}: missing"
        elif found[name][0] != digest:
            yield f"{name}: changed ({found[name][1]:,} bytes, {size:,} expected)"
    yield from (f"{name}: not in the manifest" for name in found.keys() - manifest.files.keys())
