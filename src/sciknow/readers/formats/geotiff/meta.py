"""What a GeoTIFF says of its values: names, units, scales and the value that stands for none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from sciknow.readers.formats.geotiff.image import Image

MAX_TEXT = 4 * 2**20
"""The longest metadata, in characters, that are read."""


def items(text: object) -> tuple[dict[str, str], dict[tuple[str, int], str]]:
    """Read the metadata that GDAL writes into a file.

    Parameters
    ----------
    text : object
        The tag GDAL_METADATA, XML; entities and anything that is no such text are passed over.

    Returns
    -------
    whole : dict
        Name → text, of the file.
    bands : dict
        (role, band counted from 0) → text.
    """
    whole: dict[str, str] = {}
    bands: dict[tuple[str, int], str] = {}
    plain = str(text or "").strip("\0 \n")
    if "<!" in plain or len(plain) > MAX_TEXT:
        return whole, bands
    try:
        found = ElementTree.fromstring(plain) if plain else ()
    except ElementTree.ParseError:
        return whole, bands
    for item in found:
        name, value = str(item.get("name", "")), str(item.text or "")
        sample = str(item.get("sample", ""))
        if sample.isdigit():
            bands[str(item.get("role") or name).lower(), int(sample)] = value
        elif name and not item.get("domain"):
            whole[name] = value
    return whole, bands


def file_attrs(image: Image) -> dict[str, Any]:
    """Return what is said of the whole file, under the names that GDAL has for it."""
    plain = {key: str(value) for key, value in image.tags.items() if key.startswith("TIFFTAG_")}
    point = int(image.tags["geo"].get("GTRasterTypeGeoKey", 0) or 0) == 2
    own, _ = items(image.tags.get("GDAL_METADATA"))
    area = {"AREA_OR_POINT": "Point" if point else "Area"} if image.tags["geo"] else {}
    return area | plain | own


def band_attrs(image: Image) -> list[dict[str, Any]]:
    """Return what is said of each band: description, units, scale, offset, value for none."""
    _, found = items(image.tags.get("GDAL_METADATA"))
    return [_band(image, found, number) for number in range(image.shape[0])]


def _band(image: Image, found: Mapping[tuple[str, int], str], number: int) -> dict[str, Any]:
    attrs: dict[str, Any] = {}
    for role, name in (("description", "long_name"), ("unittype", "units")):
        if text := found.get((role, number), ""):
            attrs[name] = text
    scale = _number(found.get(("scale", number)), 1.0)
    offset = _number(found.get(("offset", number)), 0.0)
    if (scale, offset) != (1.0, 0.0):
        attrs |= {"scale_factor": scale, "add_offset": offset}
    if image.nodata is not None:
        attrs["_FillValue"] = image.nodata
    return attrs


def _number(text: str | None, default: float) -> float:
    try:
        return default if text is None else float(text)
    except ValueError:
        return default


PACKING = ("scale_factor", "add_offset", "_FillValue")
"""Attributes by which values are unpacked."""


def common(bands: list[dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """Return attributes for all bands together, and whether they are packed alike.

    Names and units that differ from band to band become lists.
    """
    alike = all(_same(bands[0].get(key), band.get(key)) for key in PACKING for band in bands)
    attrs: dict[str, Any] = {}
    for key in dict.fromkeys(key for band in bands for key in band):
        values = [band.get(key, "") for band in bands]
        if key in PACKING:
            attrs |= {key: values[0]} if alike else {f"band_{key.strip('_')}": values}
        else:
            attrs[key] = values[0] if len(set(values)) == 1 else values
    return attrs, alike


def _same(one: Any, other: Any) -> bool:
    return bool(one == other or (one != one and other != other))
