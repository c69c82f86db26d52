"""Registries that misbehave, on 127.0.0.1: named faults that every harvester meets one day.

>>> from sciknow.testing.hostile import CkanDialect, Fault, HostileServer
>>> with HostileServer(CkanDialect(), Fault.REPEATED_TOKEN) as server:       # doctest: +SKIP
...     my_own_client(server.address)

One server for all protocols: it keeps records, counts pages and does the faults. A protocol adds a
`Dialect`, which says how its pages look. The records that are served are made up, to the letter of
each protocol's specification.
"""

from sciknow.testing.hostile.dialect import Dialect, Listing, Query, Reply, Row
from sciknow.testing.hostile.dialects import DIALECTS, CkanDialect, OaiDialect, StacDialect
from sciknow.testing.hostile.documents import ErddapDialect
from sciknow.testing.hostile.fault import Fault
from sciknow.testing.hostile.server import HostileServer

__all__ = [
    "DIALECTS",
    "CkanDialect",
    "Dialect",
    "ErddapDialect",
    "Fault",
    "HostileServer",
    "Listing",
    "OaiDialect",
    "Query",
    "Reply",
    "Row",
    "StacDialect",
]
