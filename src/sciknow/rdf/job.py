"""The job of a process that parses RDF text; see `sciknow.killable.serve`.

It is loaded by path and imports nothing of sciknow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyoxigraph import Quad, RdfFormat, Triple, parse, serialize

try:
    import resource
except ImportError:  # on Windows the parser opens nothing of its own accord either
    resource = None  # type: ignore[assignment]


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
