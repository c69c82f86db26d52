"""STAC: items, collections and searches, and the images that they lead to."""

from __future__ import annotations

from sciknow.model.content import JSON
from sciknow.model.format import ARRAYS, Form, Format, Intake
from sciknow.model.option import one_of, parse_limit, parse_names
from sciknow.readers.options import SHARED

GROUPS = ("time", "day", "id")
KINDS = ("Item", "ItemCollection", "Collection", "Catalog")
MAX_ITEMS = 1_000
"""The most items that are opened together."""

_TAKEN = ("chunks", "mask_and_scale")

FORMAT = Format(
    name="stac",
    reader="sciknow.readers.formats.stac.reader:StacReader",
    form=Form.DOCUMENT,
    route="the files of STAC items",
    content=JSON,
    media_types=("application/geo+json", "application/vnd.stac+json"),
    options={
        **dict.fromkeys(SHARED),
        "cls": one_of(*KINDS),
        "assets": parse_names,
        "limit": parse_limit,
        "groupby": one_of(*GROUPS),
        **{name: SHARED[name] for name in _TAKEN},
        "overview_level": None,
    },
    requires=("pystac", "tifffile", "imagecodecs", "pyproj"),
    install="sciknow[stac]",
    libraries=(*ARRAYS, "pystac", "tifffile"),
    intake=(
        Intake(
            datatype="intake.readers.datatypes:STACJSON",
            reader="intake.readers.catalogs:StacCatalogReader",
            output_instance="intake.readers.entry:Catalog",
            required=("cls",),
        ),
    ),
)
