"""RDF terms made from checked values: names, texts, dates, numbers.

No blank nodes are made anywhere: what has no name of its own gets one minted from a digest of
its content, so that equal input gives equal quads. Nothing here imports rdflib.
"""

from __future__ import annotations

import hashlib
import json
import re
from calendar import monthrange
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from sciknow.errors import InvalidInput
from sciknow.model.langstring import LangString
from sciknow.text import clean
from sciknow.vocab import ID_BASE, XSD

Term = NamedNode | Literal

_STRAY = re.compile(r"[\x00-\x20<>\"{}|\\^`\[\]]|%(?![0-9A-Fa-f]{2})")


@lru_cache(maxsize=65_536)
def iri(value: str) -> NamedNode:
    """Make a node from an IRI: NFC, no control characters, stray ones percent-encoded.

    Raises
    ------
    InvalidInput
        When the text is no absolute IRI even then.

    Examples
    --------
    >>> iri("https://example.org/a b").value
    'https://example.org/a%20b'
    """
    scheme, colon, rest = clean(value).strip().partition(":")
    # brackets are legal in an IPv6 host only, which no public address here uses
    tidy = scheme + colon + _STRAY.sub(lambda found: quote(found[0], safe=""), rest)
    try:
        return NamedNode(tidy)
    except ValueError as error:
        raise InvalidInput(
            f"{value[:200]!r} is no IRI: {error}", hint="write an absolute address"
        ) from None


def local(kind: str, identifier: str) -> NamedNode:
    """Name a resource of the hub by its id, for example ``urn:sciknow:dataset:mur-sst``."""
    return NamedNode(f"{ID_BASE}{kind}:{quote(identifier, safe='/:._-~')}")


def mint(kind: str, *parts: object) -> NamedNode:
    """Name a resource by a digest of its content.

    Examples
    --------
    >>> mint("period", "1979", "") == mint("period", "1979", "")
    True
    """
    content = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return NamedNode(f"{ID_BASE}{kind}:{hashlib.sha256(content.encode()).hexdigest()[:20]}")


def local_id(value: str, kind: str) -> str | None:
    """Return the id in a name that `local` made, or None for another name."""
    prefix = f"{ID_BASE}{kind}:"
    return value[len(prefix) :] if value.startswith(prefix) else None


def string(value: str) -> Literal:
    """Make a plain text literal."""
    return Literal(clean(value))


def texts(value: LangString) -> list[Literal]:
    """Make a literal with a language tag for each language that is there."""
    return [Literal(clean(text), language=tag) for tag, text in value.items()]


def tagged(tag: str, value: str) -> Literal:
    """Make a literal with a language tag."""
    return Literal(clean(value), language=tag)


def typed(value: object, datatype: str) -> Literal:
    """Make a literal of a datatype from its lexical form."""
    return Literal(str(value), datatype=NamedNode(datatype))


def boolean(value: bool) -> Literal:
    """Make an ``xsd:boolean``."""
    return typed("true" if value else "false", XSD.boolean)


def double(value: float) -> Literal:
    """Make an ``xsd:double`` whose text reads back as the same number; -0 becomes 0."""
    return typed(repr(float(value) + 0.0), XSD.double)


def decimal(value: float) -> Literal:
    """Make an ``xsd:decimal`` (no exponent) whose text reads back as the same number."""
    return typed(format(Decimal(repr(float(value))), "f"), XSD.decimal)


def date(value: str) -> Literal:
    """Make ``xsd:gYear``, ``xsd:gYearMonth`` or ``xsd:date``, whichever an ISO date is."""
    kinds = (XSD.gYear, XSD.gYearMonth, XSD.date)
    return typed(value, kinds[value.lstrip("-").count("-")])


def first_day(value: str) -> Literal:
    """Make the ``xsd:date`` of the first day that an ISO date covers."""
    return typed(value + "-01" * (2 - value.lstrip("-").count("-")), XSD.date)


def last_day(value: str) -> Literal:
    """Make the ``xsd:date`` of the last day that an ISO date covers.

    Examples
    --------
    >>> last_day("2020-02").value, last_day("1979").value
    ('2020-02-29', '1979-12-31')
    """
    exact = value.lstrip("-").count("-")
    if exact == 2:
        return typed(value, XSD.date)
    if exact == 0:
        return typed(f"{value}-12-31", XSD.date)
    year, month = value.rsplit("-", 1)
    # years outside datetime's range keep the Gregorian pattern of 400 years
    return typed(f"{value}-{monthrange(2000 + int(year) % 400, int(month))[1]:02}", XSD.date)
