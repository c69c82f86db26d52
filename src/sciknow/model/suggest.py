"""Near misses of an identifier, for error messages."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], *, limit: int = 3) -> list[str]:
    """Return the known names that look most like a mistyped one.

    Examples
    --------
    >>> nearest("mur-stt", ["mur-sst", "oisst"])
    ['mur-sst']
    """
    return get_close_matches(name.strip().lower(), list(known)[:20_000], n=limit, cutoff=0.6)
