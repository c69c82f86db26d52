"""STAC: an Item, an ItemCollection or a search's answer, or a Collection → one lazy cube.

Images become variables over time, y and x, put side by side where they lie on one grid; nothing
is resampled. Assets of other formats are opened by the reader of their format.
"""

from __future__ import annotations

from collections.abc import Mapping

import xarray as xr

from sciknow.errors import InvalidInput
from sciknow.readers.formats.geotiff.reader import check_options
from sciknow.readers.formats.stac import FORMAT, GROUPS, KINDS, MAX_ITEMS
from sciknow.readers.formats.stac.opening import open_document
from sciknow.readers.plans.cost import Costs
from sciknow.readers.protocol import Location


class StacReader:
    """Open what a STAC document leads to.

    ``assets`` names the assets that are wanted; by default all images of data. ``limit`` takes so
    many items and no more. ``groupby`` says what becomes one time: items of the same ``time``
    (the default) or ``day``, or each by itself (``id``). ``overview_level`` takes coarser copies.
    ``cls`` is for Intake, which has to be told what the document is.
    """

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> xr.Dataset:
        """Open lazily; the documents and the headers of the files are read."""
        wanted, limit = parse_options(options)
        return open_document(location, options, wanted, limit)

    def costs(self, location: Location, options: Mapping[str, object]) -> Costs | None:
        """Return what reading costs: the sum of what the assets cost."""
        if location.url not in location.transport.kept:
            self.open_(location, options)
        kept: Costs | None = location.transport.kept[location.url]
        return kept


def parse_options(options: Mapping[str, object]) -> tuple[list[str] | None, int | None]:
    """Check the options and return the assets and the number of items that are wanted.

    Raises
    ------
    InvalidInput
        Naming the option.
    """
    check_options({key: options[key] for key in ("overview_level",) if key in options})
    if options.get("groupby", "time") not in GROUPS:
        raise InvalidInput(f"groupby={options['groupby']!r}", hint=f"give one of {GROUPS}")
    if options.get("cls", "Item") not in KINDS:
        raise InvalidInput(f"cls={options['cls']!r}", hint=f"give one of {KINDS}")
    limit = options.get("limit")
    if limit is not None and (type(limit) is not int or not 1 <= limit <= MAX_ITEMS):
        raise InvalidInput(f"limit={limit!r}", hint=f"give a number from 1 to {MAX_ITEMS:,}")
    return _names(options.get("assets")), limit


def _names(value: object) -> list[str] | None:
    if value is None:
        return None
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)) or not names:
        raise InvalidInput(f"assets={value!r}", hint="give a list of names")
    for name in names:
        if not isinstance(name, str) or not name:
            raise InvalidInput(f"the asset {name!r}", hint="give names as texts")
    return list(dict.fromkeys(names))
