"""Statements of RDF, looked up by what they are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sciknow.errors import IntegrityError, InvalidInput, SourceUnavailable
from sciknow.harvest.markup import decode
from sciknow.model.content import is_page
from sciknow.net import redact
from sciknow.rdf.guarded import FORMATS, parse_rdf
from sciknow.vocab import RDF
from sciknow.wire.request import Answer
from sciknow.wire.trouble import DAMAGED

ACCEPT = ", ".join([*(kind for kind in FORMATS if "quads" not in kind), "*/*;q=0.1"])
"""What a server is asked for."""

_BY_TITLE = {title: kind for kind, title in FORMATS.items()}
_DECLARATION = re.compile(r"\s*<\?xml\b.*?\?>", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Statements:
    """What a document says, by subject and predicate, in its order.

    Parameters
    ----------
    quads : iterable
        As `parse_rdf` returns them.
    """

    def __init__(self, quads: Iterable[Any] = ()) -> None:
        self._told: dict[str, dict[str, list[Any]]] = {}
        for quad in quads:
            told = self._told.setdefault(str(quad.subject), {})
            told.setdefault(quad.predicate.value, []).append(quad.object)

    def subjects(self) -> Iterator[str]:
        """Yield what is spoken of, as N-Triples write it."""
        yield from self._told

    def about(self, node: object) -> dict[str, list[Any]]:
        """Return the predicates and objects of a node; empty where nothing is said of it."""
        return self._told.get(str(node), {})

    def all(self, node: object, *predicates: str) -> list[Any]:
        """Return the objects of the first of some predicates that has any."""
        told = self.about(node)
        return next((told[name] for name in predicates if told.get(name)), [])

    def first(self, node: object, *predicates: str) -> Any:
        """Return the first object of the first of some predicates; None without one."""
        return next(iter(self.all(node, *predicates)), None)

    def texts(self, node: object, *predicates: str) -> list[tuple[str, str]]:
        """Return what `first` stands for, all of it, as (language, text)."""
        found = self.all(node, *predicates)
        return [(getattr(item, "language", None) or "", value_of(item)) for item in found]

    def is_a(self, node: object, *kinds: str) -> bool:
        """Tell whether a node is of one of these types."""
        return any(value_of(kind) in kinds for kind in self.about(node).get(RDF.type, ()))


def value_of(term: object) -> str:
    """Return the text of a literal or the address of a node; empty for one without a name."""
    return "" if term is None or is_blank(term) else str(getattr(term, "value", ""))


def is_blank(term: object) -> bool:
    """Tell whether a node has no name that holds outside of its document."""
    return str(term).startswith("_:")


def is_literal(term: object) -> bool:
    """Tell whether a term is a value and no node."""
    return hasattr(term, "datatype")


def read_rdf(answer: Answer) -> tuple[Statements, str]:
    """Return what an answer in RDF says, and what had to be mended to read it.

    Raises
    ------
    SourceUnavailable
        When a web page came in its place.
    IntegrityError
        When it is no RDF, or more of it than is read.
    """
    where = redact(answer.url)
    if is_page(answer.body[:1024]):
        raise SourceUnavailable(
            f"{where}: a web page instead of RDF",
            hint="give the address at which the catalogue answers in Turtle, RDF/XML or JSON-LD",
        )
    text, mended = decode(answer)
    clear = _CONTROL.sub("\ufffd", _DECLARATION.sub("", text, count=1))
    if "\ufffd" in clear:
        mended = mended or "invalid characters"
    try:
        quads = parse_rdf(clear.encode("utf-8", "replace"), _kind(answer, clear), base=answer.url)
    except InvalidInput as error:
        raise IntegrityError(f"{where}: no RDF ({error.message})", hint=DAMAGED) from error
    return Statements(quads), mended


def _kind(answer: Answer, text: str) -> str:
    """Return the syntax that the server names, else the one that a text starts like."""
    if answer.media_type in FORMATS:
        return answer.media_type
    start = text.lstrip()[:1]
    looks = "JSON-LD" if start in ("{", "[") else "Turtle"
    xml = re.match(r"\s*<(?:\?|!|[\w.-]+:RDF\b|RDF\b)", text) is not None
    return _BY_TITLE["RDF/XML" if xml else looks]
