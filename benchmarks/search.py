"""How fast the search is, as ratios against what a user would write today.

One thread, medians of CPU time, everything in one run::

    python benchmarks/search.py                # 10,000 and 100,000 synthetic records
    python benchmarks/search.py --records 1000000 --json
    python benchmarks/search.py --embedding    # throughput against sentence-transformers
    python benchmarks/search.py --recipe       # the usual recipe beside it; needs the extra bench

Records are synthetic: titles and descriptions of words drawn by Zipf's law, vectors drawn around
random centres, so that no hour of embedding is needed. The usual recipe is what a user would write
today: SentenceTransformer.encode, a flat faiss index of float32 vectors, bm25s over the same
words, reciprocal rank fusion. Both are asked the same questions in turn, in one process.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import copy
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sciknow.search import Document, Filters, Index, load_embedder
from sciknow.search.arrays import unit
from sciknow.search.embed.onnx import PACKAGE, OnnxEmbedder
from sciknow.search.index.build import build_index
from sciknow.search.rank.meaning import reader

QUESTIONS = 60
TINY = 300
"""Records of a run for the tests."""
T = TypeVar("T")
DIMENSIONS = 384
VOCABULARY = 30_000


class Synthetic:
    """An embedder that draws a vector for each text and reads questions with the real model.

    A question's vector is that of a record, disturbed; the real model runs all the same, so that
    its time counts.

    Parameters
    ----------
    records : int
        How many there are; the vectors lie around one centre for two hundred.
    rows : array of float16, shape (some records, dimensions), optional
        Vectors of records, for questions.
    """

    name, dimensions, languages = "synthetic", DIMENSIONS, frozenset({"en"})
    digest = "5e" * 32

    def __init__(self, records: int, rows: NDArray[np.float16] | None = None) -> None:
        self._draw = np.random.default_rng(0 if rows is None else 6)
        self._centres = self._draw.normal(size=(max(50, records // 200), DIMENSIONS))
        self._model = load_embedder()
        self._rows = rows

    def brisk(self):
        """Let the real model read questions as it does for a large collection."""
        other = copy.copy(self)
        other._model = self._model.brisk()
        return other

    def encode_documents(self, texts, progress=None):
        """Draw a vector near a centre for each text."""
        picked = self._centres[self._draw.integers(0, len(self._centres), len(texts))]
        return unit(picked + 0.9 * self._draw.normal(size=picked.shape))

    def encode_queries(self, texts):
        """Let the real model read the questions; return disturbed vectors of records."""
        self._model.encode_queries(texts)
        return np.stack([disturbed(self._rows, self._draw) for _ in texts])


def disturbed(rows, draw):
    """Return one of some vectors, moved a little."""
    picked = np.asarray(rows[draw.integers(0, len(rows))], np.float32)
    return unit(picked + 0.03 * draw.normal(size=DIMENSIONS))


def words() -> list[str]:
    draw = np.random.default_rng(1)
    letters = np.array(list("bcdfghjklmnprstvw")), np.array(list("aeiou"))
    return [
        "".join(draw.choice(letters[place % 2]) for place in range(int(size)))
        for size in draw.integers(4, 11, VOCABULARY)
    ]


def documents(records: int) -> Iterator[Document]:
    draw, known = np.random.default_rng(2), np.array(words())
    for number in range(records):
        picked = known[np.minimum(draw.zipf(1.3, 40) - 1, VOCABULARY - 1)]
        year = int(draw.integers(1950, 2020))
        west, south = float(draw.uniform(-180, 170)), float(draw.uniform(-90, 80))
        yield Document(
            id=str(number),
            fields={"title": " ".join(picked[:6]), "description": " ".join(picked[6:])},
            bbox=(west, south, west + 10, south + 10),
            start=year * 10_000 + 101,
            end=(year + 5) * 10_000 + 1231,
            license="CC-BY-4.0" if number % 2 else "",
            license_class="open" if number % 2 else "",
        )


def median_ms(task: Callable[[int], object], count: int = QUESTIONS) -> float:
    """Return the median CPU time of a task: other programs on the machine do not count."""
    task(0)
    times = []
    for number in range(count):
        begun = time.process_time()
        task(number)
        times.append(time.process_time() - begun)
    return statistics.median(times) * 1_000


def asked() -> list[str]:
    draw, known = np.random.default_rng(3), np.array(words())
    return [" ".join(known[draw.integers(5, 3_000, 5)]) for _ in range(QUESTIONS)]


def recall(index: Index) -> float:
    """Return the part of the exact ten nearest that the scan finds."""
    store, draw = index.collection("dataset").vectors, np.random.default_rng(4)
    whole, hits = store._vectors, []
    for _ in range(20):
        query = disturbed(whole, draw)
        near = np.concatenate(
            [
                whole[at : at + 50_000].astype(np.float32) @ query
                for at in range(0, len(whole), 50_000)
            ]
        )
        exact = set(np.argpartition(-near, 10)[:10].tolist())
        hits.append(len(exact & set(store.candidates(query, 10).tolist())) / 10)
    return float(np.mean(hits))


def build(folder: Path, records: int) -> float:
    """Build an index of synthetic records; returns the seconds that it took."""
    begun = time.perf_counter()
    build_index(folder, documents(records), embedder=Synthetic(records))
    return time.perf_counter() - begun


def peak_mb() -> int:
    """Return the most memory that this process has held, mapped files included.

    ``ru_maxrss`` will not do: a new process inherits it from its parent.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def ask(folder: Path, records: int) -> dict[str, float]:
    """Time questions to an index, in a process that did not build it."""
    rows = np.array(np.load(folder / "dataset" / "vectors.npy", mmap_mode="r")[:20_000])
    embedder = Synthetic(records, rows)
    index, questions = Index.open(folder, embedder), asked()
    for question in questions:  # warm: pages that a question reads are mapped
        index.search(question, constraints=False)
    reads = reader(embedder, records)
    embed = median_ms(lambda n: reads.encode_queries([questions[n]]))
    plain = median_ms(lambda n: index.search(questions[n], constraints=False))
    wishes = Filters.of(bbox=(0, 0, 60, 60), license="open", period=("1970", None))
    filtered = median_ms(lambda n: index.search(questions[n], filters=wishes, constraints=False))
    why = median_ms(lambda n: index.search(questions[n], explain=True, constraints=False))
    suggest = median_ms(lambda n: index.suggest(questions[n][:3]))
    peak = peak_mb()
    found = recall(index)
    index.close()
    return {
        "embed_ms": round(embed, 2),
        "query_ms": round(plain, 2),
        "on_top_ms": round(plain - embed, 2),
        "filtered_ms": round(filtered, 2),
        "filter_ratio": round(filtered / plain, 2),
        "why_ms_per_hit": round((why - plain) / 10, 3),
        "suggest_ms": round(suggest, 2),
        "recall": round(found, 3),
        "peak_mb": peak,
    }


def apart(task: Callable[..., T], *arguments: object) -> T:
    """Run a task in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(task, *arguments).result()


def measure(records: int, recipe: bool) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "index"
        built = apart(build, folder, records)
        row = {"records": records, "build_s": round(built, 1), **apart(ask, folder, records)}
        return row | (apart(compare, folder, records) if recipe else {})


def published_model() -> Path:
    """Return the folder of the default model as published, whole."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{PACKAGE} is not installed: pip install 'sciknow[models]'")
    return Path(spec.origin).parent / "model"


class Recipe:
    """The usual recipe over the words and vectors of an index of synthetic records.

    Parameters
    ----------
    folder : Path
        The index, for its vectors.
    records : int
        How many there are.
    """

    def __init__(self, folder: Path, records: int) -> None:
        import bm25s
        import faiss
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(1)
        faiss.omp_set_num_threads(1)
        self._bm25s = bm25s
        self._model = SentenceTransformer(str(published_model()), device="cpu")
        self._flat = faiss.IndexFlatIP(DIMENSIONS)
        rows = np.load(folder / "dataset" / "vectors.npy", mmap_mode="r")
        for at in range(0, records, 50_000):
            self._flat.add(np.asarray(rows[at : at + 50_000], np.float32))
        texts = [" ".join(item.fields.values()) for item in documents(records)]
        self._words = bm25s.BM25()
        self._words.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)

    def ask(self, question: str, depth: int = 100) -> list[int]:
        """Return the ten best records."""
        vector = self._model.encode([question], show_progress_bar=False)
        near = self._flat.search(vector, depth)[1][0]
        terms = self._bm25s.tokenize([question], show_progress=False)
        worded = self._words.retrieve(terms, k=depth, show_progress=False)[0][0]
        fused: dict[int, float] = {}
        for ranked in (near, worded):
            for place, row in enumerate(ranked.tolist()):
                fused[row] = fused.get(row, 0.0) + 1 / (60 + place)
        return sorted(fused, key=fused.__getitem__, reverse=True)[:10]


def compare(folder: Path, records: int) -> dict[str, float]:
    """Time the search and the usual recipe in turn."""
    rows = np.array(np.load(folder / "dataset" / "vectors.npy", mmap_mode="r")[:20_000])
    index, recipe = Index.open(folder, Synthetic(records, rows)), Recipe(folder, records)
    questions = asked()
    ours, theirs = [], []
    for question in questions + questions:  # the first round warms up
        begun = time.process_time()
        index.search(question, constraints=False)
        half = time.process_time()
        recipe.ask(question)
        ours.append(half - begun)
        theirs.append(time.process_time() - half)
    index.close()
    mine, usual = (statistics.median(times[QUESTIONS:]) * 1_000 for times in (ours, theirs))
    return {
        "beside_recipe_ms": round(mine, 2),
        "recipe_ms": round(usual, 2),
        "against_recipe": round(mine / usual, 2),
    }


def embedding() -> dict[str, float]:
    """Time bulk embedding against SentenceTransformer.encode as it comes, round about."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    texts = records_of_others() or synthetic_texts()
    theirs = SentenceTransformer(str(published_model()), device="cpu")
    ours = OnnxEmbedder()
    pairs, near = [], 1.0
    for _ in range(5):
        begun = time.process_time()
        reference = theirs.encode(texts, show_progress_bar=False)
        half = time.process_time()
        rows = ours.encode_documents(texts)
        pairs.append((half - begun) / (time.process_time() - half))
        near = min(near, float((unit(reference) * rows).sum(axis=1).min()))
    ratio = statistics.median(pairs)
    return {"texts": len(texts), "embedding_ratio": round(ratio, 2), "cosine": round(near, 6)}


def records_of_others(count: int = 128) -> list[str]:
    """Return descriptions of real open-data records, where the shared data lie."""
    root = os.environ.get("SCIKNOW_SHARED_DATA")
    shared = Path(root) if root else Path(__file__).parents[2] / "shared" / "data"
    path = shared / "bench" / "registry-publications" / "corpus.jsonl"
    if not path.is_file():
        return []
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [f"{row['title']}. {row['text']}" for row in rows[:: len(rows) // count]][:count]


def synthetic_texts(count: int = 128) -> list[str]:
    draw, known = np.random.default_rng(5), words()
    sizes = draw.integers(10, 150, count)
    return [" ".join(draw.choice(known[:2_000], int(size))) for size in sizes]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--records", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--tiny", action="store_true", help=f"{TINY} records, for the tests")
    parser.add_argument("--embedding", action="store_true")
    parser.add_argument("--recipe", action="store_true", help="time the usual recipe beside it")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = [embedding()] if options.embedding else []
    missing = [name for name in ("bm25s", "faiss") if find_spec(name) is None]
    if options.recipe and missing:
        parser.error(f"{' and '.join(missing)} not installed: pip install 'sciknow[bench]'")
    sizes = [TINY] if options.tiny else options.records
    for records in [] if options.embedding else sizes:
        rows.append(measure(records, options.recipe))
    if options.json:
        print(json.dumps(rows, indent=1))
    else:
        names = list(dict.fromkeys(name for row in rows for name in row))
        print("  ".join(names))
        for row in rows:
            print("  ".join(f"{row.get(name, ''):>{len(name)}}" for name in names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
