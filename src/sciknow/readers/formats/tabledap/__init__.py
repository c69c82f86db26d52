"""Tables of an ERDDAP server (tabledap)."""

from __future__ import annotations

from sciknow.model.format import TABLES, Address, Form, Format, intake_table
from sciknow.readers.formats.opendap.probe import STRUCTURE
from sciknow.readers.formats.tabledap.probe import PATH, asks

ENDING = ".csvp"

FORMAT = Format(
    name="tabledap",
    reader="sciknow.readers.formats.tabledap.reader:TabledapReader",
    form=Form.SERVICE,
    table=True,
    route="rows and columns that an ERDDAP server chooses",
    content=STRUCTURE,
    media_types=("application/vnd.erddap.tabledap",),
    suffixes=(ENDING,),
    options=dict.fromkeys(("columns", "index", "partition")),
    requires=("scipy", "dask"),
    install="sciknow",
    libraries=TABLES,
    words=("tabledap",),
    intake=(
        intake_table(
            "CSV",
            "DaskCSV",
            address=Address.SERVICE,
            when=lambda url: PATH in url and ENDING in url,
            plain={"blocksize": None},
        ),
    ),
    asks=asks,
)
