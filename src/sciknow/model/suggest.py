"""Near misses of an identifier, for error messages."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MIN_START = 3
"""Characters from which on the beginning of a name counts as near."""


def nearest(name: str, known: Iterable[str], *, limit: int = 3) -> list[str]:
    """Return the known names that look most like a mistyped one.

    Examples
    --------
    >>> nearest("mur-stt", ["mur-sst", "oisst"])
    ['mur-sst']
    >>> nearest("nile", ["mur-sst", "nile-annual-flow"])
    ['nile-annual-flow']
    """
    wanted, names = name.strip().lower(), list(known)[:20_000]
    begun = [one for one in names if len(wanted) >= MIN_START and one.lower().startswith(wanted)]
    close = get_close_matches(wanted, names, n=limit, cutoff=0.6)
    return list(dict.fromkeys([*close, *sorted(begun, key=len)]))[:limit]
