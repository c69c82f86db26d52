"""How the pages of a CSW look."""

from __future__ import annotations

from xml.sax.saxutils import escape

from sciknow.testing.hostile.dialect import Listing, Query, Reply, Row, Shown

_CSW = "http://www.opengis.net/cat/csw/2.0.2"


class CswDialect:
    """CSW 2.0.2 with ISO 19139."""

    protocol = "csw"
    path = "/csw"
    media_type = "application/xml"

    def read(self, query: Query) -> Listing | Reply:
        """Understand ``GetCapabilities`` and the number of the first record."""
        if query.path != self.path:
            return Reply(b"<none/>", self.media_type, 404)
        if query.params.get("request") == "GetCapabilities":
            body = f'<csw:Capabilities xmlns:csw="{_CSW}" version="2.0.2"/>'
            return Reply(body.encode(), self.media_type)
        params = query.params
        return Listing(int(params.get("startPosition", 1)) - 1, int(params.get("maxRecords", 10)))

    def write(self, query: Query, shown: Shown) -> bytes:
        """Write ``SearchResults``."""
        told = "" if shown.declared is None else f' numberOfRecordsMatched="{shown.declared}"'
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><csw:GetRecordsResponse xmlns:csw="{_CSW}" '
            'xmlns:gmd="http://www.isotc211.org/2005/gmd" '
            'xmlns:gco="http://www.isotc211.org/2005/gco">'
            f"<csw:SearchResults{told}>{''.join(map(self._row, shown.rows))}</csw:SearchResults>"
            "</csw:GetRecordsResponse>"
        ).encode()

    def _row(self, row: Row) -> str:
        if row.broken:
            return "<gmd:nothing/>"
        about = (
            f"<gmd:citation><gmd:CI_Citation>{_text('title', row.title)}</gmd:CI_Citation>"
            f"</gmd:citation>{_text('abstract', row.text)}"
        )
        return (
            f"<gmd:MD_Metadata>{_text('fileIdentifier', row.id)}<gmd:identificationInfo>"
            f"<gmd:MD_DataIdentification>{about}</gmd:MD_DataIdentification>"
            "</gmd:identificationInfo></gmd:MD_Metadata>"
        )


def _text(name: str, text: str | None) -> str:
    if text is None:
        return ""
    inner = f"<gco:CharacterString>{escape(text)}</gco:CharacterString>"
    return f"<gmd:{name}>{inner}</gmd:{name}>"
