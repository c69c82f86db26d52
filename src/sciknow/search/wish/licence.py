"""Licences and file formats in plain words."""

from __future__ import annotations

import re

from sciknow.pattern import Pattern

OPEN = "open"
_OPEN = Pattern(
    r"\bopen(?:ly)?[-\s]?(?:licen[cs](?:ed?|ing)|data)\b|\bopen[\s-](?:access|licen[cs]es?)\b|"
    r"\bfree(?:ly)?\s+(?:to\s+)?(?:reus(?:e|able)|redistribut\w+|licen[cs]ed)\b|"
    r"\b(?:permissive(?:ly)?|unrestricted)[\s-]+licen[cs]\w+|\bcommercial\s+use\s+(?:is\s+)?(?:allowed|permitted|ok)\b|"
    r"\bfree\s+for\s+(?:any|all|commercial)\s+use\b|\bno\s+(?:licen[cs]\w+\s+|usage\s+)?restrictions?\b|"
    r"开放(?:许可|授权|数据|获取|协议|共享)|自由使用|可以?商用|允许商用|开源(?:数据|许可)",
    re.I,
    needs=("open|free|licen|commercial use|restriction|开放|自由使用|商用|开源",),
)
_CC = Pattern(
    r"\bcc[\s-]?(?P<zero>0|zero)\b|\bcc[\s-]+(?P<by>by(?:[\s-]+(?:nc|sa|nd))*)(?:[\s-]*(?P<version>[1-4]\.[05]))?\b"
    r"|\bcreative\s+commons\s+(?P<words>zero|attribution(?:[\s-]+(?:non-?commercial|share-?alike|no-?derivatives))*)",
    re.I,
    needs=("cc0|cczero|cc |cc-|creative commons",),
)
_NAMED = (
    ("PDDL", Pattern(r"\bpddl\b", re.I, needs=("pddl",))),
    (
        "ODbL",
        Pattern(r"\bodbl\b|\bopen\s+database\s+licen[cs]e\b", re.I, needs=("odbl|open database",)),
    ),
    ("ODC-By", Pattern(r"\bodc[\s-]by\b", re.I, needs=("odc by|odc-by",))),
    (
        "OGL",
        Pattern(
            r"\bogl\b|\bopen\s+government\s+licen[cs]e\b", re.I, needs=("ogl|open government",)
        ),
    ),
    ("MIT", Pattern(r"\bMIT[\s-]+[Ll]icen[cs]\w+|MIT\s*许可", needs=("MIT",))),
    (
        "Apache",
        Pattern(
            r"\bapache(?:[\s-]+2(?:\.0)?)?[\s-]+licen[cs]\w+|\bapache-2\.0\b",
            re.I,
            needs=("apache",),
        ),
    ),
    (
        "CC-PDM",
        Pattern(
            r"\bpublic[\s-]domain\b|公有领域|公共领域",
            re.I,
            needs=("public domain|public-domain|公有领域|公共领域",),
        ),
    ),
    (
        OPEN,
        Pattern(
            r"\bcreative\s+commons\b|知识共享(?:许可|协议)?",
            re.I,
            needs=("creative commons|知识共享",),
        ),
    ),
)
_WORDS = {"attribution": "by", "zero": "0"}
_FORMATS = {
    "zarr": "zarr",
    "netcdf": "netcdf net-cdf netcdf3 netcdf4 netcdf-3 netcdf-4 .nc",
    "kerchunk": "kerchunk",
    "parquet": "parquet geoparquet",
    "csv": "csv",
    "tiff": "geotiff geotiffs geo-tiff geotif cog cogs",
    "grib": "grib grib1 grib2",
    "icechunk": "icechunk",
    "opendap": "opendap",
    "tabledap": "tabledap",
    "json": "json geojson jsonl",
    "hdf5": "hdf5 hdf hdf-5",
    "excel": "xls xlsx excel",
    "shapefile": "shapefile shapefiles shp",
}
"""Format as the index writes it → the words that name it."""
_FORMAT_OF = {word: name for name, words in _FORMATS.items() for word in words.split()}
_NC = Pattern(
    r"(?<![A-Za-z0-9.])nc(?=\s*(?:files?\b|格式|文件|数据))",
    re.I,
    needs=("nc", "file|格式|文件|数据"),
)
_WORD = Pattern(r"\.?[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")


def license_of(text: str) -> str:
    """Return the licence that a text asks for: how its SPDX identifier begins, or ``open``.

    Examples
    --------
    >>> license_of("CC BY 4.0"), license_of("cc-by-nc"), license_of("under an open licence")
    ('CC-BY-4.0', 'CC-BY-NC', 'open')
    >>> license_of("MIT researchers in the open ocean")
    ''
    """
    found = _CC.search(text)
    if found:
        return _creative(found)
    named = next((name for name, pattern in _NAMED if pattern.search(text)), "")
    return named or (OPEN if _OPEN.search(text) else "")


def _creative(found: re.Match[str]) -> str:
    if found["zero"] or (found["words"] or "").lower() == "zero":
        return "CC0"
    if found["words"]:
        short = {"non": "nc", "sha": "sa", "no-": "nd", "nod": "nd", "att": "by"}
        words = re.findall(
            r"attribution|non-?commercial|share-?alike|no-?derivatives", found["words"].lower()
        )
        return "-".join(["cc", *(short[word[:3]] for word in words)]).upper()
    parts = ["cc", *re.split(r"[\s-]+", found["by"].lower())]
    return "-".join(filter(None, [*(part.upper() for part in parts), found["version"]]))


def format_of(text: str) -> str:
    """Return the file format that a text names, as the index writes it; empty for none.

    Examples
    --------
    >>> format_of("as GeoTIFF"), format_of("netCDF-4"), format_of("Zarr 格式")
    ('tiff', 'netcdf', 'zarr')
    """
    text = _NC.sub("netcdf", text)
    words = (found[0].lower() for found in _WORD.finditer(text))
    return next((_FORMAT_OF[word] for word in words if word in _FORMAT_OF), "")
