"""InvenioRDM repositories, Zenodo among them: ``/api/records``, oldest first.

A search shows its first 10,000 records only, so a longer list is asked for in windows of the day on
which records were made, halved until each fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin

from sciknow.errors import InvalidInput, SourceUnavailable
from sciknow.harvest import mapping
from sciknow.harvest.objects import at, listed, number_at, read_list, read_object
from sciknow.harvest.protocol import Ask, Mapped, Page, Record
from sciknow.harvest.way import Way, distributions
from sciknow.model import Agent, Dataset
from sciknow.model.receipt import Asked
from sciknow.net import redact
from sciknow.vocab import AccessRights
from sciknow.wire.request import Answer, Request

SIZE = 25
"""Records a page: what Zenodo allows those who bring no key."""

MOST = 10_000
"""How far a search can be turned."""

_ACCESS = {
    "open": AccessRights.OPEN,
    "public": AccessRights.OPEN,
    "embargoed": AccessRights.RESTRICTED,
    "restricted": AccessRights.RESTRICTED,
}
_USED = mapping.names(
    "title creators publication_date publisher rights license subjects keywords version doi "
    "description access_right dates"
)


class InvenioRdm:
    """A repository that runs InvenioRDM."""

    name = "invenio_rdm"
    title = "InvenioRDM records API"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the search for one record."""
        return (Request(_url(address), {"size": 1}),)

    def sniff(self, answer: Answer) -> str:
        """Recognise ``hits`` with ``hits`` and a ``total``, whose records have ``metadata``."""
        told = read_object(answer)[0]
        total, rows = number_at(told, "hits", "total"), at(told, "hits", "hits")
        known = total is not None and isinstance(rows, list)
        known = known and all("metadata" in row for row in listed(rows))
        return f"InvenioRDM, {total:,} records" if known else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Turn the pages; ``sets`` are communities, ``type`` among the options is a kind."""
        yield from _Walk(asked, ask).pages("", "")

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map a record, in InvenioRDM's form or the one that Zenodo had before."""
        return _parse(record.body, record.id, asked)


class _Walk:
    def __init__(self, asked: Asked, ask: Ask) -> None:
        self._url, self._ask = _url(asked.address), ask
        self._size = asked.size or SIZE
        kind = asked.options.get("type", "")
        self._fixed = [f"resource_type.id:{kind}"] if kind else []
        if asked.since:
            self._fixed.append(f"updated:[{asked.since} TO *]")
        if asked.sets:
            named = " OR ".join(f'"{name}"' for name in asked.sets)
            self._fixed.append(f"parent.communities.entries.slug:({named})")

    def pages(self, first: str, last: str) -> Iterator[Page]:
        """Turn the pages of a window of days, both of them in it; empty is without an end."""
        window = [f"created:[{first or '*'} TO {last or '*'}]"] if first or last else []
        query = " AND ".join([*self._fixed, *window])
        asked = (
            {"q": query, "sort": "oldest", "size": self._size}
            if query
            else {"sort": "oldest", "size": self._size}
        )
        request: Request | None = Request(self._url, asked)
        begin = True
        while request is not None:
            answer = self._ask(request)
            told, mended = read_object(answer)
            rows = read_list(answer, told, "hits", "hits")
            total = number_at(told, "hits", "total")
            if begin and total is not None and total > MOST:
                for halves in self._halves(first, last, rows, answer):
                    yield from self.pages(*halves)
                return
            request, begin = _next(told, answer), False
            yield Page(
                records=tuple(map(_record, rows)),
                cursor=request.address if request else "",
                declared=total,
                part=" ".join(window),
                mended=mended,
            )

    def _halves(
        self, first: str, last: str, rows: list[Any], answer: Answer
    ) -> tuple[tuple[str, str], tuple[str, str]]:
        """Cut a window in two; an open end is where the oldest and the newest record are."""
        begin = date.fromisoformat(first or _created(rows))
        end = date.fromisoformat(last or self._newest(first))
        if end <= begin:
            raise SourceUnavailable(
                f"{redact(answer.url)}: more than {MOST:,} records of {begin}, of which the search "
                "shows no more",
                hint="ask for sets (communities) instead",
            )
        middle = begin + (end - begin) // 2
        return (first, middle.isoformat()), ((middle + timedelta(days=1)).isoformat(), last)

    def _newest(self, first: str) -> str:
        query = " AND ".join([*self._fixed, *([f"created:[{first} TO *]"] if first else [])])
        asked = {"sort": "newest", "size": 1} | ({"q": query} if query else {})
        answer = self._ask(Request(self._url, asked))
        return _created(read_list(answer, read_object(answer)[0], "hits", "hits"))


def _url(address: str) -> str:
    bare = address.partition("?")[0].rstrip("/")
    return bare if bare.endswith("/api/records") else f"{bare.removesuffix('/api')}/api/records"


def _created(rows: list[Any]) -> str:
    found = mapping.day(at(rows[0], "created")) if rows else ""
    if len(found) != 10:
        raise SourceUnavailable("records without the day on which they were made")
    return found


def _next(told: Mapping[str, Any], answer: Answer) -> Request | None:
    following = at(told, "links", "next")
    return Request(urljoin(answer.url, following)) if isinstance(following, str) else None


def _record(row: object) -> Record:
    if not isinstance(row, Mapping) or not isinstance(row.get("metadata"), Mapping):
        return Record("", row, problem="it is no record with metadata")
    name = row.get("id")
    return Record(
        "" if name is None else str(name),
        row,
        deleted=at(row, "deletion_status", "is_deleted") is True,
    )


def _parse(row: Mapping[str, Any], name: str, asked: Asked) -> Mapped:
    told = row["metadata"]
    title = mapping.words(told.get("title"))
    if not title:
        raise InvalidInput("metadata.title: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    creators = tuple(agent for item in listed(told.get("creators")) if (agent := _creator(item)))
    publisher = mapping.agent(told.get("publisher"))
    licence, rights = _licence(told)
    dataset = Dataset(
        id=identifier,
        title=title,
        description=mapping.words(told.get("description")),
        publisher=publisher.id if publisher else "",
        creators=tuple(dict.fromkeys(agent.id for agent in creators)),
        doi=mapping.doi(at(row, "pids", "doi", "identifier"), row.get("doi"), told.get("doi")),
        version=mapping.plain(told.get("version")),
        issued=mapping.day(str(told.get("publication_date") or "").partition("/")[0]),
        landing_page=_page(row),
        license=licence,
        rights=rights,
        access_rights=_access(row),
        temporal=_temporal(told),
        keywords=mapping.keywords(_keywords(told)),
        distributions=distributions(identifier, _ways(row)),
        extra=mapping.rest(told, _USED),
    )
    return Mapped(dataset=dataset, agents=(*creators, *((publisher,) if publisher else ())))


def _creator(item: Mapping[str, Any]) -> Agent | None:
    who = item.get("person_or_org")
    if not isinstance(who, Mapping):
        return mapping.agent(item.get("name"), item.get("orcid"), person=True)
    known = [found.get("identifier") for found in listed(who.get("identifiers"))]
    return mapping.agent(who.get("name"), *known, person=who.get("type") != "organizational")


def _licence(told: Mapping[str, Any]) -> tuple[str, Any]:
    values: list[object] = [at(told, "license", "id")]
    for item in listed(told.get("rights")):
        name = item.get("title")
        values += [item.get("id"), item.get("link"), mapping.words(name).best() if name else None]
    return mapping.licence(*values)


def _page(row: Mapping[str, Any]) -> str:
    return mapping.url(at(row, "links", "self_html") or at(row, "links", "html"))


def _access(row: Mapping[str, Any]) -> AccessRights | None:
    told = at(row, "access", "files") or at(row, "access", "record")
    return _ACCESS.get(str(told or at(row, "metadata", "access_right")))


def _temporal(told: Mapping[str, Any]) -> Any:
    for item in listed(told.get("dates")):
        kind = at(item, "type", "id") or item.get("type")
        text = item.get("date") or f"{item.get('start') or '..'}/{item.get('end') or '..'}"
        covered = str(kind).lower() in ("coverage", "collected") and "/" in text
        if covered and (found := mapping.period(text)):
            return found
    return mapping.period("")


def _keywords(told: Mapping[str, Any]) -> Iterator[object]:
    yield from told.get("keywords") or ()
    for item in listed(told.get("subjects")):
        yield item.get("subject") or item.get("term")


def _ways(row: Mapping[str, Any]) -> Iterator[Way]:
    entries = at(row, "files", "entries")
    files = list(entries.values()) if isinstance(entries, Mapping) else listed(entries)
    for item in files or listed(row.get("files")):
        address = at(item, "links", "content") or at(item, "links", "self")
        if isinstance(item, Mapping) and item.get("key"):
            yield Way(
                url=address,
                media_type=item.get("mimetype") or str(item["key"]).rpartition(".")[2],
                title=item["key"],
                size=item.get("size"),
            )
    yield Way(url=_page(row), media_type="text/html")


PROTOCOL = InvenioRdm()
