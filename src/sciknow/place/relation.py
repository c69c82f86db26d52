"""Parts of a named place, and what lies around it: northern Pakistan, 长江上游, 拉萨周边200公里.

A compass half is half of the place's box (northern), two of them a quarter (northeastern), the
middle the inner half of both sides. Around a place is its box, or point, grown on all sides by the
distance along a great circle. Of a river's box the upper, middle and lower reaches are what lies
along its course: of the Yangtze divided at Yichang and Hukou (111.3° E, 116.2° E), of the Yellow
River at Hekou and Taohuayu (111.2° E, 113.5° E), of others in thirds the way they flow.
"""

from __future__ import annotations

import math

from sciknow.model.coverage import BBox
from sciknow.pattern import Pattern
from sciknow.place.naming import fold

Part = tuple[int, int, BBox]
"""Where the words of a part begin and end in the text, and its box."""
_KM = r"(\d{1,4}(?:\.\d+)?)\s*(km|kilomet(?:er|re)s?|miles?|公里|千米)"
_WITHIN = Pattern(
    rf"\b(?:within\s+)?(?:a\s+radius\s+of\s+)?{_KM}\s+(?:of|from|around)\s+(?:the\s+)?$",
    needs=("0", "公里|千米|km|kilomet|mile"),
)
_AROUND = Pattern(
    rf"\s*(?:周边|周围|附近|方圆)\s*{_KM}\s*(?:范围|之|以)?内?", needs=("0", "公里|千米|km")
)
_FROM = Pattern(rf"\s*{_KM}\s*(?:范围内|之内|以内|内)", needs=("0", "公里|千米|km"))
_FAR = Pattern(r"距离?$", needs=("距",))
_COMPASS = Pattern(
    r"\b(?:the\s+)?(?:(north|south)(?:-?(east|west))?(?:ern)?|(east|west)ern|(central))"
    r"(?:\s+(?:part|half)\s+of)?\s+(?:the\s+)?$",
    2,
    needs=("north|south|eastern|western|central",),
)
_COMPASS_ZH = Pattern(r"(?:(东|西)?([南北])|([东西])|(中))部", needs=("部",))
_REACHES = Pattern(
    r"\b(?:the\s+)?(upper|middle|lower)\s+(?:reaches\s+of\s+)?(?:the\s+)?$",
    2,
    needs=("upper|middle|lower",),
)
_REACHES_ZH = Pattern(r"(?:干流|流域)?([上中下]{1,2})游", needs=("游",))
_KM_A_DEGREE, _KM_A_MILE = 111.2, 1.609344
_CUTS = {"长江": (111.3, 116.2), "黄河": (111.2, 113.5), "yangtze": (111.3, 116.2)}
_CUTS |= {"yellow": (111.2, 113.5)}
_FLOWS = {
    "east": "长江 yangtze 黄河 yellow 亚马孙 亚马逊 amazon 多瑙河 danube 恒河 ganges "
    "ganga 珠江 pearl 西江 xi 赞比西河 zambezi 塔里木河 tarim 雅鲁藏布江 brahmaputra",
    "south": "湄公河 mekong 澜沧江 lancang 密西西比河 mississippi 印度河 indus 伏尔加河 volga "
    "怒江 salween 伊洛瓦底江 irrawaddy 第聂伯河 dnieper 巴拉那河 parana",
    "north": "尼罗河 nile 莱茵河 rhine 勒拿河 lena 鄂毕河 ob 叶尼塞河 yenisei yenisey "
    "马更些河 mackenzie",
    "west": "哥伦比亚河 columbia",
}
_FLOW = {name: side for side, names in _FLOWS.items() for name in names.split()}


def part_of(text: str, at: int, end: int, box: BBox) -> Part | None:
    """Return the part of a named place that a text means, or what lies around it, if it says so.

    Parameters
    ----------
    text : str
        In either language.
    at, end : int
        Where the name begins and ends.
    box : tuple of four floats
        Of the place, in degrees.

    Examples
    --------
    >>> part_of("wheat in northern Pakistan", 18, 26, (60.0, 24.0, 77.0, 37.0))
    (9, 26, (60.0, 30.5, 77.0, 37.0))
    """
    before = text[max(0, at - 60) : at]
    if found := _WITHIN.search(before):
        return at - len(found[0]), end, _grown(box, *found.groups())
    if found := _AROUND.match(text, end):
        return at, found.end(), _grown(box, *found.groups())
    if (far := _FAR.search(before)) and (found := _FROM.match(text, end)):
        return at - len(far[0]), found.end(), _grown(box, *found.groups())
    flow = _flow(text[at:end])
    if flow and (found := _REACHES.search(before)):
        return at - len(found[0]), end, _reach(box, *flow, found[1][0].lower())
    if flow and (found := _REACHES_ZH.match(text, end)):
        return at, found.end(), _reach(box, *flow, found[1])
    if box[0] == box[2]:
        return None
    if found := _COMPASS.search(before):
        north, corner, side, _ = (group and group.lower() for group in found.groups())
        return at - len(found[0]), end, _half(box, north, corner or side)
    if found := _COMPASS_ZH.match(text, end):
        corner, north, side, _ = found.groups()
        return at, found.end(), _half(box, _SIDES.get(north), _SIDES.get(corner or side))
    return None


_SIDES = {"北": "north", "南": "south", "东": "east", "西": "west"}


def _grown(box: BBox, number: str, unit: str) -> BBox:
    """Return a box with what lies within some kilometres or miles of it."""
    away = float(number) * (_KM_A_MILE if unit.startswith("mile") else 1) / _KM_A_DEGREE
    west, south, east, north = box
    south, north = max(south - away, -90.0), min(north + away, 90.0)
    reach = math.sin(math.radians(min(away, 90))) / max(
        math.cos(math.radians(max(abs(box[1]), abs(box[3])))), 1e-9
    )
    wide = math.degrees(math.asin(reach)) if reach < 1 else 180.0
    if (east - west) % 360 + 2 * wide >= 360:
        return -180.0, _tidy(south), 180.0, _tidy(north)
    west, east = ((side + 180) % 360 - 180 for side in (west - wide, east + wide))
    return _tidy(west), _tidy(south), _tidy(east), _tidy(north)


def _tidy(value: float) -> float:
    return round(value, 2)


def _half(box: BBox, level: str | None, side: str | None) -> BBox:
    west, south, east, north = box
    width = (east - west) % 360 or 360.0
    if not level and not side:
        return _between(box, 0.25, 0.75, south + (north - south) / 4, north - (north - south) / 4)
    middle = (south + north) / 2
    south, north = (middle if level == "north" else south), (middle if level == "south" else north)
    first, last = (0.5 if side == "east" else 0.0), (0.5 if side == "west" else 1.0)
    return _between((west, south, west + width, north), first, last, south, north)


def _between(box: BBox, first: float, last: float, south: float, north: float) -> BBox:
    west, _, east, _ = box
    width = (east - west) % 360 or 360.0
    sides = (west + first * width, west + last * width)
    begin, stop = (side if -180 <= side <= 180 else (side + 180) % 360 - 180 for side in sides)
    return _tidy(begin), _tidy(south), _tidy(stop), _tidy(north)


def _flow(name: str) -> tuple[str, tuple[float, float] | None] | None:
    """Return which way a river flows, and where its reaches are divided, if that is known."""
    for word in (fold(name).removesuffix(" river basin").removesuffix(" river"), name[:-2]):
        if word in _FLOW:
            return _FLOW[word], _CUTS.get(word)
    return None


def _reach(box: BBox, side: str, cuts: tuple[float, float] | None, parts: str) -> BBox:
    """Return the upper (u, 上), middle (m, 中) or lower (l, 下) reaches, or two of them."""
    west, south, east, north = box
    order = ["uml".find(part) if part in "uml" else "上中下".find(part) for part in parts]
    first, last = min(order), max(order) + 1
    if side in ("east", "west"):
        ends = [west, *(cuts or (west + (east - west) / 3, east - (east - west) / 3)), east]
        if side == "west":
            first, last = 3 - last, 3 - first
        return _tidy(ends[first]), south, _tidy(ends[last]), north
    ends = [south, south + (north - south) / 3, north - (north - south) / 3, north]
    if side == "south":
        first, last = 3 - last, 3 - first
    return west, _tidy(ends[first]), east, _tidy(ends[last])
