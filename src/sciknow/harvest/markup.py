"""XML and JSON from anywhere: characters are mended, and that is said; nothing is expanded."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from sciknow.errors import IntegrityError, SourceUnavailable, UntrustedInput
from sciknow.model.content import is_page
from sciknow.net import redact
from sciknow.wire.request import Answer
from sciknow.wire.trouble import DAMAGED

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_PROLOG = re.compile(r"\A\s*+(?:<\?.*?\?>\s*+|<!--.*?-->\s*+)*+", re.DOTALL)
_DECLARATION = re.compile(r"\s*<\?xml\b.*?\?>", re.DOTALL)
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|(\d+));")


@dataclass(frozen=True, slots=True)
class Read:
    """A document that was read.

    Parameters
    ----------
    root : Element
        Its root.
    mended : str
        What had to be mended; empty where nothing.
    """

    root: Element
    mended: str = ""


def read_xml(answer: Answer) -> Read:
    """Read an answer as XML.

    Characters that its encoding or XML does not allow are replaced, and that is said. The encoding
    is what the byte order mark, the server or the document names, else UTF-8.

    Raises
    ------
    UntrustedInput
        When it declares a document type: entities are never expanded.
    SourceUnavailable
        When a web page came in its place.
    IntegrityError
        When it is no well-formed XML.
    """
    where = redact(answer.url)
    text, mended = decode(answer)
    start = _PROLOG.match(text)
    rest = text[start.end() if start else 0 :][:64].lower()
    if is_page(answer.body[:1024]) or rest.startswith(("<html", "<!doctype html")):
        raise SourceUnavailable(
            f"{where}: a web page instead of XML",
            hint="the source has moved or wants a login; see the publisher's page",
        )
    if rest.startswith("<!doctype"):
        raise UntrustedInput(
            f"{where}: it declares a document type, which may expand without end",
            hint="tell the source's operator; records need none",
        )
    text = _DECLARATION.sub("", text, count=1)
    if _NO_XML.search(text) or (_REFERENCE.search(text) and _mended(text) != text):
        text, mended = _NO_XML.sub("\ufffd", _mended(text)), mended or "invalid characters"
    try:
        return Read(ElementTree.fromstring(text), mended)
    except ElementTree.ParseError as error:
        raise IntegrityError(f"{where}: no XML ({error})", hint=DAMAGED) from error


def read_json(answer: Answer) -> tuple[Any, str]:
    """Return the value of an answer in JSON, and what had to be mended to read it.

    Raises
    ------
    SourceUnavailable
        When a web page came in its place.
    IntegrityError
        When it is no JSON.
    """
    try:
        return answer.json(), ""
    except IntegrityError:
        text, mended = decode(answer)
        with suppress(ValueError, RecursionError):
            return json.loads(text, strict=False), mended or "invalid characters"
        raise


def decode(answer: Answer) -> tuple[str, str]:
    """Return a body as text, and what had to be mended for that.

    A body that is UTF-8 is read as such whatever it is said to be: no text in another encoding
    looks like it by chance, and servers often name a wrong one.
    """
    body = answer.body
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _decoded(body[len(mark) :], name)
    named = [name for name in (_outside(answer), _inside(body)) if name]
    first = [*named, "utf-8"] if body.isascii() else ["utf-8", *named]
    for name in first:
        try:
            text = body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        said = (named or ["utf-8"])[0]
        fits = body.isascii() or name == said.lower().replace("utf8", "utf-8")
        return text, "" if fits else f"not in the charset {said}"
    return _decoded(body, "utf-8")


def _outside(answer: Answer) -> str:
    told = Message()
    told["Content-Type"] = answer.headers.get("Content-Type", "")
    return str(told.get_content_charset("") or "")


def _inside(body: bytes) -> str:
    found = _DECLARED.match(body[:200])
    return found[1].decode("ascii").lower() if found else ""


def _decoded(body: bytes, name: str) -> tuple[str, str]:
    text = body.decode(name, "replace")
    return text, "invalid characters" if "\ufffd" in text else ""


def _mended(text: str) -> str:
    return _REFERENCE.sub(_reference, text)


def _reference(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2][:9])
    allowed = number in (9, 10, 13) or 32 <= number < 0x110000
    return found[0] if allowed and not 0xD800 <= number < 0xE000 else "\ufffd"


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """Yield the children of these names, whatever their namespace."""
    if element is not None:
        yield from (child for child in element if local(child) in names)


def child(element: Element | None, *path: str) -> Element | None:
    """Return the first element on a path of names, whatever their namespaces."""
    found = element
    for name in path:
        found = next(children(found, name), None)
    return found


def text_of(element: Element | None, *path: str) -> str:
    """Return the text of the first element on a path; empty without one."""
    found = child(element, *path)
    return "".join(found.itertext()).strip() if found is not None else ""


def language_of(element: Element) -> str:
    """Return the language that an element names; empty where it names none."""
    return element.get("{http://www.w3.org/XML/1998/namespace}lang", "").lower()
