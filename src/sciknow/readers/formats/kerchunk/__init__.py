"""Kerchunk references: a Zarr whose chunks lie in other files."""

from __future__ import annotations

from sciknow.model.content import JSON
from sciknow.model.format import ARRAYS, REFERENCE_URL, Address, Form, Format, intake_array
from sciknow.model.option import parse_flag
from sciknow.readers.formats.kerchunk.probe import asks
from sciknow.readers.options import GROUPED

FORMAT = Format(
    name="kerchunk",
    reader="sciknow.readers.formats.kerchunk.reader:KerchunkReader",
    form=Form.DOCUMENT,
    route="byte ranges that references name",
    content=JSON,
    media_types=("application/vnd.kerchunk+json", "application/vnd.zarr+kerchunk"),
    suffixes=(".json", ".json.gz", ".json.zst", ".json.zstd", ".parq"),
    options={**GROUPED, "consolidated": parse_flag},
    requires=("zarr", "numcodecs", "pyarrow"),
    install="sciknow",
    libraries=(*ARRAYS, "zarr"),
    words=("kerchunk",),
    intake=(
        intake_array(
            "Zarr",
            "zarr",
            group="root",
            address=Address.REFERENCES,
            when=lambda url: url == REFERENCE_URL,
        ),
    ),
    asks=asks,
)
