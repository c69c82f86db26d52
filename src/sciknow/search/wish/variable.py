"""Variables by the short names of models and analyses: t2m and tas are air temperature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files as package_files

from sciknow.errors import InvalidInput

_JOINS = frozenset("._-+/")
"""Signs that make a word a part of a longer one: chl-a is not chl."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that is known by a short name.

    Parameters
    ----------
    short : str
        The name in data: ``tas``.
    standard : str
        Its CF standard name.
    english, chinese : str
        What it is.
    """

    short: str
    standard: str
    english: str
    chinese: str


@lru_cache(maxsize=1)
def short_names() -> dict[str, Variable]:
    """Return short name → variable, from ``variables.tsv``.

    Raises
    ------
    InvalidInput
        For a line of another form.

    Examples
    --------
    >>> short_names()["tas"].english, short_names()["t2m"].standard
    ('near-surface air temperature', 'air_temperature')
    """
    text = (package_files("sciknow.search.wish") / "variables.tsv").read_text("utf-8")
    known: dict[str, Variable] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 5 or not all(parts):
            raise InvalidInput(
                f"variables line {line!r}",
                hint="write name, standard name, English, Chinese, source",
            )
        known[parts[0]] = Variable(*parts[:4])
    return known


def find_variables(text: str) -> tuple[Variable, ...]:
    """Return the variables that a text names by short names, each once.

    Examples
    --------
    >>> [item.standard for item in find_variables("monthly tos and pr, 1990 to 2020")]
    ['sea_surface_temperature', 'precipitation_flux']
    """
    known = short_names()
    return tuple(known[word] for word in dict.fromkeys(_words(text)) if word in known)


def _words(text: str) -> list[str]:
    """Return the words of Latin letters and figures."""
    kept = (c if c.isascii() and (c.isalnum() or c in _JOINS) else " " for c in text)
    return [word.rstrip(".") for word in "".join(kept).split()]


def other_names(variable: Variable) -> set[str]:
    """Return every name of the same variable: short names, its standard name, what it is called."""
    same = [
        item
        for item in short_names().values()
        if item.standard == variable.standard and _kin(item, variable)
    ]
    return {
        name for item in same for name in (item.short, item.standard, item.english, item.chinese)
    }


def _kin(one: Variable, other: Variable) -> bool:
    """Tell whether two names of one standard name mean the same: not a mean and a maximum."""
    return all(
        (word in one.english) == (word in other.english)
        for word in ("maximum", "minimum", "metre U")
    )


def in_words(text: str) -> str:
    """Return a text with what short names stand for in their place.

    Examples
    --------
    >>> in_words("hourly t2m over Europe")
    'hourly 2 metre temperature over Europe'
    """
    for item in find_variables(text):
        text = re.sub(rf"(?<![\w.-]){item.short}(?![\w-])", item.english, text, flags=re.ASCII)
    return text
