"""How good the search is: nDCG@10 and recall on retrieval sets, with intervals.

Any folder in the layout of BEIR will do: ``corpus.jsonl`` (``_id``, ``title``, ``text``, optional
``tags`` and ``metadata``), ``queries.jsonl`` or ``queries.<name>.jsonl``, ``qrels.tsv`` or
``qrels.<name>.tsv``. Where a query's metadata carry a year, records newer than it do not count.

    python benchmarks/quality.py                     # every set of SCIKNOW_SHARED_DATA/bench
    python benchmarks/quality.py --set FOLDER --json

The table prints a 95 % bootstrap interval beside each figure. The run fails when a set of
`FLOORS` falls below its floor.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from sciknow.search import (
    EmbeddingCache,
    Filters,
    Index,
    build_index,
    document_of_text,
    load_embedder,
)

FLOORS = {
    "csl-zh": 0.975,
    "csl-zh:keywords": 0.975,
    "datafinder": 0.355,
    "registry-needs:en": 0.73,
    "registry-needs:zh": 0.75,
    "registry-publications": 0.66,
    "scifact": 0.74,
}
"""Set and queries → the figure below which a run fails."""

RECALL_SETS = ("datafinder",)
"""Sets that are reported by recall at 5, as their authors do."""


@dataclass(frozen=True)
class Result:
    """One row of the table."""

    name: str
    queries: int
    ndcg10: float
    low: float
    high: float
    recall5: float
    recall100: float


def read_lines(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    for line in path.read_text("utf-8").splitlines():
        query, document, score = line.split("\t")
        if score.strip().lstrip("-").isdigit():
            judged.setdefault(query, {})[document] = int(score)
    return judged


def query_sets(folder: Path) -> Iterator[tuple[str, list[dict], dict[str, dict[str, int]]]]:
    """Yield name, queries and judgements of each set of queries in a folder."""
    for path in sorted(folder.glob("queries*.jsonl")):
        part = path.name.removeprefix("queries").removesuffix(".jsonl").lstrip("._")
        places = (
            folder / f"qrels.{part}.tsv",
            folder / "qrels" / f"{part or 'title'}.tsv",
            folder / "qrels.tsv",
        )
        found = next((place for place in places if place.is_file()), None)
        if found is not None:
            judged = read_qrels(found)
            queries = [query for query in read_lines(path) if query["_id"] in judged]
            yield f"{folder.name}{':' + part if part else ''}", queries, judged


def build(folder: Path, target: Path, cache: Path | None) -> Index:
    """Build an index from a set's corpus, as a user's hub of plain texts would."""
    documents = [
        document_of_text(
            row["_id"],
            row.get("title", ""),
            row.get("text", ""),
            {**row.get("metadata", {}), **({"tags": row["tags"]} if row.get("tags") else {})},
        )
        for row in read_lines(folder / "corpus.jsonl")
    ]
    embedder = load_embedder()
    build_index(target, documents, embedder=embedder, cache=EmbeddingCache(cache))
    return Index.open(target, embedder)


def ndcg(ranked: Sequence[str], judged: Mapping[str, int], depth: int = 10) -> float:
    gain = sum(judged.get(name, 0) / math.log2(at + 2) for at, name in enumerate(ranked[:depth]))
    best = sorted(judged.values(), reverse=True)[:depth]
    return gain / sum(score / math.log2(at + 2) for at, score in enumerate(best))


def recall(ranked: Sequence[str], judged: Mapping[str, int], depth: int) -> float:
    return len(set(ranked[:depth]) & judged.keys()) / len(judged)


def interval(values: Sequence[float], rounds: int = 2_000) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a mean."""
    drawn = np.random.default_rng(0).choice(np.asarray(values), (rounds, len(values)))
    low, high = np.percentile(drawn.mean(axis=1), (2.5, 97.5))
    return float(low), float(high)


def rankings(index: Index, queries: Sequence[dict]) -> Iterator[list[str]]:
    """Yield the first hundred ids for each query."""
    for query in queries:
        year = (query.get("metadata") or {}).get("year")
        filters = Filters.of(period=(None, str(year))) if year else None
        yield [hit.id for hit in index.search(query["text"], filters=filters, limit=100).hits]


def measure(index: Index, name: str, queries: Sequence[dict], judged: Mapping) -> Result:
    ranked = list(rankings(index, queries))
    pairs = [(ids, judged[query["_id"]]) for ids, query in zip(ranked, queries, strict=True)]
    gains = [ndcg(ids, relevant) for ids, relevant in pairs]
    fives = [recall(ids, relevant, 5) for ids, relevant in pairs]
    low, high = interval(fives if name.split(":")[0] in RECALL_SETS else gains)
    return Result(
        name=name,
        queries=len(queries),
        ndcg10=float(np.mean(gains)),
        low=low,
        high=high,
        recall5=float(np.mean(fives)),
        recall100=float(np.mean([recall(ids, relevant, 100) for ids, relevant in pairs])),
    )


def figure(result: Result) -> float:
    return result.recall5 if result.name.split(":")[0] in RECALL_SETS else result.ndcg10


def run(folder: Path, cache: Path | None) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as scratch:
        index = build(folder, Path(scratch) / "index", cache)
        for name, queries, judged in query_sets(folder):
            yield measure(index, name, queries, judged)
        index.close()


def default_sets() -> list[Path]:
    root = os.environ.get("SCIKNOW_SHARED_DATA")
    shared = Path(root) if root else Path(__file__).parents[2] / "shared" / "data"
    return sorted(
        path for path in (shared / "bench").glob("*") if (path / "corpus.jsonl").is_file()
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--set", action="append", type=Path, dest="sets", metavar="FOLDER")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--cache", type=Path, help="file of kept vectors")
    options = parser.parse_args()
    sets = options.sets or default_sets()
    if not sets:
        print("no sets here: name one with --set, or set SCIKNOW_SHARED_DATA", file=sys.stderr)
        return 0
    results = [row for folder in sets for row in run(folder, options.cache)]
    if options.json:
        print(json.dumps([asdict(row) for row in results], indent=1))
    else:
        print(f"{'set':34} {'queries':>7} {'figure':>7}  95 % interval   nDCG@10  R@5   R@100")
        for row in results:
            print(
                f"{row.name:34} {row.queries:7} {figure(row):7.4f}  {row.low:.4f}-{row.high:.4f}"
                f"  {row.ndcg10:.4f}  {row.recall5:.4f}  {row.recall100:.4f}"
            )
    fallen = [row for row in results if figure(row) < FLOORS.get(row.name, 0.0)]
    for row in fallen:
        print(f"{row.name}: {figure(row):.4f} is below its floor", file=sys.stderr)
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
