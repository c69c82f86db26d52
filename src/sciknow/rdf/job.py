"""The job of a process that parses RDF text; see `sciknow.killable.serve`.

It is loaded by path and imports nothing of sciknow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from pyoxigraph import Quad, RdfFormat, Triple, parse, serialize

try:
    import resource
except ImportError:  # on Windows the parser opens nothing of its own accord either
    resource = None  # type: ignore[assignment]


DEEPEST = 500
"""Levels of JSON and XML; the parsers' time and memory grow with the square of more."""

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKETS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))
_TAG = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<(?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+>", re.DOTALL
)


def depth_of(data: bytes, media_type: str) -> int:
    """Return how deeply a text nests: of JSON and XML; the parsers of the others are linear."""
    if media_type == "application/ld+json":
        brackets = _STRING.sub(b"", data).translate(None, _NO_BRACKETS)
        return max(accumulate(map(_BRACKETS.__getitem__, brackets)), default=0)
    if media_type == "application/rdf+xml":
        tags = (found[0] for found in _TAG.finditer(data))
        return max(accumulate(map(_step, tags)), default=0)
    return 0


def _step(tag: bytes) -> int:
    if tag[1:2] in b"!?" or tag.endswith(b"/>"):
        return 0
    return -1 if tag[1:2] == b"/" else 1


def limited(quads: Any, most: int) -> Iterator[Quad]:
    """Yield quads up to a limit; statements about statements are refused."""
    for number, quad in enumerate(quads):
        if number == most:
            raise ValueError(f"more than {most:,} statements")
        if isinstance(quad.object, Triple) or isinstance(quad.subject, Triple):
            raise ValueError("a statement about a statement (RDF 1.2), which is not read here")
        yield quad


def answer(head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Parse text and return N-Quads in its order; what goes wrong becomes an answer, too."""
    if (depth := depth_of(data, head["media_type"])) > DEEPEST:
        return {"limit": f"{depth:,} levels in each other, read are {DEEPEST:,}"}, b""
    try:
        form = RdfFormat.from_media_type(head["media_type"])
        quads = parse(data, format=form, base_iri=head.get("base") or None)
        return {}, serialize(limited(quads, head["most"]), format=RdfFormat.N_QUADS) or b""
    except (SyntaxError, ValueError) as error:
        return {"error": str(error)}, b""
    except MemoryError:
        return {"error": "more memory needed than is allowed"}, b""


def start() -> tuple[dict[str, Any], Any]:
    """Let this process open no further file and no connection, whatever a text says."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    return {}, answer
