"""GeoTIFF and Cloud-Optimised GeoTIFF, one file or several side by side.

Names and dimensions are those of rioxarray (``band_data``, ``band``, ``y``, ``x``,
``spatial_ref``), so that what is written for it works on what is opened here.
"""

from __future__ import annotations

from collections.abc import Mapping

import xarray as xr

from sciknow.errors import InvalidInput
from sciknow.readers.formats.geotiff import FORMAT
from sciknow.readers.formats.geotiff.opening import costs_of, open_images
from sciknow.readers.plans.cost import Costs
from sciknow.readers.protocol import Location


class GeotiffReader:
    """Open one GeoTIFF, or several of one grid (an address with ``*``, or the option ``files``).

    Several lie side by side; with ``concat_dim`` each is a layer of its own along a new
    dimension, named by its file. ``overview_level`` takes a coarser copy that the file holds, 0
    being the finest; with ``band_as_variable`` each band is a variable.
    """

    format = FORMAT

    def open_(self, location: Location, options: Mapping[str, object]) -> xr.Dataset:
        """Open lazily; of each file the header is read."""
        check_options(options)
        return open_images(location, options)

    def costs(self, location: Location, options: Mapping[str, object]) -> Costs:
        """Return what reading costs: the file's own tables name every length."""
        return costs_of(location, options)


def check_options(options: Mapping[str, object]) -> None:
    """Refuse values that options of this reader cannot have.

    Raises
    ------
    InvalidInput
        Naming the option.
    """
    if not isinstance(options.get("band_as_variable", False), bool):
        raise InvalidInput(
            f"band_as_variable={options['band_as_variable']!r}", hint="give true or false"
        )
    level = options.get("overview_level")
    if level is not None and (isinstance(level, bool) or not isinstance(level, int) or level < 0):
        raise InvalidInput(f"overview_level={level!r}", hint="give 0 for the finest overview")
    dim = options.get("concat_dim")
    if dim is not None and (not isinstance(dim, str) or not dim or dim in {"x", "y", "band"}):
        raise InvalidInput(f"concat_dim={dim!r}", hint="give the name of a new dimension")
    if options.get("engine") not in (None, "rasterio"):
        raise InvalidInput(f"engine={options['engine']!r}", hint="leave it out, or give rasterio")
