"""The answer to a query: columns and rows of Python values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sciknow.text import harmless
from sciknow.vocab import XSD

Encoded = Sequence[Any] | None
"""A term as the worker sends it: ``["i", iri]``, ``["b", name]``, ``["t", s, p, o]`` or
``["l", text, language]`` / ``["l", text, None, datatype]``; None where a variable is unbound."""


def _boolean(text: str) -> bool:
    return text in ("true", "1")


_INTEGERS = (
    "integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger "
    "negativeInteger unsignedInt unsignedLong unsignedShort unsignedByte"
)
_XSD = XSD.base
_NATIVE: Mapping[str, Callable[[str], object]] = {
    **{_XSD + name: int for name in _INTEGERS.split()},
    **{_XSD + name: float for name in ("decimal", "double", "float")},
    XSD.boolean: _boolean,
    XSD.date: date.fromisoformat,
    XSD.dateTime: datetime.fromisoformat,
}


def native(term: Encoded) -> object:
    """Turn a term into a Python value.

    Numbers, truth values, dates and times become their Python types; IRIs, texts, years and
    dates beyond Python's calendar become ``str``; an unbound variable becomes None.

    Examples
    --------
    >>> native(["l", "1979", None, "http://www.w3.org/2001/XMLSchema#integer"])
    1979
    """
    if term is None or isinstance(term, bool):
        return term
    if term[0] == "t":
        return f"<<( {' '.join(str(native(part)) for part in term[1:])} )>>"
    if term[0] == "b":
        return f"_:{term[1]}"
    text = harmless(str(term[1]))
    convert = _NATIVE.get(term[3]) if len(term) > 3 else None
    if convert is None:
        return text
    try:
        return convert(text)
    except ValueError:
        return text


@dataclass(frozen=True)
class Answer:
    """What a query found.

    Parameters
    ----------
    kind : str
        ``select``, ``ask`` or ``graph`` (CONSTRUCT and DESCRIBE).
    columns : tuple of str
        The variables; ``answer`` for ASK; subject, predicate, object for a graph.
    terms : tuple of rows
        The terms as the engine gave them.
    """

    kind: str
    columns: tuple[str, ...]
    terms: tuple[Sequence[Encoded], ...]

    @cached_property
    def rows(self) -> list[tuple[object, ...]]:
        """The rows as Python values, see `native`."""
        return [tuple(map(native, row)) for row in self.terms]

    def __bool__(self) -> bool:
        """Tell whether ASK said yes, or whether anything was found."""
        return bool(self.terms[0][0]) if self.kind == "ask" else bool(self.terms)

    def __len__(self) -> int:
        return len(self.terms)
