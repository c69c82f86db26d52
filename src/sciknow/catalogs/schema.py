"""The closed lists: the readers, types, engines, schemes and options a catalogue may name.

Whatever is not on these lists is refused. A name here is only ever compared with; nothing is
imported because a catalogue names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sciknow.catalogs.option import (
    one_of,
    parse_account,
    parse_chunks,
    parse_containers,
    parse_count,
    parse_dtypes,
    parse_filters,
    parse_flag,
    parse_limit,
    parse_line_dtypes,
    parse_name,
    parse_names,
    parse_region,
    parse_true,
    parse_web_url,
)
from sciknow.model.parse import Where
from sciknow.vocab import MediaType

Parser = Callable[[object, Where], object]

XARRAY = "intake.readers.readers:XArrayDatasetReader"
DASK_PARQUET = "intake.readers.readers:DaskParquet"
DASK_CSV = "intake.readers.readers:DaskCSV"
DASK_JSON = "intake.readers.readers:DaskJSON"
STAC_CATALOG = "intake.readers.catalogs:StacCatalogReader"
SUB_CATALOG = "intake.readers.readers:YAMLCatalogReader"
XARRAY_DATASET = "xarray:Dataset"
DASK_TABLE = "dask.dataframe:DataFrame"
INTAKE_CATALOG = "intake.readers.entry:Catalog"
YAML_FILE = "intake.readers.datatypes:YAMLFile"
REFERENCE_URL = "reference://"

_CLIENT: dict[str, Parser] = {"endpoint_url": parse_web_url, "region_name": parse_region}

_S3: dict[str, Parser | Mapping[str, Parser]] = {
    "anon": parse_true,
    "endpoint_url": parse_web_url,
    "client_kwargs": MappingProxyType(_CLIENT),
}
_GS: dict[str, Parser | Mapping[str, Parser]] = {
    "token": one_of("anon"),
    "endpoint_url": parse_web_url,
}
_AZ: dict[str, Parser | Mapping[str, Parser]] = {
    "anon": parse_true,
    "account_name": parse_account,
}

STORAGE_OPTIONS: Mapping[str, Mapping[str, Parser | Mapping[str, Parser]]] = MappingProxyType(
    {"s3": _S3, "gs": _GS, "az": _AZ, "abfs": _AZ}
)
"""Scheme → options of its store, as plain Intake takes them; none can carry a credential."""

REMOTE_PROTOCOLS = ("http", "https", "s3", "gs", "az", "abfs", "file")

_XARRAY: dict[str, Parser] = {
    "chunks": parse_chunks,
    "group": parse_name,
    "decode_cf": parse_flag,
    "decode_times": parse_flag,
    "decode_timedelta": parse_flag,
    "decode_coords": one_of(True, False, "coordinates", "all"),
    "mask_and_scale": parse_flag,
    "use_cftime": parse_flag,
    "drop_variables": parse_names,
}
_NETCDF: dict[str, Parser] = {
    **_XARRAY,
    "concat_dim": parse_name,
    "combine": one_of("nested"),
    "virtual": parse_flag,
}
_SERVICE = {key: parser for key, parser in _XARRAY.items() if key != "group"}
_ICECHUNK: dict[str, Parser] = {**_XARRAY, "virtual_containers": parse_containers}
_GRIB: dict[str, Parser] = {
    "chunks": parse_chunks,
    "drop_variables": parse_names,
    "filter_by_keys": parse_filters,
}
_ZARR: dict[str, Parser] = {**_XARRAY, "consolidated": parse_flag}
# band_as_variable is left out: plain Intake then reads one file object at two places, and fails
_TIFF: dict[str, Parser] = {key: parser for key, parser in _XARRAY.items() if key != "group"}
_STAC: dict[str, Parser] = {
    "cls": one_of("Item", "ItemCollection", "Collection", "Catalog"),
    "assets": parse_names,
    "limit": parse_limit,
    "groupby": one_of("time", "day", "id"),
    "chunks": parse_chunks,
    "mask_and_scale": parse_flag,
}
_PARQUET: dict[str, Parser] = {
    "columns": parse_names,
    "index": parse_name,
}
_CSV: dict[str, Parser] = {
    "sep": one_of(",", ";", "\t", "|", r"\s+"),
    "header": one_of(0, 1, 2, 3, 4, 5, None),
    "names": parse_names,
    "usecols": parse_names,
    "dtype": parse_dtypes,
    "parse_dates": parse_names,
    "date_format": one_of("%Y", "%Y-%m", "%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "ISO8601"),
    "skiprows": parse_count,
    "comment": one_of("#", "%", "!"),
    "na_values": parse_names,
    "decimal": one_of(".", ","),
    "encoding": one_of("utf-8", "utf-8-sig", "latin-1", "gb18030", "gbk"),
    "compression": one_of("gzip", "bz2", "xz", "zip", None),
    "blocksize": one_of(None, "8MB", "16MB", "32MB", "64MB"),
    "skipinitialspace": parse_flag,
    "assume_missing": parse_flag,
    "member": parse_name,
}
_LINES: dict[str, Parser] = {"lines": one_of(True), "dtype": parse_line_dtypes}


@dataclass(frozen=True, slots=True)
class Form:
    """One way that data can lie, and the only Intake classes that open it.

    Parameters
    ----------
    name : str
        The reader's name in `sciknow.model.Distribution`.
    datatype, reader, output_instance : str
        The Intake classes, as ``module:Class``.
    engines : tuple of str
        xarray engines that may be named; empty where none is.
    media_type : MediaType
        What the distribution is.
    options : mapping
        Reader option → parser of its value.
    required : tuple of str
        Options that must be written, since plain Intake needs them.
    plain : mapping
        Options that must be written with just this value, for plain Intake; ours takes them for
        granted.
    """

    name: str
    datatype: str
    reader: str
    output_instance: str
    media_type: MediaType
    options: Mapping[str, Parser]
    engines: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    plain: Mapping[str, object] = field(default_factory=dict)


def _array(name: str, kind: str, media: MediaType, options: dict[str, Parser], engine: str) -> Form:
    datatype = f"intake.readers.datatypes:{kind}"
    return Form(name, datatype, XARRAY, XARRAY_DATASET, media, options, (engine,))


FORMS: tuple[Form, ...] = (
    _array("zarr", "Zarr", MediaType.ZARR, _ZARR, "zarr"),
    _array("icechunk", "IcechunkRepo", MediaType.ICECHUNK, _ICECHUNK, "zarr"),
    _array("grib", "GRIB2", MediaType.GRIB, _GRIB, "cfgrib"),
    _array("netcdf", "NetCDF3", MediaType.NETCDF, _NETCDF, "scipy"),
    _array("netcdf", "HDF5", MediaType.NETCDF, _NETCDF, "h5netcdf"),
    _array("geotiff", "TIFF", MediaType.GEOTIFF, _TIFF, "rasterio"),
    Form(
        "stac",
        "intake.readers.datatypes:STACJSON",
        STAC_CATALOG,
        INTAKE_CATALOG,
        MediaType.STAC,
        _STAC,
        required=("cls",),
    ),
    Form(
        "parquet",
        "intake.readers.datatypes:Parquet",
        DASK_PARQUET,
        DASK_TABLE,
        MediaType.PARQUET,
        _PARQUET,
    ),
    _array("opendap", "OpenDAP", MediaType.OPENDAP, _SERVICE, "pydap"),
    Form("csv", "intake.readers.datatypes:CSV", DASK_CSV, DASK_TABLE, MediaType.CSV, _CSV),
    Form(
        "jsonl",
        "intake.readers.datatypes:JSONFile",
        DASK_JSON,
        DASK_TABLE,
        MediaType.JSON_LINES,
        _LINES,
        plain=MappingProxyType({"lines": True}),
    ),
)
"""Every form that a catalogue may name."""

KERCHUNK = _array("kerchunk", "Zarr", MediaType.KERCHUNK, _ZARR, "zarr")
"""A Zarr whose chunks lie in other files, by references; its URL is ``reference://``."""

TABLEDAP = Form(
    "tabledap",
    "intake.readers.datatypes:CSV",
    DASK_CSV,
    DASK_TABLE,
    MediaType.TABLEDAP,
    {"blocksize": one_of(None)},
    plain=MappingProxyType({"blocksize": None}),
)
"""A table of an ERDDAP server; its URL is ``…/tabledap/<dataset>.csvp``, all of it as text."""

OPENDAP = next(form for form in FORMS if form.name == "opendap")
"""A service that cuts out what is asked for; its URL has no ending of a document."""

ICECHUNK = next(form for form in FORMS if form.name == "icechunk")
"""Versioned Zarr; its data section names a storage and a branch instead of a URL."""

BY_DATATYPE: Mapping[str, Form] = MappingProxyType({form.datatype: form for form in FORMS})
READERS = (XARRAY, DASK_PARQUET, DASK_CSV, DASK_JSON, STAC_CATALOG)


def form_of(reader: str, options: Mapping[str, object]) -> Form | None:
    """Return the form that a distribution's reader name (and engine, for NetCDF) stands for."""
    for form in (KERCHUNK, TABLEDAP):
        if reader == form.name:
            return form
    engine = options.get("engine")
    return next(
        (f for f in FORMS if f.name == reader and (engine is None or engine in f.engines)), None
    )
