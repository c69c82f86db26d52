"""The grid that datasets are brought to, and which of them gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from sciknow.alignment.array import as_dataset, spacing
from sciknow.alignment.change import Side
from sciknow.alignment.line import Line, line_of
from sciknow.axes.finder import Axes, GridKind, bounds_of, find_axes, grid_mappings
from sciknow.axes.projection import metres_of
from sciknow.errors import InvalidInput

SCATTERED = frozenset({GridKind.POINTS, GridKind.UNSTRUCTURED})
PLACELESS = frozenset({GridKind.NONE, GridKind.PLACE})
_RECTANGULAR = frozenset({GridKind.LATLON, GridKind.PROJECTED})
GRIDS = ("coarser", "finer", "first", "keep")


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A grid: coordinates, and the dimensions that they run along.

    Parameters
    ----------
    kind : GridKind
        Its layout.
    x, y : xarray.DataArray
        The coordinates, with their names and attributes.
    x_bounds, y_bounds : array, optional
        The cells, where the data tell them.
    mapping : mapping
        Attributes of the grid mapping, for projected grids.
    """

    kind: GridKind
    x: xr.DataArray
    y: xr.DataArray
    x_bounds: npt.NDArray[Any] | None
    y_bounds: npt.NDArray[Any] | None
    mapping: dict[str, Any]

    @property
    def rectangular(self) -> bool:
        """Whether it is the product of two axes."""
        return self.kind in _RECTANGULAR

    @property
    def dims(self) -> tuple[str, ...]:
        """Its dimensions, y first."""
        if self.rectangular:
            return str(self.y.dims[0]), str(self.x.dims[0])
        return tuple(str(dim) for dim in self.y.dims)

    @property
    def size(self) -> int:
        """How many points it has."""
        return int(self.x.size * self.y.size) if self.rectangular else int(self.y.size)

    def lines(self) -> tuple[Line, Line]:
        """Return its two axes, y first."""
        round_ = self.kind is GridKind.LATLON
        kinds = ("latitude", "longitude") if round_ else ("distance", "distance")
        return (
            line_of(self.y.values, kinds[0], self.y_bounds),
            line_of(self.x.values, kinds[1], self.x_bounds),
        )

    def mesh(self) -> tuple[xr.DataArray, xr.DataArray]:
        """Return x and y of each point, on its dimensions."""
        if not self.rectangular:
            return self.x.reset_coords(drop=True), self.y.reset_coords(drop=True)
        y, x = (xr.DataArray(item.values, dims=item.dims) for item in (self.y, self.x))
        y, x = xr.broadcast(y, x)
        return x, y

    def celled(self) -> Target:
        """Return the grid with the cells of its axes written out, so that parts keep them."""
        if not self.rectangular:
            return self
        y, x = self.lines()
        return replace(self, y_bounds=y.cells(), x_bounds=x.cells())

    def part(self, rows: npt.NDArray[Any], columns: npt.NDArray[Any]) -> Target:
        """Return the grid of some of its rows and columns."""
        y, x = self.y.isel({self.dims[0]: rows}), self.x
        if self.rectangular:
            x = x.isel({self.dims[1]: columns})
        elif len(self.dims) == 2:
            at = {self.dims[0]: rows, self.dims[1]: columns}
            y, x = self.y.isel(at), self.x.isel(at)
        else:
            x = x.isel({self.dims[0]: rows})
        bounds = (self.y_bounds, self.x_bounds)
        rows_of, columns_of = (
            None if b is None else b[at] for b, at in zip(bounds, (rows, columns), strict=True)
        )
        return replace(self, x=x, y=y, x_bounds=columns_of, y_bounds=rows_of)


def target_of(ds: xr.Dataset, axes: Axes) -> Target:
    """Return the grid of a dataset."""
    x_bounds, y_bounds = bounds_of(ds, axes.x), bounds_of(ds, axes.y)
    return Target(
        axes.kind,
        _bare(ds[axes.x]),
        _bare(ds[axes.y]),
        x_bounds,
        y_bounds,
        mapping_of(ds, axes),
    )


def mapping_of(ds: xr.Dataset, axes: Axes) -> dict[str, Any]:
    """Return the attributes of the grid mapping of a projected grid; empty without one."""
    if axes.kind is not GridKind.PROJECTED:
        return {}
    return next(iter(grid_mappings(ds, axes.x, axes.y).values()), {})


def _bare(item: xr.DataArray) -> xr.DataArray:
    """Return a coordinate without others beside it, its bounds not named."""
    attrs = {key: value for key, value in item.attrs.items() if key != "bounds"}
    return xr.DataArray(item.values, dims=item.dims, name=item.name, attrs=attrs)


def choose(sides: Sequence[Side], grid: Any) -> tuple[Target | None, Side | None]:
    """Find the grid that all are brought to, and the dataset that has it already.

    Returns
    -------
    Target or None
        None where there is nothing to bring together.
    Side or None
        None for a grid that was given.

    Raises
    ------
    InvalidInput
        For an unknown word, or a given grid without a place.
    """
    placed = [side for side in sides if side.axes.kind not in PLACELESS]
    if not isinstance(grid, str):
        return (_given(grid), None) if placed else (None, None)
    if grid not in GRIDS:
        raise InvalidInput(f"grid={grid!r}", hint=f"one of {', '.join(GRIDS)}, or a dataset")
    if grid == "keep" or len(placed) < 2:
        return None, None
    scattered = [side for side in placed if side.axes.kind in SCATTERED]
    if grid == "first":
        chosen = placed[0]
    elif any(side.axes.kind is GridKind.POINTS for side in scattered):
        chosen = next(side for side in scattered if side.axes.kind is GridKind.POINTS)
    else:
        regular = [side for side in placed if side not in scattered] or placed
        pick = max if grid == "coarser" else min
        chosen = pick(regular, key=fineness)
    return target_of(chosen.ds, chosen.axes), chosen


def _given(grid: Any) -> Target:
    ds = as_dataset(grid, "grid")
    axes = find_axes(ds)
    if axes.kind in PLACELESS:
        raise InvalidInput(
            "the dataset given as grid has no grid", hint="give one with longitudes and latitudes"
        )
    return target_of(ds, axes)


def fineness(side: Side) -> float:
    """Return the grid spacing in metres, roughly; a degree counts 111,195 m."""
    x, y = side.ds[side.axes.x].values, side.ds[side.axes.y].values
    if side.axes.kind is GridKind.PROJECTED:
        metres = metres_of(side.ds[side.axes.x], mapping_of(side.ds, side.axes))
        return spacing(x) * metres if x.size > 1 else 0.0
    if side.axes.kind is GridKind.LATLON:
        sides = [spacing(values) for values in (x, y) if values.size > 1]
        return float(np.mean(sides)) * 111_195.0 if sides else 0.0
    rows = y if y.ndim == 2 else y[None, :]
    steps = np.abs(np.diff(rows, axis=0)) if rows.shape[0] > 1 else np.zeros(1)
    return float(np.nanmedian(steps)) * 111_195.0


def stretched(target: Target, others: Sequence[Line], which: str) -> xr.DataArray:
    """Return an axis of a target, carried on by its own spacing until it covers other axes.

    Raises
    ------
    InvalidInput
        For an axis of uneven spacing, which cannot be carried on.
    """
    item = target.y if which == "y" else target.x
    own = target.lines()[0 if which == "y" else 1]
    if not own.has_cells:
        raise InvalidInput(
            f"a single {own.kind} cannot be carried on to cover the other dataset",
            hint="use on='overlap' or on='first', or give a grid that covers both",
        )
    low, high = own.edges[0], own.edges[-1]
    for other in others:
        turn = np.round((own.nodes.mean() - other.nodes.mean()) / 360) * 360
        shift = turn if own.kind == "longitude" else 0.0
        low, high = min(low, other.edges[0] + shift), max(high, other.edges[-1] + shift)
    before = int(np.floor((own.edges[0] - low) / own.spacing + 1e-6))
    after = int(np.floor((high - own.edges[-1]) / own.spacing + 1e-6))
    if own.cyclic or (before <= 0 and after <= 0):
        return item
    steps = np.diff(own.nodes)
    if not steps.size or np.ptp(steps) > 1e-3 * own.spacing:
        raise InvalidInput(
            "a grid of uneven spacing cannot be carried on to cover the other dataset",
            hint="use on='overlap' or on='first', or give a grid that covers both",
        )
    size = own.size + before + after
    if own.kind == "longitude":
        size = min(size, round(360 / own.spacing))
    nodes = own.nodes[0] + own.spacing * (np.arange(size) - before)
    inner = nodes[before : before + own.size]
    inner[:] = own.nodes[: inner.size]
    if own.kind == "latitude":
        nodes = nodes[np.abs(nodes) <= 90]
    falling = own.order[0] > own.order[-1]
    values = (nodes[::-1] if falling else nodes).astype(item.dtype)
    return xr.DataArray(values, dims=item.dims, name=item.name, attrs=item.attrs)
