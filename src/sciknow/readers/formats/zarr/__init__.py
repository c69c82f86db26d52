"""Zarr, versions 2 and 3."""

from __future__ import annotations

from sciknow.model.content import JSON
from sciknow.model.format import ARRAYS, Form, Format, intake_array
from sciknow.model.option import parse_flag
from sciknow.readers.formats.zarr.probe import asks
from sciknow.readers.options import GROUPED

FORMAT = Format(
    name="zarr",
    reader="sciknow.readers.formats.zarr.reader:ZarrReader",
    form=Form.FOLDER,
    route="chunks of a Zarr store",
    content=JSON,
    media_types=("application/vnd.zarr", "application/vnd+zarr", "application/x-zarr"),
    suffixes=(".zarr",),
    options={**GROUPED, "consolidated": parse_flag},
    requires=("zarr",),
    install="sciknow",
    libraries=(*ARRAYS, "zarr"),
    words=("zarr",),
    intake=(intake_array("Zarr", "zarr", group="root"),),
    asks=asks,
)
