"""Text handling shared by all rooms: Unicode form, control characters, scripts, display width.

No language processing lives here (that is `sciknow.search`); nothing here imports more than
the standard library.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_UNSEEN = "\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"
_TAGS = "\U000e0000-\U000e007f"
"""Letters that nobody sees and a program reads."""
_JOINERS = r"(?<![\u0600-\u1aff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
"""What joins or parts letters, but behind those of scripts, and the pictures, that have it so."""
_SURROGATES = "\ud800-\udfff"
"""Halves of a character: alone they are none, and no file or database takes them."""
_CONTROL = re.compile(
    rf"[\x00-\x08\x0b-\x1f\x7f-\x9f{_BIDI}{_UNSEEN}{_TAGS}{_SURROGATES}]|{_JOINERS}"
)
_LONE = re.compile(f"[{_SURROGATES}]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_ARC = str.maketrans({"\u00ba": "\u00b0", "\u2033": '"'})
_SPACE = re.compile(r"\s+")


def clean(value: str) -> str:
    """Normalise to NFC and drop control, bidirectional, tag and zero-width characters.

    Halves of a character go too; line ends and tabs stay.

    Examples
    --------
    >>> clean("cafe\\u0301 \\u202eevil")
    'café evil'
    """
    return unicodedata.normalize("NFC", harmless(value))


def harmless(value: str) -> str:
    """Drop what `clean` drops, and leave every other character as it is written.

    Examples
    --------
    >>> harmless("\\x1b[2Jcafe\\u0301\\U000e0041")
    '[2Jcafé'
    """
    return value if value.isascii() and value.isprintable() else _CONTROL.sub("", value)


def harmless_in(value: Any) -> Any:
    """Do so for every text in lists and mappings, keys among them."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, Mapping):
        return {harmless_in(key): harmless_in(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(harmless_in, value)) if type(value) in (list, tuple) else value
    return value


def escaped(value: str) -> str:
    """Write what `harmless` drops as JSON does, with a backslash: nothing is lost to a program.

    Examples
    --------
    >>> escaped("a\\x9b\\U000e0041")
    'a\\\\u009b\\\\udb40\\\\udc41'
    """
    return _CONTROL.sub(lambda found: json.dumps(found[0])[1:-1], value)


def has_lone(value: str) -> bool:
    """Tell whether a text holds half of a character: bytes that were read by a wrong encoding."""
    return _LONE.search(value) is not None


def squeeze(value: str) -> str:
    """Clean and fold every run of white space, line ends included, to one space."""
    return _SPACE.sub(" ", clean(value)).strip()


def halfwidth(value: str) -> str:
    """Return a text in compatibility form (NFKC), for comparing only: keep what is shown.

    Chinese input methods make digits, letters and spaces as wide as characters. Degrees and
    seconds of arc, which that form takes for a letter and for two primes, are kept apart.

    Examples
    --------
    >>> halfwidth("１９８０年　ＳＳＴ, 30º")
    '1980年 SST, 30°'
    """
    if value.isascii():
        return value
    return unicodedata.normalize("NFKC", value.translate(_ARC))


def has_han(value: str) -> bool:
    """Tell whether a text holds at least one Chinese character."""
    return _HAN.search(value) is not None


def language_of(value: str) -> str:
    """Return ``"zh"`` for a text with any Han character, else ``"en"``."""
    return "zh" if has_han(value) else "en"


def width(value: str) -> int:
    """Count the terminal columns a text takes (wide East Asian characters take two).

    Examples
    --------
    >>> width("海冰 ice")
    8
    """
    return sum(_columns(char) for char in value)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shorten(value: str, columns: int) -> str:
    """Cut a text to a number of terminal columns, ending in an ellipsis where it was cut."""
    flat = squeeze(value)
    if width(flat) <= columns:
        return flat
    kept, used = [], 0
    for char in flat:
        used += _columns(char)
        if used > columns - 1:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def human_bytes(count: float) -> str:
    """Write a number of bytes for people.

    Examples
    --------
    >>> human_bytes(0), human_bytes(1), human_bytes(1_540_000), human_bytes(999_990)
    ('0 bytes', '1 byte', '1.5 MB', '1.0 MB')
    """
    if count < 1000:
        return counted(round(count), "byte")
    power = min(4, int(math.log10(count) // 3))
    power += power < 4 and round(count / 1000**power, 1) >= 1000
    return f"{count / 1000**power:.1f} {('kB', 'MB', 'GB', 'TB')[power - 1]}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """Write how many there are of something, in the singular where it is one.

    Examples
    --------
    >>> counted(1, "file"), counted(2_000, "file"), counted(0, "query", "queries")
    ('1 file', '2,000 files', '0 queries')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
