"""Hand-written Turtle as plain records: subject, property, values; nothing is understood yet.

The files are parsed with pyoxigraph, in a process that can be killed. `Record` gives typed access
to a subject's values and collects every problem with file, record, property, found and allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode

from sciknow.errors import InvalidInput, LimitExceeded, UntrustedInput
from sciknow.files import read_regular
from sciknow.model.langstring import LangString
from sciknow.model.parse import MAX_TEXT, Where, parse_text, show
from sciknow.rdf.guarded import parse_rdf
from sciknow.text import has_han
from sciknow.vocab import NAMESPACES, RDF, XSD
from sciknow.words import LANGUAGES

T = TypeVar("T")

_SYMBOL = re.compile(r"(?!.*[a-z]{3})[A-Za-z0-9][A-Za-z0-9.+/-]{0,11}")

MAX_FILE_BYTES = 20_000_000
"""No hand-written file is longer."""

Value = NamedNode | Literal | BlankNode
Triples = dict[Value, dict[str, list[Value]]]


def compact(value: str) -> str:
    """Shorten an IRI with the prefix of its namespace, for messages.

    Examples
    --------
    >>> compact("http://www.w3.org/2004/02/skos/core#prefLabel")
    'skos:prefLabel'
    """
    for space in NAMESPACES:
        if value.startswith(space.base):
            return f"{space.prefix}:{value[len(space.base) :]}"
    return value


def picture(value: object) -> str:
    """Show a term in a message as it stands in a Turtle file."""
    if isinstance(value, NamedNode):
        return f"<{value.value}>"
    if isinstance(value, Literal):
        mark = f"@{value.language}" if value.language else ""
        if not mark and value.datatype.value != XSD.string:
            mark = f"^^{compact(value.datatype.value)}"
        return show(value.value) + mark
    return "a blank node"


def read_triples(path: Path, where: Where, folder: Path | None = None) -> Triples:
    """Parse one Turtle file into subject → property → values, in the file's order.

    Parameters
    ----------
    path : Path
        The file.
    where : Where
        What messages call it.
    folder : Path, optional
        What it must lie in, links followed.

    Raises
    ------
    InvalidInput
        When it is no file, too long, not UTF-8 or no Turtle; the message names the line.
    """
    try:
        data = read_regular(path, folder, most=MAX_FILE_BYTES + 1)
    except (OSError, UntrustedInput) as error:
        raise where.refuse(str(error), "a readable Turtle file of this folder") from None
    if len(data) > MAX_FILE_BYTES:
        raise where.refuse(f"more than {MAX_FILE_BYTES:,} bytes", "at most that many")
    try:
        quads = parse_rdf(data)
    except (InvalidInput, LimitExceeded) as error:
        raise where.refuse(error.message, "Turtle (RDF 1.1), UTF-8") from None
    found: Triples = {}
    quad: Any  # never a statement about a statement, which the parser refuses
    for quad in quads:
        values = found.setdefault(quad.subject, {}).setdefault(quad.predicate.value, [])
        values.append(quad.object)
    return found


@dataclass
class Record:
    """One subject of a file, read property by property.

    Every getter reports a value it refuses to `problems` and goes on, so that one run shows all
    that is wrong with a record.
    """

    iri: str
    values: Mapping[str, list[Value]]
    where: Where
    triples: Triples
    problems: list[InvalidInput] = field(default_factory=list)

    def refuse(self, name: str, found: object, allowed: str) -> None:
        """Note a problem of one property."""
        seen = found if isinstance(found, str) else picture(found)
        self.problems.append((self.where / compact(name)).refuse(seen, allowed))

    def allow(self, names: Iterable[str]) -> None:
        """Refuse every property that is not among *names* (``rdf:type`` always is)."""
        known = {*names, RDF.type}
        for name in self.values:
            if name not in known:
                allowed = ", ".join(sorted(compact(item) for item in known))
                self.refuse(name, "an unknown property", f"one of {allowed}")

    def checked(
        self, name: str, check: Callable[[object, Where], T], kind: type[Value] = Literal
    ) -> tuple[T, ...]:
        """Return every value of a property that a parser of the model takes."""
        return tuple(item for _, item in self._checked(name, check, kind))

    def _checked(
        self, name: str, check: Callable[[object, Where], T], kind: type[Value]
    ) -> Iterator[tuple[Value, T]]:
        for value in self.values.get(name, ()):
            if not isinstance(value, kind):
                self.refuse(name, value, "a text" if kind is Literal else "an IRI in < >")
                continue
            try:
                yield value, check(value.value, self.where / compact(name))
            except InvalidInput as error:
                self.problems.append(error)

    def plain(self, name: str, check: Callable[[object, Where], T]) -> tuple[T, ...]:
        """Return the values of a property that takes texts without a language."""
        kept = []
        for value, item in self._checked(name, check, Literal):
            if isinstance(value, Literal) and value.datatype.value == XSD.string:
                kept.append(item)
            else:
                self.refuse(name, value, "a plain text, with no language and no datatype")
        return tuple(kept)

    def one(self, name: str, values: tuple[T, ...], default: T) -> T:
        """Return the only value of a property that has at most one."""
        if len(values) > 1:
            self.refuse(name, f"{len(values)} values", "one")
        return values[0] if values else default

    def labels(
        self, name: str, *, lenient: bool = False, symbols: bool = False
    ) -> tuple[tuple[str, str], ...]:
        """Return (language tag, text) pairs, each in the script of its language.

        Parameters
        ----------
        name : str
            The property.
        lenient : bool
            Let an English text quote some Chinese characters (titles do).
        symbols : bool
            Let a Chinese text be a formula or an acronym (``NO2``, ``PM2.5``).
        """
        pairs = []
        for value, text in self._checked(name, _text, Literal):
            tag = value.language if isinstance(value, Literal) else None
            if tag not in LANGUAGES:
                self.refuse(name, value, "a text that ends in @en or @zh")
            elif tag == "zh" and not has_han(text) and not (symbols and _SYMBOL.fullmatch(text)):
                self.refuse(name, value, "Chinese characters in a text @zh (or write it @en)")
            elif tag == "en" and has_han(text) and not (lenient and _mostly_latin(text)):
                self.refuse(name, value, "no Chinese characters in a text @en (or write it @zh)")
            else:
                pairs.append((tag, text))
        return tuple(sorted(pairs, key=lambda pair: LANGUAGES.index(pair[0])))

    def langstring(
        self, name: str, *, required: Iterable[str] = (), lenient: bool = False
    ) -> LangString:
        """Return a text in at most one form per language; note the languages that lack."""
        found: dict[str, str] = {}
        for tag, text in self.labels(name, lenient=lenient):
            if tag in found:
                self.refuse(name, f"a second text @{tag}: {show(text)}", "one text per language")
            found.setdefault(tag, text)
        written = {item.language for item in self.values.get(name, ()) if isinstance(item, Literal)}
        for tag in required:
            if tag not in written:
                self.refuse(name, f"no text @{tag}", "a text in English and one in Chinese")
        return LangString(**found)

    def dated(self, name: str, check: Callable[[object, Where], str], default: str = "") -> str:
        """Return the only date of a property, whose datatype fits its exactness."""
        kinds = (XSD.gYear, XSD.gYearMonth, XSD.date)
        kept = []
        for value, text in self._checked(name, check, Literal):
            kind = kinds[text.lstrip("-").count("-")]
            if isinstance(value, Literal) and value.datatype.value == kind:
                kept.append(text)
            else:
                self.refuse(name, value, f'"{text}"^^{compact(kind)}')
        return self.one(name, tuple(kept), default)

    def ids(self, name: str, kind: str) -> tuple[str, ...]:
        """Return the ids of the hub's own resources that a property names."""
        return self.checked(name, _id_of(kind), NamedNode)

    def members(self, name: str) -> tuple[str, ...]:
        """Return the texts of the RDF list that a property holds."""
        heads = self.values.get(name, [])
        if len(heads) > 1:
            self.refuse(name, f"{len(heads)} values", 'one list: ( "A" "B" )')
        return tuple(self._walk(name, heads[0])) if heads else ()

    def _walk(self, name: str, node: Value) -> Iterator[str]:
        seen: set[Value] = set()
        while not (isinstance(node, NamedNode) and node.value == RDF.nil):
            cell = self.triples.get(node, {})
            first, rest = cell.get(RDF.first), cell.get(RDF.rest)
            if not first or not rest or node in seen:
                self.refuse(name, node, 'a list of texts: ( "A" "B" )')
                return
            seen.add(node)
            yield from self._member(name, first[0])
            node = rest[0]

    def _member(self, name: str, value: Value) -> Iterator[str]:
        if not isinstance(value, Literal):
            self.refuse(name, value, "a text")
            return
        try:
            yield _text(value.value, self.where / compact(name))
        except InvalidInput as error:
            self.problems.append(error)


def _text(value: object, where: Where) -> str:
    return parse_text(value, where, limit=MAX_TEXT)


def _mostly_latin(text: str) -> bool:
    return sum(has_han(char) for char in text) * 2 < len(text)


def _id_of(kind: str) -> Callable[[object, Where], str]:
    from_iri = f"urn:sciknow:{kind}:"

    def check(value: object, where: Where) -> str:
        if isinstance(value, str) and value.startswith(from_iri) and len(value) > len(from_iri):
            return value[len(from_iri) :]
        raise where.refuse(f"<{value}>", f"{kind}:<id>")

    return check
