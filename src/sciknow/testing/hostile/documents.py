"""How lists that are no search look: ERDDAP's table, data.json, THREDDS catalogues."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from sciknow.testing.hostile.dialect import WHOLE, Listing, Query, Reply, Row, Shown

JSON = "application/json"


class ErddapDialect:
    """ERDDAP's ``allDatasets``."""

    protocol = "erddap"
    path = "/erddap"
    media_type = JSON
    paged = False

    def read(self, query: Query) -> Listing | Reply:
        """Understand the one question."""
        asked = query.path == f"{self.path}/tabledap/allDatasets.json"
        return Listing(0, WHOLE) if asked else Reply(b"{}", JSON, 404)

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write the table."""
        names = ["datasetID", "title", "summary", "griddap", "tabledap"]
        names += sorted({name for row in shown.rows for name in row.more} - {*names})
        rows = [self._row(row, f"{query.base}{self.path}", names) for row in shown.rows]
        return json.dumps({"table": {"columnNames": names, "rows": rows}}).encode()

    def _row(self, row: Row, base: str, names: Sequence[str]) -> object:
        if row.broken:
            return "no row"
        told: dict[str, object] = {"datasetID": row.id, "title": row.title, "summary": row.text}
        told |= {"griddap": f"{base}/griddap/{row.id}"} | dict(row.more)
        return [told.get(name) or "" for name in names]


class DataJsonDialect:
    """A ``data.json``."""

    protocol = "data_json"
    path = "/data.json"
    media_type = JSON
    paged = False

    def read(self, query: Query) -> Listing | Reply:
        """Understand the one question."""
        return Listing(0, WHOLE) if query.path == self.path else Reply(b"{}", JSON, 404)

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write the catalogue."""
        return json.dumps({"dataset": [self._row(row) for row in shown.rows]}).encode()

    def _row(self, row: Row) -> object:
        told: Mapping[str, object] = {
            "identifier": row.id,
            "title": row.title,
            "description": row.text,
            "accessLevel": "public",
        }
        named = {key: value for key, value in told.items() if value is not None}
        return "no dataset" if row.broken else named


class ThreddsDialect:
    """A THREDDS catalogue that links to the next one."""

    protocol = "thredds"
    path = "/thredds/catalog.xml"
    media_type = "application/xml"

    def read(self, query: Query) -> Listing | Reply:
        """Understand ``start``."""
        if query.path != self.path:
            return Reply(b"<none/>", self.media_type, 404)
        return Listing(int(query.params.get("start", "0")))

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write datasets, and a link to the next catalogue."""
        link = ""
        if shown.following is not None:
            turn = f"&amp;turn={shown.turn}" if shown.turn else ""
            link = f'<catalogRef xlink:href="?start={shown.following}{turn}" xlink:title="more"/>'
        return (
            '<?xml version="1.0" encoding="UTF-8"?><catalog name="hostile" '
            'xmlns="http://www.unidata.ucar.edu/namespaces/thredds/InvCatalog/v1.0" '
            'xmlns:xlink="http://www.w3.org/1999/xlink">'
            '<service name="dap" serviceType="OPENDAP" base="/thredds/dodsC/"/>'
            '<dataset name="all"><metadata inherited="true"><serviceName>dap</serviceName>'
            f"</metadata>{''.join(map(self._row, shown.rows))}</dataset>{link}</catalog>"
        ).encode()

    def _row(self, row: Row) -> str:
        if row.broken:
            return '<dataset name="no record" urlPath=""/>'
        named = "".join(
            f" {key}={quoteattr(text)}"
            for key, text in (("ID", row.id), ("name", row.title))
            if text is not None
        )
        path = "" if row.id is None else row.id
        text = escape(row.text)
        return f'<dataset{named} urlPath="{path}"><documentation>{text}</documentation></dataset>'


class SdmxDialect:
    """The dataflows of an SDMX service."""

    protocol = "sdmx"
    path = "/rest"
    media_type = "application/xml"
    paged = False

    def read(self, query: Query) -> Listing | Reply:
        """Understand the one question."""
        known = query.path == f"{self.path}/dataflow/all/all/latest"
        return Listing(0, WHOLE) if known else Reply(b"<none/>", self.media_type, 404)

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write the structure message."""
        space = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<mes:Structure xmlns:mes="{space}/message" xmlns:str="{space}/structure" '
            f'xmlns:com="{space}/common"><mes:Structures><str:Dataflows>'
            f"{''.join(map(self._row, shown.rows))}</str:Dataflows></mes:Structures>"
            "</mes:Structure>"
        ).encode()

    def _row(self, row: Row) -> str:
        if row.broken:
            return "<str:nothing/>"
        named = "" if row.id is None else f' id="{escape(row.id)}"'
        title = "" if row.title is None else f"<com:Name>{escape(row.title)}</com:Name>"
        text = f"<com:Description>{escape(row.text)}</com:Description>"
        return f'<str:Dataflow version="1.0"{named}>{title}{text}</str:Dataflow>'


class IntakeDialect:
    """A catalogue of Intake, version 1."""

    protocol = "intake_catalog"
    path = "/catalog.yaml"
    media_type = "text/yaml"
    paged = False

    def read(self, query: Query) -> Listing | Reply:
        """Understand the one question."""
        known = query.path == self.path
        return Listing(0, WHOLE) if known else Reply(b"none: 1", self.media_type, 404)

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write the entries; JSON is YAML."""
        sources = {row.id or "": self._row(row, query.base) for row in shown.rows}
        return json.dumps({"sources": sources}).encode()

    def _row(self, row: Row, base: str) -> object:
        if row.broken:
            return "no entry"
        about = {} if row.title is None else {"title": row.title}
        args = {"urlpath": f"{base}/{row.id}"}
        return {"driver": "any", "args": args, "description": row.text, "metadata": about}
