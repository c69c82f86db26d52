"""Terms of the engine ↔ terms of rdflib, strings normalised at the border.

Oxigraph gives every plain text the datatype ``xsd:string``; rdflib counts that as another
literal than the plain one, so texts come out plain here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pyoxigraph
from rdflib.term import BNode, Identifier, Literal, URIRef

from sciknow.vocab import XSD

FAR_DATE = re.compile(r"-|\d{5}")
"""A date before the year 1 or after 9999, which Python's calendar does not have."""

DATES = frozenset((XSD.date, XSD.gYear, XSD.gYearMonth))
"""Datatypes of dates."""


@lru_cache(maxsize=65_536)
def node(value: str) -> URIRef:
    """Make an rdflib node, the same object for the same IRI."""
    return URIRef(value)


def from_engine(term: Any) -> Identifier:
    """Turn a term of the engine into one of rdflib."""
    if isinstance(term, pyoxigraph.NamedNode):
        return node(term.value)
    if isinstance(term, pyoxigraph.Literal):
        return _literal(term.value, term.language, term.datatype.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return BNode(term.value)
    return Literal(str(term))


def _literal(text: str, language: str | None, datatype: str | None) -> Literal:
    if language:
        return Literal(text, lang=language)
    if datatype in (None, XSD.string):
        return Literal(text)
    if datatype in DATES and FAR_DATE.match(text):
        return _far_date(text, node(str(datatype)))
    return Literal(text, datatype=node(str(datatype)), normalize=False)


def _far_date(text: str, datatype: URIRef) -> Literal:
    """Make a date beyond Python's calendar; rdflib would log a stack trace for each."""
    log = logging.getLogger("rdflib.term")
    before, log.disabled = log.disabled, True
    try:
        return Literal(text, datatype=datatype, normalize=False)
    finally:
        log.disabled = before


def from_answer(term: Sequence[Any] | None) -> Identifier | None:
    """Turn a term of an answer into one of rdflib; None stays None."""
    if term is None:
        return None
    if term[0] == "i":
        return node(term[1])
    if term[0] == "b":
        return BNode(term[1])
    if term[0] == "t":
        return Literal(" ".join(str(from_answer(part)) for part in term[1:]))
    return _literal(term[1], term[2], term[3] if len(term) > 3 else None)


def to_engine(term: Any) -> Any | None:
    """Turn a term of rdflib into one of the engine, or None where it cannot be in a store."""
    try:
        if isinstance(term, URIRef):
            return pyoxigraph.NamedNode(str(term))
        if isinstance(term, Literal):
            if term.language:
                return pyoxigraph.Literal(str(term), language=term.language)
            kind = str(term.datatype or XSD.string)
            return pyoxigraph.Literal(str(term), datatype=pyoxigraph.NamedNode(kind))
    except ValueError:
        return None
    return None
