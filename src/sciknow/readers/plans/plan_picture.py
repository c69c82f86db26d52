"""The picture of a plan: what is wanted of each dimension, what that touches, what ways cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sciknow._html import Markup, tag
from sciknow.readers.plans.layout import Layout, Run, Strip

Bar = tuple[str, float, str]
"""A way's name, what is drawn, and what is written beside it."""

WIDTH, LEFT, STRIP = 720, 150, 330
ROW, HIGH = 26, 14
MOST_LINES = 110  # more borders of chunks than this would be a grey smear
MOST_LAYOUTS = 3
TOUCHED, WANTED, TAKEN = "#9dc3e6", "#1f5c99", "#1f5c99"
_FONT = "font-family:system-ui,sans-serif; font-size:12px"


def draw(layouts: Sequence[Layout], bars: Sequence[Bar], summary: str) -> Markup:
    """Draw a plan.

    Parameters
    ----------
    layouts : sequence of Layout
        The chunks; the first few are drawn.
    bars : sequence of Bar
        The way that is taken, then the others; drawn where there is more than one.
    summary : str
        What a reader hears who does not see the picture.

    Returns
    -------
    Markup
        An ``svg`` element that takes the colour of text from the page; empty for no layouts and
        less than two bars.
    """
    rows: list[Markup] = []
    top = 0.0
    for layout in layouts[:MOST_LAYOUTS]:
        rows += _layout(layout, top)
        top += ROW * (len(layout.strips) + 1)
    if layouts:
        rows += _legend(top)
        top += ROW
    if len(bars) > 1:
        rows += _bars(bars, top)
        top += ROW * (len(bars) + 1)
    if not rows:
        return Markup()
    return tag(
        "svg",
        tag("title", summary),
        *rows,
        viewBox=f"0 0 {WIDTH} {top:.0f}",
        role="img",
        style=f"width:100%; max-width:{WIDTH}px; display:block; {_FONT}",
    )


def _layout(layout: Layout, top: float) -> Iterator[Markup]:
    named = ", ".join(layout.variables[:4]) + (" …" if len(layout.variables) > 4 else "")
    yield _text(0, top + 17, named, weight="bold")
    for number, strip in enumerate(layout.strips, start=1):
        yield from _strip(strip, top + number * ROW)


def _strip(strip: Strip, top: float) -> Iterator[Markup]:
    scale = STRIP / strip.size
    yield _text(LEFT - 10, top + 12, strip.dim, anchor="end")
    for low, high in strip.touched:
        yield _box(low * strip.chunk, min(high * strip.chunk, strip.size), scale, top, TOUCHED)
    for low, high in strip.wanted:
        yield _box(low, high, scale, top + 4, WANTED, HIGH - 8)
    yield _frame(LEFT, top, STRIP)
    if strip.count <= MOST_LINES:
        for at in range(strip.chunk, strip.size, strip.chunk):
            x = f"{LEFT + at * scale:.1f}"
            yield tag(
                "line", x1=x, x2=x, y1=top, y2=top + HIGH, stroke="currentColor", opacity=0.35
            )
    yield _text(LEFT + STRIP + 12, top + 12, _told(strip))


def _told(strip: Strip) -> str:
    touched, wanted = _length(strip.touched), _length(strip.wanted)
    return f"{touched:,} of {strip.count:,} chunks for {wanted:,} of {strip.size:,}"


def _length(runs: Sequence[Run]) -> int:
    return sum(high - low for low, high in runs)


def _legend(top: float) -> Iterator[Markup]:
    for x, colour, label in ((LEFT, TOUCHED, "read"), (LEFT + 70, WANTED, "wanted")):
        yield tag("rect", x=x, y=top + 2, width=14, height=10, fill=colour)
        yield _text(x + 20, top + 11, label)


def _bars(bars: Sequence[Bar], top: float) -> Iterator[Markup]:
    most = max(1.0, *(value for _, value, _ in bars))
    yield _text(0, top + 17, "ways", weight="bold")
    for number, (name, value, told) in enumerate(bars):
        y = top + (number + 1) * ROW
        width = max(2.0, value / most * STRIP)
        colour = TAKEN if number == 0 else "#b0b0b0"
        yield _text(LEFT - 10, y + 12, name if len(name) < 24 else name[:22] + "…", anchor="end")
        yield tag("rect", x=LEFT, y=y, width=f"{width:.1f}", height=HIGH, fill=colour)
        yield _text(LEFT + STRIP + 12, y + 12, told)


def _box(low: int, high: int, scale: float, top: float, colour: str, height: int = HIGH) -> Markup:
    width = max(1.5, (high - low) * scale)
    x = min(LEFT + low * scale, LEFT + STRIP - width)
    return tag("rect", x=f"{x:.1f}", y=top, width=f"{width:.1f}", height=height, fill=colour)


def _frame(x: float, y: float, width: float) -> Markup:
    return tag(
        "rect", x=x, y=y, width=width, height=HIGH, fill="none", stroke="currentColor", opacity=0.5
    )


def _text(x: float, y: float, words: str, anchor: str = "start", weight: str = "normal") -> Markup:
    return tag("text", words, x=x, y=y, fill="currentColor", text_anchor=anchor, font_weight=weight)
