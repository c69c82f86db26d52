"""Whether the first bytes of something are what the catalogue says it is."""

from __future__ import annotations

import re

_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"PK\x03\x04")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HDF5 = b"\x89HDF\r\n\x1a\n"
_USER_BLOCK = 512
"""Where HDF5 may start instead of at 0 (HDF5 File Format Specification, section II.A)."""

_START = {
    "netcdf": (b"CDF\x01", b"CDF\x02", b"CDF\x05", _HDF5),
    "parquet": (b"PAR1", b"PARE"),
    "json": (b"{", *_PACKED),
    "dds": (b"dataset",),
    "jsonl": (b"{", b"[", *_PACKED),
    "excel": (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"),
    "geotiff": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
}
_NAMED = {
    "netcdf": "NetCDF or HDF5",
    "parquet": "Parquet",
    "json": "a JSON document",
    "dds": "an OPeNDAP structure",
    "jsonl": "lines of JSON",
    "excel": "a spreadsheet",
    "geotiff": "TIFF",
    "grib": "GRIB",
    "csv": "a text table",
}
_WORDS = frozenset({"json", "jsonl", "dds"})
"""Forms before which white space may stand."""

_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head)\b",
    re.IGNORECASE | re.DOTALL,
)


def is_page(head: bytes) -> bool:
    """Tell whether something starts like a web page."""
    return _PAGE.match(head) is not None


def mismatch(form: str, head: bytes) -> str:
    """Say what is wrong with the first bytes of something; empty when nothing is.

    Parameters
    ----------
    form : str
        What it should be: a reader's name, ``json``, ``dds``, or ``page`` for anything at all.
    head : bytes
        The first kilobyte.

    Examples
    --------
    >>> mismatch("netcdf", b"<!DOCTYPE html><html>")
    'a web page instead of NetCDF or HDF5'
    >>> mismatch("parquet", b"PAR1\\x15"), mismatch("page", b"<html>")
    ('', '')
    """
    if form == "page":
        return ""
    named = _NAMED.get(form, "data")
    if not head:
        return f"an empty file instead of {named}"
    if is_page(head):
        return f"a web page instead of {named}"
    if form == "csv":
        binary = b"\0" in head and not head.startswith((*_UTF16, *_PACKED))
        return "binary data instead of a text table" if binary else ""
    if form == "grib":  # a header of the telecommunication system may stand before it
        return "" if b"GRIB" in head else "something other than GRIB"
    starts = _START.get(form, ())
    if not starts or _begins(form, head).startswith(starts):
        return ""
    if form == "netcdf" and head[_USER_BLOCK:].startswith(_HDF5):
        return ""
    return f"something other than {named}"


def _begins(form: str, head: bytes) -> bytes:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").lower() if form in _WORDS else head
