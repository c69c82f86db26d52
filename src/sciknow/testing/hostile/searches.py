"""How the pages of search interfaces look: DataCite, CMR, InvenioRDM, Dataverse."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from sciknow.testing.hostile.dialect import Listing, Query, Reply, Row, Shown

JSON = "application/json"
NOTHING = Reply(b"{}", JSON, 404)


class DataCiteDialect:
    """DataCite's ``/dois``."""

    protocol = "datacite"
    path = "/dois"
    media_type = JSON

    def read(self, query: Query) -> Listing | Reply:
        """Understand the cursor; ``1`` begins."""
        if query.path != self.path:
            return NOTHING
        start = query.params.get("page[cursor]", "1").partition("!")[0]
        return Listing(0 if start == "1" else int(start), _whole(query, "page[size]"))

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write ``data``, the total and the next link."""
        told: dict[str, object] = {"data": [self._row(row) for row in shown.rows]}
        told["meta"] = {} if shown.declared is None else {"total": shown.declared}
        told["links"] = {}
        if shown.following is not None:
            asked = urlencode({"page[cursor]": f"{shown.following}!{shown.turn}"})
            told["links"] = {"next": f"{query.base}{self.path}?{asked}"}
        return json.dumps(told).encode()

    def _row(self, row: Row) -> object:
        if row.broken:
            return "no DOI"
        titles = [] if row.title is None else [{"title": row.title}]
        about = {"titles": titles, "descriptions": [{"description": row.text}]}
        return _named({"id": row.id}) | {"type": "dois", "attributes": about}


class CmrDialect:
    """The collections of NASA's CMR."""

    protocol = "cmr"
    path = "/search"
    media_type = JSON

    def read(self, query: Query) -> Listing | Reply:
        """Understand the header that says after which record."""
        if query.path != f"{self.path}/collections.umm_json":
            return NOTHING
        after = query.headers.get("cmr-search-after", "0").partition("!")[0]
        return Listing(int(after), _whole(query, "page_size"))

    def write(self, query: Query, shown: Shown) -> Reply:
        """Write ``items``; total and what comes next stand in headers."""
        told = {"hits": shown.declared, "items": [self._row(row) for row in shown.rows]}
        more = {} if shown.declared is None else {"CMR-Hits": str(shown.declared)}
        if shown.following is not None:
            more["CMR-Search-After"] = f"{shown.following}!{shown.turn}"
        return Reply(json.dumps(told).encode(), JSON, more=more)

    def _row(self, row: Row) -> object:
        if row.broken:
            return "no collection"
        umm = _named({"EntryTitle": row.title, "Abstract": row.text})
        return {"meta": _named({"concept-id": row.id}), "umm": umm}


class InvenioDialect:
    """The records of InvenioRDM."""

    protocol = "invenio_rdm"
    path = "/api/records"
    media_type = JSON

    def read(self, query: Query) -> Listing | Reply:
        """Understand ``page`` and ``size``."""
        if query.path != self.path:
            return NOTHING
        return Listing(int(query.params.get("start", "0")), _whole(query, "size"))

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write ``hits`` and the next link."""
        hits: dict[str, object] = {"hits": [self._row(row) for row in shown.rows]}
        if shown.declared is not None:
            hits["total"] = shown.declared
        links = {}
        if shown.following is not None:
            turn = {"turn": shown.turn} if shown.turn else {}
            asked = dict(query.params) | {"start": shown.following} | turn
            links = {"next": f"{query.base}{self.path}?{urlencode(sorted(asked.items()))}"}
        return json.dumps({"hits": hits, "links": links}).encode()

    def _row(self, row: Row) -> object:
        if row.broken:
            return "no record"
        about = _named({"title": row.title, "description": row.text})
        return _named({"id": row.id}) | {"created": "2020-01-01T00:00:00Z", "metadata": about}


class DataverseDialect:
    """The search of Dataverse, and the version of each dataset."""

    protocol = "dataverse"
    path = ""
    media_type = JSON

    def read(self, query: Query) -> Listing | Reply:
        """Understand ``start`` and ``per_page``; every version has one file."""
        if query.path == "/api/datasets/:persistentId/versions/:latest-published":
            file = {"dataFile": {"id": 1, "filename": "readme"}}
            return Reply(json.dumps({"status": "OK", "data": {"files": [file]}}).encode(), JSON)
        if query.path != "/api/search":
            return NOTHING
        return Listing(int(query.params.get("start", "0")), _whole(query, "per_page"))

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write ``total_count`` and ``items``."""
        data: dict[str, object] = {"items": [self._row(row) for row in shown.rows]}
        if shown.declared is not None:
            data["total_count"] = shown.declared
        return json.dumps({"status": "OK", "data": data}).encode()

    def _row(self, row: Row) -> object:
        told = {"global_id": row.id, "name": row.title, "description": row.text}
        return "no dataset" if row.broken else _named(told)


def _whole(query: Query, name: str) -> int | None:
    return int(query.params[name]) if name in query.params else None


def _named(told: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in told.items() if value is not None}
