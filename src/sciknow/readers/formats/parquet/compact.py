"""The compact protocol of Apache Thrift: bounded reading of the fields that somebody wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

FALSE, BYTE, INT, LONG, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = 2, 3, 5, 6, 7, 8, 9, 10, 11, 12
"""Kinds of values; a bool that is true is 1."""

DEEPEST = 16
"""Structures within each other; those of a right footer are seven."""

Wanted = Mapping[int, tuple[int, Callable[[], Any]]]


class Broken(ValueError):
    """What does not fit in a footer."""


class Compact:
    """A bounded reader of the compact protocol; each step takes a byte at least.

    Parameters
    ----------
    data : bytes
        The footer.
    """

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def byte(self) -> int:
        """Read one byte."""
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        """Read a number without a sign."""
        found = shift = 0
        while (byte := self.byte()) > 127:
            found |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise Broken("a number does not end")
        return found | byte << shift

    def signed(self) -> int:
        """Read a number with a sign."""
        found = self.number()
        return found >> 1 ^ -(found & 1)

    def binary(self) -> int:
        """Pass over a text; return its length."""
        size = self.number()
        self._pass(size)
        return size

    def _pass(self, size: int) -> None:
        self.at += size
        if self.at > len(self.data):
            raise Broken("a text is longer than the footer")

    def head(self) -> tuple[int, int]:
        """Read how many items a list has, and their kind."""
        byte = self.byte()
        size = byte >> 4 if byte < 0xF0 else self.number()
        if size > len(self.data) - self.at:
            raise Broken("a list is longer than the footer")
        return size, byte & 15

    def fields(self) -> Iterator[tuple[int, int]]:
        """Yield number and kind of the fields of a structure; who asks reads or skips the value."""
        number = 0
        while (byte := self.byte()) & 15:
            number = number + (byte >> 4) if byte > 15 else self.signed()
            yield number, byte & 15

    def structure(self, wanted: Wanted) -> dict[int, Any]:
        """Read the wanted fields of a structure."""
        found: dict[int, Any] = {}
        for number, kind in self.fields():
            own = wanted.get(number)
            if own is None or own[0] != kind:
                self.skip(kind)
            elif number in found:
                raise Broken("a field is there twice")
            else:
                found[number] = own[1]()
        return found

    def structures(self, wanted: Wanted) -> list[dict[int, Any]]:
        """Read a list of structures."""
        size, kind = self.head()
        if size and kind != STRUCT:
            raise Broken("a list of structures holds something else")
        return [self.structure(wanted) for _ in range(size)]

    def count(self) -> int:
        """Pass over a list; return how many items it has."""
        size, kind = self.head()
        for _ in range(size):
            self.skip(kind)
        return size

    def skip(self, kind: int, depth: int = DEEPEST) -> None:
        """Pass over a value."""
        if kind == BINARY:
            self._pass(self.number())
        elif BYTE < kind <= LONG:
            self.number()
        elif kind == DOUBLE:
            self._pass(8)
        elif kind == BYTE:
            self._pass(1)
        elif kind > FALSE:
            self._skip_many(kind, depth - 1)

    def _skip_many(self, kind: int, depth: int) -> None:
        if not depth:
            raise Broken("structures are too deep within each other")
        if kind == STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth)
        elif kind in (LIST, SET):
            size, inner = self.head()
            for _ in range(size):
                self.skip(inner if inner > FALSE else BYTE, depth)
        elif kind == MAP and (size := self.number()):
            both = self.byte()
            if size > len(self.data):
                raise Broken("a map is longer than the footer")
            for _ in range(size):
                self.skip((both >> 4) if both >> 4 > FALSE else BYTE, depth)
                self.skip(both & 15 if both & 15 > FALSE else BYTE, depth)
        elif kind != MAP:
            raise Broken("a value is of no known kind")
