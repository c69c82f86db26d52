"""Seas, lakes, rivers, ranges, islands, and the first-level units of other countries."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from gazetteer.row import GENERIC, Row, Words
from gazetteer.shapes import Ring, arcs_of, box_of, leaves, points, table
from gazetteer.towns import simplified
from sciknow.place.naming import fold

KINDS = {
    "river": "river",
    "lake": "lake",
    "reservoir": "lake",
    "alkaline lake": "lake",
    "ocean": "ocean",
    "sea": "ocean",
}
"""What Natural Earth calls a feature, and what we do; anything else is a region."""
WATERS = re.compile("sea|gulf|bay|strait|sound|channel|lagoon|fjord|ocean|inlet|reef")
STEM_ZH = re.compile(r"(?:自治区|自治州|大区|地区|省|州|邦|道|县|府)$")


@cache
def _plain() -> Callable[[str], str]:
    return simplified()


def plainly(name: str) -> str:
    """Return a Chinese name in simplified characters, without what is said in brackets."""
    return _plain()(name).split("（")[0].split(" (")[0].strip()


def alike(name: str, other: str) -> bool:
    """Tell whether two English names are of one thing: Yenisey, Yenisei River."""
    one, two = fold(name), fold(other)
    first = set(re.findall(r"\w{4,}", one)) & set(re.findall(r"\w{4,}", two))
    return bool(first) or SequenceMatcher(None, one, two).ratio() > 0.7


def features(folder: Path, words: Words) -> Iterator[Row]:
    """Yield seas, lakes, rivers, ranges, deserts, islands: Natural Earth's boxes and names."""
    for layer, key in LAYERS.items():
        names: dict[str, list[dict[str, str]]] = defaultdict(list)
        for entry in table(folder / "names" / f"{layer}.tsv"):
            if entry["name"] and entry["name_zh"] and entry["name"] not in NOWHERE:
                names[entry[key]].append(entry)
        rings: dict[str, list[list[Ring]]] = defaultdict(list)
        drawn = json.loads((folder / "shapes" / f"{layer}.json").read_text("utf-8"))
        for shape in drawn["features"]:
            if shape["geometry"] and shape["properties"]["name"]:
                own = list(points(shape["geometry"]["coordinates"]))
                rings[str(shape["properties"][key])].append(own)
        parts = Counter((known[0]["name_en"], known[0]["name_zh"]) for known in names.values())
        for name, known in names.items():
            one = len({entry["name_zh"] for entry in known}) == 1
            found, entry = rings.get(name, []), known[0]
            if key == "name" and len(found) > 1:
                continue  # several of one name
            if found and one and parts[entry["name_en"], entry["name_zh"]] == 1:
                yield from feature(layer, entry, [ring for own in found for ring in own], words)


def feature(layer: str, entry: dict[str, str], rings: list[Ring], words: Words) -> Iterator[Row]:
    """Yield a feature, if it has names in both languages and an extent."""
    called, english = entry["featurecla"].lower(), named(layer, entry)
    chinese = plainly(entry["name_zh"])
    box = box_of(rings)
    if not english or len(chinese) < 3 or chinese in words.chinese or box[0] == box[2]:
        return
    kind = KINDS.get(called, "ocean" if WATERS.fullmatch(called) else "region")
    kind = "river" if "rivers" in layer else kind
    weight = max(100, 1_400 - 100 * int(float(entry["scalerank"] or 9)))
    yield Row(kind, english, (chinese,), "", box, weight)


LAYERS = {
    "ne_10m_geography_marine_polys": "name",
    "ne_10m_geography_regions_polys": "name",
    "ne_10m_lakes": "name",
    "ne_10m_rivers_lake_centerlines": "rivernum",
}
"""Layer → what joins its shapes with its names: a river has several shapes of one number."""
LAKE = re.compile(r"Lake|Lago|Laguna|Reservoir|Sea|Dam|Lac\b|Loch|Ozero")
NOWHERE = frozenset({"Null Island", "McLeod Bay"})
"""Features that are none, or not what they are listed as."""


def named(layer: str, entry: dict[str, str]) -> tuple[str, ...]:
    """Return a feature's English names, or none where Natural Earth's two do not agree."""
    own, english = entry["name"].strip(), entry["name_en"].strip()
    if not english or not alike(own, english) or len(english) < 3:
        return ()
    if "rivers" in layer:
        stem = re.sub(r"\s+(?:River|Creek)$", "", english)
        return (f"{stem} River",) if "River" not in stem and "Canal" not in stem else (english,)
    if "lakes" in layer and not LAKE.search(english):
        if "Reservoir" in entry["featurecla"]:
            return (f"{english} Reservoir",)
        return (f"Lake {english}", f"{english} Lake")
    if "regions" in layer and entry["featurecla"] == "Island" and "Island" not in english:
        return (f"{english} Island", english) if len(english) > 5 else (f"{english} Island",)
    return (english,)


def countries(folder: Path) -> dict[str, str]:
    """Return country code → name."""
    rows = table(folder / "names" / "ne_10m_admin_0_countries.tsv")
    return {row["adm0_a3"]: row["name_en"] for row in rows}


LACKING = ["ATG", "BEL", "BIH", "GNQ", "KOS", "PSX", "STP", "TLS", "TTO", "TUV"]
"""Countries and territories without a box in kept.tsv."""


def lacking(folder: Path) -> Iterator[Row]:
    """Yield those countries, with the box around their units."""
    for row in table(folder / "names" / "ne_10m_admin_0_countries.tsv"):
        path = folder / "admin1" / f"{row['adm0_a3']}.json"
        if row["adm0_a3"] in LACKING and path.is_file():
            names = tuple(dict.fromkeys((row["name_en"], row["name_long"])))
            lines = arcs_of(json.loads(path.read_text("utf-8")))
            if lines:
                yield Row("country", names, (plainly(row["name_zh"]),), "", box_of(lines), 100_000)


def states(folder: Path) -> Iterator[Row]:
    """Yield the first-level units of all countries but China."""
    owners = countries(folder)
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
            english = UNIT.sub("", entry["name_en"])
            called = {fold(value) for key, value in entry.items() if key.startswith("name_")}
            if not english or not (fold(entry["name"]) in called or alike(entry["name"], english)):
                continue
            chinese = plainly(entry["name_zh"])
            stem = STEM_ZH.sub("", chinese)
            short = (stem,) if len(stem) > 2 and not set(stem) <= GENERIC else ()
            box = box_of([lines[at if at >= 0 else ~at] for at in leaves(shape["arcs"])])
            names = tuple(dict.fromkeys((english, entry["name_en"])))
            large = (box[2] - box[0]) * (box[3] - box[1]) > SMALL
            rank = (2_000 if path.stem in MAJOR else 400) if large else 100
            within = owners.get(path.stem, "")
            yield Row("state", names, tuple(dict.fromkeys((chinese, *short))), within, box, rank)


UNIT = re.compile(
    r"\s+(?:Province|Oblast|Governorate|Prefecture|Department|Region|District|County|Canton|"
    r"Municipality|State|Parish)$"
)
SMALL = 0.5
"""Square degrees up to which a unit is known no more than a small town."""
MAJOR = frozenset(re.findall("...", "USACANAUSBRAINDRUSJPNDEUFRAITAESPMEXIDNARGPAKKOR"))
"""Countries whose first-level units are better known than towns of the same name."""
