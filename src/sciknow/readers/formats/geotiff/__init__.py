"""GeoTIFF and Cloud-Optimised GeoTIFF."""

from __future__ import annotations

from sciknow.model.content import Content, Magic
from sciknow.model.format import ARRAYS, Form, Format, intake_array
from sciknow.readers.options import SHARED

FORMAT = Format(
    name="geotiff",
    reader="sciknow.readers.formats.geotiff.reader:GeotiffReader",
    form=Form.FILE,
    route="tiles of images",
    content=Content("TIFF", tuple(map(Magic, (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")))),
    media_types=(
        "image/tiff; application=geotiff",
        "image/tiff; application=geotiff; profile=cloud-optimized",
        "image/tiff",
        "image/geotiff",
        "image/vnd.stac.geotiff",
        "image/vnd.stac.geotiff; cloud-optimized=true",
    ),
    suffixes=(".tif", ".tiff", ".gtiff", ".cog"),
    # plain Intake fails with band_as_variable: it reads one file object at two places
    options={
        **SHARED,
        **dict.fromkeys(("band_as_variable", "overview_level", "files", "concat_dim")),
    },
    requires=("tifffile", "imagecodecs", "pyproj"),
    install="sciknow[geotiff]",
    libraries=(*ARRAYS, "tifffile"),
    words=("geotiff", "geotiffs", "geo-tiff", "geotif", "cog", "cogs"),
    family="tiff",
    intake=(intake_array("TIFF", "rasterio"),),
)
