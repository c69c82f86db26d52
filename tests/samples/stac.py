"""STAC documents over files that tests write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

COG_TYPE = "image/tiff; application=geotiff; profile=cloud-optimized"


def asset(href: str, kind: str = COG_TYPE, **fields: Any) -> dict[str, Any]:
    return {"href": href, "type": kind, "roles": ["data"], **fields}


def item(name: str, when: str, assets: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [],
        "id": name,
        "geometry": {"type": "Point", "coordinates": [3, 45]},
        "bbox": [3, 45, 3, 45],
        "properties": {"datetime": when},
        "links": [],
        "assets": assets,
        **fields,
    }


def items(*features: dict[str, Any], links: tuple[Any, ...] = ()) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), "links": list(links)}


def collection(*links: tuple[str, str], **fields: Any) -> dict[str, Any]:
    return {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": "sample",
        "title": "A sample",
        "description": "Made for tests",
        "license": "CC0-1.0",
        "extent": {
            "spatial": {"bbox": [[3, 45, 3, 45]]},
            "temporal": {"interval": [["2020-01-01T00:00:00Z", None]]},
        },
        "links": [{"rel": rel, "href": href} for rel, href in links],
        **fields,
    }


def write(folder: Path, name: str, document: Any) -> str:
    (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return name
