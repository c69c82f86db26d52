"""How well a theme is found where a question also names a place, a period or a time step.

Questions are asked of the embedded hub in both languages, as a user would ask them. What is right
was judged from the fields of the cards as they stood on one day, and is read from a file, so that
filling cards moves nothing. Two yardsticks stand beside each figure: the theme asked alone, scored
by the same judgments, and that ranking filtered by the field that judges, which no way of heeding
the constraint should beat by much::

    python benchmarks/asks.py                        # those beside SCIKNOW_SHARED_DATA
    python benchmarks/asks.py asks.json
    python benchmarks/asks.py asks.json --every 20   # one question in twenty
    python benchmarks/asks.py asks.json --worst 10   # and those answered worst

A dataset of the theme whose card lacked the field counts neither way, and so does one that is newer
than the judgments.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from retrieval import interval, ndcg, note

import sciknow

TINY = Path(__file__).parent / "tiny" / "asks.json"
DEPTH = 5
LANGUAGES = ("en", "zh")


def answers(asks: dict, every: int) -> Iterator[dict]:
    """Yield a row for each question and language."""
    hub, known = sciknow.open_hub(), frozenset(asks["known"])

    @cache
    def found(question: str) -> tuple[str, ...]:
        return tuple(hit.id for hit in hub.search(question, limit=200) if hit.id in known)

    for ask in asks["questions"][::every]:
        judged, unsaid = dict.fromkeys(ask["right"], 1.0), set(ask["unsaid"])
        limit = asks["constraints"].get(ask["constraint"])
        for place, language in enumerate(LANGUAGES):
            ids = [name for name in found(ask[language]) if name not in unsaid]
            alone = [name for name in found(ask["theme"][place]) if name not in unsaid]
            fits = set(limit["fits"]) if limit else set(alone)
            yield {
                "family": ask["family"],
                "language": language,
                "question": ask[language],
                "figure": ndcg(ids, judged, DEPTH),
                "first": float(ids[:1] != [] and ids[0] in judged),
                "alone": ndcg(alone, judged, DEPTH),
                "ceiling": ndcg([name for name in alone if name in fits], judged, DEPTH),
                "ids": ids[:3],
            }


def mean(rows: list[dict], name: str) -> float:
    return sum(row[name] for row in rows) / len(rows)


def default_asks() -> Path:
    root = os.environ.get("SCIKNOW_SHARED_DATA")
    shared = Path(root).parent if root else Path(__file__).parents[2] / "shared"
    return shared / "tools" / "asks.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("asks", type=Path, nargs="?", help="questions with their judgments")
    parser.add_argument("--tiny", action="store_true", help="three questions, for the tests")
    parser.add_argument("--every", type=int, default=1, help="ask one question in so many")
    parser.add_argument("--worst", type=int, default=0, help="show so many that fared worst")
    options = parser.parse_args()
    place = TINY if options.tiny else options.asks or default_asks()
    if not place.is_file():
        note("no questions here: name a file of them, or set SCIKNOW_SHARED_DATA")
        return
    asks = json.loads(place.read_text("utf-8"))
    rows = list(answers(asks, options.every))
    print(f"{'family':12} {'':2} asked  nDCG@5  95 % interval  first  alone  ceiling  of it")
    for family in dict.fromkeys(row["family"] for row in rows):
        for language in LANGUAGES:
            own = [row for row in rows if (row["family"], row["language"]) == (family, language)]
            low, high = interval([row["figure"] for row in own])
            figure, ceiling = mean(own, "figure"), mean(own, "ceiling")
            share = f"{figure / ceiling:.0%}" if ceiling else "–"
            print(
                f"{family:12} {language} {len(own):6}  {figure:6.3f}  {low:.3f} to {high:.3f} "
                f"{mean(own, 'first'):6.3f} {mean(own, 'alone'):6.3f} {ceiling:8.3f}  {share:>5}"
            )
    for row in sorted(rows, key=lambda row: row["figure"])[: options.worst]:
        print(f"{row['figure']:.2f}  {row['question']}  →  {', '.join(row['ids'])}")


if __name__ == "__main__":
    main()
