"""Parsers of single option values, and of the places that data may lie at.

Each takes a value and a `Where`, and refuses whatever is not plainly harmless.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from sciknow.errors import UntrustedInput
from sciknow.model.parse import Where, parse_list, parse_mapping, parse_number, parse_url, show
from sciknow.net import secret_in

Parser = Callable[[object, Where], object]

CATALOG_DIR = "{CATALOG_DIR}/"
SCHEMES = ("https", "http", "s3", "gs", "az", "abfs")
_NAME = re.compile(r"[^{}\x00-\x1f\x7f]{1,200}")
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,119}")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d|auto")
_ACCOUNT = re.compile(r"[a-z0-9]{3,24}")
_MAX_COUNT = 2**30


def untrusted(where: Where, found: str, allowed: str) -> UntrustedInput:
    """Build the error for something that is never done with a catalogue's text."""
    return UntrustedInput(f"{where}: found {found}, allowed is {allowed}")


def one_of(*values: object) -> Callable[[object, Where], object]:
    """Make a parser that takes exactly these values (True is not 1 here)."""
    allowed = ", ".join("null" if value is None else repr(value) for value in values)

    def parse(value: object, where: Where) -> object:
        for known in values:
            if type(value) is type(known) and value == known:
                return value
        raise where.refuse(show(value), f"one of {allowed}")

    return parse


def parse_flag(value: object, where: Where) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise where.refuse(show(value), "true or false")
    return value


def parse_true(value: object, where: Where) -> bool:
    """Read true: a catalogue opens data anonymously, or not at all."""
    if value is not True:
        raise where.refuse(show(value), "true: a catalogue carries no credentials and uses none")
    return True


def parse_count(value: object, where: Where, *, low: int = 0) -> int:
    """Read a whole number of at most 2**30."""
    if isinstance(value, float):
        raise where.refuse(show(value), "a whole number")
    return int(parse_number(value, where, low, _MAX_COUNT))


def parse_limit(value: object, where: Where) -> int:
    """Read a number of things to take: at least one."""
    return parse_count(value, where, low=1)


def parse_name(value: object, where: Where) -> str:
    """Read the name of a variable, column or group: no braces, no control characters."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise where.refuse(show(value), "a name of at most 200 characters without braces")
    return value


def parse_names(value: object, where: Where) -> list[str]:
    """Read a list of names."""
    return list(parse_list(value, where, parse_name))


TYPES = ("bool", "float32", "float64", "int32", "int64", "str", "string")
"""What a column of a table may be said to hold."""


def parse_types(value: object, where: Where) -> dict[str, str]:
    """Read a mapping from column to one of `TYPES`."""
    types = {}
    for column, kind in parse_mapping(value, where).items():
        if not isinstance(kind, str) or kind not in TYPES:
            raise (where / column).refuse(show(kind), "one of " + ", ".join(TYPES))
        types[parse_name(column, where)] = kind
    return types


def parse_chunks(value: object, where: Where) -> dict[str, int]:
    """Read ``{}`` (the store's own chunks) or a size for each dimension (-1 for its length)."""
    sizes = {}
    for dim, size in parse_mapping(value, where).items():
        at = where / dim
        sizes[parse_name(dim, at)] = -1 if size == -1 else parse_count(size, at, low=1)
    return sizes


def parse_region(value: object, where: Where) -> str:
    """Read the name of a cloud region such as us-west-2."""
    if not isinstance(value, str) or not _REGION.fullmatch(value):
        raise where.refuse(show(value), "a region such as us-west-2")
    return value


def parse_account(value: object, where: Where) -> str:
    """Read the name of an Azure storage account: 3 to 24 lower-case letters and digits."""
    if not isinstance(value, str) or not _ACCOUNT.fullmatch(value):
        raise where.refuse(show(value), "the name of a storage account")
    return value


def parse_web_url(value: object, where: Where) -> str:
    """Read an http or https address without credentials."""
    url = parse_remote(value, where)
    if not url.startswith(("https:", "http:")):
        raise where.refuse(show(value), "an http or https address")
    return url


def parse_remote(value: object, where: Where) -> str:
    """Read the address of a file or store: one of `SCHEMES`, one, and nothing hidden in it.

    Chained addresses (``::``), patterns and signed addresses are refused.
    """
    if not isinstance(value, str):
        raise where.refuse(show(value), "one address, as a text")
    scheme = value.partition("://")[0].lower()
    if scheme not in SCHEMES or "::" in value:
        allowed = ", ".join(f"{name}://" for name in SCHEMES)
        raise untrusted(where, show(value), f"one address with {allowed}, or {CATALOG_DIR}…")
    if "@" in urlsplit(value).netloc:
        raise untrusted(where, "an address with a user name", "one without credentials")
    if "*" in value or "#" in value:
        raise where.refuse(show(value), "one address, without a pattern or fragment")
    if key := secret_in(value):
        raise untrusted(where, f"the query key {show(key)}", "an address without credentials")
    return parse_url(value, where)


def parse_relative(value: str, where: Where) -> str:
    """Read a path below the catalogue's folder: plain segments, none of them hidden or ``..``."""
    segments = value.split("/")
    if segments and segments[-1] == "":
        segments.pop()
    for segment in segments or [""]:
        if not _SEGMENT.fullmatch(segment):
            raise untrusted(
                where,
                f"the path {show(value)}",
                "a path below the catalogue's folder, of A-Z, a-z, 0-9, '.', '_' and '-'",
            )
    return "/".join(segments)


def parse_location(value: object, where: Where) -> tuple[str, bool]:
    """Read where data lie.

    Returns
    -------
    location : str
        The address, or a path relative to the catalogue's folder.
    offline : bool
        Whether it is such a path.
    """
    if isinstance(value, str) and value.startswith(CATALOG_DIR):
        return parse_relative(value.removeprefix(CATALOG_DIR), where), True
    return parse_remote(value, where), False
