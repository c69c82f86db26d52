"""The access plan: what a part of a dataset costs, before a byte of it moves.

Planning opens each way (metadata only), cuts the part out, and counts from the layout which chunks
it touches and how large they are stored. `Plan.open` follows the plan.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sciknow._html import Markup, join, table
from sciknow.errors import LimitExceeded
from sciknow.model import Distribution
from sciknow.model.selection import Selection
from sciknow.readers.part import Opened
from sciknow.readers.plans.cost import Cost, Costs
from sciknow.readers.plans.layout import Layout
from sciknow.readers.plans.plan_picture import draw
from sciknow.readers.request import parse_budget
from sciknow.readers.selection import Index, chosen, indices
from sciknow.text import counted, human_bytes

REQUEST_BYTES = 256 * 1024
"""How many bytes one more request is worth when two ways are compared."""

WASTE = 8.0
"""A warning is given where this many bytes are unpacked for each byte that is wanted."""

SMALL = 8 * 2**20
"""Below this many unpacked bytes waste is not worth a word."""


@dataclass(frozen=True)
class Plan:
    """How a part of a dataset would be had, and at what cost.

    Parameters
    ----------
    distribution : Distribution
        The way that is taken.
    route : str
        What it is, in words.
    selection : Selection
        The part.
    requests, bytes : int
        What reading it moves, after opening; for local data, reads from disk.
    memory : int
        Bytes of the part in memory.
    chunks : int
        Pieces of the store that it touches.
    exact : bool
        Whether every size was looked up; else some are estimated from a sample.
    opening : tuple of two int
        Requests and bytes that opening and planning took.
    warnings : tuple of str
        What is unwise about it, each with a mend.
    rejected : tuple of (str, str)
        The other ways, and why they were not taken.
    layouts : tuple of Layout
        How the chunks lie and which of them the part touches, for arrays; what the picture shows.
    """

    distribution: Distribution
    route: str
    selection: Selection
    requests: int
    bytes: int
    memory: int
    chunks: int
    exact: bool
    opening: tuple[int, int] = (0, 0)
    warnings: tuple[str, ...] = ()
    rejected: tuple[tuple[str, str], ...] = ()
    layouts: tuple[Layout, ...] = field(default=(), repr=False)
    _others: tuple[Plan, ...] = field(default=(), repr=False, compare=False)
    _opened: Opened | None = field(default=None, repr=False, compare=False)

    @property
    def fits(self) -> bool:
        """Whether the part fits into the memory that is free now."""
        return self.memory < available_memory()

    @property
    def score(self) -> int:
        """What ways are compared by: bytes, and requests at a flat rate."""
        return self.bytes + self.requests * REQUEST_BYTES * (not self.distribution.offline)

    @property
    def price(self) -> str:
        """Its bytes and requests, in words."""
        return f"{human_bytes(self.bytes)}, {counted(self.requests, 'request')}"

    def open(self) -> Opened:
        """Return the part, lazy, as it was planned."""
        assert self._opened is not None
        return self._opened

    def check(self, max_bytes: int | None) -> Plan:
        """Return the plan itself where it keeps within a budget.

        Raises
        ------
        LimitExceeded
            Telling the plan, where it does not.
        InvalidInput
            For a budget that is no number of bytes.
        """
        parse_budget(max_bytes)
        if max_bytes is not None and self.bytes > max_bytes:
            raise LimitExceeded(
                f"reading this takes {human_bytes(self.bytes)}, "
                f"the budget is {human_bytes(max_bytes)}: {self}",
                hint="take a smaller area, period or fewer variables, or raise max_bytes",
            )
        return self

    def rows(self) -> list[tuple[str, str]]:
        """Return the plan as pairs of a heading and a text."""
        about = "" if self.exact else "about "
        asked = counted(self.opening[0], "request")
        found = [
            ("way", f"{self.distribution.id} ({self.route})"),
            ("bytes", about + human_bytes(self.bytes)),
            ("requests", f"{about}{self.requests:,}"),
            ("chunks", f"{self.chunks:,}"),
            ("memory", f"{human_bytes(self.memory)}{'' if self.fits else ', more than is free'}"),
            ("opening took", f"{asked}, {human_bytes(self.opening[1])}"),
        ]
        found += [("warning", text) for text in self.warnings]
        return found + [(f"not {name}", reason) for name, reason in self.rejected]

    def to_dict(self) -> dict[str, object]:
        """Return the plan as plain values, for programs; sizes are in bytes."""
        return {
            "distribution": self.distribution.id,
            "route": self.route,
            "bytes": self.bytes,
            "requests": self.requests,
            "chunks": self.chunks,
            "memory": self.memory,
            "fits": self.fits,
            "exact": self.exact,
            "opening": {"requests": self.opening[0], "bytes": self.opening[1]},
            "warnings": list(self.warnings),
            "rejected": [{"distribution": name, "why": why} for name, why in self.rejected],
        }

    def __str__(self) -> str:
        return "; ".join(f"{head}: {text}" for head, text in self.rows())

    def _repr_html_(self) -> str:
        return join(
            (self._picture(), table(("access plan", ""), self.rows(), class_="sciknow-plan"))
        )

    def _picture(self) -> Markup:
        bars = [
            (plan.distribution.id, float(plan.bytes), plan.price) for plan in (self, *self._others)
        ]
        return draw(self.layouts, bars, str(self))


def available_memory() -> int:
    """Return the bytes of memory that are free now."""
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def choose(plans: Sequence[Plan], failed: Sequence[tuple[str, str]] = ()) -> Plan:
    """Take the cheapest plan, and note why the others were not taken."""
    best = min(plans, key=lambda plan: plan.score)
    reasons = [
        (
            plan.distribution.id,
            f"{human_bytes(plan.bytes)} in {counted(plan.requests, 'request')}, where "
            f"{human_bytes(best.bytes)} in {best.requests:,} do",
        )
        for plan in plans
        if plan is not best
    ]
    others = tuple(plan for plan in plans if plan is not best)
    return replace(best, rejected=(*best.rejected, *reasons, *failed), _others=others)


def total(
    ds: xr.Dataset, selection: Selection, costs: Costs | None
) -> tuple[Cost, tuple[str, ...], tuple[str, ...]]:
    """Return the cost of a part, its warnings, and the variables whose layout is not known."""
    part = chosen(ds, selection.variables)
    at = indices(ds, selection)
    cost, warnings, unknown = Cost(), [], []
    for name, item in part.variables.items():
        if item.chunks is None:
            continue
        index = [at.get(str(dim), np.arange(n)) for dim, n in item.sizes.items()]
        one = costs.cost(str(name), index, item.chunks) if costs is not None else None
        if one is None:
            unknown.append(str(name))
            continue
        cost += one
        used = int(np.prod([len(at) for at in index], dtype="i8")) * item.dtype.itemsize
        if one.decoded > SMALL and one.decoded > WASTE * max(1, used):
            warnings.append(_waste(str(name), one.decoded / max(1, used), item, index))
    return cost, tuple(warnings), tuple(unknown)


def total_of_tree(
    parts: Mapping[str, tuple[xr.Dataset, Selection]], costs: Costs | None
) -> tuple[Cost, tuple[str, ...], tuple[str, ...]]:
    """Return what `total` returns, summed over the groups of a tree.

    Parameters
    ----------
    parts : mapping
        Path of a group → the whole group, and what is wanted of it.
    costs : Costs, optional
        Knows variables by the path of their group and their name.
    """
    found, warnings, unknown = Cost(), list[str](), list[str]()
    for path, (ds, wanted) in parts.items():
        below = None if costs is None else _Below(costs, path)
        cost, warned, missed = total(ds, wanted, below)
        found += cost
        warnings += warned
        unknown += [f"{path}/{name}".lstrip("/") for name in missed]
    return found, tuple(warnings), tuple(unknown)


class _Below:
    """The costs of one group of a tree."""

    def __init__(self, costs: Costs, path: str) -> None:
        self.costs, self.path = costs, path

    def cost(
        self, name: str, index: Sequence[Index], blocks: Sequence[Sequence[int]]
    ) -> Cost | None:
        return self.costs.cost(f"{self.path}/{name}".lstrip("/"), index, blocks)


def _waste(name: str, times: float, item: xr.Variable, index: Sequence[Any]) -> str:
    shape = item.encoding.get("chunks") or item.encoding.get("preferred_chunks")
    if isinstance(shape, Mapping):
        shape = tuple(shape.values())
    thin = [str(dim) for dim, at in zip(item.dims, index, strict=True) if len(at) == 1]
    series = bool(thin) and any(len(at) > 100 for at in index)
    mend = (
        "open it once for the whole area and save the part, or take a way whose chunks are long in "
        "time"
        if series
        else "take an area or period that fills the chunks, or save the part once"
    )
    if layout := item.encoding.get("layout"):
        mend = f"it lies in {layout}; take a tiled copy of it, or save the part once"
    return f"{name}: {times:,.0f} bytes are unpacked for each byte wanted (chunks {shape}); {mend}"
