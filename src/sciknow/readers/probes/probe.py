"""One look at a distribution: does it answer, how fast, and with what the catalogue says.

A light look is one request for the first bytes of the one document that opening starts with; a
deep one opens the distribution with its reader as well and reads one chunk. Nothing here raises
for what a source does: every trouble is an `Outcome`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

from sciknow.errors import SciknowError
from sciknow.model import Distribution
from sciknow.model.fingerprint import Strength
from sciknow.model.probe import Outcome, Probe
from sciknow.net import Deadline
from sciknow.readers import registry
from sciknow.readers.fingerprints.sample import WHOLE_BYTES
from sciknow.readers.probes.content import mismatch
from sciknow.readers.probes.glance import Glance, glance
from sciknow.readers.probes.outcome import Missed, missed
from sciknow.readers.protocol import Location
from sciknow.readers.request import locate
from sciknow.vocab import MediaType
from sciknow.wire.retry import PROBE, Tries

LIGHT = 20.0
"""Seconds that a light look may take in all."""

DEEP = 60.0
"""Seconds that opening, and then reading, may take in a deep look."""

AGAIN = frozenset({Outcome.SERVER_ERROR, Outcome.BUSY, Outcome.UNREACHABLE})

_DOCUMENTS = {
    "zarr": (".zmetadata", "zarr.json", ".zgroup", ".zarray"),
    "icechunk": ("repo", "refs/branch.main/ref.json"),
}
"""Reader → the documents of which a store has at least one."""

_FILES = frozenset({"netcdf", "csv", "parquet", "geotiff", "grib", "jsonl", "excel"})
"""Readers of which the address is a file, or a set of files."""

_ENDINGS = (".dods", ".dds", ".das", ".html", ".ascii", ".csv", ".csvp", ".htmlTable", ".json")
_TABLE = (".parquet", ".pq", ".geoparquet", ".parq")


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for, and what should come.

    Parameters
    ----------
    url : str
        An address or a local path.
    form : str
        As of `content.mismatch`.
    listing : bool
        Whether it is a folder or a prefix.
    """

    url: str
    form: str
    listing: bool = False


def probe_distribution(
    distribution: Distribution,
    *,
    base: Path | str | None,
    deadline: float | None = None,
    deep: bool = False,
) -> Probe:
    """Look at one way to a dataset; a page about it is a way without a reader.

    Parameters
    ----------
    distribution : Distribution
        The way.
    base : Path or str
        The catalogue's folder, from which local paths start.
    deadline : float, optional
        Seconds for the request; in a deep look also for opening, and again for reading.
    deep : bool
        Open it with its reader, where it has one, and read one chunk of one variable.

    Returns
    -------
    Probe
        Whatever happened.
    """
    at = datetime.now(UTC)
    seconds = deadline if deadline is not None else DEEP if deep else LIGHT
    Deadline.after(seconds)
    url = distribution.access_url
    found, problem = _look(distribution, base, seconds)
    deeper = deep and distribution.openable and problem is None
    if deeper:
        problem = _deep(distribution, base, seconds)
    size = found.size if distribution.reader in _FILES or not distribution.openable else None
    probe = Probe(
        outcome=Outcome.MOVED if found.moved_to else Outcome.OK,
        at=at,
        url=url,
        deep=deeper,
        latency=found.latency or None,
        size=size,
        etag=found.etag,
        modified=found.modified,
        moved_to=found.moved_to,
        strength=_strength(distribution.reader, size),
    )
    if problem is None:
        return probe
    return replace(probe, outcome=problem.outcome, detail=problem.detail)


def _look(
    distribution: Distribution, base: Path | str | None, seconds: float
) -> tuple[Glance, Missed | None]:
    """Take a light look, and say what is wrong."""
    try:
        location = locate(distribution, base=base, deadline=seconds)
        lacking = _lacking(distribution.reader)
        asks = _asks(distribution.reader, distribution, location)
        return location.transport.run(_first_of(location, asks, seconds)), lacking
    except Exception as error:
        return Glance(), missed(error)


def _lacking(reader: str) -> Missed | None:
    """Say what a reader needs that is not installed; those of the core need nothing."""
    if not reader or registry.KNOWN.get(reader, ("",))[0] == "sciknow":
        return None
    try:
        registry.get(reader)
    except SciknowError as error:
        return missed(error)
    return None


def _asks(reader: str, distribution: Distribution, location: Location) -> list[Ask]:
    url, options = location.url, distribution.options
    if not reader:
        return [Ask(url, _free_form(distribution), _is_store(location))]
    if names := _DOCUMENTS.get(reader):
        group = str(options.get("group") or "").strip("/")
        tops = [url.rstrip("/") + f"/{group}"] * bool(group) + [url.rstrip("/")]
        form = "json" if reader == "zarr" else "data"
        return [Ask(_document(top, name), form) for top in tops for name in names]
    if reader in ("opendap", "tabledap"):
        return [Ask(_served(url) + ".dds", "dds")]
    if reader == "stac":
        return [Ask(url, "json")]
    folder = location.path.is_dir() if location.path else url.rstrip("/").endswith(_TABLE)
    if reader == "kerchunk":
        return [Ask(_document(url.rstrip("/"), ".zmetadata") if folder else url, "json")]
    if reader in _FILES and (asks := _set(reader, location, options)) is not None:
        return asks
    if reader == "parquet" and _is_folder(location):
        return [Ask(url, "page", True)]
    return [Ask(url, reader)]


def _set(reader: str, location: Location, options: Mapping[str, object]) -> list[Ask] | None:
    """Return what is asked of a set of files: its first member, or the folder's listing."""
    marks = "*?" if location.path else "*"
    if not options.get("files") and not any(mark in location.url for mark in marks):
        return None
    fileset = import_module("sciknow.readers.fileset")
    if not fileset.is_set(location, options):
        return None
    if options.get("files") or location.path:
        return [Ask(fileset.members(location, options)[0], reader)]
    return [Ask(location.url.rpartition("/")[0] + "/", "page", True)]


def _served(url: str) -> str:
    """Return the address of a dataset on a server of the Data Access Protocol, bare."""
    bare = url.partition("?")[0].rstrip("/")
    for ending in _ENDINGS:
        bare = bare.removesuffix(ending)
    return bare


def _document(top: str, name: str) -> str:
    """Return the address of a document in a store; what follows a ``?`` stays at the end."""
    bare, mark, query = top.partition("?") if "://" in top else (top, "", "")
    return f"{bare.rstrip('/')}/{name}{mark}{query}"


def _free_form(distribution: Distribution) -> str:
    """Tell what comes of a way without a reader: anything, but no page where data are named."""
    named = distribution.media_type
    if named == MediaType.CSV:
        return "csv"
    return "page" if not named or "html" in named or named.startswith("text/") else "data"


def _is_store(location: Location) -> bool:
    return location.path is not None or not location.url.startswith(("http://", "https://"))


def _is_folder(location: Location) -> bool:
    if location.path is not None:
        return location.path.is_dir()
    return not urlsplit(location.url).path.lower().endswith(_TABLE)


async def _first_of(location: Location, asks: list[Ask], seconds: float) -> Glance:
    """Return the first of several that is there; else what is wrong with the first.

    One that refuses counts before one that is not there.
    """
    problems: list[Missed] = []
    async with asyncio.timeout(seconds):
        for ask in asks:
            try:
                return await _tried(location, ask, Deadline.after(seconds))
            except Missed as problem:
                if problem.outcome not in (Outcome.GONE, Outcome.FORBIDDEN):
                    raise
                problems.append(problem)
    raise min(problems, key=lambda item: item.outcome is not Outcome.FORBIDDEN)


async def _tried(location: Location, ask: Ask, deadline: Deadline) -> Glance:
    tries = Tries(PROBE, deadline)
    while True:
        try:
            found = await glance(location.transport, ask.url, listing=ask.listing)
            break
        except TimeoutError:
            raise
        except Exception as error:
            problem = missed(error)
            passing = problem.outcome in AGAIN
            pause = tries.pause(problem.detail, wait=problem.wait, passing=passing)
            if pause is None:
                raise problem from error
            await asyncio.sleep(pause)
    wrong = "" if ask.listing else mismatch(ask.form, found.head)
    if wrong:
        raise Missed(Outcome.CONTENT, wrong)
    return found


def _deep(distribution: Distribution, base: Path | str | None, seconds: float) -> Missed | None:
    """Say what is wrong when it is opened; what opens is imported for that alone."""
    room = import_module("sciknow.readers.probes.probe_deep")
    found: Missed | None = room.problem(distribution, base, seconds)
    return found


def _strength(reader: str, size: int | None) -> str:
    """Tell what fingerprint a lock would take of a file, by its size."""
    if reader not in _FILES or size is None:
        return ""
    return str(Strength.WHOLE if size <= WHOLE_BYTES else Strength.SAMPLED)
