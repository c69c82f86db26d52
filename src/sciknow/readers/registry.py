"""Which readers there are, and which of them opens a distribution.

Readers, the built-in ones too, come from the entry-point group ``sciknow.readers``; a module is
imported when its reader is asked for, not before.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from urllib.parse import urlsplit

from sciknow.errors import DegradedWarning, InvalidInput, MissingDependency, NotFound
from sciknow.model import Distribution
from sciknow.readers.protocol import Reader

GROUP = "sciknow.readers"

KNOWN = {
    "zarr": ("sciknow", ("application/vnd.zarr",), (".zarr",)),
    "netcdf": (
        "sciknow",
        ("application/netcdf", "application/x-netcdf", "application/x-hdf5"),
        (".nc", ".nc4", ".cdf", ".h5", ".hdf5", ".he5"),
    ),
    "grib": (
        "sciknow[grib]",
        ("application/wmo-grib",),
        (".grib", ".grib1", ".grib2", ".grb", ".grb1", ".grb2"),
    ),
    "icechunk": ("sciknow[icechunk]", ("application/vnd.icechunk",), (".icechunk",)),
    "kerchunk": ("sciknow", ("application/vnd.kerchunk+json",), (".json", ".parq")),
    "geotiff": (
        "sciknow[geotiff]",
        ("image/tiff; application=geotiff; profile=cloud-optimized", "image/tiff"),
        (".tif", ".tiff"),
    ),
    "stac": ("sciknow[stac]", ("application/geo+json",), ()),
    "opendap": ("sciknow", ("application/vnd.opendap.dap2",), (".dods", ".dds", ".das")),
    "tabledap": ("sciknow", ("application/vnd.erddap.tabledap",), (".csvp",)),
    "parquet": ("sciknow", ("application/vnd.apache.parquet",), (".parquet", ".pq", ".geoparquet")),
    "csv": (
        "sciknow",
        ("text/csv", "text/tab-separated-values"),
        (".csv", ".tsv", ".csv.gz", ".csv.zip"),
    ),
    "jsonl": ("sciknow", ("application/jsonl", "application/x-ndjson"), (".jsonl", ".ndjson")),
    "excel": (
        "sciknow[excel]",
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
        (".xlsx",),
    ),
}
"""Reader → what to install, media types, suffixes; for messages when it is not there."""


def load(points: Iterable[EntryPoint]) -> dict[str, EntryPoint]:
    """Sort entry points by name; the second of a name warns and is skipped."""
    found: dict[str, EntryPoint] = {}
    for point in points:
        first = found.setdefault(point.name, point)
        if first.value != point.value:
            warnings.warn(
                f"two readers are called {point.name!r}: {first.value} is used, "
                f"{point.value} is skipped",
                DegradedWarning,
                stacklevel=2,
            )
    return found


@cache
def installed() -> dict[str, EntryPoint]:
    """Return the entry point of every installed reader by its name; nothing is imported."""
    return load(entry_points(group=GROUP))


def names() -> tuple[str, ...]:
    """Return the names of the installed readers, sorted."""
    return tuple(sorted(installed()))


@cache
def _imported(name: str) -> Reader | None:
    return import_reader(installed()[name])


def import_reader(point: EntryPoint) -> Reader | None:
    """Import one reader; a broken one warns and is skipped."""
    try:
        made = point.load()
        reader = made() if isinstance(made, type) else made
    except Exception as error:
        reader, problem = None, f"{type(error).__name__}: {error}"
    else:
        problem = "it is no Reader"
    if isinstance(reader, Reader) and reader.name == point.name:
        return reader
    warnings.warn(
        f"the reader {point.name!r} ({point.value}) is skipped: {problem}",
        DegradedWarning,
        stacklevel=3,
    )
    return None


def get(name: str) -> Reader:
    """Return a reader by its name, with everything that it needs installed.

    Raises
    ------
    NotFound
        When no such reader is installed; says which are, and what to install.
    MissingDependency
        When a module that it imports is missing.
    """
    reader = _imported(name) if name in installed() else None
    if reader is None:
        known = KNOWN.get(name)
        raise NotFound(
            f"no reader {name!r} is installed; installed are {', '.join(names()) or 'none'}",
            hint=f"pip install {known[0]}" if known else "name one of them in the catalogue",
        )
    check_requirements(reader)
    return reader


def check_requirements(reader: Reader) -> None:
    """Check that every module that a reader imports can be found.

    Raises
    ------
    MissingDependency
        Naming the modules and what to install.
    """
    missing = [module for module in reader.requires if find_spec(module) is None]
    if missing:
        raise MissingDependency(
            f"the reader {reader.name!r} needs {', '.join(missing)}, which is not installed",
            hint=f"pip install '{reader.install}'",
        )


def match(url: str, media_type: str = "") -> Reader:
    """Return the reader for a media type, or for the ending of an address.

    Raises
    ------
    NotFound
        When none fits: says what is installed, what would have matched, what to install.
    """
    path = urlsplit(url).path.rstrip("/").lower() or url.lower()
    for name in names():
        reader = _imported(name)
        if reader and (
            media_type in reader.media_types if media_type else path.endswith(reader.suffixes)
        ):
            return get(name)
    raise _no_match(url, path, media_type)


def _no_match(url: str, path: str, media_type: str) -> NotFound:
    would = [
        f"{name} (pip install '{package}')"
        for name, (package, types, suffixes) in KNOWN.items()
        if media_type in types or (not media_type and path.endswith(suffixes))
    ]
    what = f"the media type {media_type}" if media_type else f"the ending of {url[:200]}"
    return NotFound(
        f"no reader for {what}; installed are {', '.join(names()) or 'none'}; "
        f"would have matched: {', '.join(would) or 'none that is known'}",
        hint="name a reader, or install one that registers itself under sciknow.readers",
    )


def reader_for(distribution: Distribution) -> Reader:
    """Return the reader that a distribution names, or that fits its media type or ending.

    Raises
    ------
    NotFound
        When there is none: says what is installed, what would have matched, what to install.
    MissingDependency
        When the reader needs a package that is not installed.
    """
    if distribution.reader:
        return get(distribution.reader)
    return match(distribution.access_url, str(distribution.media_type))


def check_options(reader: Reader, options: Iterable[str]) -> None:
    """Refuse options that a reader does not take.

    Raises
    ------
    InvalidInput
        Naming the option and those that are allowed.
    """
    if unknown := sorted(set(options) - reader.options):
        raise InvalidInput(
            f"the reader {reader.name!r} takes no option {unknown[0]!r}",
            hint="it takes " + (", ".join(sorted(reader.options)) or "none"),
        )
