"""Facts in memory by subject and property, and typed access to one subject."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode, Quad, Triple

from sciknow.errors import InvalidInput
from sciknow.model import LangString
from sciknow.rdf.term import Term, local_id
from sciknow.vocab import RDF, SCHEMA
from sciknow.words import LANGUAGES

T = TypeVar("T")


def unique(values: Iterable[T]) -> tuple[T, ...]:
    """Sort values, each once."""
    return tuple(sorted(set(values), key=str))


def own_id(value: str, kind: str, where: str) -> str:
    """Return the id in a name of the hub's own.

    Raises
    ------
    InvalidInput
        When it names something else.
    """
    found = local_id(value, kind)
    if found is None:
        raise InvalidInput(f"{where}: <{value}> is not of this hub", hint=f"name a {kind} of it")
    return unquote(found)


class Index:
    """Facts by subject and property, in memory."""

    def __init__(self, quads: Iterable[Quad | Triple]) -> None:
        self._facts: dict[str, dict[str, list[Term]]] = {}
        for quad in quads:
            subject, value = quad.subject, quad.object
            if isinstance(subject, NamedNode) and isinstance(value, Term):
                values = self._facts.setdefault(subject.value, {})
                values.setdefault(quad.predicate.value, []).append(value)

    def subjects(self, predicate: str, value: str) -> list[str]:
        """Return the names of the subjects that have a property with an IRI as its value."""
        node = NamedNode(value)
        return [name for name, facts in self._facts.items() if node in facts.get(predicate, ())]

    def values(self, subject: str, predicate: str) -> list[Term]:
        """Return the values of a property, each once."""
        return list(dict.fromkeys(self._facts.get(subject, {}).get(predicate, ())))


class Node:
    """One subject of an `Index`."""

    def __init__(self, index: Index, name: str) -> None:
        self.index = index
        self.name = name

    def texts(self, predicate: str) -> list[str]:
        """Return the values of a property as texts, in a steady order."""
        return sorted(item.value for item in self.index.values(self.name, predicate))

    def text(self, predicate: str) -> str:
        """Return the only value of a property as text, or an empty one."""
        found = self.texts(predicate)
        if len(found) > 1:
            raise InvalidInput(
                f"{self.name}: {predicate} has {len(found)} values", hint="give it one"
            )
        return found[0] if found else ""

    def langstring(self, predicate: str) -> LangString:
        """Return a text in both languages."""
        found: dict[str, str] = {}
        for item in self.index.values(self.name, predicate):
            if isinstance(item, Literal) and item.language in LANGUAGES:
                found.setdefault(item.language, item.value)
        return LangString(**found)

    def pairs(self, predicate: str) -> tuple[tuple[str, str], ...]:
        """Return (language, text) pairs."""
        values = self.index.values(self.name, predicate)
        return unique(
            (item.language or "en", item.value) for item in values if isinstance(item, Literal)
        )

    def ids(self, predicate: str, kind: str) -> tuple[str, ...]:
        """Return the ids of the hub's own resources that a property names."""
        return unique(own_id(value, kind, self.name) for value in self.texts(predicate))

    def number(self, predicate: str) -> float | None:
        """Return a number, or None."""
        value = self.text(predicate)
        return float(value) if value else None

    def flag(self, predicate: str) -> bool:
        """Return a truth value; absent is false."""
        return self.text(predicate) in ("true", "1")

    def mapping(self, predicate: str) -> Mapping[str, object]:
        """Return an object kept as JSON text."""
        value = self.text(predicate)
        return dict(json.loads(value)) if value else {}

    def nodes(self, predicate: str) -> list[Node]:
        """Return the nodes that a property names, by their position."""
        found = [Node(self.index, value) for value in self.texts(predicate)]
        return sorted(found, key=lambda node: int(node.text(SCHEMA.position) or 0))

    def listed(self, predicate: str) -> Iterator[str]:
        """Yield the members of an RDF list."""
        cell = self.text(predicate)
        seen: set[str] = set()
        while cell and cell != RDF.nil and cell not in seen:
            seen.add(cell)
            node = Node(self.index, cell)
            yield node.text(RDF.first)
            cell = node.text(RDF.rest)
