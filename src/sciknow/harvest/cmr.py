"""NASA's Common Metadata Repository: collections in UMM-JSON, page after page by Search-After.

The total stands in the header ``CMR-Hits``; where no ``CMR-Search-After`` comes, all has come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sciknow.errors import InvalidInput
from sciknow.harvest import area, mapping
from sciknow.harvest.objects import at, listed, number_at, read_list, read_object
from sciknow.harvest.protocol import Ask, Mapped, Page, Record
from sciknow.harvest.way import Way, distributions
from sciknow.model import Agent, Dataset, PeriodOfTime
from sciknow.model.coverage import BBox
from sciknow.model.identifier import doi_iri
from sciknow.model.receipt import Asked
from sciknow.wire.request import Answer, Request

SIZE = 200
"""Records a page; a UMM record has some 20 kB, and 2,000 is the most."""

_DATA = frozenset({"GET DATA", "USE SERVICE API"})
_EDGES = tuple(f"{side}BoundingCoordinate" for side in ("West", "South", "East", "North"))
_USED = mapping.names(
    "EntryTitle ShortName Abstract DOI Version DataCenters TemporalExtents SpatialExtent "
    "UseConstraints ScienceKeywords AncillaryKeywords RelatedUrls CollectionCitations "
    "MetadataSpecification MetadataDates MetadataLanguage"
)


class Cmr:
    """The search of collections."""

    name = "cmr"
    title = "NASA CMR"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the search for one collection."""
        return (Request(_url(address), {"page_size": 1}),)

    def sniff(self, answer: Answer) -> str:
        """Recognise ``hits`` beside ``items`` with ``umm``."""
        told = read_object(answer)[0]
        hits, items = number_at(told, "hits"), told.get("items")
        known = hits is not None and isinstance(items, list)
        known = known and all("umm" in item for item in listed(items))
        return f"CMR, {hits:,} collections" if known else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Turn the pages; ``sets`` are providers."""
        fixed: dict[str, object] = {"page_size": min(asked.size or SIZE, 2000)}
        fixed["sort_key[]"] = "entry_id"
        if asked.sets:
            fixed["provider[]"] = asked.sets
        if asked.since:
            fixed["updated_since"] = (
                asked.since if "T" in asked.since else f"{asked.since}T00:00:00Z"
            )
        after = ""
        while True:
            headers = {"CMR-Search-After": after} if after else {}
            answer = ask(Request(_url(asked.address), fixed, headers=headers))
            told, mended = read_object(answer)
            rows = read_list(answer, told, "items")
            after = answer.header("CMR-Search-After")
            yield Page(
                records=tuple(map(_record, rows)),
                cursor=after,
                declared=_hits(answer, told),
                mended=mended,
            )
            if not after:
                return

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map a collection."""
        return parse_umm(record.body["umm"], record.id, asked)


def _url(address: str) -> str:
    bare = address.partition("?")[0].rstrip("/")
    for end in (".umm_json", "/collections", "/search"):
        bare = bare.removesuffix(end)
    return f"{bare}/search/collections.umm_json"


def _hits(answer: Answer, told: Mapping[str, Any]) -> int | None:
    stated = answer.header("CMR-Hits")
    return int(stated) if stated.isascii() and stated.isdigit() else number_at(told, "hits")


def _record(row: object) -> Record:
    if not isinstance(row, Mapping) or not isinstance(row.get("umm"), Mapping):
        return Record("", row, problem="it is no item with umm")
    return Record(
        str(at(row, "meta", "concept-id") or ""), row, deleted=at(row, "meta", "deleted") is True
    )


def parse_umm(umm: Mapping[str, Any], name: str, asked: Asked) -> Mapped:
    """Map a collection of the Unified Metadata Model (UMM-C).

    Raises
    ------
    InvalidInput
        When it has no title.
    """
    title = mapping.words(umm.get("EntryTitle")) or mapping.words(umm.get("ShortName"))
    if not title:
        raise InvalidInput("EntryTitle: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    centers = tuple(agent for item in _centers(umm) if (agent := _center(item)))
    licence, rights = _licence(umm.get("UseConstraints"))
    doi = mapping.doi(at(umm, "DOI", "DOI"))
    dataset = Dataset(
        id=identifier,
        title=title,
        description=mapping.words(umm.get("Abstract"), "en"),
        publisher=centers[0].id if centers else "",
        doi=doi,
        version=_version(umm),
        issued=_issued(umm),
        landing_page=_page(umm) or (doi_iri(doi) if doi else ""),
        license=licence,
        rights=rights,
        spatial=area.spatial(_box(umm)),
        temporal=_temporal(umm),
        keywords=mapping.keywords(_keywords(umm)),
        distributions=distributions(identifier, _ways(umm)),
        extra=mapping.rest(umm, _USED),
    )
    return Mapped(dataset=dataset, agents=centers)


def _centers(umm: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the data centres, archivers and distributors before those that only took part."""
    found = listed(umm.get("DataCenters"))
    first = {"ARCHIVER", "DISTRIBUTOR"}
    return sorted(found, key=lambda item: not first & {*map(str, item.get("Roles") or ())})


def _center(item: Mapping[str, Any]) -> Agent | None:
    return mapping.agent(item.get("LongName") or item.get("ShortName"))


def _version(umm: Mapping[str, Any]) -> str:
    text = mapping.plain(umm.get("Version"))
    return "" if text.lower() in ("not provided", "n/a", "none") else text


def _licence(told: object) -> tuple[str, Any]:
    link = at(told, "LicenseURL", "Linkage")
    said = at(told, "LicenseText") or at(told, "Description")
    if isinstance(said, Mapping):  # before UMM-C 1.15
        said = said.get("Description")
    return mapping.licence(link, at(told, "LicenseURL", "Name"), said)


def _issued(umm: Mapping[str, Any]) -> str:
    cited = [item.get("ReleaseDate") for item in listed(umm.get("CollectionCitations"))]
    return next((day for text in cited if (day := mapping.day(text))), "")


def _page(umm: Mapping[str, Any]) -> str:
    for item in listed(umm.get("RelatedUrls")):
        if item.get("Type") == "DATA SET LANDING PAGE" and (found := mapping.url(item.get("URL"))):
            return found
    return ""


def _box(umm: Mapping[str, Any]) -> BBox | None:
    """Return the box of the extent; of several that lie apart none is told as one."""
    told = at(umm, "SpatialExtent", "HorizontalSpatialDomain", "Geometry") or {}
    found = [
        area.box(*(item.get(edge) for edge in _EDGES))
        for item in listed(told.get("BoundingRectangles"))
    ]
    for polygon in listed(told.get("GPolygons")):
        points = listed(at(polygon, "Boundary", "Points"))
        ring = [[point.get("Longitude"), point.get("Latitude")] for point in points]
        found.append(area.geometry({"type": "Polygon", "coordinates": [ring]}))
    boxes = {item for item in found if item is not None}
    return boxes.pop() if len(boxes) == 1 else None


def _temporal(umm: Mapping[str, Any]) -> PeriodOfTime:
    extents = listed(umm.get("TemporalExtents"))
    ranges = [item for extent in extents for item in listed(extent.get("RangeDateTimes"))]
    singles = [str(text) for extent in extents for text in extent.get("SingleDateTimes") or ()]
    if not ranges:
        return mapping.period(min(singles), max(singles)) if singles else PeriodOfTime()
    begin = min(str(item.get("BeginningDateTime") or "") for item in ranges)
    ends = [str(item.get("EndingDateTime") or "") for item in ranges]
    goes_on = any(extent.get("EndsAtPresentFlag") for extent in extents) or not all(ends)
    return mapping.period(begin, "" if goes_on else max(ends))


def _keywords(umm: Mapping[str, Any]) -> Iterator[object]:
    for item in listed(umm.get("ScienceKeywords")):
        named = (item.get(f"VariableLevel{level}") for level in (3, 2, 1))
        yield item.get("DetailedVariable") or next(filter(None, named), item.get("Term"))
    yield from umm.get("AncillaryKeywords") or ()


def _ways(umm: Mapping[str, Any]) -> Iterator[Way]:
    for item in listed(umm.get("RelatedUrls")):
        if item.get("Type") not in _DATA:
            continue
        yield Way(  # its media type is that of the files behind a page, not of the address
            url=item.get("URL"),
            title=item.get("Description") or item.get("Subtype"),
        )


PROTOCOL = Cmr()
