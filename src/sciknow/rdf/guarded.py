"""RDF text that others wrote, parsed in a process that can be killed.

A text may nest until a parser's stack ends, name a remote context, or unfold to any number of
statements: the process has no file and no connection to open, a time, a memory and a number of
statements; whatever ends it, the caller gets an error of the tree.
"""

from __future__ import annotations

import atexit
import unicodedata
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from sciknow.errors import InvalidInput, LimitExceeded
from sciknow.killable.pool import Ended, Late, Pool, Process

MAX_BYTES = 200_000_000
MAX_STATEMENTS = 5_000_000
MAX_MEMORY = 2 * 2**30
SECONDS = 60.0
FORMATS = {
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/n-quads": "N-Quads",
    "application/trig": "TriG",
    "application/rdf+xml": "RDF/XML",
    "application/ld+json": "JSON-LD",
}
"""Media types that are read."""

_pool = Pool(lambda: Process(Path(__file__).with_name("job.py")), kept=2)
atexit.register(_pool.close)


def parse_rdf(
    data: bytes,
    media_type: str = "text/turtle",
    *,
    base: str = "",
    most: int = MAX_STATEMENTS,
    seconds: float = SECONDS,
) -> list[Quad]:
    """Parse RDF text into quads, in the text's order.

    Parameters
    ----------
    data : bytes
        The text, UTF-8.
    media_type : str
        One of `FORMATS`; parameters after ``;`` are left out.
    base : str
        What relative addresses are resolved against.
    most : int
        More statements are refused.
    seconds : float
        A text that takes longer is given up.

    Returns
    -------
    list of pyoxigraph.Quad
        Names in NFC; blank nodes keep the labels that they have in the text, or get one.

    Raises
    ------
    InvalidInput
        When it is no text of that kind; the message says where.
    LimitExceeded
        When it is too long, takes too long or nests too deeply.

    Examples
    --------
    >>> len(parse_rdf(b"<urn:a> <urn:b> 'c', 'd' ."))
    2
    """
    kind = media_type.partition(";")[0].strip().lower()
    if kind not in FORMATS:
        raise InvalidInput(
            f"no RDF is read from {media_type!r}", hint=f"one of {', '.join(FORMATS)}"
        )
    if len(data) > MAX_BYTES:
        raise LimitExceeded(
            f"{len(data):,} bytes of {FORMATS[kind]}; {MAX_BYTES:,} are read at most"
        )
    head = {"media_type": kind, "base": base, "most": most, "memory": MAX_MEMORY}
    try:
        found, lines = _pool.ask(head, data, seconds=seconds)
    except Late:
        raise LimitExceeded(
            f"{FORMATS[kind]} of {len(data):,} bytes took more than {seconds:g} s to read"
        ) from None
    except Ended:
        raise LimitExceeded(
            f"{FORMATS[kind]} that nests too deeply, or needs too much memory, to be read"
        ) from None
    if "limit" in found:
        raise LimitExceeded(f"{FORMATS[kind]} of {found['limit']}")
    if "error" in found:
        raise InvalidInput(found["error"])
    quads = parse(lines, format=RdfFormat.N_QUADS, lenient=True)
    if unicodedata.is_normalized("NFC", lines.decode()):  # then every name in it is
        return list(quads)
    return [_normal(quad) for quad in quads]


def _normal(quad: Quad) -> Quad:
    """Return a quad with its names in NFC."""
    terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
    return Quad(*map(_nfc, terms))


def _nfc(term: Any) -> Any:
    if not isinstance(term, NamedNode) or term.value.isascii():
        return term
    return NamedNode(unicodedata.normalize("NFC", term.value))
