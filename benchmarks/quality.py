"""How good the search is: nDCG@10 and recall on retrieval sets, with intervals.

A hub is built of each set's texts with `sciknow.build_from_texts` and asked with `hub.search`, as a
user's would be. Where a query's metadata carry a year, records newer than it do not count::

    python benchmarks/quality.py                     # every set of SCIKNOW_SHARED_DATA/bench
    python benchmarks/quality.py --set FOLDER --json
    python benchmarks/quality.py --prototype         # with the gain over benchmarks/prototype.py

Any folder in BEIR's layout will do; see `benchmarks/retrieval.py`. Queries in simplified Chinese
are asked in traditional characters too, as OpenCC writes them, where it is installed. A 95 %
bootstrap interval stands beside each figure, for the gain one of the paired differences. The run
fails when a set of `FLOORS` falls below its floor.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from retrieval import BadSet, Query, interval, ndcg, note, query_sets, read_corpus, recall

import sciknow

FLOORS = {
    "csl-zh": 0.975,
    "csl-zh:keywords": 0.975,
    "datafinder": 0.36,
    "registry-needs:en": 0.76,
    "registry-needs:zh": 0.77,
    "registry-needs:zh to traditional": 0.77,
    "registry-publications": 0.667,
    "scifact": 0.745,
}
"""Set and queries → the figure below which a run fails."""

TINY = Path(__file__).parent / "tiny" / "shipped"
RECALL_SETS = ("datafinder",)
"""Sets that are reported by recall at 5, as their authors do."""
Ask = Callable[[Query], list[str]]


@dataclass(frozen=True)
class Result:
    """One row of the table; a gain is over the prototype."""

    name: str
    queries: int
    measure: str
    figure: float
    low: float
    high: float
    ndcg10: float
    recall5: float
    recall100: float
    prototype: float | None = None
    gain: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None


def traditional(name: str, queries: Sequence[Query]) -> Iterator[tuple[str, list[Query]]]:
    """Yield a set of queries, and the same in traditional characters when they are Chinese."""
    yield name, list(queries)
    if not name.endswith(":zh"):
        return
    if find_spec("opencc") is None:
        note("OpenCC is not installed: no traditional queries are made")
        return
    import opencc

    convert = opencc.OpenCC("s2twp").convert
    yield f"{name} to traditional", [replace(item, text=convert(item.text)) for item in queries]


def asking(hub: sciknow.Hub) -> Ask:
    """Return what answers a query with the first hundred ids, through the public search."""

    def ask(query: Query) -> list[str]:
        period = (None, str(query.year)) if query.year else None
        return [hit.id for hit in hub.search(query.text, period=period, limit=100)]

    return ask


def measure(name: str, queries: Sequence[Query], ask: Ask, base: Ask | None) -> Result:
    ranked = [ask(query) for query in queries]
    gains = [ndcg(ids, query.judged) for ids, query in zip(ranked, queries, strict=True)]
    fives, hundreds = (
        [recall(ids, query.judged, depth) for ids, query in zip(ranked, queries, strict=True)]
        for depth in (5, 100)
    )
    by_recall = name.partition(":")[0] in RECALL_SETS
    values = fives if by_recall else gains
    low, high = interval(values)
    result = Result(
        name=name,
        queries=len(queries),
        measure="R@5" if by_recall else "nDCG@10",
        figure=float(np.mean(values)),
        low=low,
        high=high,
        ndcg10=float(np.mean(gains)),
        recall5=float(np.mean(fives)),
        recall100=float(np.mean(hundreds)),
    )
    return result if base is None else paired(result, queries, values, base)


def paired(result: Result, queries: Sequence[Query], values: Sequence[float], base: Ask) -> Result:
    """Add the gain over a baseline, query by query."""
    ranked = [(base(query), query.judged) for query in queries]
    by_recall = result.measure == "R@5"
    theirs = [recall(ids, right, 5) if by_recall else ndcg(ids, right) for ids, right in ranked]
    gains = np.subtract(values, theirs)
    low, high = interval(gains.tolist())
    return replace(
        result,
        prototype=float(np.mean(theirs)),
        gain=float(gains.mean()),
        gain_low=low,
        gain_high=high,
    )


def run(folder: Path, prototype: bool) -> Iterator[Result]:
    """Build a hub of a set's texts, and measure each of its sets of queries."""
    texts = read_corpus(folder)
    sets = list(query_sets(folder, frozenset(text["id"] for text in texts)))
    base = None
    if prototype:
        from prototype import Prototype

        weighed = Prototype(texts)

        def base(query: Query) -> list[str]:
            return weighed.rank(query.text, query.year)

    with tempfile.TemporaryDirectory() as scratch:
        sciknow.build_from_texts(texts, Path(scratch) / "hub").close()
        with sciknow.open_hub(Path(scratch) / "hub") as hub:
            for given, queries in sets:
                for name, asked in traditional(given, queries):
                    yield measure(name, asked, asking(hub), base)


def default_sets() -> list[Path]:
    root = os.environ.get("SCIKNOW_SHARED_DATA")
    shared = Path(root) if root else Path(__file__).parents[2] / "shared" / "data"
    return sorted(
        path for path in (shared / "bench").glob("*") if (path / "corpus.jsonl").is_file()
    )


def line(row: Result) -> str:
    gain = ""
    if row.gain is not None:
        gain = f"   {row.gain:+.4f} ({row.gain_low:+.4f} to {row.gain_high:+.4f})"
    return (
        f"{row.name:34} {row.queries:7} {row.measure:>8} {row.figure:7.4f}  "
        f"{row.low:.4f}-{row.high:.4f}  {row.ndcg10:7.4f}  {row.recall5:.4f}  "
        f"{row.recall100:.4f}{gain}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--set", action="append", type=Path, dest="sets", metavar="FOLDER")
    parser.add_argument("--tiny", action="store_true", help="the shipped datasets, for the tests")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--prototype", action="store_true", help="the gain over the prototype too")
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help="where vectors are kept")
    options = parser.parse_args()
    if options.cache:
        os.environ["SCIKNOW_CACHE"] = str(options.cache.resolve())
    sets = [TINY] if options.tiny else options.sets or default_sets()
    if not sets:
        note("no sets here: name one with --set, or set SCIKNOW_SHARED_DATA")
        return 0
    results = []
    more = "   gain over the prototype, 95 % interval" if options.prototype else ""
    if not options.json:
        print(
            f"{'set':34} {'queries':>7} {'measure':>8}  figure  95 % interval  "
            f"nDCG@10  R@5     R@100{more}"
        )
    try:
        for row in (row for folder in sets for row in run(folder.resolve(), options.prototype)):
            results.append(row)
            if not options.json:
                print(line(row), flush=True)
    except (BadSet, sciknow.SciknowError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps([asdict(row) for row in results], indent=1))
    fallen = [row for row in results if row.figure < FLOORS.get(row.name, 0.0)]
    for row in fallen:
        print(f"{row.name}: {row.figure:.4f} is below its floor", file=sys.stderr)
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
