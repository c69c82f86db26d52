"""What something of a format starts with, and what is wrong with something that does not."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*>\s*+)?(?:<!--.*?-->\s*+)*+<(?:!doctype\s+html|html|head)\b",
    re.IGNORECASE | re.DOTALL,
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SPACE = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True, slots=True)
class Magic:
    """Bytes by which something is known.

    Parameters
    ----------
    data : bytes
        The bytes; of words in small letters.
    at : int or None
        Where they stand; None for anywhere in the first kilobyte.
    words : bool
        Whether white space may stand before them, and capitals in them.
    """

    data: bytes
    at: int | None = 0
    words: bool = False

    def __contains__(self, head: bytes) -> bool:
        if self.words:
            return head.lstrip(_SPACE).lower().startswith(self.data)
        return self.data in head if self.at is None else head.startswith(self.data, self.at)


PACKED = tuple(
    map(Magic, (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"))
)
"""What packed files start with: gzip, bzip2, xz, Zstandard, ZIP."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the first bytes of something must be.

    Parameters
    ----------
    title : str
        What it is called in messages.
    magic : tuple of Magic
        One of them must be there; without any, whatever is no web page will do.
    text : bool
        Whether it holds no zero bytes, unless it is packed or of 16-bit characters.

    Examples
    --------
    >>> Content("Parquet", (Magic(b"PAR1"),)).wrong(b"<!DOCTYPE html><html>")
    'a web page instead of Parquet'
    >>> Content("Parquet", (Magic(b"PAR1"),)).wrong(b"PAR1\\x15")
    ''
    """

    title: str = "data"
    magic: tuple[Magic, ...] = ()
    text: bool = False

    def wrong(self, head: bytes) -> str:
        """Say what is wrong with the first kilobyte of something; empty when nothing is."""
        if not head:
            return f"an empty file instead of {self.title}"
        if is_page(head):
            return f"a web page instead of {self.title}"
        if self.text and b"\0" in head and not head.startswith(_UTF16):
            packed = any(head in magic for magic in PACKED)
            return "" if packed else f"binary data instead of {self.title}"
        if self.magic and not any(head in magic for magic in self.magic):
            return f"something other than {self.title}"
        return ""


DATA = Content()
"""Anything but nothing and a web page."""

JSON = Content("a JSON document", (Magic(b"{", words=True), *PACKED))


def is_page(head: bytes) -> bool:
    """Tell whether something starts like a web page."""
    return _PAGE.match(head) is not None
