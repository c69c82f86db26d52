"""Manifests of a bag: digests of every file, written sorted and read as from a stranger.

Source: RFC 8493, sections 2.1.3 and 2.2.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sciknow.errors import InvalidInput, LimitExceeded, UntrustedInput
from sciknow.preservation.naming import check_path, decode_path, encode_path, shown

ALGORITHMS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}
"""Algorithm → hexadecimal digits of its digests."""

WRITTEN = ("sha256", "sha512")
MAX_ENTRIES = 2_000_000
MAX_LINE = 16_384

_NAME = re.compile(r"(tag)?manifest-([a-z0-9]+)\.txt")
_LINE = re.compile(r"([0-9a-fA-F]+)[ \t]+\*?(.+)", re.DOTALL)


def manifest_text(digests: Mapping[str, str]) -> str:
    """Write a manifest from path → digest, sorted by path."""
    return "".join(f"{digests[path]}  {encode_path(path)}\n" for path in sorted(digests))


def manifest_names(bag: Path) -> dict[str, str]:
    """Return the manifests of a bag, payload and tag: file name → algorithm."""
    found = ((path.name, _NAME.fullmatch(path.name)) for path in bag.iterdir())
    return {name: match[2] for name, match in sorted(found, key=lambda pair: pair[0]) if match}


def read_manifest(
    path: Path, algorithm: str, *, encoding: str = "utf-8"
) -> tuple[dict[str, str], list[str]]:
    """Read a manifest.

    Parameters
    ----------
    path : Path
        A regular file.
    algorithm : str
        Of its digests.
    encoding : str
        What the bag declares.

    Returns
    -------
    digests : dict of str to str
        Path → digest in lower case; only paths that stay inside the bag.
    wrong : list of str
        What is wrong with the other lines.

    Raises
    ------
    InvalidInput
        For an algorithm that is not known.
    LimitExceeded
        For a line or a number of lines beyond what is read.
    """
    if algorithm not in ALGORITHMS:
        raise InvalidInput(
            f"{path.name}: digests by {shown(algorithm)!r}",
            hint="known are " + ", ".join(ALGORITHMS),
        )
    digests: dict[str, str] = {}
    wrong: list[str] = []
    for number, line in enumerate(_lines(path, encoding), 1):
        if number > MAX_ENTRIES:
            raise LimitExceeded(f"{path.name} has over {MAX_ENTRIES:,} lines", hint="split the bag")
        try:
            digest, name = _parse(line, algorithm)
            if digests.setdefault(name, digest) != digest:
                raise InvalidInput(f"{shown(name)} stands there twice, with two digests")
        except (InvalidInput, UntrustedInput) as error:
            if len(wrong) < 1000:
                wrong.append(f"line {number}: {error.message}")
    return digests, wrong


def _lines(path: Path, encoding: str) -> Iterator[str]:
    with path.open("rb") as file:
        while line := file.readline(MAX_LINE + 1):
            if len(line) > MAX_LINE:
                raise LimitExceeded(f"{path.name} has a line of over {MAX_LINE:,} bytes")
            text = line.decode(encoding, "surrogateescape").rstrip("\r\n")
            if text.strip():
                yield text


def _parse(line: str, algorithm: str) -> tuple[str, str]:
    match = _LINE.fullmatch(line)
    if match is None or len(match[1]) != ALGORITHMS[algorithm]:
        raise InvalidInput(f"{shown(line)!r} is no digest by {algorithm} and a path")
    return match[1].lower(), check_path(decode_path(match[2].removeprefix("./")))


def read_fetch(path: Path, *, encoding: str = "utf-8") -> Iterator[tuple[str, int | None, str]]:
    """Yield address, size and path of each file that a bag says is to be fetched.

    Raises
    ------
    InvalidInput, UntrustedInput
        For a line that is no such entry, or leads outside the bag.
    """
    for number, line in enumerate(_lines(path, encoding), 1):
        parts = line.split(None, 2)
        if number > MAX_ENTRIES or len(parts) != 3 or not (parts[1] == "-" or parts[1].isdigit()):
            raise InvalidInput(
                f"{path.name}, line {number}: {shown(line)!r}",
                hint="allowed is an address, a size or -, and a path",
            )
        size = None if parts[1] == "-" else int(parts[1])
        yield parts[0], size, check_path(decode_path(parts[2]))


def unlike_files(manifests: Iterable[Mapping[str, str]]) -> set[str]:
    """Return the paths that some of several manifests lack."""
    every: list[set[str]] = [set(one) for one in manifests]
    if not every:
        return set()
    return every[0].union(*every[1:]) - every[0].intersection(*every[1:])
