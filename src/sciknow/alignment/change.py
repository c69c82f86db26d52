"""What was changed to bring datasets together, and the aligned datasets that carry it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

import xarray as xr

from sciknow._html import Markup, join, table, tag
from sciknow.axes.finder import Axes


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was done to one dataset.

    Parameters
    ----------
    of : str
        The dataset.
    aspect : str
        ``units``, ``calendar``, ``time``, ``space`` or ``names``.
    sentence : str
        What was done, in plain words.
    interpolated : bool
        Whether values are new numbers: interpolated, averaged or summed ones.
    """

    of: str
    aspect: str
    sentence: str
    interpolated: bool = False


@dataclass(slots=True)
class Side:
    """One dataset on its way to the common grid.

    Parameters
    ----------
    label : str
        How it is named in the report.
    ds : xarray.Dataset
        Its present state.
    axes : Axes
        Where its axes are.
    changes : list of Change
        What has been done so far.
    """

    label: str
    ds: xr.Dataset
    axes: Axes
    changes: list[Change] = field(default_factory=list)

    def note(self, aspect: str, sentence: str, *, interpolated: bool = False) -> None:
        """Add a line to the report."""
        self.changes.append(Change(self.label, aspect, sentence, interpolated))


class Aligned:
    """Datasets on one grid and calendar; made by `sciknow.align`.

    Unpacks like a tuple: ``a2, b2 = sk.align(a, b)``.

    Parameters
    ----------
    datasets : sequence of xarray.Dataset
        In the order in which they were given; lazy.
    changes : sequence of Change
        What was done to each.
    labels : sequence of str
        How they are named in the changes.
    """

    def __init__(
        self, datasets: Sequence[xr.Dataset], changes: Sequence[Change], labels: Sequence[str]
    ) -> None:
        self._datasets = tuple(datasets)
        self.changes = tuple(changes)
        self.labels = tuple(labels)

    def __len__(self) -> int:
        return len(self._datasets)

    def __iter__(self) -> Iterator[xr.Dataset]:
        return iter(self._datasets)

    def __getitem__(self, index: int) -> xr.Dataset:
        return self._datasets[index]

    @property
    def interpolated(self) -> tuple[Change, ...]:
        """The changes that made new numbers."""
        return tuple(change for change in self.changes if change.interpolated)

    @property
    def report(self) -> str:
        """What was done, a line for each change."""
        lines = [f"{item.of}: {item.aspect}: {item.sentence}" for item in self.changes]
        return "\n".join(lines) or "nothing had to be changed"

    def to_dict(self) -> dict[str, object]:
        """Return the report as plain values."""
        return {"datasets": list(self.labels), "changes": [asdict(item) for item in self.changes]}

    def __repr__(self) -> str:
        sizes = "; ".join(
            f"{label} {dict(ds.sizes)}" for label, ds in zip(self.labels, self, strict=True)
        )
        return f"<aligned: {sizes}>\n{self.report}"

    def _repr_html_(self) -> Markup:
        rows = [(item.of, item.aspect, item.sentence) for item in self.changes]
        sizes = [
            (label, ", ".join(f"{dim} {size}" for dim, size in ds.sizes.items()))
            for label, ds in zip(self.labels, self, strict=True)
        ]
        return join(
            [
                table(("dataset", "sizes"), sizes, class_="sciknow-aligned"),
                table(("dataset", "aspect", "what was done"), rows, class_="sciknow-changes")
                if rows
                else tag("p", self.report),
            ]
        )
