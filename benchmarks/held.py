"""How honest the no is: questions whose theme the embedded hub holds, and whose theme it does not.

``held.tsv`` beside this file has more than 300 of each, in English and Chinese, from one word to a
paragraph. Weights and threshold of `sciknow.search.rank.held` were set on one part. The other half
comes from lists that others wrote (topics of OpenAlex, disciplines of the NSFC, titles of articles,
needs of researchers), read from SCIKNOW_SHARED_DATA, and was judged before it was measured::

    python benchmarks/held.py            # both halves
    python benchmarks/held.py --wrong    # and the questions answered wrongly
    python benchmarks/held.py --half set --sweep

Right is "nothing fits" where the hub holds no such theme, and no such word where it does. Beside
each share stands Wilson's 95 % interval.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from retrieval import note

import sciknow
from sciknow.hub.find.search import index_of
from sciknow.search.rank.held import LEAST, themes

QUESTIONS = Path(__file__).with_name("held.tsv")
FORMS = {
    ("en", "place since"): "{} in Kenya since 2000",
    ("en", "place years"): "{}, monthly, Brazil, 1990-2015",
    (
        "en",
        "paragraph",
    ): "I am writing a thesis on {} and need data that cover several years. Tables "
    "or grids are both fine, as long as the source can be cited.",
    ("zh", "place since"): "青藏高原 {} 2000年以来",
    ("zh", "place years"): "1990—2015年长江流域{}",
    ("zh", "paragraph"): "我的论文研究{}，需要覆盖多年的数据，表格或格点都可以，只要来源能够引用。",
}
"""Language and form → how a theme of the checking half is asked for."""


SOURCES = ("openalex", "nsfc", "csl-zh", "needs", "publications")


@dataclass(frozen=True)
class Asked:
    """One question with what is known of it."""

    half: str
    held: bool
    language: str
    text: str
    source: str


def shared() -> Path:
    root = os.environ.get("SCIKNOW_SHARED_DATA")
    return Path(root) if root else Path(__file__).parents[2] / "shared" / "data"


def rows() -> Iterator[tuple[str, ...]]:
    """Yield half, held, language, question and form of each line."""
    for line in QUESTIONS.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            parts = line.split("\t")
            yield (*parts, "") if len(parts) == 4 else tuple(parts)


@cache
def texts(source: str, language: str) -> dict[str, str]:
    """Return id → text of one of the lists; empty where it is not there."""
    bench, vocab = shared() / "bench", shared() / "vocab"
    if source == "openalex":
        path = vocab / "openalex-topics" / "data" / "openalex_topic_subfield_mapping.csv"
        if not path.is_file():
            return {}
        with path.open(encoding="utf-8", newline="") as file:
            return {row["topic_id"]: row["topic_name"] for row in csv.DictReader(file)}
    path, key = {
        "nsfc": (vocab / "nsfc" / "data" / "nsfc.jl", "name"),
        "csl-zh": (bench / "csl-zh" / "queries.jsonl", "text"),
        "needs": (bench / "registry-needs" / f"queries.{language}.jsonl", "text"),
        "publications": (bench / "registry-publications" / "queries.jsonl", "text"),
    }[source]
    if not path.is_file():
        return {}
    lines = map(json.loads, path.read_text("utf-8").splitlines())
    return {row["_id"]: row[key] for row in lines}


def questions(half: str | None = None) -> Iterator[Asked]:
    """Yield the questions whose sources are there."""
    for own, held, language, text, form in rows():
        if half not in (None, own):
            continue
        source, _, name = text.partition(":")
        if source in SOURCES:
            found = texts(source, language).get(name)
            if found is None:
                continue
            text = FORMS.get((language, form), "{}").format(found)
        yield Asked(own, held == "yes", language, text, source if source in SOURCES else "own")


def wilson(right: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's interval of a share."""
    if not of:
        return 0.0, 1.0
    share, base = right / of, 1 + z * z / of
    middle = (share + z * z / (2 * of)) / base
    half = z / base * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def sureness(hub: sciknow.Hub, text: str) -> float:
    """Return the greatest sum that a record reaches for a question."""
    (found,) = index_of(hub._state).search_many([text], limit=1)
    return float(np.max(themes(found.asked()), initial=0.0))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--half", choices=("set", "check"), help="only this half")
    parser.add_argument("--tiny", action="store_true", help="few questions, for the tests")
    parser.add_argument("--every", type=int, default=1, help="ask one question in so many")
    parser.add_argument("--wrong", action="store_true", help="list the questions answered wrongly")
    parser.add_argument("--sweep", action="store_true", help="other thresholds, on the half set")
    options = parser.parse_args()
    if options.tiny:
        options.half, options.every = "set", 60
    asked = list(questions(options.half))[:: options.every]
    if not any(item.half == "check" for item in asked) and options.half != "set":
        note("the checking half is not here: set SCIKNOW_SHARED_DATA")
    with sciknow.open_hub() as hub:
        sure = [sureness(hub, item.text) for item in asked]
    print(f"{'half':6} {'hub holds it':12} {'':12} asked  right  95 % interval")
    for half, held in dict.fromkeys((item.half, item.held) for item in asked):
        of = [pair for pair in zip(asked, sure, strict=True) if pair[0].half == half]
        of = [pair for pair in of if pair[0].held == held]
        groups = ("en", "zh", *dict.fromkeys(item.source for item, _ in of), "all")
        for group in groups:
            own = [
                (value >= LEAST) == held
                for item, value in of
                if group in (item.language, item.source, "all")
            ]
            low, high = wilson(sum(own), len(own))
            print(
                f"{half:6} {'yes' if held else 'no':12} {group:12} {len(own):5}  "
                f"{sum(own) / max(len(own), 1):5.3f}  {low:.3f} to {high:.3f}"
            )
    for item, value in zip(asked, sure, strict=True):
        if options.wrong and (value >= LEAST) != item.held:
            print(f"{value:.3f}  {item.half}  {'held' if item.held else 'not held'}  {item.text}")
    for least in np.arange(0.58, 0.8, 0.02) if options.sweep else ():
        own = [(item, value) for item, value in zip(asked, sure, strict=True) if item.half == "set"]
        yes = [value >= least for item, value in own if item.held]
        no = [value < least for item, value in own if not item.held]
        print(f"{least:.2f}  held {np.mean(yes):.3f}  not held {np.mean(no):.3f}")


if __name__ == "__main__":
    main()
