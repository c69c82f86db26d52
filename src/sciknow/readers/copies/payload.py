"""Which files a distribution is made of: what has to be copied to have all of it.

A single file, a set, the parts of a table, the keys of a Zarr store, or references with the files
that they lead to. What a server makes on request has no files of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sciknow.errors import InvalidInput, LimitExceeded
from sciknow.model import Distribution
from sciknow.model.preserved import FileVersion, SourceFile
from sciknow.net import DEADLINE
from sciknow.readers import registry
from sciknow.readers.fileset import is_set, members
from sciknow.readers.formats.parquet.groups import files_of
from sciknow.readers.formats.zarr.payload import ReferencePayload, reference_payload, zarr_files
from sciknow.readers.protocol import Location
from sciknow.readers.registry import reader_for
from sciknow.readers.request import CATALOG_DIR, locate
from sciknow.text import counted
from sciknow.wire.download import current_state

MAX_FILES = 1_000_000
ASKED = 500
"""Files whose size is asked for one by one, for a plan."""

AT_ONCE = 8
UNKNOWN = FileVersion()

SINGLE = frozenset({"csv", "excel", "geotiff", "grib", "jsonl", "netcdf"})
"""Readers of which an address is a file, or a set of files."""

WHOLE = SINGLE | {"kerchunk", "parquet", "zarr"}
"""Readers of which a distribution is made of files that can be copied as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The files of a distribution, and how their copies open.

    Parameters
    ----------
    files : tuple of SourceFile
        Sorted by path.
    opens : str
        The address of the copy below the folder of the copies, as a reader takes it.
    location : Location
        Where the originals are.
    listed : bool
        Whether the source itself said which files there are.
    references : mapping
        Of references: a document that leads to the copies; empty otherwise.
    """

    files: tuple[SourceFile, ...]
    opens: str
    location: Location
    listed: bool = True
    references: Mapping[str, object] = field(default_factory=dict)

    @property
    def known_bytes(self) -> int:
        """The bytes of all files of which the size is known."""
        return sum(item.state.size or 0 for item in self.files)


def list_files(
    distribution: Distribution, *, base: Path | str | None, deadline: float = DEADLINE
) -> Payload | None:
    """Tell which files a distribution is made of.

    Parameters
    ----------
    distribution : Distribution
        The way.
    base : Path or str
        The catalogue's folder, from which local paths start.
    deadline : float
        Seconds for each request, retries included.

    Returns
    -------
    Payload or None
        None when there are none: a server makes the answers, or the format is one whose files
        cannot be told apart.

    Raises
    ------
    SourceUnavailable
        When the source does not answer, or does not say what files it has.
    LimitExceeded
        When there are more files than are copied.
    """
    reader = reader_for(distribution)
    if reader.name not in WHOLE:
        return None
    registry.check_options(reader, distribution.options)
    location = locate(distribution, base=base, deadline=deadline)
    found = _of_reader(reader.name, distribution, location)
    if not found.files or len(found.files) > MAX_FILES:
        raise LimitExceeded(
            f"{distribution.id} is made of {counted(len(found.files), 'file')}",
            hint=f"1 to {MAX_FILES:,} are copied; name a part with bbox, period or variables",
        )
    return found


def with_sizes(found: Payload, *, most: int = ASKED) -> tuple[SourceFile, ...]:
    """Return the files of a payload with the sizes that the source says.

    Of a large payload whose source lists no sizes only a few are asked for; the others stay
    unknown.

    Raises
    ------
    SourceUnavailable
        When the source does not answer.
    """
    unknown = [item for item in found.files if item.state.size is None][:most]
    transport = found.location.transport
    with ThreadPoolExecutor(AT_ONCE) as pool:
        states = pool.map(lambda item: current_state(transport, item), unknown)
        told = {item.path: state for item, state in zip(unknown, states, strict=True)}
    return tuple(
        replace(item, state=told.get(item.path) or item.state)
        for item in found.files
        if item.path not in told or told[item.path] is not None or not item.optional
    )


def _of_reader(name: str, distribution: Distribution, location: Location) -> Payload:
    named = _naming(distribution, location)
    if name == "zarr":
        top = _last(location.url)
        found = zarr_files(location, distribution.options)
        files = [
            _file(location, f"{top}/{key}", url, state, optional, named=named)
            for key, url, state, optional in found.keys
        ]
        return _payload(files, top, location, listed=found.listed)
    if name == "kerchunk":
        return _of_references(reference_payload(location), location, named)
    if name in SINGLE and is_set(location, distribution.options):
        folder = location.url.rpartition("/")[0]
        pairs = [(url[len(folder) + 1 :], url) for url in members(location, distribution.options)]
        files = [_file(location, unquote(path), url, named=named) for path, url in pairs]
        return _payload(files, _last(location.url), location)
    return _of_file_or_folder(name, location, named)


def _of_file_or_folder(name: str, location: Location, named: Callable[[str], str]) -> Payload:
    top = _last(location.url)
    if name == "parquet":
        parts = files_of(location)
        if parts[0][0]:
            files = [_file(location, f"{top}/{part}", url, named=named) for part, url in parts]
            return _payload(files, top, location)
    top = top.replace("%", "_")  # validators of bags disagree on how a manifest writes it
    return _payload([_file(location, top, location.url, named=named)], top, location)


def _of_references(
    found: ReferencePayload, location: Location, named: Callable[[str], str]
) -> Payload:
    files = [_file(location, path, url, named=named) for path, url in found.files]
    return Payload(
        files=_sorted(files), opens="", location=location, references=found.document("data")
    )


def _payload(
    files: list[SourceFile], opens: str, location: Location, *, listed: bool = True
) -> Payload:
    return Payload(files=_sorted(files), opens=opens, location=location, listed=listed)


def _sorted(files: list[SourceFile]) -> tuple[SourceFile, ...]:
    return tuple(sorted(files, key=lambda item: item.path))


def _file(
    location: Location,
    path: str,
    url: str,
    state: FileVersion = UNKNOWN,
    optional: bool = False,
    *,
    named: Callable[[str], str],
) -> SourceFile:
    if state == UNKNOWN and "://" not in url:
        size = location.transport.local(url).stat().st_size if Path(url).is_file() else None
        state = FileVersion(size)
    return SourceFile(
        path=_checked(path), url=url, named=named(url), state=state, optional=optional
    )


def _checked(path: str) -> str:
    parts = path.split("/")
    bad = any(part in ("", ".", "..") or len(part.encode()) > 240 for part in parts)
    if bad or any(ord(char) < 32 for char in path):
        raise InvalidInput(
            f"the source has a file of the name {path[:200]!r}", hint="it cannot be kept under it"
        )
    return path


def _naming(distribution: Distribution, location: Location) -> Callable[[str], str]:
    """Return what writes a local path as the catalogue would, free of this machine's folders."""
    folder = location.transport.folder

    def named(url: str) -> str:
        if "://" in url or folder is None:
            return ""
        return f"{CATALOG_DIR}/{Path(url).resolve().relative_to(folder.resolve()).as_posix()}"

    return named


def _last(url: str) -> str:
    """Return the last part of an address, fit for the name of a file."""
    path = urlsplit(url).path if "://" in url else url
    name = unquote(path.rstrip("/").rpartition("/")[2]) or "data"
    return name.replace("/", "_").replace("\\", "_")
