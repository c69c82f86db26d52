"""CSW 2.0.2: ``GetRecords`` with whole records in ISO 19139, else in the catalogue's own form.

Records are asked for in the order of their identifiers, by number; what matches is read on every
page.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from sciknow.errors import IntegrityError, InvalidInput, SourceUnavailable
from sciknow.harvest import dublin_core, iso19115
from sciknow.harvest.markup import Read, child, children, local, read_xml, text_of
from sciknow.harvest.protocol import Ask, Mapped, Page, Record, less_may_come
from sciknow.model.receipt import Asked
from sciknow.net import redact
from sciknow.wire.request import Answer, Request

SIZE = 50
"""Records a page; most servers hand out 100 at most, and silently."""

MISSING = 10
"""Records that may be missing before nobody goes on."""

ISO = "http://www.isotc211.org/2005/gmd"
OWN = "http://www.opengis.net/cat/csw/2.0.2"


class Csw:
    """A catalogue service for the web."""

    name = "csw"
    title = "CSW 2.0.2"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return ``GetCapabilities``."""
        asked = {"service": "CSW", "version": "2.0.2", "request": "GetCapabilities"}
        return (Request(_base(address), asked),)

    def sniff(self, answer: Answer) -> str:
        """Recognise the capabilities of a CSW."""
        root = read_xml(answer).root
        known = local(root) == "Capabilities" and "/cat/csw/" in root.tag
        return f"CSW {root.get('version', '')}".strip() if known else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Turn the pages; the option ``schema`` is the form of the records."""
        start, whole, missing = 1, asked.size or SIZE, 0
        size = whole
        while True:
            try:
                read = _results(ask(_records(asked, start, size)))
            except (SourceUnavailable, IntegrityError) as error:
                first = start == 1 and not isinstance(error, IntegrityError)
                if first or missing == MISSING or not less_may_come(error):
                    raise
                if size == 1:
                    missing, start, size = missing + 1, start + 1, whole
                    yield Page(
                        cursor=f"after {start}", missing=f"record {start - 1}: {error.message}"
                    )
                else:
                    size = max(1, size // 10)
                continue
            results = child(read.root, "SearchResults")
            rows = list(results) if results is not None else []
            matched = _number(results, "numberOfRecordsMatched")
            start += len(rows)
            more = bool(rows) and (matched is None or start <= matched)
            yield Page(
                records=tuple(map(_record, rows)),
                cursor=str(start) if more else "",
                declared=matched,
                mended=read.mended,
            )
            if not more:
                return

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map a record."""
        if local(record.body) in iso19115.NAMES:
            return iso19115.parse(record.body, record.id, asked)
        if local(record.body) not in ("Record", "SummaryRecord", "BriefRecord"):
            raise InvalidInput(
                f"record: found {local(record.body)}, allowed is ISO 19115 or a Record"
            )
        return dublin_core.parse(record.body, record.id, asked)


def _base(address: str) -> str:
    return address.partition("#")[0]


def _records(asked: Asked, start: int, size: int) -> Request:
    schema = asked.options.get("schema", ISO)
    iso = schema == ISO
    query: dict[str, object] = {
        "service": "CSW",
        "version": "2.0.2",
        "request": "GetRecords",
        "resultType": "results",
        "elementSetName": "full",
        "typeNames": "gmd:MD_Metadata" if iso else "csw:Record",
        "namespace": f"xmlns(gmd={ISO})" if iso else f"xmlns(csw={OWN})",
        "outputSchema": schema,
        "sortBy": "dc:identifier:A",
        "startPosition": start,
        "maxRecords": size,
    }
    if asked.since:
        query["constraintLanguage"] = "CQL_TEXT"
        query["constraint_language_version"] = "1.1.0"
        query["constraint"] = f"dct:modified >= '{asked.since[:10]}'"
    return Request(_base(asked.address), query)


def _results(answer: Answer) -> Read:
    read = read_xml(answer)
    if local(read.root) == "ExceptionReport":
        said = text_of(read.root, "Exception", "ExceptionText")
        raise SourceUnavailable(f"{redact(answer.url)}: CSW says {said[:200] or 'an exception'}")
    if child(read.root, "SearchResults") is None:
        raise SourceUnavailable(f"{redact(answer.url)}: no SearchResults", hint="is it CSW 2.0.2?")
    return read


def _number(results: Element | None, name: str) -> int | None:
    text = results.get(name, "") if results is not None else ""
    return int(text) if text.isascii() and text.isdigit() else None


def _record(row: Element) -> Record:
    if local(row) in iso19115.NAMES:
        return Record(iso19115.name_of(row), row)
    named = "".join(next(children(row, "identifier"), Element("none")).itertext()).strip()
    return Record(named, row)


PROTOCOL = Csw()
