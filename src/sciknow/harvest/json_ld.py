"""JSON-LD in web pages: the datasets in its blocks; nothing is executed, nothing fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from sciknow.harvest import mapping
from sciknow.harvest.markup import decode
from sciknow.harvest.protocol import Record
from sciknow.wire.request import Answer

_PREFIXES = ("schema:", "https://schema.org/", "http://schema.org/")
_INSIDE = ("@graph", "dataset", "mainEntity", "about", "itemListElement", "item")
"""Where datasets stand in what is no dataset."""

_DEEP = 20


class _Blocks(HTMLParser):
    """The JSON-LD blocks of a page, as text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = (dict(attrs).get("type") or "").lower()
        if tag == "script" and "ld+json" in told:
            self._open = True
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[-1] += data


def datasets_in(answer: Answer) -> list[Record]:
    """Return the datasets of a page; a block that is no JSON and names one is refused."""
    if b"ld+json" not in answer.body.lower():
        return []
    blocks = _Blocks()
    blocks.feed(decode(answer)[0])
    blocks.close()
    found: list[Record] = []
    for text in blocks.texts:
        try:
            rows = list(_within(json.loads(text, strict=False), 0))
        except (ValueError, RecursionError) as error:
            if "Dataset" in text:
                problem = f"its JSON-LD is no JSON ({' '.join(str(error).split())[:100]})"
                found.append(Record(_numbered(answer.url, found), problem=problem))
            continue
        for row in rows:
            name = _name(row) or _numbered(answer.url, found)
            found.append(Record(name, (row, answer.url)))
    return found


def _numbered(url: str, before: list[Record]) -> str:
    return f"{url}#{len(before) + 1}" if before else url


def _within(value: object, depth: int) -> Iterator[dict[str, Any]]:
    """Yield the datasets in a block, with names of schema.org as they are without a prefix."""
    if depth > _DEEP:
        return
    if isinstance(value, list):
        for item in value:
            yield from _within(item, depth + 1)
    elif isinstance(value, Mapping):
        told = {bare(key): item for key, item in value.items()}
        kinds = told.get("@type")
        if "Dataset" in map(bare, kinds if isinstance(kinds, list) else [kinds]):
            yield told
            return
        for key in _INSIDE:
            yield from _within(told.get(key), depth + 1)


def bare(name: object) -> str:
    """Return a name of schema.org without its prefix.

    Examples
    --------
    >>> bare("schema:Dataset"), bare("http://schema.org/name"), bare("@id")
    ('Dataset', 'name', '@id')
    """
    text = str(name)
    return next((text.removeprefix(p) for p in _PREFIXES if text.startswith(p)), text)


def _name(row: Mapping[str, Any]) -> str:
    """Return what a dataset calls itself: where it stands, else its first identifier."""
    own = [row.get("@id"), row.get("url"), *texts(row.get("identifier"), "value", "@id")]
    return next((text for text in own if isinstance(text, str) and text.strip()), "")


def several(value: object) -> list[Any]:
    """Return the values of a field: one, a list of them, or JSON-LD's ordered list."""
    if isinstance(value, Mapping) and "@list" in value:
        value = value["@list"]
    return value if isinstance(value, list) else [] if value is None else [value]


def texts(value: object, *keys: str) -> list[str]:
    """Return texts, or of objects what stands under the first of some keys."""
    found: list[str] = []
    for item in several(value):
        if isinstance(item, Mapping):
            told = {bare(key): text for key, text in item.items()}
            item = next((told[key] for key in ("@value", *keys) if told.get(key)), None)
        text = mapping.plain(next(iter(several(item)), None))
        if text:
            found.append(text)
    return found


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects of a field, their names without prefixes."""
    rows = [item for item in several(value) if isinstance(item, Mapping)]
    return [{bare(key): item for key, item in row.items()} for row in rows]
