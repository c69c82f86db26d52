"""OPeNDAP servers (DAP 2), ERDDAP's griddap among them."""

from __future__ import annotations

from sciknow.model.format import ARRAYS, Address, Form, Format, intake_array
from sciknow.readers.formats.opendap.probe import STRUCTURE, asks
from sciknow.readers.options import SHARED

FORMAT = Format(
    name="opendap",
    reader="sciknow.readers.formats.opendap.reader:OpendapReader",
    form=Form.SERVICE,
    route="index ranges that an OPeNDAP server cuts out",
    content=STRUCTURE,
    media_types=("application/vnd.opendap.dap2", "application/x-opendap"),
    suffixes=(".dods", ".dds", ".das"),
    options=SHARED,
    requires=("xarray",),
    install="sciknow",
    libraries=ARRAYS,
    words=("opendap",),
    intake=(intake_array("OpenDAP", "pydap", address=Address.SERVICE),),
    asks=asks,
)
