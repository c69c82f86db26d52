"""Which formats are installed, and which of them fits: the one place that lists formats.

Formats, the built-in ones too, come from the entry-point group ``sciknow.readers``: each entry is
a `sciknow.model.format.Format`, which imports nothing heavy. `sciknow.readers.registry` imports
what opens it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from urllib.parse import urlsplit

from sciknow.errors import DegradedWarning, NotFound
from sciknow.model.format import Format

GROUP = "sciknow.readers"


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
def installed_formats() -> dict[str, Format]:
    """Return every installed format by its name, sorted."""
    points = load(entry_points(group=GROUP))
    found = {name: import_format(points[name]) for name in sorted(points)}
    return {name: item for name, item in found.items() if item is not None}


def import_format(point: EntryPoint) -> Format | None:
    """Import what one format says of itself; a broken one warns and is skipped.

    The entry may also name the reader, which has its format as an attribute.
    """
    try:
        made = point.load()
        found = getattr(made, "format", made)
    except Exception as error:
        found, problem = None, f"{type(error).__name__}: {error}"
    else:
        problem = "it is no Format of that name"
    if isinstance(found, Format) and found.name == point.name:
        return found
    warnings.warn(
        f"the reader {point.name!r} ({point.value}) is skipped: {problem}",
        DegradedWarning,
        stacklevel=3,
    )
    return None


def format_named(name: str) -> Format:
    """Return a format by its name, whether or not what it needs is installed.

    Raises
    ------
    NotFound
        When no such format is installed; says which are.
    """
    found = installed_formats().get(name)
    if found is None:
        raise NotFound(
            f"no reader {name!r} is installed; installed are {_names()}",
            hint="name one of them in the catalogue, or install a package that brings it",
        )
    return found


def format_of_media_type(media_type: str) -> Format | None:
    """Return the format that a media type stands for; None where none does."""
    return next(
        (item for item in installed_formats().values() if media_type in item.media_types), None
    )


def format_of_name(name: str) -> Format | None:
    """Return the format whose files, folders or documents end as a name does; None for none."""
    return next((item for item in installed_formats().values() if item.has_ending(name)), None)


def path_of(url: str) -> str:
    """Return the path of an address: without query and fragment, which local paths do not have.

    Examples
    --------
    >>> path_of("https://example.org/a.nc?v=1#top"), path_of("measured #1?.nc")
    ('/a.nc', 'measured #1?.nc')
    """
    if "://" not in url or url.startswith("file://"):
        return url.removeprefix("file://")
    return urlsplit(url).path


def format_for(url: str, media_type: str = "") -> Format:
    """Return the format of a media type, or of the ending of an address.

    Raises
    ------
    NotFound
        When none fits; says which are installed.
    """
    name = path_of(url).rstrip("/") or url
    found = format_of_media_type(media_type) if media_type else format_of_name(name)
    if found is not None:
        return found
    what = f"the media type {media_type}" if media_type else f"the ending of {url[:200]}"
    raise NotFound(
        f"no reader for {what}; installed are {_names()}",
        hint="name a reader, or install one that registers itself under sciknow.readers",
    )


def _names() -> str:
    return ", ".join(installed_formats()) or "none"
