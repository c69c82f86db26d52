"""Options that array readers share, with what a catalogue may give them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sciknow.model.option import Parser, one_of, parse_chunks, parse_flag, parse_name, parse_names

DECODING: Mapping[str, Parser] = MappingProxyType(
    {
        "decode_cf": parse_flag,
        "decode_times": parse_flag,
        "decode_timedelta": parse_flag,
        "decode_coords": one_of(True, False, "coordinates", "all"),
        "mask_and_scale": parse_flag,
        "use_cftime": parse_flag,
        "drop_variables": parse_names,
    }
)
"""Options of every array reader, as `xarray.open_dataset` takes them."""

SHARED: Mapping[str, Parser | None] = MappingProxyType(
    {"chunks": parse_chunks, **DECODING, "engine": None}
)

GROUPED: Mapping[str, Parser | None] = MappingProxyType({**SHARED, "group": parse_name})
"""Those of formats that hold groups."""
