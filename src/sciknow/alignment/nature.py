"""What the numbers of a variable are, as far as its units depend on it.

A difference of temperatures has no zero point: 1 K of anomaly is 1 °C of anomaly. Practical
salinity is one quantity, whatever its unit is called (CF 1.11, 3.1.2 and the standard name table;
TEOS-10 for the absolute salinity, which is another).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sciknow.alignment.cells import methods
from sciknow.text import halfwidth

_SPREADS = frozenset({"range", "standard_deviation", "variance"})
"""Cell methods after which values are differences (CF, appendix E)."""
_NAMED = re.compile(
    r"(?:^|_)(?:anomaly|difference|tendency|excess|deficit|depression|increment|lapse_rate|"
    r"derivative|range|spread|error|change)(?:_|$)"
)
"""What says so in a CF standard name."""
_WORDS = re.compile(
    r"(?:^|[\W_])(?:anom(?:al(?:y|ies|ous))?|diff(?:erences?)?|departures?|tendenc(?:y|ies)|"
    r"increments?|spread|std(?:dev|ev)?|stderr|standard[\s_-]*(?:deviations?|errors?)|uncertaint(?:y|ies)|"
    r"bias(?!\W?_?(?:correct|adjust))|lapse[\s_]*rate|gradient|dtr|"
    r"(?:temperature|temp|diurnal|daily|annual|seasonal|tas)[\s_]*range|temperature[\s_]*change)"
    r"(?=$|[\W_\d])|距平|温差|较差|偏差|标准差|异常",
    re.I,
)
"""What says so in a name or a long name."""
_SALT = re.compile(r"salinity|(?:^|_)(?:so|sos|sss|psal|salt?)(?:_|$)|盐度", re.I)
_OTHER_SALT = re.compile(r"absolute|preformed|reference|knudsen|cox|tendency|flux|绝对", re.I)


@dataclass(frozen=True, slots=True)
class Nature:
    """What values are.

    Parameters
    ----------
    difference : bool
        Whether they are differences, tendencies, ranges or measures of spread.
    salinity : bool, optional
        Whether they are practical salinity; False for another salinity, None where nothing says.
    by : str
        What was taken for a sign of it; empty where nothing was.
    """

    difference: bool = False
    salinity: bool | None = None
    by: str = ""


def nature_of(name: object, attrs: Mapping[Any, Any]) -> Nature:
    """Tell what values are: as CF's attributes say, else by what the variable is called.

    Examples
    --------
    >>> nature_of("tas", {"standard_name": "air_temperature", "cell_methods": "time: range"})
    Nature(difference=True, salinity=None, by='its cell methods')
    >>> nature_of("tas", {"long_name": "bias corrected temperature"}).difference
    False
    """
    told = {str(key): str(value) for key, value in attrs.items()}
    if "temperature" in (said := told.get("units_metadata", "")):
        return Nature("difference" in said, by="its units_metadata")
    standard, _, modifier = told.get("standard_name", "").partition(" ")
    if modifier == "standard_error" or _NAMED.search(standard):
        return Nature(True, by="its standard name")
    if _SPREADS & set(methods(told.get("cell_methods", "")).values()):
        return Nature(True, by="its cell methods")
    if (salt := _salt(str(name), standard, told)) is not None:
        return Nature(salinity=salt, by="its standard name" if standard else "its name")
    for text, by in ((told.get("long_name", ""), "its long name"), (str(name), "its name")):
        if _WORDS.search(halfwidth(text)):
            return Nature(True, by=by)
    return Nature()


def _salt(name: str, standard: str, told: Mapping[str, str]) -> bool | None:
    long_name = told.get("long_name", "")
    if not any(map(_SALT.search, [standard] if standard else [long_name, name])):
        return None
    return not _OTHER_SALT.search(f"{standard} {long_name} {name}")
