"""OAI-PMH 2.0: ``Identify`` first, then ``ListRecords`` page by page.

The window ends at the source's own clock, in its own granularity, so that the next harvest can go
on there. Where a page cannot be had, the window is halved by date, until what is missing is one
day or one second, which is then named. Formats: ``oai_datacite`` and ``datacite`` where offered,
else ``oai_dc``; another can be asked for as the option ``prefix`` and is mapped where it is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

from sciknow.errors import IntegrityError, InvalidInput, SciknowError, SourceUnavailable
from sciknow.harvest import datacite_xml, dublin_core, iso19115
from sciknow.harvest.markup import Read, child, children, local, read_xml, text_of
from sciknow.harvest.protocol import Ask, Mapped, Page, Record, less_may_come
from sciknow.model.receipt import Asked
from sciknow.net import redact
from sciknow.wire.request import Answer, Request

PREFIXES = (
    *("oai_datacite", "datacite", "oai_datacite4", "datacite4"),
    *("iso19139", "iso19115", "gmd", "oai_dc"),
)
"""Formats of metadata that are understood, the richest first."""

SHORTEST = timedelta(seconds=1)
DEEPEST = 12
"""How often a window is halved at most."""

_ARGUMENTS = ("verb", "metadataPrefix", "from", "until", "set", "resumptionToken", "identifier")
_EMPTY = frozenset({"noRecordsMatch"})


class OaiPmh:
    """A repository that speaks OAI-PMH."""

    name = "oai_pmh"
    title = "OAI-PMH 2.0"
    accepts = frozenset({400, 422})
    """Statuses with which some repositories (InvenioRDM) say what is an error of the protocol."""

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return ``Identify``."""
        return (Request(base_of(address), {"verb": "Identify"}),)

    def sniff(self, answer: Answer) -> str:
        """Recognise an ``Identify`` that names its protocol."""
        told = child(read_xml(answer).root, "Identify")
        version = text_of(told, "protocolVersion")
        return f"OAI-PMH {version}, {text_of(told, 'repositoryName')}" if version else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Turn the pages of ``ListRecords``, set by set where sets are asked for."""
        walk = _Walk.begin(asked, ask)
        for name in asked.sets or ("",):
            yield from walk.window(name, walk.since, walk.until)

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map the metadata of a record by what its root element is."""
        metadata = child(record.body, "metadata")
        root = next(iter(metadata), None) if metadata is not None else None
        if root is None:
            raise InvalidInput("metadata: found nothing, allowed is a record in a known format")
        resource = root if local(root) == "resource" else child(root, "payload", "resource")
        if resource is not None:
            return datacite_xml.parse(resource, record.id, asked)
        if local(root) == "dc":
            return dublin_core.parse(root, record.id, asked)
        if local(root) in iso19115.NAMES:
            return iso19115.parse(root, record.id, asked)
        allowed = "DataCite, ISO 19115 or Dublin Core"
        raise InvalidInput(f"metadata: found {local(root)}, allowed is {allowed}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """The way through one repository."""

    url: str
    ask: Ask
    prefix: str
    since: str
    until: str
    by_day: bool
    earliest: str

    @classmethod
    def begin(cls, asked: Asked, ask: Ask) -> _Walk:
        """Ask the repository what it is."""
        url = base_of(asked.address)
        answer = ask(Request(url, {"verb": "Identify"}))
        read = _read(answer)
        told = child(read.root, "Identify")
        if told is None:
            raise SourceUnavailable(
                f"{redact(url)} answers Identify with {_said(read.root) or local(read.root)}",
                hint="check that it is the base address of an OAI-PMH repository",
            )
        by_day = "T" not in text_of(told, "granularity")
        now = text_of(read.root, "responseDate") or answer.date
        return cls(
            url=url,
            ask=ask,
            prefix=asked.options.get("prefix") or _prefix(url, ask),
            since=_written(asked.since, by_day=by_day),
            until=_written(now, by_day=by_day),
            by_day=by_day,
            earliest=_written(text_of(told, "earliestDatestamp"), by_day=by_day),
        )

    def window(self, name: str, since: str, until: str, depth: int = 0) -> Iterator[Page]:
        """Turn the pages of one window; halve it where a page cannot be had."""
        first = {
            "verb": "ListRecords",
            "metadataPrefix": self.prefix,
            "from": since or None,
            "until": until or None,
            "set": name or None,
        }
        asked: dict[str, str | None] = first
        came = False
        while True:
            try:
                page, token = self._page(asked, name, until, again=depth > 0)
            except (SourceUnavailable, IntegrityError) as error:
                if not less_may_come(error) or not (came or depth):
                    raise
                yield from self._halves(name, since, until, depth, error)
                return
            yield page
            came = True
            if not token:
                return
            asked = {"verb": "ListRecords", "resumptionToken": token}

    def _page(
        self, asked: dict[str, str | None], name: str, until: str, *, again: bool
    ) -> tuple[Page, str]:
        read = _read(self.ask(Request(self.url, asked)))
        error = child(read.root, "error")
        if error is not None and error.get("code") in _EMPTY:
            return Page(part=name, declared=None if again else 0, until=until, again=again), ""
        listed = child(read.root, "ListRecords")
        if error is not None or listed is None:
            raise SourceUnavailable(
                f"{redact(self.url)} answers {_said(read.root) or local(read.root)}",
                hint="check what was asked, or ask again from the beginning",
            )
        token = child(listed, "resumptionToken")
        size = token.get("completeListSize", "") if token is not None else ""
        following = (token.text or "").strip() if token is not None else ""
        page = Page(
            records=tuple(map(_record, children(listed, "record"))),
            cursor=following,
            declared=int(size) if size.isdecimal() and not again else None,
            part=name,
            until=until,
            again=again,
            mended=read.mended,
        )
        return page, following

    def _halves(
        self, name: str, since: str, until: str, depth: int, error: SciknowError
    ) -> Iterator[Page]:
        begin, end = _moment(since or self.earliest), _moment(until)
        unit = timedelta(days=1) if self.by_day else SHORTEST
        if begin is None or end is None:
            raise error
        if depth >= DEEPEST or end - begin < unit:
            yield Page(
                part=name,
                again=True,
                missing=f"what changed from {since or self.earliest} to {until}: {error.message}",
            )
            return
        middle = begin + (end - begin) / 2
        if self.by_day:
            middle = middle.replace(hour=0, minute=0, second=0)
        left = _written(middle.isoformat(), by_day=self.by_day)
        right = _written((middle + unit).isoformat(), by_day=self.by_day)
        yield from self._half(name, since or self.earliest, left, depth + 1)
        yield from self._half(name, right, until, depth + 1)

    def _half(self, name: str, since: str, until: str, depth: int) -> Iterator[Page]:
        try:
            yield from self.window(name, since, until, depth)
        except (SourceUnavailable, IntegrityError) as error:
            if not less_may_come(error):
                raise
            yield from self._halves(name, since, until, depth, error)


def base_of(address: str) -> str:
    """Return the address of a repository without a verb; what else stands in its query stays.

    Examples
    --------
    >>> base_of("https://a.org/csw?mode=oaipmh&verb=Identify"), base_of("https://a.org/oai")
    ('https://a.org/csw?mode=oaipmh', 'https://a.org/oai')
    """
    return Request(address, dict.fromkeys(_ARGUMENTS)).address


def _prefix(url: str, ask: Ask) -> str:
    """Return the richest format that a repository offers and that is understood."""
    read = _read(ask(Request(url, {"verb": "ListMetadataFormats"})))
    listed = child(read.root, "ListMetadataFormats")
    offered = {text_of(item, "metadataPrefix") for item in children(listed, "metadataFormat")}
    return next((name for name in PREFIXES if name in offered), "oai_dc")


def _read(answer: Answer) -> Read:
    read = read_xml(answer)
    if local(read.root) != "OAI-PMH":
        raise SourceUnavailable(
            f"{redact(answer.url)}: {local(read.root)} instead of OAI-PMH",
            hint="check that it is the base address of an OAI-PMH repository",
        )
    return read


def _record(element: Element) -> Record:
    header = child(element, "header")
    gone = header is not None and header.get("status") == "deleted"
    return Record(text_of(header, "identifier"), element, deleted=gone)


def _said(root: Element) -> str:
    error = child(root, "error")
    if error is None:
        return ""
    return f"{error.get('code', 'error')}: {(error.text or '').strip()}"


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


def _written(text: str, *, by_day: bool) -> str:
    """Write a moment in the granularity of a repository; empty for none."""
    found = _moment(text)
    if found is None:
        return ""
    return found.strftime("%Y-%m-%d" if by_day else "%Y-%m-%dT%H:%M:%SZ")


PROTOCOL = OaiPmh()
