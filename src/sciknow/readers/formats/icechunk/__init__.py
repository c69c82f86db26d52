"""Icechunk: versioned Zarr."""

from __future__ import annotations

from sciknow.model.format import ARRAYS, Address, Form, Format, intake_array
from sciknow.model.option import parse_region, parse_remote, parse_web_url
from sciknow.model.parse import Where, parse_mapping
from sciknow.readers.formats.icechunk.probe import asks
from sciknow.readers.options import GROUPED

VERSIONS = ("branch", "tag", "snapshot")
"""Options of which at most one says which version is opened."""


def parse_containers(value: object, where: Where) -> dict[str, dict[str, str]]:
    """Read where chunks outside a repository may lie: prefixes, each with region and endpoint."""
    places = {}
    for prefix, item in parse_mapping(value, where).items():
        at = where / prefix
        store = parse_mapping(item, at, allowed=("region", "endpoint_url"))
        found = {}
        if "region" in store:
            found["region"] = parse_region(store["region"], at / "region")
        if "endpoint_url" in store:
            found["endpoint_url"] = parse_web_url(store["endpoint_url"], at / "endpoint_url")
        places[parse_remote(prefix, at)] = found
    return places


FORMAT = Format(
    name="icechunk",
    reader="sciknow.readers.formats.icechunk.reader:IcechunkReader",
    form=Form.FOLDER,
    route="chunks of a snapshot",
    media_types=("application/vnd.icechunk",),
    suffixes=(".icechunk",),
    options={**GROUPED, **dict.fromkeys(VERSIONS), "virtual_containers": parse_containers},
    requires=("icechunk", "zarr"),
    install="sciknow[icechunk]",
    libraries=(*ARRAYS, "zarr", "icechunk"),
    words=("icechunk",),
    intake=(intake_array("IcechunkRepo", "zarr", address=Address.REPOSITORY, elsewhere=VERSIONS),),
    asks=asks,
)
