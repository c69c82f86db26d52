"""Whether units parse, and whether they measure what the CF standard name says.

Parsing is pint's with the UDUNITS forms of cf-xarray, and the few units of data sets that neither
knows: logarithmic ones, mixing ratios by volume, people and currencies.
"""

from __future__ import annotations

import re

import pint
from cf_xarray.units import units as registry

for _line in (
    "dBZ = []",
    "DU = 4.4615e-4 mol / meter ** 2 = Dobson = dobson",
    "ppmv = 1e-6 = ppmV",
    "ppbv = 1e-9 = ppbV",
    "pptv = 1e-12",
    "person = [] = people = persons = inhabitant = inhabitants",
    "currency = [currency]",
    "USD = currency",
    "CNY = currency = yuan",
    "EUR = currency",
    "GBP = currency",
    "SDR = currency",
):
    try:
        registry.define(_line)
    except pint.errors.RedefinitionError:
        continue

_SINCE = re.compile(r"(\w+) since \d{1,4}-\d{1,2}-\d{1,2}.*")
_SCALE = re.compile(r"[0-9.]+(?:[eE][-+]?\d+)?(?:\s+|$)")
_NAMED = re.compile(r"(\w+) \(\w+\)")
_SPELLED = ("dimensionless", "degrees", "kelvin", "percent", "celsius", "meters", "metres")
_LOG = re.compile(r"(?:log10|ln|lg|log)\s*\((?:re\s+)?(.*)\)|(.*)\[(?:log10|ln)\]")


def parse_units(text: str) -> pint.Unit:
    """Return the unit that a text names.

    Raises
    ------
    ValueError
        When it names none.
    """
    if found := _SINCE.fullmatch(text):
        return parse_units(found[1])
    if found := _LOG.fullmatch(text):
        parse_units(found[1] or found[2])
        return registry.Unit("dimensionless")
    scaled = _SCALE.match(text)
    rest = text[scaled.end() :] if scaled and text != "1" else text
    rest = _NAMED.sub(r"\1", rest.replace("℃", "degC").replace("°C", "degC"))
    try:
        return registry.Unit(rest.lower() if rest.lower() in _SPELLED else rest or "dimensionless")
    except Exception as error:  # pint's parser raises whatever it stumbles on
        raise ValueError(f"{text!r} is no unit ({type(error).__name__})") from None


def measures(text: str, canonical: str) -> bool:
    """Tell whether a unit measures the same kind of quantity as the canonical one."""
    return bool(parse_units(text).dimensionality == parse_units(canonical).dimensionality)
