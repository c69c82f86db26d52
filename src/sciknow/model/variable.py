"""One measured or modelled quantity of a dataset."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sciknow.model.langstring import LangString, parse_langstring
from sciknow.model.parse import Where, parse_mapping, parse_text, show

_STANDARD_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable as the data name it.

    Parameters
    ----------
    name : str
        Name in the file or store.
    standard_name : str
        CF standard name; empty where the quantity has none.
    units : str
        Units as the data write them (UDUNITS).
    long_name : LangString
        The quantity in words.
    """

    name: str
    standard_name: str = ""
    units: str = ""
    long_name: LangString = LangString()


def parse_variable(value: object, where: Where) -> Variable:
    """Read ``{name, standard_name, units, long_name}``."""
    mapping = parse_mapping(
        value,
        where,
        allowed=("name", "standard_name", "units", "long_name"),
        required=("name",),
    )
    standard = mapping.get("standard_name", "")
    if standard and not (isinstance(standard, str) and _STANDARD_NAME.fullmatch(standard)):
        raise (where / "standard_name").refuse(show(standard), "a CF standard name, a-z, 0-9 and _")
    long_name = mapping.get("long_name")
    return Variable(
        name=parse_text(mapping["name"], where / "name", limit=200),
        standard_name=str(standard),
        units=parse_text(mapping["units"], where / "units", limit=100)
        if "units" in mapping
        else "",
        long_name=parse_langstring(long_name, where / "long_name") if long_name else LangString(),
    )
