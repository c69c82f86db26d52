"""What units measure, as CF and people write them, so that a wish for °C finds K.

Only kinds are told apart (temperature, speed, mass per volume), never converted. Water counts
alike by depth and by mass: mm/day and kg m-2 s-1 say the same of rain.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TypeAlias

from sciknow.pattern import Pattern

Kind: TypeAlias = tuple[int, ...]
"""Powers of length, mass, time, temperature and amount."""
_NONE: Kind = (0, 0, 0, 0, 0)
_UNITS = """\
1 0 0 0 0 m km cm mm um nm ft foot inch meter metre meters metres kilometer kilometre
1 0 0 0 0 米 公里 毫米 厘米 千米
0 1 0 0 0 g kg mg ug ng t tonne tonnes ton tons Mt Gt Tg Pg gram kilogram 吨 克 千克 毫克 微克
0 0 1 0 0 s sec second seconds min minute minutes h hr hour hours d day days month months yr year
0 0 1 0 0 years a 秒 分钟 小时 天 日 月 年
0 0 0 1 0 K kelvin degC degF celsius fahrenheit degree_celsius degrees_celsius degcelsius degree_c
0 0 0 1 0 deg_c C 摄氏度 开尔文 度
0 0 0 0 1 mol mmol umol nmol
2 0 0 0 0 ha hectare hectares 公顷
3 0 0 0 0 l liter litre ml 升
-1 1 -2 0 0 Pa hPa kPa bar mbar dbar atm 帕 百帕
2 1 -3 0 0 W kW MW GW mW watt watts 瓦
2 1 -2 0 0 J kJ MJ GJ Wh kWh MWh GWh TWh joule
1 0 -1 0 0 knot knots kt kn
1 1 -2 0 0 N
0 0 0 0 0 1 % percent ppm ppmv ppb ppbv ppt psu 1e-3 dimensionless fraction
"""
"""Powers, and the units that have them; capitals tell them apart where they must."""
_NAMES: dict[str, Kind] = {}
for _line in _UNITS.splitlines():
    _parts = _line.split()
    _NAMES |= dict.fromkeys(_parts[5:], tuple(map(int, _parts[:5])))
_FOLDED = {name.lower(): kind for name, kind in reversed(list(_NAMES.items()))}
_PART = re.compile(
    r"(?P<over>/|\bper\b)?\s*(?P<name>[^\W\d_]+(?:_[a-z]+)*|%|1e-3|1)(?P<power>[+-]?\d+)?"
)
_WATER = (-2, 1, 0, 0, 0)
_SAID = Pattern(
    r"(?:\b(?:in|as|units?(?:\s+of)?|measured\s+in)\s+|单位(?:为|是|[:：])?\s*|以)"
    r"(?P<unit>(?:°\s?[CF]|℃|K|kelvin|celsius|degrees?\s+celsius|deg_?C|hPa|Pa|kPa|mbar|psu|ppmv?|ppbv?|"
    r"percent|%|knots|mm(?!\s*/)|摄氏度|百帕|毫米|[µμu]mol(?:\s*(?:/|kg)\S*)?|(?:[mkµμun]?g|kg|mm|cm|km|m|W|t|MJ|J|mol)"
    r"(?:\s*(?:/|per\s+)\s*(?:[kcm]?m(?:\^?[23²³])?|d(?:ay)?|h(?:r|our)?|s(?:ec|econd)?|yr|year|month|ha|kg|L)){1,2}"
    r"|(?:[mkµμun]?g|kg|mm|m|W|mol)(?:\s*[a-zA-Z]+\^?-\d){1,3}|m³/s|立方米每秒|微克/立方米|毫克/升))"
    r"(?![\w-])(?:\s*为单位)?",
    needs=("in |as |unit|单位|以",),
)


def kind_of_unit(text: str) -> Kind | None:
    """Return what a unit measures, None where that cannot be told.

    Examples
    --------
    >>> kind_of_unit("°C") == kind_of_unit("K")
    True
    >>> kind_of_unit("mm/day") == kind_of_unit("kg m-2 s-1")
    True
    >>> kind_of_unit("µg/m³") == kind_of_unit("kg m-3"), kind_of_unit("bananas")
    (True, None)
    """
    text = unicodedata.normalize("NFKC", text.replace("°", "deg").replace("℃", "degC")).strip()
    text = text.replace("μ", "u").replace("µ", "u").replace("每", "/").replace("立方米", "m3")
    text = re.sub(r"deg(?:rees?)?[ _]?(?=c(?:elsius)?\b)", "deg", text, flags=re.I)
    text = text.replace("^", "").replace("**", "").replace("·", " ").replace("*", " ")
    total, end = list(_NONE), 0
    for found in _PART.finditer(text):
        if text[end : found.start()].strip(" .()"):
            return None
        name = found["name"].replace("degcelsius", "degC")
        kind = _NAMES.get(name, _FOLDED.get(name.lower()))
        if kind is None:
            return None
        power = int(found["power"] or 1) * (-1 if found["over"] else 1)
        total = [old + power * new for old, new in zip(total, kind, strict=True)]
        end = found.end()
    if not end or text[end:].strip(" .()"):
        return None
    if total[0] == _WATER[0] and total[1] == 1:
        total[0], total[1] = 1, 0
    return tuple(total)


def find_unit(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the unit that a text asks for, and where it says so.

    Examples
    --------
    >>> find_unit("PM2.5 in µg/m³, daily"), find_unit("rain in mm in May")[0], find_unit("in June")
    (('µg/m³', [(6, 14)]), 'mm', ('', []))
    """
    for found in _SAID.finditer(text):
        if kind_of_unit(found["unit"]) is not None:
            return found["unit"], [found.span()]
    return "", []
