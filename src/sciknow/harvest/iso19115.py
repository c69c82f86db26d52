"""ISO 19115 in XML: 19139 (``gmd``) and 19115-3 (``mdb``), by the names that both have.

Services are no datasets and are refused; what describes a dataset's series is a dataset.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from sciknow.errors import InvalidInput
from sciknow.harvest import area, mapping
from sciknow.harvest.markup import child, children, local
from sciknow.harvest.protocol import Mapped
from sciknow.harvest.way import Way, distributions
from sciknow.model import Agent, Dataset, LangString, PeriodOfTime
from sciknow.model.coverage import BBox
from sciknow.model.receipt import Asked

NAMES = frozenset({"MD_Metadata", "MI_Metadata"})
"""Names of a record's element."""

_EDGES = (
    "westBoundLongitude",
    "southBoundLatitude",
    "eastBoundLongitude",
    "northBoundLatitude",
)
_ORDER = ("publisher", "owner", "custodian", "distributor", "pointOfContact")
"""Roles of those who may be called the publisher, the best first."""
_LEFT = (
    *("purpose", "credit", "supplementalInformation", "environmentDescription"),
    *("statement", "denominator", "useLimitation"),
)
"""Elements that have no place: lineage, scale and what is said in words; they are kept."""
_LANGUAGES = {"eng": "en", "chi": "zh", "zho": "zh"}


def name_of(record: Element) -> str:
    """Return the identifier of a record; empty without one."""
    told = child(record, "fileIdentifier")
    if told is None:
        told = next(_within(child(record, "metadataIdentifier"), "code"), None)
    return _text(told)


def parse(record: Element, name: str, asked: Asked) -> Mapped:
    """Map a record.

    Raises
    ------
    InvalidInput
        When it has no title, or describes a service.
    """
    about = next((item for item in child(record, "identificationInfo") or ()), None)
    if about is not None and local(about).endswith("ServiceIdentification"):
        raise InvalidInput("identificationInfo: found a service, allowed is a dataset")
    languages = dict(_locales(record))
    cited = child(about, "citation")
    title = _words(next(_within(cited, "title"), None), languages)
    if not title:
        raise InvalidInput("citation.title: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    agents = tuple(dict.fromkeys(agent for _, agent in _people(about, cited)))
    publisher = _publisher([*_people(about, cited)])
    codes = [_text(code) for item in _within(cited, "identifier") for code in _within(item, "code")]
    ways = list(_ways(record))
    links = [str(way.url) for way in ways]
    licence, rights = mapping.licence(*_constraints(about))
    dataset = Dataset(
        id=identifier,
        title=title,
        description=_words(child(about, "abstract"), languages),
        publisher=publisher,
        doi=mapping.doi(*codes),
        cstr=mapping.cstr(*codes),
        version=mapping.plain(_text(next(_within(cited, "edition"), None))),
        issued=_issued(cited),
        landing_page=next((found for text in (*codes, *links) if (found := mapping.url(text))), ""),
        license=licence,
        rights=rights,
        spatial=area.spatial(_box(about), _place(about)),
        temporal=_temporal(about),
        keywords=mapping.keywords(_keywords(about)),
        distributions=distributions(identifier, ways),
        extra={key: texts for key in _LEFT if (texts := _texts(record, key))},
    )
    return Mapped(dataset=dataset, agents=agents)


def _within(element: Element | None, name: str) -> Iterator[Element]:
    """Yield the elements of a name at any depth."""
    if element is not None:
        yield from (item for item in element.iter() if local(item) == name)


def _text(element: Element | None) -> str:
    """Return the first text in an element, without those in other languages."""
    if element is None:
        return ""
    for item in element.iter():
        if local(item) == "PT_FreeText":
            break
        if item.text and item.text.strip():
            return item.text.strip()
    return ""


def _texts(record: Element, name: str) -> list[str]:
    """Return the texts of the elements of a name, each once."""
    return list(dict.fromkeys(filter(None, map(_text, _within(record, name)))))


def _code(element: Element) -> str:
    """Return the value of a code list's element."""
    return element.get("codeListValue") or (element.text or "").strip()


def _locales(record: Element) -> Iterator[tuple[str, str]]:
    """Yield the languages of a record by the names under which its texts refer to them."""
    for item in _within(record, "PT_Locale"):
        code = next((_code(one) for one in _within(item, "LanguageCode")), "")
        yield f"#{item.get('id', '')}", _LANGUAGES.get(code, code)
    own = next((_code(one) for one in _within(child(record, "language"), "LanguageCode")), "")
    own = own or _text(child(record, "language"))
    yield "", _LANGUAGES.get(own, own)


def _words(element: Element | None, languages: dict[str, str]) -> LangString:
    found = [(languages.get("", ""), _text(element))]
    for item in _within(element, "LocalisedCharacterString"):
        found.append((languages.get(item.get("locale", ""), ""), (item.text or "").strip()))
    return mapping.words(found)


def _people(about: Element | None, cited: Element | None) -> Iterator[tuple[str, Agent]]:
    """Yield who is named, with the role; organisations before the persons in them."""
    for place in (cited, *children(about, "pointOfContact")):
        for name in ("CI_ResponsibleParty", "CI_Responsibility"):
            for item in _within(place, name):
                role = next((_code(one) for one in _within(item, "CI_RoleCode")), "")
                body = next(_within(item, "organisationName"), None)
                if body is None:
                    body = child(next(_within(item, "CI_Organisation"), None), "name")
                person = next(_within(item, "individualName"), None)
                known = [_text(code) for code in _within(item, "code")]
                agent = mapping.agent(_text(body), *known)
                agent = agent or mapping.agent(_text(person), *known, person=True)
                if agent is not None:
                    yield role, agent


def _publisher(people: list[tuple[str, Agent]]) -> str:
    named = [(role, agent) for role, agent in people if role in _ORDER]
    return min(named, key=lambda item: _ORDER.index(item[0]))[1].id if named else ""


def _issued(cited: Element | None) -> str:
    for item in _within(cited, "CI_Date"):
        kind = next((_code(one) for one in _within(item, "CI_DateTypeCode")), "")
        if kind == "publication":
            return mapping.day(_text(child(item, "date")))
    return ""


def _constraints(about: Element | None) -> Iterator[str]:
    """Yield the terms: addresses of anchors first, then words; codes say nothing of terms."""
    found = [
        item
        for constraint in children(about, "resourceConstraints")
        for name in ("otherConstraints", "useLimitation", "useConstraints")
        for item in _within(constraint, name)
    ]
    for item in found:
        yield from (one.get("{http://www.w3.org/1999/xlink}href", "") for one in item.iter())
    for item in found:
        if not any(one.get("codeListValue") for one in item.iter()):
            yield _text(item)


def _box(about: Element | None) -> BBox | None:
    for item in _within(about, "EX_GeographicBoundingBox"):
        found = area.box(*(_text(child(item, edge)) for edge in _EDGES))
        if found is not None:
            return found
    return None


def _place(about: Element | None) -> str:
    found = next(_within(about, "EX_GeographicDescription"), None)
    return _text(found)


def _temporal(about: Element | None) -> PeriodOfTime:
    for item in _within(about, "TimePeriod"):
        ends = []
        for name, other in (("beginPosition", "begin"), ("endPosition", "end")):
            told = next(_within(item, name), None)
            if told is None:
                told = next(_within(item, other), None)
            ends.append(_text(told))
        if found := mapping.period(*ends):
            return found
    return PeriodOfTime()


def _keywords(about: Element | None) -> Iterator[str]:
    for group in children(about, "descriptiveKeywords"):
        yield from (_text(word) for word in _within(group, "keyword"))
    yield from ((item.text or "").strip() for item in _within(about, "MD_TopicCategoryCode"))


def _ways(record: Element) -> Iterator[Way]:
    for item in _within(child(record, "distributionInfo"), "CI_OnlineResource"):
        purpose = next((_code(one) for one in _within(item, "CI_OnLineFunctionCode")), "")
        protocol = _text(child(item, "protocol")).lower()
        name = _text(child(item, "name"))
        page = purpose in ("information", "search", "order") or "link" in protocol
        yield Way(
            url=_text(child(item, "linkage")),
            media_type="text/html" if page else protocol.partition(":")[0],
            title=name or _text(child(item, "description")),
        )
