"""GRIB, editions 1 and 2."""

from __future__ import annotations

from sciknow.model.content import Content, Magic
from sciknow.model.format import ARRAYS, Form, Format, intake_array
from sciknow.model.option import parse_chunks, parse_count, parse_name, parse_names
from sciknow.model.parse import Where, parse_list, parse_mapping

FILTERS = (
    "shortName",
    "paramId",
    "typeOfLevel",
    "level",
    "stepType",
    "number",
    "dataDate",
    "dataTime",
    "endStep",
    "gridType",
    "dataType",
)
"""Keys that ``filter_by_keys`` may name."""


def parse_filters(value: object, where: Where) -> dict[str, object]:
    """Read which GRIB fields are meant: ecCodes' keys, each with one value or several."""
    filters: dict[str, object] = {}
    for key, item in parse_mapping(value, where, allowed=FILTERS).items():
        at = where / key
        if isinstance(item, list):
            filters[key] = list(parse_list(item, at, _parse_filter))
        else:
            filters[key] = _parse_filter(item, at)
    return filters


def _parse_filter(value: object, where: Where) -> object:
    return parse_name(value, where) if isinstance(value, str) else parse_count(value, where)


def reaches(head: bytes) -> int | None:
    """Return where the first message of a file ends, by the file's first bytes.

    Examples
    --------
    >>> reaches(b"GRIB" + bytes([0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])), reaches(b"GRIB")
    (256, None)
    """
    at = head.find(b"GRIB")
    start = head[at : at + 16]
    if at < 0 or len(start) < 16 or start[7] not in (1, 2):
        return None
    length = int.from_bytes(start[4:7] if start[7] == 1 else start[8:16])
    large = start[7] == 1 and length >= 2**23  # counted in another unit
    return None if large else at + length


FORMAT = Format(
    name="grib",
    reader="sciknow.readers.formats.grib.reader:GribReader",
    form=Form.FILE,
    route="fields of a GRIB file",
    # a header of the telecommunication system may stand before the first message
    content=Content("GRIB", (Magic(b"GRIB", at=None),)),
    media_types=("application/wmo-grib", "application/x-grib", "application/x-grib2"),
    suffixes=(".grib", ".grib1", ".grib2", ".grb", ".grb1", ".grb2"),
    options={
        "chunks": parse_chunks,
        "drop_variables": parse_names,
        "filter_by_keys": parse_filters,
        "group": None,
    },
    requires=("numpy", "xarray"),
    install="sciknow[grib]",
    libraries=(*ARRAYS, "eccodes"),
    words=("grib", "grib1", "grib2"),
    intake=(intake_array("GRIB2", "cfgrib"),),
    reaches=reaches,
)
