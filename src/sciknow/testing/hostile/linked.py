"""How linked documents look: static STAC catalogues, DCAT with pages of Hydra, sitemaps."""

from __future__ import annotations

import base64
import json
from xml.sax.saxutils import escape

from sciknow.testing.hostile.dialect import WHOLE, Listing, Query, Reply, Row, Shown

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


class DcatDialect:
    """A catalogue in Turtle, with pages."""

    protocol = "dcat"
    path = "/catalog.ttl"
    media_type = "text/turtle"

    def read(self, query: Query) -> Listing | Reply:
        """Understand ``start``."""
        known = query.path == self.path
        return Listing(int(query.params.get("start", 0))) if known else Reply(b"", JSON, 404)

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write the datasets, the total and the next page."""
        page = ["<> a hydra:PagedCollection"]
        if shown.declared is not None:
            page.append(f"hydra:totalItems {shown.declared}")
        if shown.following is not None:
            turn = f"&turn={shown.turn}" if shown.turn else ""
            page.append(f'hydra:nextPage "{query.base}{self.path}?start={shown.following}{turn}"')
        return (
            "@prefix dcat: <http://www.w3.org/ns/dcat#> . "
            "@prefix dct: <http://purl.org/dc/terms/> . "
            "@prefix hydra: <http://www.w3.org/ns/hydra/core#> .\n"
            f"{' ; '.join(page)} .\n{''.join(map(self._row, shown.rows))}"
        ).encode()

    def _row(self, row: Row) -> str:
        if row.broken:
            return '<#catalog> dcat:dataset "no dataset" .\n'
        named = (
            "" if row.id is None else f" ; dct:identifier {json.dumps(row.id, ensure_ascii=False)}"
        )
        title = (
            "" if row.title is None else f" ; dct:title {json.dumps(row.title, ensure_ascii=False)}"
        )
        text = json.dumps(row.text)
        return f"[] a dcat:Dataset{named}{title} ; dct:description {text} .\n"


class SchemaOrgDialect:
    """An index of sitemaps of ten pages each; a page describes a dataset."""

    protocol = "schemaorg"
    path = "/sitemap.xml"
    media_type = "application/xml"

    def read(self, query: Query) -> Listing | Reply:
        """Understand the index, its sitemaps and the pages."""
        if query.path.startswith("/pages/"):
            return Reply(unpacked(query.path.rpartition("/")[2]), "text/html")
        if query.path == self.path:
            return Listing(0, WHOLE)
        known = query.path == "/part.xml"
        return Listing(int(query.params["start"])) if known else Reply(b"", JSON, 404)

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write the index, or one of its sitemaps."""
        if query.path == self.path:
            starts = range(0, len(shown.rows), 10)
            parts = (f"<loc>{query.base}/part.xml?start={start}</loc>" for start in starts)
            inside, kind = "".join(f"<sitemap>{part}</sitemap>" for part in parts), "sitemapindex"
        else:
            inside, kind = "".join(self._row(row, query.base) for row in shown.rows), "urlset"
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        head = f'<?xml version="1.0" encoding="UTF-8"?><{kind} xmlns="{space}">'
        return f"{head}{inside}</{kind}>".encode()

    def _row(self, row: Row, base: str) -> str:
        told = {"@type": "Dataset", "identifier": row.id, "name": row.title}
        named = {key: text for key, text in told.items() if text is not None}
        block = json.dumps({"@type": "Thing"} if row.broken else named)
        page = f'<!DOCTYPE html><html><script type="application/ld+json">{block}</script></html>'
        where = f"{base}/pages/{packed(page.encode())}"
        return f"<url><!-- {escape(row.text)} --><loc>{where}</loc></url>"
