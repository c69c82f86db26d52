"""NetCDF, versions 3 and 4, and HDF5 files that follow its conventions."""

from __future__ import annotations

from sciknow.model.content import Content, Magic
from sciknow.model.format import ARRAYS, Form, Format, intake_array
from sciknow.model.option import parse_flag, parse_name
from sciknow.readers.formats.netcdf.magic import CLASSIC, HDF5, USER_BLOCK, reaches
from sciknow.readers.options import GROUPED

_NESTED = {"concat_dim": {"combine": "nested"}}

FORMAT = Format(
    name="netcdf",
    reader="sciknow.readers.formats.netcdf.reader:NetcdfReader",
    form=Form.FILE,
    route="byte ranges of a file",
    content=Content(
        "NetCDF or HDF5", (*map(Magic, CLASSIC), Magic(HDF5), Magic(HDF5, at=USER_BLOCK))
    ),
    media_types=(
        "application/netcdf",
        "application/x-netcdf",
        "application/x-hdf5",
        "application/x-hdf",
    ),
    suffixes=(".nc", ".nc4", ".nc3", ".cdf", ".h5", ".hdf5", ".he5"),
    options={**GROUPED, "files": None, "concat_dim": parse_name, "virtual": parse_flag},
    requires=("h5netcdf", "h5py", "scipy"),
    install="sciknow",
    libraries=(*ARRAYS, "h5netcdf"),
    words=("netcdf", "net-cdf", "netcdf3", "netcdf4", "netcdf-3", "netcdf-4", ".nc"),
    intake=(
        intake_array("NetCDF3", "scipy", several=True, beside=_NESTED),
        intake_array("HDF5", "h5netcdf", several=True, beside=_NESTED, group="path"),
    ),
    reaches=reaches,
)
