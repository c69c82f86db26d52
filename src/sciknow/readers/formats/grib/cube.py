"""Fields → hypercubes: which fields make up one variable, and which variables share a grid.

Names of variables, dimensions and attributes are those that cfgrib gives, after ecCodes' keys and
the CF conventions. Where fields do not fit into one hypercube they become several, each a node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sciknow.errors import InvalidInput
from sciknow.readers.formats.grib import FILTERS
from sciknow.readers.formats.grib.index import Field

DIMENSIONS = ("number", "time", "step", "level")
"""The dimensions outside a field, in order."""

_SECONDS = {"number": "i8", "time": "datetime64[s]", "step": "timedelta64[s]", "level": "f8"}


@dataclass(frozen=True)
class Item:
    """One field with its keys, and a message that has its grid but no data."""

    field: Field
    keys: Mapping[str, Any]
    bare: bytes

    @property
    def place(self) -> tuple[int, int, int, float]:
        """Where it belongs along `DIMENSIONS`; time and step in seconds."""
        date, clock = int(self.keys.get("dataDate", 0)), int(self.keys.get("dataTime", 0))
        day = np.datetime64(f"{date // 10000:04}-{date // 100 % 100:02}-{date % 100:02}", "s")
        time = int(day.astype("i8")) + (clock // 100) * 3600 + (clock % 100) * 60
        step, number = int(self.keys.get("endStep", 0)), int(self.keys.get("number", 0))
        return number, time, step, float(self.keys.get("level", 0))

    @property
    def name(self) -> str:
        """What the variable is called."""
        name = str(self.keys.get("cfVarName") or "unknown")
        return str(self.keys.get("shortName", name)) if name == "unknown" else name

    @property
    def group(self) -> tuple[Hashable, ...]:
        """What the fields of one hypercube have in common."""
        return (self.level, self.keys.get("stepType"), self.keys.get("md5GridSection"))

    @property
    def level(self) -> str:
        """The kind of level."""
        return str(self.keys.get("typeOfLevel", "unknown"))


@dataclass(frozen=True)
class Cube:
    """Variables on one grid with the same coordinates.

    Parameters
    ----------
    variables : mapping of str to array of Item
        Each with the fields at their places along the four dimensions; None for one that is not
        there.
    coords : mapping of str to array
        Values of the four dimensions.
    """

    variables: Mapping[str, npt.NDArray[Any]]
    coords: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)

    @property
    def first(self) -> Item:
        """Any of its fields: they share grid and kind of level."""
        every = (item for array in self.variables.values() for item in array.flat)
        found: Item = next(item for item in every if item is not None)
        return found


def wanted(items: Iterable[Item], filters: object) -> list[Item]:
    """Return the fields whose keys have the values that are asked for.

    Raises
    ------
    InvalidInput
        For a key that is not known, or where nothing is left: says what there is.
    """
    every = list(items)
    if filters is None:
        return every
    if not isinstance(filters, Mapping) or (unknown := sorted(set(filters) - set(FILTERS))):
        what = repr(unknown[0]) if isinstance(filters, Mapping) else f"{filters!r:.60}"
        raise InvalidInput(
            f"filter_by_keys has {what}", hint="it takes a mapping of " + ", ".join(FILTERS)
        )
    left = [item for item in every if all(_fits(item, *pair) for pair in filters.items())]
    if left:
        return left
    there = "; ".join(f"{key}: {_values(every, key)}" for key in filters)
    raise InvalidInput(
        f"no field has {', '.join(f'{key}={value!r}' for key, value in filters.items())}",
        hint=f"there are {there}",
    )


def _fits(item: Item, key: str, value: object) -> bool:
    values = value if isinstance(value, (list, tuple)) else [value]
    return item.keys.get(key) in values


def _values(items: Iterable[Item], key: str) -> str:
    found = sorted({str(item.keys.get(key)) for item in items})
    return ", ".join(found[:20]) + (" …" if len(found) > 20 else "")


def cubes(items: Sequence[Item]) -> dict[str, Cube]:
    """Arrange fields into hypercubes, each under a name.

    Raises
    ------
    InvalidInput
        When two fields claim one place.
    """
    variables: dict[tuple[Hashable, ...], list[Item]] = {}
    for item in items:
        variables.setdefault((*item.group, item.name), []).append(item)
    together: dict[tuple[Hashable, ...], dict[str, list[Item]]] = {}
    for (*group, name), own in variables.items():
        axes = tuple(tuple(sorted({item.place[at] for item in own})) for at in range(4))
        if own[0].level.startswith("isobaric"):  # upwards, as the field writes it
            axes = (*axes[:3], axes[3][::-1])
        together.setdefault((*group, axes), {})[str(name)] = own
    made = [_cube(axes, own) for (*_, axes), own in together.items()]
    return dict(zip(_names(made), made, strict=True))


def _cube(axes: Any, variables: Mapping[str, Sequence[Item]]) -> Cube:
    shape = tuple(map(len, axes))
    arrays = {}
    for name, items in variables.items():
        array: npt.NDArray[Any] = np.full(shape, None, object)
        for item in items:
            at = tuple(axis.index(value) for axis, value in zip(axes, item.place, strict=True))
            if array[at] is not None:
                raise InvalidInput(
                    f"two fields are {name} at the same time, step and level",
                    hint="tell them apart with filter_by_keys, for example dataType",
                )
            array[at] = item
        arrays[name] = array
    coords = {
        name: np.array(axis, "i8" if name != "level" else "f8").astype(kind)
        for (name, kind), axis in zip(_SECONDS.items(), axes, strict=True)
    }
    return Cube(arrays, coords)


def _names(made: Sequence[Cube]) -> list[str]:
    """Name hypercubes by what tells them apart: kind of level, level, kind of step, number."""
    plain = [cube.first.level for cube in made]
    steps = [str(cube.first.keys.get("stepType", "")) for cube in made]
    levels = [
        f"_{cube.coords['level'][0]:g}" if len(cube.coords["level"]) == 1 else "" for cube in made
    ]
    found = plain
    for more in (levels, [f"_{step}" for step in steps]):
        counts = Counter(found)
        found = [
            name + extra if counts[name] > 1 else name
            for name, extra in zip(found, more, strict=True)
        ]
    seen: Counter[str] = Counter()
    unique = []
    for name in found:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name}_v{seen[name]}")
    return unique
