"""Draw how the search grows with the number of records: ``search-growth.svg``.

    python benchmarks/search.py --records 10000 100000 1000000 --json \
        > docs/explanation/search-growth.json
    python docs/explanation/draw_search_growth.py

Needs nothing beyond Python.
"""

from __future__ import annotations

import json
import math
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
WIDTH, HEIGHT, LEFT, TOP, WIDE, HIGH = 640, 380, 60, 46, 420, 270
LINES = (
    ("filtered_ms", "with three filters", "#b2182b"),
    ("query_ms", "whole question", "#2166ac"),
    ("embed_ms", "question to vector", "#777777"),
)
"""Figure of the benchmark, what it is called, colour."""


def text(x: float, y: float, words: str, anchor: str = "start", color: str = "#222222") -> str:
    """Return a piece of text."""
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{color}">{escape(words)}</text>'


def across(records: int, sizes: list[int]) -> float:
    """Return where a number of records stands, on a logarithmic scale."""
    low, high = math.log10(sizes[0]), math.log10(sizes[-1])
    return LEFT + WIDE * (math.log10(records) - low) / (high - low)


def drawing(rows: list[dict[str, float]]) -> str:
    """Return the drawing of the benchmark's rows, smallest first, as SVG."""
    sizes = [int(row["records"]) for row in rows]
    top = 5 * math.ceil(max(row[name] for row in rows for name, *_ in LINES) / 5)

    def height(value: float) -> float:
        return TOP + HIGH * (1 - value / top)

    parts = [text(LEFT, 24, "Milliseconds of CPU time a question, one thread (medians)")]
    for value in range(0, top + 1, 5):
        at = height(value)
        parts.append(f'<path d="M{LEFT} {at:.1f}h{WIDE}" stroke="#dddddd"/>')
        parts.append(text(LEFT - 8, at + 4, str(value), "end"))
    for size in sizes:
        parts.append(text(across(size, sizes), TOP + HIGH + 20, f"{size:,}", "middle"))
    parts.append(text(LEFT + WIDE / 2, TOP + HIGH + 42, "records", "middle"))
    for name, words, color in LINES:
        points = [
            (across(size, sizes), height(row[name])) for size, row in zip(sizes, rows, strict=True)
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{color}"/>' for x, y in points]
        parts.append(text(points[-1][0] + 10, points[-1][1] + 4, words, color=color))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="13">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def main() -> None:
    """Write the drawing beside this file."""
    rows = json.loads((HERE / "search-growth.json").read_text("utf-8"))
    rows.sort(key=lambda row: row["records"])
    (HERE / "search-growth.svg").write_text(drawing(rows), "utf-8")


if __name__ == "__main__":
    main()
