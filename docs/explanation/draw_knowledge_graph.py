"""Draw the picture of docs/explanation/knowledge-graph.md.

Run it from the repository's root: ``python docs/explanation/draw_knowledge_graph.py``. A test
checks that each arrow stands in the graph that the records make.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

OUT = Path(__file__).with_name("knowledge-graph.svg")


class Box(NamedTuple):
    """One class: where it stands, its RDF class, what it holds."""

    x: float
    y: float
    cls: str
    lines: str
    color: str


BLUE, GREEN, ORANGE, GREY = "#dbe9f6", "#dff0d8", "#fbe5d0", "#eeeeee"
BOXES = {
    "dataset": Box(
        5.0,
        4.6,
        "dcat:Dataset",
        "title and description, en + zh\nDOI, CSTR, licence, version",
        BLUE,
    ),
    "distribution": Box(12.0, 6.0, "dcat:Distribution", "address, media type, reader", BLUE),
    "evidence": Box(12.0, 7.6, "sk:AccessEvidence", "page and call that open it", BLUE),
    "variable": Box(12.0, 4.4, "sk:Variable", "name, CF standard name, units", BLUE),
    "place": Box(12.0, 2.8, "dcterms:Location", "box as WKT, west south east north", BLUE),
    "period": Box(12.0, 1.1, "dcterms:PeriodOfTime", "start, end, first and last day", BLUE),
    "concept": Box(0.3, 4.8, "skos:Concept", "labels en + zh, CF names,\nmatches elsewhere", GREEN),
    "scheme": Box(0.3, 7.3, "skos:ConceptScheme", "one a sector, and the sectors", GREEN),
    "publication": Box(6.0, 7.6, "schema:ScholarlyArticle", "title, authors in order, DOI", ORANGE),
    "agent": Box(0.3, 1.1, "prov:Agent", "person or organisation,\nORCID, ROR, country", ORANGE),
    "grant": Box(5.1, 1.1, "schema:Grant", "number, programme", ORANGE),
    "activity": Box(8.6, 1.1, "prov:Activity", "source, day, kind, fields", GREY),
}
ARROWS = (
    ("dataset", "distribution", "dcat:distribution", 0.0),
    ("distribution", "evidence", "sk:accessEvidence", 0.0),
    ("dataset", "variable", "schema:variableMeasured", 0.0),
    ("dataset", "place", "dcterms:spatial", 0.0),
    ("dataset", "period", "dcterms:temporal", 0.0),
    ("dataset", "concept", "dcat:theme", 0.25),
    ("dataset", "concept", "sk:sector", -0.25),
    ("concept", "concept", "skos:broader", 0.0),
    ("concept", "scheme", "skos:inScheme", 0.0),
    ("publication", "dataset", "sk:describes", 0.5),
    ("publication", "dataset", "sk:uses", -0.5),
    ("dataset", "agent", "dcterms:publisher", 0.16),
    ("dataset", "agent", "dcterms:creator", -0.16),
    ("dataset", "grant", "schema:funding", 0.0),
    ("grant", "agent", "schema:funder", 0.0),
    ("dataset", "activity", "prov:wasGeneratedBy", 0.0),
)
WIDTH, HEIGHT = 2.9, 0.95


def draw(out: Path = OUT) -> None:
    """Write the picture as SVG, the same bytes for the same input."""
    mpl.rcParams.update({"svg.hashsalt": "sciknow", "font.size": 8, "svg.fonttype": "none"})
    figure, axes = plt.subplots(figsize=(12.5, 7.4))
    axes.set(xlim=(-1.4, 13.7), ylim=(0.3, 8.4))
    axes.set_axis_off()
    for start, end, label, bend in ARROWS:
        arrow(axes, BOXES[start], BOXES[end], label, bend)
    for box in BOXES.values():
        rectangle(axes, box)
    figure.savefig(out, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)


def rectangle(axes: plt.Axes, box: Box) -> None:
    """Draw one class."""
    corner = (box.x - WIDTH / 2, box.y - HEIGHT / 2)
    style = "round,pad=0.02,rounding_size=0.1"
    axes.add_patch(
        FancyBboxPatch(corner, WIDTH, HEIGHT, boxstyle=style, fc=box.color, ec="#555555", zorder=3)
    )
    axes.text(box.x, box.y + 0.24, box.cls, ha="center", va="center", weight="bold", zorder=4)
    axes.text(box.x, box.y - 0.14, box.lines, ha="center", va="center", fontsize=7, zorder=4)


def arrow(axes: plt.Axes, start: Box, end: Box, label: str, bend: float) -> None:
    """Draw one property from its subject's class to its object's."""
    if start is end:
        loop(axes, start, label)
        return
    (x0, y0), (x1, y1) = edge(start, end), edge(end, start)
    patch = FancyArrowPatch(
        (x0, y0), (x1, y1), connectionstyle=f"arc3,rad={bend}", arrowstyle="-|>",
        mutation_scale=11, color="#444444", lw=0.9, zorder=2,
    )  # fmt: skip
    axes.add_patch(patch)
    # the middle of matplotlib's arc3 curve
    x = (x0 + x1) / 2 + bend * (y1 - y0) / 2
    y = (y0 + y1) / 2 - bend * (x1 - x0) / 2
    note(axes, x, y + (0.22 if y0 == y1 else 0), label)


def edge(box: Box, other: Box) -> tuple[float, float]:
    """Return where the line between two boxes' centres leaves the first."""
    dx, dy = other.x - box.x, other.y - box.y
    scale = min(
        (WIDTH / 2 + 0.06) / abs(dx) if dx else 9.0, (HEIGHT / 2 + 0.06) / abs(dy) if dy else 9.0
    )
    return box.x + dx * scale, box.y + dy * scale


def loop(axes: plt.Axes, box: Box, label: str) -> None:
    """Draw a property from a class to itself."""
    low = box.y - HEIGHT / 2 - 0.05
    patch = FancyArrowPatch(
        (box.x - 0.9, low), (box.x - 0.1, low), connectionstyle="arc3,rad=1.1", arrowstyle="-|>",
        mutation_scale=11, color="#444444", lw=0.9,
    )  # fmt: skip
    axes.add_patch(patch)
    note(axes, box.x - 0.5, low - 0.45, label)


def note(axes: plt.Axes, x: float, y: float, label: str) -> None:
    """Write a property's name on its arrow."""
    axes.text(
        x, y, label, ha="center", va="center", fontsize=7, zorder=5, color="#222222",
        bbox={"fc": "white", "ec": "none", "pad": 0.8, "alpha": 0.9},
    )  # fmt: skip


if __name__ == "__main__":
    draw()
