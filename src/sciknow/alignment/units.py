"""Conversion of units: pint, with the registry of cf-xarray, which reads UDUNITS spellings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sciknow.errors import InvalidInput, MissingDependency
from sciknow.text import halfwidth

_FACTOR = re.compile(
    r"\s*(?P<factor>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?:\s*[*x]?\s*(?P<rest>.*))?"
)
_PLAIN = frozenset({"", "1"})
_DEGREES = re.compile(
    r"(?:deg(?:ree)?s?\.?|[°o])[\s_]*(?P<scale>k|kelvins?|c|celsius|centigrade|f|fahrenheit)", re.I
)
"""Temperatures as they are spelled, which udunits or pint take for angles or do not know."""
_SCALES = {"k": "kelvin", "c": "degC", "f": "degF"}
_PRACTICAL = frozenset(
    {
        *("psu", "pss", "pss-78", "pss78", "ipss-78", "practical salinity scale 1978"),
        *("practical_salinity_unit", "practical_salinity_units"),
        *("practical salinity unit", "practical salinity units"),
    }
)
_SALT = _PRACTICAL | {
    *("1", "", "1e-3", "1e-03", "1.e-3", "0.001", ".001", "10^-3", "10-3", "10**-3", "‰", "ppt"),
    *("g/kg", "g kg-1", "g.kg-1", "g kg**-1", "g kg^-1", "per mille", "permille", "per mil"),
    "parts per thousand",
}
"""Names of the one unit of practical salinity, in which the sea has about 35."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """An affine way from one unit to another: ``value * factor + offset``.

    Parameters
    ----------
    source, target : str
        The units, as the data write them.
    note : str
        What was assumed, for example the density of water.
    """

    source: str
    target: str
    factor: float
    offset: float = 0.0
    note: str = ""

    @property
    def trivial(self) -> bool:
        """Whether the numbers stay as they are."""
        return self.factor == 1.0 and self.offset == 0.0

    def __str__(self) -> str:
        shift = f" {self.offset:+g}" if self.offset else ""
        return f"{self.source} → {self.target} (× {self.factor:g}{shift})" + (
            f", {self.note}" if self.note else ""
        )


@lru_cache
def _registry() -> Any:
    try:
        from cf_xarray.units import units
    except ImportError as error:
        raise MissingDependency(
            "units are converted by pint and cf-xarray, which are not installed",
            hint="pip install 'sciknow[align]'",
        ) from error
    return units


def _quantity(text: str) -> Any:
    """Return (scale, pint unit) of a unit as CF writes it, a leading number included."""
    text = _plain(text)
    found = _FACTOR.fullmatch(text)
    scale, rest = (float(found["factor"]), found["rest"] or "") if found else (1.0, text)
    return scale, _registry().parse_units(rest.strip())


def _plain(text: str) -> str:
    """Return a unit without the spellings of degrees that are read as angles.

    Examples
    --------
    >>> [_plain(text) for text in ("deg K", "℃", "degrees_celsius", "Degree F", "K m-1")]
    ['kelvin', 'degC', 'degC', 'degF', 'K m-1']
    """
    half = halfwidth(text).strip()
    if found := _DEGREES.fullmatch(half):
        return _SCALES[found["scale"][0].lower()]
    if half.lower() in ("kelvin", "celsius", "fahrenheit", "摄氏度"):
        return _SCALES[{"摄": "c"}.get(half[0], half[0].lower())]
    return _DEGREES.sub(lambda one: _SCALES[one["scale"][0].lower()], half) if " " in half else half


def convert(
    source: str,
    target: str,
    *,
    difference: bool = False,
    salinity: bool | None = None,
    water_density: float | None = None,
) -> Conversion | None:
    """Find how values in one unit become values in another.

    Parameters
    ----------
    source, target : str
        Units as the data write them (UDUNITS).
    difference : bool
        Whether the values are differences: then no zero point is shifted (CF 1.11,
        ``units_metadata``).
    salinity : bool, optional
        Whether the values are practical salinity, whose unit has many names; False for another.
    water_density : float, optional
        In kg m-3. With it a depth of water and a mass of water over an area are taken for the
        same thing (mm day-1 and kg m-2 s-1); without it they are not.

    Returns
    -------
    Conversion or None
        None where there is no way, or one of the two cannot be read.

    Raises
    ------
    MissingDependency
        Without pint and cf-xarray, where the two are not spelled alike.

    Examples
    --------
    >>> print(convert("hPa", "Pa"))
    hPa → Pa (× 100)
    >>> print(convert("degC", "K"))
    degC → K (× 1 +273.15)
    """
    if source == target or {source, target} <= _PLAIN:
        return Conversion(source, target, 1.0)
    names = {halfwidth(unit).strip().lower() for unit in (source, target)}
    if salinity or names & _PRACTICAL:
        if salinity is not False and names <= _SALT:
            return Conversion(source, target, 1.0, note="one unit of practical salinity")
        if names & _PRACTICAL:
            return None
    if not source or not target:
        return None
    try:
        return _convert(source, target, difference, water_density)
    except MissingDependency:
        raise
    except Exception:  # pint's parser raises tokenizer, type and attribute errors of many kinds
        return None


def _convert(
    source: str, target: str, difference: bool, water_density: float | None
) -> Conversion | None:
    registry = _registry()
    (scale, unit), (wanted, into) = _quantity(source), _quantity(target)
    note, density = "", 1.0
    if unit.dimensionality != into.dimensionality:
        if water_density is None:
            return None
        step = registry.parse_units("kg m-3")
        for power in (1, -1):
            if (unit * step**power).dimensionality == into.dimensionality:
                unit, density = unit * step**power, float(water_density) ** power
                note = f"water of {water_density:g} kg m-3"
                break
        else:
            return None
    zero, one, two = (float(registry.Quantity(at, unit).m_as(into)) for at in (0.0, 1.0, 2.0))
    if abs((two - one) - (one - zero)) > 1e-9 * max(1.0, abs(two)):
        return None
    slope = float(two - one) if zero else float(one)
    offset = 0.0 if difference else zero / wanted
    return Conversion(
        source, target, _round(slope * scale * density / wanted), _round(offset), note
    )


def _round(value: float) -> float:
    """Drop the last bits, so that 273.15 is 273.15 and 100 is 100."""
    return float(f"{value:.12g}")


def check_density(value: float | None) -> None:
    """Refuse a density of water that cannot be.

    Raises
    ------
    InvalidInput
        Outside 900 to 1100 kg m-3.
    """
    if value is not None and not 900 <= value <= 1100:
        raise InvalidInput(f"water_density={value!r}", hint="give kg m-3: 1000 for fresh water")
