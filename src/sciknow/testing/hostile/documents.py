"""How lists in one answer look: ERDDAP's table of all datasets, and data.json."""

from __future__ import annotations

import json
from collections.abc import Mapping

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
        rows = [self._row(row, f"{query.base}{self.path}") for row in shown.rows]
        return json.dumps({"table": {"columnNames": names, "rows": rows}}).encode()

    def _row(self, row: Row, base: str) -> object:
        if row.broken:
            return "no row"
        return [row.id or "", row.title or "", row.text, f"{base}/griddap/{row.id}", ""]


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
