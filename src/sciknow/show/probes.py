"""The probes of a distribution as a small drawing.

A probe that was answered stands above the line, the taller the longer it took (on a logarithmic
scale); one that failed hangs below it. So the drawing reads without colours too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from sciknow._html import Markup, tag
from sciknow.model.probe import Probe, Status
from sciknow.words import LANGUAGES, said

SHOWN = 30
STEP = 4
WIDTH, HEIGHT = SHOWN * STEP, 26
_LINE = 17
"""Where the line is, from the top."""

_FAST, _SLOW = 0.02, 20.0
"""Seconds of the lowest and the tallest bar."""


def sparkline(probes: Sequence[Probe]) -> Markup:
    """Draw the last probes, the newest at the right."""
    shown = probes[-SHOWN:]
    if not shown:
        return Markup("")
    failed = sum(probe.status is Status.FAILING for probe in shown)
    words = " / ".join(
        said("probes", language, count=len(shown), failed=failed) for language in LANGUAGES
    )
    paths = (
        tag("path", class_=f"s-{status}", d=" ".join(bars))
        for status in (Status.OK, Status.DEGRADED, Status.FAILING)
        if (bars := list(_bars(shown, status)))
    )
    return tag(
        "svg",
        tag("title", words),
        tag("path", class_="s-line", d=f"M0 {_LINE}.5h{WIDTH}"),
        *paths,
        class_="spark",
        role="img",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=WIDTH,
        height=HEIGHT,
    )


def _bars(probes: Sequence[Probe], status: Status) -> Iterator[str]:
    first = WIDTH - len(probes) * STEP
    for place, probe in enumerate(probes):
        if probe.status is status:
            x = first + place * STEP
            if status is Status.FAILING:
                yield f"M{x} {_LINE + 1}h3v7h-3z"
            else:
                yield f"M{x} {_LINE}h3v-{_height(probe.latency)}h-3z"


def _height(latency: float | None) -> int:
    """Return the height of a bar in pixels, 3 to `_LINE`."""
    share = math.log(max(latency or _FAST, _FAST) / _FAST) / math.log(_SLOW / _FAST)
    return round(3 + (_LINE - 3) * min(1.0, share))
