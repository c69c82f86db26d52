"""How documents look that link to a document for each record: static STAC catalogues."""

from __future__ import annotations

import base64
import json

from sciknow.testing.hostile.dialect import Listing, Query, Reply, Row, Shown

JSON = "application/json"


def packed(document: bytes) -> str:
    """Return a document as a part of an address, which is then all that there is of it."""
    return base64.urlsafe_b64encode(document).decode()


def unpacked(part: str) -> bytes:
    """Return the document that an address holds."""
    return base64.urlsafe_b64decode(part)


class StaticStacDialect:
    """A STAC catalogue that links to the file of each collection, and to the next catalogue."""

    protocol = "static_stac"
    path = "/catalog.json"
    media_type = JSON

    def read(self, query: Query) -> Listing | Reply:
        """Understand ``start``, and the files of collections."""
        if query.path.startswith("/collections/"):
            return Reply(unpacked(query.path.rpartition("/")[2]), JSON)
        known = query.path == self.path
        return Listing(int(query.params.get("start", 0))) if known else Reply(b"{}", JSON, 404)

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write a link to each collection, and to the next catalogue."""
        links = [self._row(row) for row in shown.rows]
        if shown.following is not None:
            turn = f"&turn={shown.turn}" if shown.turn else ""
            links.append({"rel": "child", "href": f"catalog.json?start={shown.following}{turn}"})
        told = {"stac_version": "1.0.0", "type": "Catalog", "id": "hostile", "links": links}
        return json.dumps(told).encode()

    def _row(self, row: Row) -> dict[str, object]:
        told = {"id": row.id, "title": row.title, "license": "CC-BY-4.0"}
        made: dict[str, object] = {key: text for key, text in told.items() if text is not None}
        made |= {"type": "Collection", "stac_version": "1.0.0", "links": []}
        document = json.dumps({"nothing": row.id} if row.broken else made).encode()
        return {"rel": "child", "href": f"collections/{packed(document)}", "title": row.text}
