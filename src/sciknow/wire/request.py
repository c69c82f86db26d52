"""What is asked of a web address, and what is answered."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import unquote_plus, urlencode, urljoin

from sciknow.errors import IntegrityError
from sciknow.files import sha256_bytes
from sciknow.model.preserved import FileVersion
from sciknow.net import redact
from sciknow.wire.answer import iso_date, no_page, total_of, version_of
from sciknow.wire.trouble import DAMAGED, Trouble, failure

NOT_MODIFIED = 304

_LINK = re.compile(r'<([^<>]*+)>((?:\s*+;\s*+[^\s,;="]++\s*+(?:=\s*+(?:"[^"]*"|[^\s,;"]*+))?)*+)')
_RELATION = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s,;"]+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """A question to a web server.

    Parameters
    ----------
    url : str
        http(s), with a query or without.
    params : mapping
        Put into the query, in the place of what stands there under the same name; None leaves one
        out, a list or tuple repeats it.
    method : str
        ``GET``, ``HEAD`` or ``POST``.
    headers : mapping
        Beside those of the client.
    body : bytes
        Of a ``POST``.

    Examples
    --------
    >>> Request("https://a.org/oai?verb=Identify", {"verb": "ListRecords", "set": None}).address
    'https://a.org/oai?verb=ListRecords'
    """

    url: str
    params: Mapping[str, object] = field(default_factory=dict)
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold a secret
    body: bytes = b""

    @property
    def address(self) -> str:
        """The address with the parameters in its query."""
        if not self.params:
            return self.url
        bare, _, query = self.url.partition("#")[0].partition("?")
        kept = [
            pair
            for pair in query.split("&")
            if pair and unquote_plus(pair.partition("=")[0]) not in self.params
        ]
        given = {name: value for name, value in self.params.items() if value is not None}
        query = "&".join([*kept, urlencode(given, doseq=True)] if given else kept)
        return f"{bare}?{query}" if query else bare

    @property
    def key(self) -> tuple[object, ...]:
        """What tells whether the same has been asked before."""
        told = sorted((name.lower(), value) for name, value in self.headers.items())
        return self.method, self.address, tuple(told), self.body


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Parameters
    ----------
    url : str
        Where it came from in the end, after redirects.
    status : int
        As HTTP counts.
    headers : mapping
        Names may be written in any case.
    body : bytes
        Unpacked; empty for HEAD, and where nothing has changed.
    moved : str
        Where the server says that the address has moved for good; empty where nowhere.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    moved: str = ""

    @property
    def unchanged(self) -> bool:
        """Whether the server says that it has nothing newer than what was there."""
        return self.status == NOT_MODIFIED

    @property
    def version(self) -> FileVersion:
        """What the server says of what it sent; given back as *known* it asks only for newer."""
        return version_of(self.headers, total_of(self.headers, self.status))

    @property
    def date(self) -> str:
        """The server's own clock when it answered: ISO date and time, UTC; empty where unsaid."""
        return iso_date(self.headers.get("Date", ""))

    def header(self, name: str) -> str:
        """Return a header, in whatever case its name is written; empty without it."""
        lower = name.lower()
        return next((text for told, text in self.headers.items() if told.lower() == lower), "")

    @property
    def sha256(self) -> str:
        """Digest of the body in hexadecimal digits."""
        return sha256_bytes(self.body)

    @property
    def media_type(self) -> str:
        """The media type that the server names, in lower case, without parameters; may be empty."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text, in the encoding that the server names, else UTF-8.

        Raises
        ------
        IntegrityError
            When it is not written in that encoding, or nobody knows it.
        """
        told = Message()
        told["Content-Type"] = self.headers.get("Content-Type", "")
        named = str(told.get_content_charset("utf-8"))
        try:
            return self.body.decode("utf-8-sig" if named == "utf-8" else named)
        except (UnicodeDecodeError, LookupError) as error:
            raise IntegrityError(f"{redact(self.url)}: no text ({error})", hint=DAMAGED) from error

    def json(self) -> Any:
        """Return the value of a body in JSON; it is UTF-8, whatever the server names.

        Raises
        ------
        SourceUnavailable
            When a web page came in its place.
        IntegrityError
            When it is no JSON.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            try:
                no_page(self.body)
            except Trouble as trouble:
                raise failure(self.url, trouble) from error
            words = " ".join(str(error).split())[:200]
            raise IntegrityError(f"{redact(self.url)}: no JSON ({words})", hint=DAMAGED) from error

    def link(self, relation: str) -> str | None:
        """Return the absolute address of the first link header of a relation (RFC 8288).

        Examples
        --------
        >>> answer = Answer("https://a.org/x?p=1", 200, {"Link": '</x?p=2>; rel="last next"'})
        >>> answer.link("next")
        'https://a.org/x?p=2'
        """
        for target, told in _LINK.findall(self.headers.get("Link", "")):
            found = _RELATION.search(told)
            if found and relation.lower() in (found[1] or found[2] or "").lower().split():
                with suppress(ValueError):  # no address
                    return urljoin(self.url, str(target))
        return None
