"""Pairs that fit each other, where a question asks for two things: X and Y for Z."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from sciknow.text import shorten

if TYPE_CHECKING:
    from sciknow.alignment import Compatibility

_JOINT = re.compile(
    r"(?<!\s)\s++(?:and|with|together with|along with|&)\s++|(?<!\s)\s*+(?:以及|和|与|及)\s*+"
)
_DEPTH = 4
"""Hits of each theme that are tried with each other."""
_MOST = 3
"""Pairs that are told."""
_ASPECTS = ("space", "time", "time step", "grid spacing")
_WORTH: Mapping[str, float] = {
    "same": 1.0,
    "compatible": 0.8,
    "convertible": 0.6,
    "not stated": 0.3,
    "different": 0.0,
}
"""What a verdict of `sciknow.compatible` counts, the mean of four aspects."""


class Scored(Protocol):
    """A hit, as far as a pair needs it."""

    @property
    def id(self) -> str:
        """Its identifier."""

    @property
    def score(self) -> float:
        """How good it is, from 0 to 1."""


H = TypeVar("H", bound=Scored)


@dataclass(frozen=True, slots=True)
class Pair(Generic[H]):
    """Two datasets that answer a question together.

    Parameters
    ----------
    first, second : Hit
        What was found for each theme.
    fit : float
        How well they fit each other in space, time, time step and grid spacing, from 0 to 1.
    headline : str
        Whether they can be combined, and what has to be converted.
    """

    first: H
    second: H
    fit: float
    headline: str

    @property
    def score(self) -> float:
        """How good the pair is: both hits' scores, by how well they fit each other."""
        return (self.first.score + self.second.score) / 2 * (1 + self.fit) / 2

    def __str__(self) -> str:
        return f"{self.first.id} with {self.second.id}"

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return {
            "datasets": [self.first.id, self.second.id],
            "score": round(self.score, 6),
            "fit": round(self.fit, 6),
            "headline": self.headline,
        }


def two_themes(theme: str) -> tuple[str, str] | None:
    """Return the two things that a theme asks for, where it joins just two.

    Examples
    --------
    >>> two_themes("soil moisture and precipitation"), two_themes("土壤湿度和降水")
    (('soil moisture', 'precipitation'), ('土壤湿度', '降水'))
    >>> two_themes("sea ice")
    """
    parts = [part.strip() for part in _JOINT.split(theme)]
    return (
        (parts[0], parts[1]) if len(parts) == 2 and all(len(part) > 1 for part in parts) else None
    )


def pairs_of(
    themes: tuple[str, str],
    rest: Sequence[str],
    ask: Callable[[str], tuple[bool | None, Sequence[H]]],
    compare: Callable[[H, H], Compatibility],
) -> tuple[Pair[H], ...]:
    """Return the best pairs for two themes; none where the hub holds nothing on one of them.

    Parameters
    ----------
    themes : tuple of two str
        The things.
    rest : sequence of str
        What the question says beside them, in its own words.
    ask : callable
        Asks for datasets: whether any fits, and the hits.
    compare : callable
        Tells how two hits fit each other.
    """
    found = [ask(", ".join((theme, *rest))) for theme in themes]
    if not all(fits for fits, _ in found):
        return ()
    pairs: list[Pair[H]] = []
    for first in found[0][1][:_DEPTH]:
        for second in found[1][1][:_DEPTH]:
            told = compare(first, second)[0] if first.id != second.id else None
            if told is not None and not told.blocking:
                verdicts = {item.name: _WORTH[item.verdict] for item in told.aspects}
                fit = sum(verdicts.get(name, 0.3) for name in _ASPECTS) / len(_ASPECTS)
                pairs.append(Pair(first, second, fit, shorten(told.headline, 200)))
    return tuple(sorted(pairs, key=lambda pair: (-pair.score, str(pair)))[:_MOST])
