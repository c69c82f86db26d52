"""Numbers with their measures: "30 m" is one word, however it is spelled.

A lone "1" is no sign of a grid of 1 km. A number and its measure count together or not at all.
"""

from __future__ import annotations

import re

from sciknow.search.language.analysis import stem

_SPELLINGS = (
    ("km", "kilometer", "kilometers", "kilometre", "kilometres"),
    ("m", "meter", "meters", "metre", "metres"),
    ("cm", "centimeter", "centimeters", "centimetre", "centimetres"),
    ("degree", "degrees", "deg"),
    ("min", "minute", "minutes"),
    ("h", "hour", "hours", "hourly"),
    ("day", "days"),
    ("year", "years"),
)
_KNOWN = {name: spelling for spelling in _SPELLINGS for name in spelling}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def is_measure(number: str, measure: str) -> bool:
    """Tell whether two neighbouring words are a number and its measure.

    Examples
    --------
    >>> is_measure("30", "m"), is_measure("30", "maps"), is_measure("era5", "m")
    (True, False, False)
    """
    return measure in _KNOWN and _NUMBER.fullmatch(number) is not None


def spelled(number: str, measure: str) -> list[tuple[str, ...]]:
    """Return the terms of every way to spell a measured number; each way's belong together.

    Examples
    --------
    >>> spelled("30", "metres")
    [('30', 'm'), ('30', 'meter'), ('30', 'metr'), ('30m',)]
    """
    plain = number.replace(",", "")
    ways = dict.fromkeys((plain, stem(name)) for name in _KNOWN[measure])
    return [*ways, (plain + _KNOWN[measure][0],)]
