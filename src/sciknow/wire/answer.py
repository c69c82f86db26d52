"""What an HTTP answer means: checks of status, range and length, whoever the client is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from sciknow.text import clean, squeeze
from sciknow.wire.trouble import Trouble, TroubleKind

Span = tuple[int | None, int | None]
"""Start and end of a range, the end excluded."""

REDIRECT = frozenset({301, 302, 303, 307, 308})
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
SAID = 16_384
"""Bytes of the answer to a failed request that are looked at."""

_MESSAGE = re.compile(
    r'message\s*=\s*"((?:[^"\\]|\\.)*)"'  # DAP 2
    r"|<Message>([^<]*)</Message>"  # object stores
    r"|<b>Message</b>([^<]*)",  # Tomcat's pages
    re.IGNORECASE,
)
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class Reply:
    """What one request brought.

    Parameters
    ----------
    body : bytes
        The bytes asked for, or the whole file where `whole` is true.
    total : int or None
        Size of the whole file in bytes, where the server says.
    tag : str
        The server's validator (ETag or modification time); empty where there is none.
    whole : bool
        Whether the server sent everything although a range was asked for.
    """

    body: bytes
    total: int | None = None
    tag: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with the body of an answer.

    Parameters
    ----------
    done : Reply or None
        The reply where no body is needed.
    most : int
        The most bytes that the body may have.
    exact : bool
        Whether it must have exactly that many.
    """

    done: Reply | None = None
    most: int = 0
    exact: bool = False
    total: int | None = None
    tag: str = ""
    whole: bool = False

    def reply(self, body: bytes) -> Reply:
        """Check a body and make it the reply."""
        if len(body) > self.most:
            raise Trouble(TroubleKind.FATAL, f"more than the {self.most:,} bytes expected")
        if self.exact and len(body) != self.most:
            raise Trouble(TroubleKind.TRUNCATED, f"cut short: {len(body)} bytes of {self.most}")
        total = len(body) if self.total is None and not self.exact else self.total
        return Reply(body, total, self.tag, self.whole)


def range_header(start: int | None, end: int | None) -> str:
    """Write a ``Range`` header; a negative start counts from the end of the file.

    Examples
    --------
    >>> range_header(0, 10), range_header(5, None), range_header(-8, None)
    ('bytes=0-9', 'bytes=5-', 'bytes=-8')
    """
    if start is not None and start < 0:
        return f"bytes={start}"
    return f"bytes={start or 0}-{'' if end is None else end - 1}"


def judge(
    method: str,
    status: int,
    reason: str,
    headers: Mapping[str, str],
    span: Span | None,
    limit: int,
) -> Plan:
    """Decide from status and headers what an answer is worth.

    Parameters
    ----------
    span : tuple or None
        The range that was asked for.
    limit : int
        The most bytes that a body without a range may have; 0 with a range means that only the
        size of the file is wanted.

    Raises
    ------
    Trouble
        When it is not what was asked for.
    """
    check_status(status, reason, headers)
    tag = str(headers.get("ETag") or headers.get("Last-Modified") or "")
    length = _number(headers.get("Content-Length"))
    if method == "HEAD":
        return Plan(Reply(b"", length if status == 200 else None, tag))
    if status == 416:
        return Plan(Reply(b"", None, tag))
    if status == 206 and span is not None:
        return _part(headers, span, tag)
    if span is not None and limit == 0:
        return Plan(Reply(b"", length, tag))
    if length is not None and length > limit:
        raise Trouble(
            TroubleKind.FATAL,
            f"the server would send {length:,} bytes at once (at most {limit:,} are taken)"
            + (", since it knows no byte ranges" if span else ""),
        )
    return Plan(None, limit, tag=tag, whole=span is not None)


def check_status(status: int, reason: str, headers: Mapping[str, str]) -> None:
    """Let only the statuses pass that bring data."""
    if status in {200, 206, 416}:
        return
    words = f"HTTP {status} {reason}".strip()
    if status in {404, 410}:
        raise Trouble(TroubleKind.ABSENT, words)
    if status in {401, 403, 407}:
        raise Trouble(TroubleKind.DENIED, words)
    if status in _TRANSIENT:
        wait = _number(headers.get("Retry-After")) or 0
        raise Trouble(TroubleKind.TRANSIENT, words, wait=float(wait))
    raise Trouble(TroubleKind.FATAL, words)


def words_of(body: bytes) -> str:
    """Return what a server says of a failure, in one line; empty where it is only a page.

    Examples
    --------
    >>> words_of(b'Error { code=404; message="Not Found: no such dataset"; }')
    'Not Found: no such dataset'
    >>> words_of(b"<html><body>Nothing to see</body></html>")
    ''
    """
    text = body[:SAID].decode("utf-8", "replace")
    found = _MESSAGE.search(text)
    if found is not None:
        text = next(group for group in found.groups() if group is not None)
    elif "<" in text:
        return ""
    return squeeze(clean(unescape(text)))[:300]


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdigit() else None


def _part(headers: Mapping[str, str], span: Span, tag: str) -> Plan:
    start, end = span
    found = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", "").strip())
    if found is None:
        raise Trouble(TroubleKind.FATAL, "a partial answer that does not say which part it is")
    first, last = int(found[1]), int(found[2])
    total = None if found[3] == "*" else int(found[3])
    if (start is None or start >= 0) and first != (start or 0):
        raise Trouble(TroubleKind.FATAL, f"bytes from {first} instead of {start or 0}")
    count = last - first + 1
    if end is not None and total is not None and count != min(end, total) - first:
        raise Trouble(TroubleKind.TRUNCATED, f"{count} bytes instead of {end - first}")
    return Plan(None, count, exact=True, total=total, tag=tag)
