"""CKAN's action API: ``package_search``, in a stable order, the total read on every page.

Pages overlap by one record: where the last of one page is not the first of the next, the list has
moved meanwhile, and nobody can know whether something was passed over. Where a page cannot be had,
fewer records are asked for at once, down to a single one, which is then named as missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sciknow.errors import IntegrityError, InvalidInput, SciknowError, SourceUnavailable
from sciknow.harvest import area, mapping
from sciknow.harvest.markup import read_json
from sciknow.harvest.protocol import Ask, Mapped, Page, Record, less_may_come
from sciknow.harvest.way import Way, distributions
from sciknow.model import Dataset
from sciknow.model.coverage import BBox
from sciknow.model.receipt import Asked
from sciknow.net import redact
from sciknow.wire.request import Answer, Request

SIZE = 500
"""Records a page: CKAN hands out 1,000 at most, and half of that keeps pages small."""

MISSING = 10
"""Records that may be missing before nobody goes on."""

_API = "/api/3/action"
_USED = mapping.names(
    "id name title notes author license_id license_title license_url url version "
    "metadata_created organization resources tags extras state private type "
    "num_resources num_tags isopen title_translated notes_translated owner_org creator_user_id"
)
_EXTRAS = {
    "spatial": ("spatial", "bbox", "spatial_coverage"),
    "start": ("temporal_start", "temporal_coverage_from", "temporal_coverage-from"),
    "end": ("temporal_end", "temporal_coverage_to", "temporal_coverage-to"),
    "doi": ("doi", "DOI", "identifier"),
    "issued": ("issued", "publication_date", "date_released"),
}
"""What portals write beside CKAN's own fields, by what it means (ckanext-spatial, -dcat, -doi)."""


class Ckan:
    """A portal that runs CKAN."""

    name = "ckan"
    title = "CKAN action API"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the search for no record."""
        return (Request(f"{base_of(address)}{_API}/package_search", {"rows": 0}),)

    def sniff(self, answer: Answer) -> str:
        """Recognise ``success`` beside a ``result`` with a ``count``."""
        told = answer.json()
        known = isinstance(told, Mapping) and told.get("success") is True
        count = told["result"].get("count") if known and "result" in told else None
        return f"CKAN, {count:,} packages" if isinstance(count, int) else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Turn the pages of ``package_search``."""
        yield from _Walk(asked, ask).pages()

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map a package."""
        return _parse(record.body, asked)


class _Walk:
    """The way through one portal."""

    def __init__(self, asked: Asked, ask: Ask) -> None:
        self._url = f"{base_of(asked.address)}{_API}/package_search"
        self._filter = filter_of(asked)
        self._ask = ask
        self._clock = ""
        self._whole = self._size = min(asked.size or SIZE, 1000)

    def pages(self) -> Iterator[Page]:
        start, last, missing = 0, "", 0
        while True:
            try:
                rows, count, mended = self._rows(start, self._size, last)
            except (SourceUnavailable, IntegrityError) as error:
                if missing == MISSING or not _may_pass(error, start):
                    raise
                if self._size == 1:
                    missing += 1
                    said = f"record {start:,}: {error.message}"
                    yield Page(cursor=f"after {start}", missing=said)
                    start, last, self._size = start + 1, "", self._whole
                else:
                    self._size = max(1, self._size // 10)
                continue
            page, last = _page(rows, start, count, last)
            start += len(page.records)
            yield replace(page, mended=mended, until=self._clock)
            if not page.cursor:
                return

    def _rows(self, start: int, size: int, last: str) -> tuple[list[Any], int, str]:
        first = start - 1 if last else start
        asked = {"q": "*:*", "sort": "id asc", "rows": size + bool(last), "start": first}
        answer = self._ask(Request(self._url, asked | self._filter))
        self._clock = self._clock or answer.date
        told, mended = read_json(answer)
        if not isinstance(told, Mapping) or told.get("success") is not True:
            said = json.dumps(told.get("error", told) if isinstance(told, Mapping) else told)[:200]
            raise SourceUnavailable(
                f"{redact(answer.url)}: CKAN says {said}", hint="check what was asked"
            )
        result = told.get("result")
        if not isinstance(result, Mapping) or not isinstance(result.get("count"), int):
            raise SourceUnavailable(
                f"{redact(answer.url)}: no count of packages", hint="is it CKAN?"
            )
        return list(result["results"]), result["count"], mended


def _may_pass(error: SciknowError, start: int) -> bool:
    """Tell whether fewer records at once may come: some came, or there was a page, a bad one."""
    return less_may_come(error) and (start > 0 or isinstance(error, IntegrityError))


def _page(rows: list[Any], start: int, count: int, last: str) -> tuple[Page, str]:
    """Return the page without the record that it shares with the one before, and its last id."""
    doubt = ""
    if last and rows and _id(rows[0]) == last:
        rows = rows[1:]
    elif last:
        doubt = f"the list moved at record {start:,} while its pages were turned"
    more = bool(rows) and start + len(rows) < count
    page = Page(
        records=tuple(map(_record, rows)),
        cursor=str(start + len(rows)) if more else "",
        declared=count,
        doubt=doubt,
    )
    return page, _id(rows[-1]) if rows else last


def base_of(address: str) -> str:
    """Return the address of a portal without the path of its API."""
    return address.partition("?")[0].partition("/api/")[0].rstrip("/")


def filter_of(asked: Asked) -> dict[str, str]:
    """Return the filter for what is asked: since when, and which organisations."""
    parts = []
    if asked.since:
        moment = asked.since if "T" in asked.since else f"{asked.since}T00:00:00Z"
        parts.append(f"metadata_modified:[{moment.replace('+00:00', 'Z')} TO *]")
    if asked.sets:
        names = " OR ".join(f'"{name}"' for name in asked.sets)
        parts.append(f"organization:({names})")
    return {"fq": " ".join(f"+{part}" for part in parts)} if parts else {}


def _id(row: object) -> str:
    return str(row.get("id") or row.get("name") or "") if isinstance(row, Mapping) else ""


def _record(row: object) -> Record:
    if not isinstance(row, Mapping):
        return Record("", row, problem="it is no object")
    return Record(_id(row), row, deleted=row.get("state") == "deleted")


def _parse(row: Mapping[str, Any], asked: Asked) -> Mapped:
    title = mapping.words(row.get("title_translated")) or mapping.words(row.get("title"))
    title = title or mapping.words(row.get("name"))
    if not title:
        raise InvalidInput("title: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, _id(row))
    extras = _extras(row)
    organization = row.get("organization") or {}
    publisher = mapping.agent(organization.get("title") or organization.get("name"))
    creator = mapping.agent(row.get("author"), person=True)
    licence, rights = mapping.licence(
        row.get("license_id"), row.get("license_title"), row.get("license_url")
    )
    name = mapping.plain(row.get("name"))
    dataset = Dataset(
        id=identifier,
        title=title,
        description=mapping.words(row.get("notes_translated")) or mapping.words(row.get("notes")),
        publisher=publisher.id if publisher else "",
        creators=(creator.id,) if creator else (),
        doi=mapping.doi(*_named(extras, "doi"), row.get("doi")),
        version=mapping.plain(row.get("version")),
        issued=mapping.day(_one(extras, "issued")) or mapping.day(row.get("metadata_created")),
        landing_page=f"{base_of(asked.address)}/dataset/{name}" if name else "",
        license=licence,
        rights=rights,
        spatial=area.spatial(_box(extras)),
        temporal=mapping.period(_one(extras, "start"), _one(extras, "end")),
        keywords=mapping.keywords(_tags(row)),
        distributions=distributions(identifier, map(_way, _list(row.get("resources")))),
    )
    dataset = replace(dataset, extra=_left(dataset, mapping.rest(row, _USED) | extras))
    agents = tuple(agent for agent in (publisher, creator) if agent is not None)
    return Mapped(dataset=dataset, agents=agents)


def _left(dataset: Dataset, extras: Mapping[str, object]) -> dict[str, object]:
    """Return the extras without those that became a field."""
    became = {
        "spatial": bool(dataset.spatial),
        "start": bool(dataset.temporal.start),
        "end": bool(dataset.temporal.end),
        "doi": bool(dataset.doi),
    }
    used = (key for name, done in became.items() if done for key in _EXTRAS[name])
    return mapping.rest(extras, used)


def _list(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _extras(row: Mapping[str, Any]) -> dict[str, object]:
    beside = {str(item.get("key")): item.get("value") for item in _list(row.get("extras"))}
    known = {key for keys in _EXTRAS.values() for key in keys}
    return mapping.rest(beside, ()) | {key: row[key] for key in known if row.get(key)}


def _named(extras: Mapping[str, object], meaning: str) -> list[object]:
    return [extras[key] for key in _EXTRAS[meaning] if key in extras]


def _one(extras: Mapping[str, object], meaning: str) -> object:
    return next(iter(_named(extras, meaning)), "")


def _box(extras: Mapping[str, object]) -> BBox | None:
    for value in _named(extras, "spatial"):
        try:
            told = json.loads(value) if isinstance(value, str) else value
        except ValueError:
            told = str(value).split(",")
        found = area.geometry(told) or area.bbox(told)
        if found is not None:
            return found
    return None


def _tags(row: Mapping[str, Any]) -> list[object]:
    return [tag.get("display_name") or tag.get("name") for tag in _list(row.get("tags"))]


def _way(resource: Mapping[str, Any]) -> Way:
    return Way(
        url=resource.get("url"),
        media_type=resource.get("mimetype") or resource.get("format"),
        title=resource.get("name") or resource.get("description"),
        size=resource.get("size"),
    )


PROTOCOL = Ckan()
