"""What an HTTP answer means: checks of status, range and length, whoever the client is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import unescape

from sciknow.clock import stamp
from sciknow.model.preserved import FileVersion
from sciknow.text import clean, squeeze
from sciknow.wire.budget import SAID
from sciknow.wire.trouble import Trouble, TroubleKind

Span = tuple[int | None, int | None]
"""Start and end of a range, the end excluded."""

ANY = 2**62
"""As many bytes as there are."""

UNKNOWN = FileVersion()
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
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
    says : FileVersion
        What the source says of the file.
    whole : bool
        Whether the server sent everything although a range was asked for.
    """

    body: bytes = b""
    says: FileVersion = UNKNOWN
    whole: bool = False

    @property
    def total(self) -> int | None:
        """Size of the whole file in bytes, where the source says."""
        return self.says.size

    @property
    def tag(self) -> str:
        """The source's validator: an ETag, or else when the file was changed."""
        return self.says.etag or self.says.modified


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with the body of an answer.

    Parameters
    ----------
    most : int
        The most bytes that the body may have; 0 where none is needed.
    exact : bool
        Whether it must have exactly that many.
    says : FileVersion
        What the headers say of the file.
    whole : bool
        Whether it is everything although a range was asked for.
    """

    most: int = 0
    exact: bool = False
    says: FileVersion = UNKNOWN
    whole: bool = False

    @property
    def done(self) -> bool:
        """Whether no body is needed."""
        return self.most == 0

    def reply(self, body: bytes) -> Reply:
        """Check a body and make it the reply."""
        if len(body) > self.most:
            raise Trouble(TroubleKind.FATAL, f"more than the {self.most:,} bytes expected")
        if self.exact and len(body) != self.most:
            raise Trouble(TroubleKind.TRUNCATED, f"cut short: {len(body)} bytes of {self.most}")
        says = self.says
        if says.size is None and self.most and not self.exact:
            says = replace(says, size=len(body))
        return Reply(body, says, self.whole)


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
    says = version_of(headers, None)
    length = number(headers.get("Content-Length"))
    if method == "HEAD":
        return Plan(says=replace(says, size=length if status == 200 else None))
    if status == 416:
        return Plan(says=replace(says, size=total_of(headers, status)))
    if status == 206 and span is not None:
        return _part(headers, span, says)
    if span is not None and limit == 0:
        return Plan(says=replace(says, size=length))
    if length is not None and length > limit:
        raise Trouble(
            TroubleKind.FATAL,
            f"the server would send {length:,} bytes at once (at most {limit:,} are taken)"
            + (", since it knows no byte ranges" if span else ""),
        )
    return Plan(limit, says=says, whole=span is not None)


def version_of(headers: Mapping[str, str], size: int | None) -> FileVersion:
    """Return what the headers of an answer say of a file of some size."""
    version = headers.get("x-amz-version-id") or headers.get("x-goog-generation") or ""
    return FileVersion(
        size,
        str(headers.get("ETag") or ""),
        iso_date(headers.get("Last-Modified", "")),
        "" if version == "null" else str(version),
    )


def iso_date(header: str) -> str:
    """Turn the date of a header into ISO date and time, UTC; empty where it is none."""
    try:
        return stamp(parsedate_to_datetime(header))
    except (ValueError, OverflowError):
        return ""


def http_date(modified: str) -> str:
    """Write ISO date and time as a header has it; empty where there is none.

    Examples
    --------
    >>> http_date("2020-01-02T03:04:05+00:00")
    'Thu, 02 Jan 2020 03:04:05 GMT'
    """
    if not modified:
        return ""
    return format_datetime(datetime.fromisoformat(modified).astimezone(UTC), usegmt=True)


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that a server asks to wait, given as such or as a date; 0 where none.

    Examples
    --------
    >>> retry_after({"Retry-After": "7"}), retry_after({})
    (7.0, 0.0)
    """
    told = headers.get("Retry-After", "").strip()
    if number(told) is not None:
        return float(told[:9])
    moment = iso_date(told)
    if not moment:
        return 0.0
    return max(0.0, (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds())


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
        raise Trouble(TroubleKind.TRANSIENT, words, wait=retry_after(headers))
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


def number(value: str | None) -> int | None:
    """Read the number of a header."""
    return int(value) if value and value.isascii() and value.isdigit() else None


def total_of(headers: Mapping[str, str], status: int) -> int | None:
    """Return the size of the whole file that an answer, or a part of it, belongs to."""
    if status in (206, 416):
        found = re.fullmatch(r"bytes .*/(\d+)", headers.get("Content-Range", "").strip())
        return int(found[1]) if found else None
    return None if "Content-Encoding" in headers else number(headers.get("Content-Length"))


def _part(headers: Mapping[str, str], span: Span, says: FileVersion) -> Plan:
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
    return Plan(count, exact=True, says=replace(says, size=total))


def no_page(body: bytes) -> None:
    """Refuse a web page that comes in the place of data.

    Raises
    ------
    Trouble
        For what begins like one.
    """
    if body[:64].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise Trouble(TroubleKind.PAGE, "answers with a web page instead of data")
