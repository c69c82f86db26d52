"""Intake catalogues of versions 1 and 2 and intake-esm's, read as data and never run.

Nothing of Intake is imported, no driver is loaded, no parameter or variable is filled in.
Only ``{{ CATALOG_DIR }}`` at the beginning of an address is understood, as the folder of the file.
Nested catalogues are followed in their order; what they do not link nobody can know.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

import yaml

from sciknow.errors import IntegrityError, InvalidInput, SourceUnavailable, UntrustedInput
from sciknow.harvest import mapping
from sciknow.harvest.crawl import MISSING, goes_on
from sciknow.harvest.markup import decode
from sciknow.harvest.objects import at, listed, read_object
from sciknow.harvest.protocol import Ask, Mapped, Page, Record
from sciknow.harvest.way import Way, distributions
from sciknow.model import Dataset
from sciknow.model.content import is_page
from sciknow.model.receipt import Asked
from sciknow.net import redact
from sciknow.wire.request import Answer, Request

_HERE = re.compile(r"\{\{\s*CATALOG_DIR\s*\}\}/?")
_DATA = re.compile(r"\{data\(([\w-]+)\)\}")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLACES = ("urlpath", "url", "path", "uri", "obj", "esmcol_obj")
"""Arguments that hold an address, in the drivers that are in use."""
_PUBLIC = frozenset({"anon", "token", "requester_pays", "endpoint_url"})


class IntakeCatalog:
    """A catalogue of Intake at an address."""

    name = "intake_catalog"
    title = "Intake catalogue"

    def doors(self, address: str) -> tuple[Request, ...]:
        """Return the file."""
        return (Request(address.partition("#")[0]),)

    def sniff(self, answer: Answer) -> str:
        """Recognise the keys of a catalogue."""
        told = _read(answer)[0]
        if _is_esm(told):
            return "an intake-esm catalogue"
        entries = told.get("entries") if told.get("version") == 2 else told.get("sources")
        if not isinstance(entries, Mapping):
            return ""
        known = all("driver" in item or "reader" in item for item in listed([*entries.values()]))
        return f"Intake, {len(entries):,} entries" if entries and known else ""

    def pages(self, asked: Asked, ask: Ask) -> Iterator[Page]:
        """Read catalogue after catalogue; one that cannot be had is named as missing."""
        first = asked.address.partition("#")[0]
        waiting, seen, missing = deque([("", first)]), set[str](), 0
        while waiting:
            prefix, url = waiting.popleft()
            if url in seen:
                continue
            seen.add(url)
            try:
                told, mended = _read(ask(Request(url)))
                found = _Catalogue(told, url, prefix, ask)
            except (InvalidInput, SourceUnavailable, IntegrityError, UntrustedInput) as error:
                missing += 1
                if len(seen) == 1 or missing > MISSING or not goes_on(error):
                    raise
                yield Page(cursor=_cursor(waiting), missing=f"{redact(url)}: {error.message}")
                continue
            waiting.extend(link for link in found.links if link[1] not in seen)
            yield Page(records=tuple(found.records), cursor=_cursor(waiting), mended=mended)

    def parse(self, record: Record, asked: Asked) -> Mapped:
        """Map an entry."""
        return _parse(record.body, record.id, asked)


def _cursor(waiting: deque[tuple[str, str]]) -> str:
    return waiting[0][1] if waiting else ""


def _read(answer: Answer) -> tuple[Mapping[str, Any], str]:
    """Read YAML (JSON is YAML) whose values are plain; nothing may stand for something else."""
    if answer.body.lstrip()[:1] == b"{":
        return read_object(answer)
    text, mended = decode(answer)
    where = redact(answer.url)
    if is_page(answer.body[:1024]):
        raise SourceUnavailable(f"{where}: a web page instead of YAML", hint="give the file itself")
    try:
        for token in yaml.scan(text, Loader=_LOADER):
            if isinstance(token, (yaml.AliasToken, yaml.TagToken)):
                raise UntrustedInput(
                    f"{where}: line {token.start_mark.line + 1} has an alias or a tag, which may "
                    "stand for anything",
                    hint="write the values out",
                )
        told = yaml.load(text, Loader=_LOADER)  # the safe loader
    except yaml.YAMLError as error:
        words = " ".join(str(error).split())[:200]
        raise IntegrityError(f"{where}: no YAML ({words})") from error
    if not isinstance(told, Mapping):
        raise SourceUnavailable(
            f"{where}: no catalogue", hint="give the address of the file itself"
        )
    return told, mended


def _is_esm(told: Mapping[str, Any]) -> bool:
    return "esmcat_version" in told and ("catalog_file" in told or "catalog_dict" in told)


class _Catalogue:
    """The entries of one file, and its links to other catalogues."""

    def __init__(self, told: Mapping[str, Any], url: str, prefix: str, ask: Ask) -> None:
        self.records: list[Record] = []
        self.links: list[tuple[str, str]] = []
        self._url, self._prefix = url, prefix
        if _is_esm(told):
            self._esm(told, ask)
        elif told.get("version") == 2:
            self._second(told)
        else:
            self._first(told)

    def _first(self, told: Mapping[str, Any]) -> None:
        sources = told.get("sources")
        for name, item in sources.items() if isinstance(sources, Mapping) else ():
            if not isinstance(item, Mapping):
                self.records.append(Record("", item, problem=f"{name}: it is no entry"))
                continue
            args = item.get("args")
            places = (
                [args[key] for key in _PLACES if key in args] if isinstance(args, Mapping) else []
            )
            self._entry(
                str(name), item, item.get("driver"), places[:1], at(args, "storage_options")
            )

    def _second(self, told: Mapping[str, Any]) -> None:
        aliases, entries = told.get("aliases"), told.get("entries")
        names = {str(token): str(name) for name, token in (aliases or {}).items()}
        for token, item in entries.items() if isinstance(entries, Mapping) else ():
            if not isinstance(item, Mapping):
                self.records.append(Record("", item, problem=f"{token}: it is no entry"))
                continue
            named = _DATA.search(str(item.get("kwargs")))
            data = at(told, "data", named[1]) if named else None
            places = [at(data, "kwargs", "url")] if data else []
            kind = str(at(data, "datatype") or "").rpartition(":")[2]
            about = {"metadata": at(data, "metadata")} | dict(item)
            name = names.get(str(token), str(token))
            self._entry(name, about, kind, places, at(data, "kwargs", "storage_options"))

    def _entry(
        self, name: str, item: Mapping[str, Any], driver: object, places: list[Any], options: object
    ) -> None:
        kind = driver[0] if isinstance(driver, list) and driver else driver
        name = f"{self._prefix}{name}"
        found = [self._address(place) for place in _flat(places)]
        wrong = next((said for _, said in found if said), "")
        urls = [url for url, said in found if not said]
        short = str(kind or "").lower()
        if "catalog" in short or short.startswith("intake_esm"):
            self.links += [(f"{name}/", url) for url in urls]
            if wrong:
                self.records.append(Record(name, item, problem=wrong))
            return
        body = {"item": item, "kind": short, "urls": urls, "options": options, "left": wrong}
        self.records.append(Record(name, body))

    def _address(self, place: object) -> tuple[str, str]:
        """Return where an address leads, or why nobody can say so."""
        text = str(place or "")
        here = _HERE.match(text)
        text = text[here.end() :] if here else text
        if "{" in text or "$" in text:
            return "", f"{str(place)[:80]}: it has parameters, which are not filled in"
        return urljoin(self._url, text), ""

    def _esm(self, told: Mapping[str, Any], ask: Ask) -> None:
        rows = told.get("catalog_dict")
        if not isinstance(rows, list):
            url = urljoin(self._url, str(told.get("catalog_file")))
            text, _ = decode(ask(Request(url)))
            rows = list(csv.DictReader(io.StringIO(text)))
        column = at(told, "assets", "column_name")
        kind = str(at(told, "assets", "format") or "").lower()
        if not column:
            raise SourceUnavailable(f"{redact(self._url)}: assets.column_name is not there")
        named = [str(one.get("column_name")) for one in listed(told.get("attributes"))]
        for row in listed(rows):
            place = str(row.get(column) or "")
            words = [str(row[key]) for key in named if row.get(key)]
            item = {
                "description": told.get("description"),
                "title": " ".join(words),
                "metadata": row,
            }
            form = str(row.get(str(at(told, "assets", "format_column_name"))) or kind)
            body = {"item": item, "kind": form, "urls": [place], "options": None, "left": ""}
            self.records.append(Record(f"{self._prefix}{place}" if place else "", body))


def _flat(places: list[Any]) -> list[Any]:
    return [one for place in places for one in (place if isinstance(place, list) else [place])]


def _parse(body: Mapping[str, Any], name: str, asked: Asked) -> Mapped:
    item = body["item"]
    about = item.get("metadata") if isinstance(item.get("metadata"), Mapping) else {}
    title = mapping.words(item.get("title") or about.get("title")) or mapping.words(name)
    if not title:
        raise InvalidInput("name: found nothing, allowed is a text")
    identifier = mapping.dataset_id(asked.source, name)
    tags = about.get("tags")
    told = body["options"] if isinstance(body["options"], Mapping) else {}
    options = {key: value for key, value in told.items() if key in _PUBLIC and value is not None}
    licence, rights = mapping.licence(about.get("license"))
    ways = [Way(url=url, media_type=body["kind"], storage_options=options) for url in body["urls"]]
    extra = {"driver": body["kind"]} | ({"left": body["left"]} if body["left"] else {})
    dataset = Dataset(
        id=identifier,
        title=title,
        description=mapping.words(item.get("description")),
        doi=mapping.doi(about.get("doi")),
        landing_page=mapping.url(about.get("url")),
        license=licence,
        rights=rights,
        keywords=mapping.keywords(tags if isinstance(tags, list) else ()),
        distributions=distributions(identifier, ways),
        extra=extra,
    )
    return Mapped(dataset=dataset)


PROTOCOL = IntakeCatalog()
