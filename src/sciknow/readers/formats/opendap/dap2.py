"""The Data Access Protocol, version 2: its three documents, and projections.

Specified in NASA ESE-RFC-004.1.1 (DAP 2.0). ``.dds`` tells names, types and shapes, ``.das`` the
attributes, ``.dods`` carries a projection as XDR (RFC 4506). Sequences are left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import numpy.typing as npt

from sciknow.errors import IntegrityError, LimitExceeded, SourceUnavailable
from sciknow.wire.budget import SAID
from sciknow.wire.trouble import DAMAGED

TYPES = {
    "Byte": "u1",
    "Int16": ">i2",
    "UInt16": ">u2",
    "Int32": ">i4",
    "UInt32": ">u4",
    "Float32": ">f4",
    "Float64": ">f8",
    "String": "O",
    "Url": "O",
}
_WIRE = {"Int16": ">i4", "UInt16": ">u4"}
# a quotation mark inside a text should have a backslash; servers forget it, so a text ends
# where a comma or a semicolon follows
_TOKEN = re.compile(
    r'"(?:[^"\\]++|\\.|"(?!\s*+[,;]))*"|[{}\[\];:=,]|[^\s{}\[\];:=,"]++|(?P<open>".*)', re.DOTALL
)
_CONTAINERS = frozenset({"Grid", "Structure", "Sequence"})  # ERDDAP writes GRID
_MESSAGE = re.compile(r'message\s*+=\s*+"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
_DATA = re.compile(rb"\n?Data:\r?\n")
MAX_DEPTH = 16
MAX_DIGITS = 18
MAX_DOCUMENT = 8 * 2**20
"""The most bytes of a ``.dds`` or ``.das``: that of 10,000 variables takes one or two million."""


@dataclass(frozen=True, slots=True)
class Array:
    """A variable of a DAP dataset.

    Parameters
    ----------
    name : str
        What it is called in the dataset.
    projection : str
        What it is called in a request; that of a grid's array is ``name.name``.
    kind : str
        DAP type.
    dims, shape
        Of the array; empty for a scalar.
    """

    name: str
    projection: str
    kind: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The numpy type of its values."""
        return np.dtype(TYPES[self.kind])

    @property
    def wire(self) -> int:
        """Bytes of one value in an answer."""
        return 1 if self.kind == "Byte" else max(4, self.dtype.itemsize)

    def query(self, slabs: Sequence[slice]) -> str:
        """Write the projection of a part, percent-encoded."""
        parts = (f"[{part.start}:{part.step or 1}:{part.stop - 1}]" for part in slabs)
        return quote(self.projection + "".join(parts), safe=":.,")


class _Tokens:
    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_DOCUMENT:
            raise LimitExceeded(
                f"a DAP document of {len(data):,} bytes; at most {MAX_DOCUMENT:,} are read",
                hint="ask the publisher for a smaller dataset",
            )
        self.items: list[str] = []
        self.at = 0
        for found in _TOKEN.finditer(data.decode("utf-8", "replace")):
            if found["open"]:  # nothing behind it can be told apart, and to try costs its square
                raise IntegrityError("a DAP document with a text that does not end", hint=DAMAGED)
            self.items.append(found[0])

    def peek(self) -> str:
        return self.items[self.at] if self.at < len(self.items) else ""

    def next(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token.lower() != wanted.lower()):
            raise IntegrityError(
                f"a DAP document with {token[:40] or 'an end'!r} where {wanted or 'more'} belongs",
                hint=DAMAGED,
            )
        self.at += 1
        return token


def check_error(data: bytes) -> None:
    """Raise what a server says in a DAP error document.

    Raises
    ------
    SourceUnavailable
        With the server's own words.
    """
    if data[:64].lstrip()[:7].lower() == b"error {":
        words = _MESSAGE.search(data[:SAID].decode("utf-8", "replace"))
        raise SourceUnavailable(
            f"the server refuses: {words[1][:300] if words else 'without saying why'}",
            hint="ask for less at once, or see the publisher's page",
        )


def parse_dds(data: bytes) -> list[Array]:
    """Read the structure of a dataset.

    Raises
    ------
    IntegrityError
        When it is no such document.
    SourceUnavailable
        When it is an error document.
    """
    check_error(data)
    tokens = _Tokens(data)
    tokens.next("Dataset")
    tokens.next("{")
    found: dict[str, Array] = {}
    for array in _members(tokens, "", 0):
        found.setdefault(array.name, array)
    return list(found.values())


def _members(tokens: _Tokens, prefix: str, depth: int) -> Iterator[Array]:
    if depth > MAX_DEPTH:
        raise IntegrityError("a DAP document nested too deep", hint=DAMAGED)
    while tokens.peek() != "}":
        kind = tokens.next()
        kind = kind.capitalize() if kind.capitalize() in _CONTAINERS else kind
        if kind == "Grid":
            yield from _grid(tokens, prefix)
        elif kind in ("Structure", "Sequence"):
            tokens.next("{")
            inner = list(_members(tokens, "?", depth + 1))
            tokens.next("}")
            name = unquote(tokens.next())
            tokens.next(";")
            if kind == "Structure":
                yield from (_below(prefix + name, item) for item in inner)
        else:
            yield _array(tokens, kind, prefix)


def _below(name: str, item: Array) -> Array:
    full = f"{name}.{item.projection.removeprefix('?')}"
    return Array(full, full, item.kind, item.dims, item.shape)


def _grid(tokens: _Tokens, prefix: str) -> Iterator[Array]:
    """Read a grid: its array under the grid's name, and its maps as coordinates."""
    for word in ("{", "Array", ":"):
        tokens.next(word)
    array = _array(tokens, tokens.next(), "")
    for word in ("Maps", ":"):
        tokens.next(word)
    maps = []
    while tokens.peek() != "}":
        maps.append(_array(tokens, tokens.next(), ""))
    tokens.next("}")
    name = unquote(tokens.next())
    tokens.next(";")
    yield Array(prefix + name, f"{prefix}{name}.{array.name}", array.kind, array.dims, array.shape)
    for item in maps:
        yield Array(item.name, f"{prefix}{name}.{item.name}", item.kind, item.dims, item.shape)


def _array(tokens: _Tokens, kind: str, prefix: str) -> Array:
    if kind not in TYPES:
        raise IntegrityError(f"a DAP document with the unknown type {kind[:40]!r}", hint=DAMAGED)
    name = unquote(tokens.next())
    dims, shape = [], []
    while tokens.peek() == "[":
        tokens.next("[")
        first = tokens.next()
        if tokens.peek() == "=":
            tokens.next("=")
            dims.append(unquote(first))
            first = tokens.next()
        else:
            dims.append(f"{name}_{len(dims)}")
        if not (first.isascii() and first.isdigit() and len(first) <= MAX_DIGITS):
            raise IntegrityError(f"a DAP array of size {first[:40]!r}", hint=DAMAGED)
        shape.append(int(first))
        tokens.next("]")
    tokens.next(";")
    return Array(prefix + name, prefix + name, kind, tuple(dims), tuple(shape))


def parse_das(data: bytes) -> dict[str, dict[str, Any]]:
    """Read the attributes of every variable; containers in containers are joined by dots.

    Raises
    ------
    IntegrityError
        When it is no such document.
    """
    check_error(data)
    tokens = _Tokens(data)
    tokens.next("Attributes")
    tokens.next("{")
    found: dict[str, dict[str, Any]] = {}
    _container(tokens, "", found, 0)
    return found


def _container(tokens: _Tokens, name: str, found: dict[str, dict[str, Any]], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise IntegrityError("a DAP document nested too deep", hint=DAMAGED)
    while tokens.peek() != "}":
        first, second = tokens.next(), tokens.next()
        if second == "{":
            inner = f"{name}.{first}".lstrip(".")
            found.setdefault(unquote(inner), {})
            _container(tokens, inner, found, depth + 1)
            continue
        values = [tokens.next()]
        while tokens.peek() == ",":
            tokens.next(",")
            values.append(tokens.next())
        tokens.next(";")
        found.setdefault(unquote(name), {})[unquote(second)] = _value(first, values)
    tokens.next("}")


def _value(kind: str, values: list[str]) -> Any:
    if kind in ("String", "Url") or kind not in TYPES:
        plain = [re.sub(r"\\(.)", r"\1", item[1:-1] if item[0] == '"' else item) for item in values]
        return plain[0] if len(plain) == 1 else plain
    try:
        numbers = np.array([float(item) if kind[0] == "F" else int(item) for item in values])
        typed = numbers.astype(np.dtype(TYPES[kind]).newbyteorder("="))
    except (ValueError, OverflowError):
        return values[0] if len(values) == 1 else values
    return typed[0] if len(typed) == 1 else typed


def decode(data: bytes, array: Array, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Read the values of one projected variable from an answer.

    Raises
    ------
    IntegrityError
        When there are fewer than the answer announces, or others than were asked for.
    SourceUnavailable
        When it is an error document.
    """
    check_error(data)
    mark = _DATA.search(data)
    if mark is None:
        raise IntegrityError("a DAP answer without data", hint=DAMAGED)
    body, count = memoryview(data)[mark.end() :], math.prod(shape)
    if array.shape or array.dtype == object:
        body = _counted(body, array, count)
    if array.dtype == object:
        return np.array(_strings(body, count), dtype=object).reshape(shape)
    wire = np.dtype(_WIRE.get(array.kind, array.dtype.str))
    if len(body) < count * wire.itemsize:
        raise IntegrityError(
            f"a DAP answer cut short: {len(body)} bytes of {count * wire.itemsize}", hint=DAMAGED
        )
    values = np.frombuffer(body, wire, count).astype(array.dtype)
    return values.reshape(shape)


def _counted(body: memoryview, array: Array, count: int) -> memoryview:
    """Step over the length, which stands there twice except before strings."""
    if not array.shape:
        return body
    size = 4 if array.dtype == object else 8
    said = int.from_bytes(body[:4], "big") if len(body) >= size else -1
    if said != count:
        raise IntegrityError(f"a DAP answer with {said} values instead of {count}", hint=DAMAGED)
    return body[size:]


def _strings(body: memoryview, count: int) -> list[str]:
    found, at = [], 0
    for _ in range(count):
        size = int.from_bytes(body[at : at + 4], "big")
        if at + 4 + size > len(body):
            raise IntegrityError("a DAP answer cut short inside a text", hint=DAMAGED)
        found.append(bytes(body[at + 4 : at + 4 + size]).decode("utf-8", "replace"))
        at += 4 + size + -size % 4
    return found
