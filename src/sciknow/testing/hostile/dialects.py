"""How the pages of the built-in protocols look."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from sciknow.testing.hostile.csw import CswDialect
from sciknow.testing.hostile.dialect import Dialect, Listing, Query, Reply, Row, Shown
from sciknow.testing.hostile.documents import (
    DataJsonDialect,
    ErddapDialect,
    IntakeDialect,
    SdmxDialect,
    ThreddsDialect,
)
from sciknow.testing.hostile.linked import DcatDialect, SchemaOrgDialect, StaticStacDialect
from sciknow.testing.hostile.searches import (
    CmrDialect,
    DataCiteDialect,
    DataverseDialect,
    InvenioDialect,
)

JSON = "application/json"


class CkanDialect:
    """CKAN's ``package_search``."""

    protocol = "ckan"
    path = ""
    media_type = JSON

    def read(self, query: Query) -> Listing | Reply:
        """Understand ``start`` and ``rows``, in the address or in a body (ckanapi posts them)."""
        if query.path not in ("/api/3/action/package_search", "/api/action/package_search"):
            return Reply(b"{}", JSON, 404)
        params = {**query.params, **(json.loads(query.body) if query.body else {})}
        return Listing(int(params.get("start", 0)), int(params.get("rows", 10)))

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write ``count`` and ``results``."""
        result = {"results": [self._row(row) for row in shown.rows]}
        counted = {} if shown.declared is None else {"count": shown.declared}
        return json.dumps({"success": True, "result": counted | result}).encode()

    def _row(self, row: Row) -> object:
        if row.broken:
            return "no package"
        told = {"id": row.id, "name": row.id, "title": row.title, "notes": row.text}
        return {key: value for key, value in told.items() if value is not None}


class StacDialect:
    """The collections of a STAC API."""

    protocol = "stac_api"
    path = "/stac"
    media_type = JSON

    def read(self, query: Query) -> Listing | Reply:
        """Understand the landing page and ``start``."""
        here = query.base + self.path
        if query.path == self.path:
            link = {"rel": "data", "href": f"{here}/collections"}
            told = {"stac_version": "1.0.0", "type": "Catalog", "id": "hostile", "links": [link]}
            told["description"] = "made up"
            return Reply(json.dumps(told).encode(), JSON)
        if query.path != f"{self.path}/collections":
            return Reply(b"{}", JSON, 404)
        return Listing(int(query.params.get("start", 0)))

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write ``collections``, ``numberMatched`` and the next link."""
        told: dict[str, object] = {"collections": [self._row(row) for row in shown.rows]}
        told["links"] = []
        if shown.declared is not None:
            told["numberMatched"] = shown.declared
        if shown.following is not None:
            told["links"] = [{"rel": "next", "href": self._next(query, shown)}]
        return json.dumps(told).encode()

    def _next(self, query: Query, shown: Shown) -> str:
        turn = {"turn": shown.turn} if shown.turn else {}
        asked = urlencode({"start": shown.following} | turn)
        return f"{query.base}{self.path}/collections?{asked}"

    def _row(self, row: Row) -> object:
        if row.broken:
            return "no collection"
        told: dict[str, object] = {"id": row.id, "title": row.title, "description": row.text}
        told |= {"license": "CC-BY-4.0"} | dict(row.more)
        return {"type": "Collection"} | {k: v for k, v in told.items() if v is not None}


class OaiDialect:
    """OAI-PMH with Dublin Core."""

    protocol = "oai_pmh"
    path = "/oai"
    media_type = "text/xml"
    clock = "2020-03-01T00:00:00Z"

    def read(self, query: Query) -> Listing | Reply:
        """Understand the verbs, the window and the token."""
        params = query.params
        if params.get("verb") == "Identify":
            return self._reply(
                "<Identify><repositoryName>hostile</repositoryName>"
                "<protocolVersion>2.0</protocolVersion>"
                "<earliestDatestamp>2020-01-01</earliestDatestamp>"
                "<deletedRecord>no</deletedRecord><granularity>YYYY-MM-DD</granularity></Identify>"
            )
        if params.get("verb") == "ListMetadataFormats":
            return self._reply(
                "<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix>"
                "</metadataFormat></ListMetadataFormats>"
            )
        token = params.get("resumptionToken")
        if token is not None:
            start, _, since, until = token.split("!")
            return Listing(int(start), None, since, until)
        return Listing(0, None, params.get("from", ""), params.get("until", ""))

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write ``ListRecords`` with its token, or that nothing matches."""
        size = f' completeListSize="{shown.declared}"' if shown.declared is not None else ""
        listing, token = shown.listing, ""
        if shown.following is not None:
            token = f"{shown.following}!{shown.turn}!{listing.since}!{listing.until}"
        elif not shown.rows:
            return self._reply('<error code="noRecordsMatch">none</error>').body
        last = f"<resumptionToken{size}>{token}</resumptionToken>"
        return self._reply(f"<ListRecords>{self._rows(shown.rows)}{last}</ListRecords>").body

    def _rows(self, rows: Sequence[Row]) -> str:
        return "".join(map(self._row, rows))

    def _row(self, row: Row) -> str:
        if row.broken:
            return "<record>nothing</record>"
        named = f"<identifier>{escape(row.id)}</identifier>" if row.id is not None else ""
        title = f"<dc:title>{escape(row.title)}</dc:title>" if row.title is not None else ""
        return (
            f"<record><header>{named}<datestamp>{row.changed}</datestamp></header><metadata>"
            '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/">{title}'
            f"<dc:description>{escape(row.text)}</dc:description>{self._more(row)}</oai_dc:dc>"
            "</metadata></record>"
        )

    def _more(self, row: Row) -> str:
        told = ((name, item) for name, value in row.more.items() for item in _each(value))
        return "".join(f"<dc:{name}>{escape(str(item))}</dc:{name}>" for name, item in told)

    def _reply(self, inside: str) -> Reply:
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            f"<responseDate>{self.clock}</responseDate>{inside}</OAI-PMH>"
        )
        return Reply(body.encode(), self.media_type)


def _each(value: object) -> Sequence[object]:
    return value if isinstance(value, (list, tuple)) else (value,)


DIALECTS: tuple[Dialect, ...] = (
    CkanDialect(),
    CmrDialect(),
    CswDialect(),
    DataCiteDialect(),
    DataJsonDialect(),
    DataverseDialect(),
    DcatDialect(),
    ErddapDialect(),
    IntakeDialect(),
    InvenioDialect(),
    OaiDialect(),
    SchemaOrgDialect(),
    SdmxDialect(),
    StacDialect(),
    StaticStacDialect(),
    ThreddsDialect(),
)
"""One dialect for each protocol that sciknow harvests."""
