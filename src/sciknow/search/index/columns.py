"""Columns to filter by: one value or a few a record, in memory, compared at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sciknow.errors import IntegrityError
from sciknow.model.coverage import BBox
from sciknow.model.licence import OPEN, is_under
from sciknow.place.box import closeness, meeting, share_within
from sciknow.search.arrays import open_array, ragged, save_array
from sciknow.search.index.document import Document
from sciknow.text import squeeze

Mask = NDArray[np.bool_]

UNKNOWN = np.iinfo(np.int32).min
_FOREVER = np.iinfo(np.int32).max
_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?.*)?"
)
_HOURS = (8766.0, 730.5, 168.0, 24.0, 1.0, 1 / 60)
_NAMED = 2.0
"""What missing counts at an end of a period that a question names."""
_UNNAMED = 0.25
"""What missing counts at an end of a period that a question does not name."""
_LONG = 10.0
"""Years before an end that count, where no start is named."""
_NEAR = 50.0
"""Kilometres beside a point at which a box counts for 1/e."""
_CURRENT = 2
"""Years within which what has ended is still current."""
_LISTS = (
    "variables",
    "sectors",
    "license",
    "access",
    "publisher",
    "formats",
    "languages",
    "concepts",
    "units",
)
"""Columns of words, kept as numbers with a table of the words."""


class Lying(NamedTuple):
    """How some records lie to a box.

    Parameters
    ----------
    meets, silent : array of bool, shape (records,)
        Records that meet the box, and those of which no place is known.
    local : array of float, shape (records,)
        Which part of a record's area lies in the box, the best of its places.
    covers : array of float, shape (records,)
        Which part of the box a record covers, the best of its places.
    """

    meets: Mask
    silent: Mask
    local: NDArray[np.float64]
    covers: NDArray[np.float64]


def _years(days: NDArray[Any]) -> NDArray[np.float64]:
    """Return days written as 20240131 in years with their fraction; nan for unknown."""
    years, rest = days // 10_000, days % 10_000
    out = years + (rest // 100 - 1) / 12 + (rest % 100) / 372
    return np.where(days == UNKNOWN, np.nan, out)


def hours(duration: str) -> float:
    """Return a duration of ISO 8601 in hours, nan for none (a year is 365.25 days).

    Examples
    --------
    >>> hours("P1D"), hours("PT30M"), hours("P1M")
    (24.0, 0.5, 730.5)
    """
    found = _DURATION.fullmatch(duration) if duration else None
    if found is None:
        return float("nan")
    return sum(int(part) * size for part, size in zip(found.groups(), _HOURS, strict=True) if part)


def key(name: str) -> str:
    """Return the form under which names are compared: squeezed, folded, one kind of space."""
    return squeeze(name).casefold().replace("_", " ")


def build_columns(folder: Path, documents: Sequence[Document]) -> None:
    """Write the columns of some records, in their order."""
    nowhere = (np.nan,) * 4
    boxes = np.array([item.bbox or nowhere for item in documents], np.float32).reshape(-1, 4)
    save_array(folder, "column-box", boxes)
    places = [(item.bbox,) if item.bbox else item.places for item in documents]
    flat = np.array([box for boxes in places for box in boxes], np.float32).reshape(-1, 4)
    save_array(folder, "column-place", flat)
    save_array(folder, "column-place-start", np.cumsum([0, *map(len, places)], dtype=np.int64))
    periods = np.array([_period(item) for item in documents], np.int32).reshape(-1, 2)
    save_array(folder, "column-period", periods)
    grain = [(item.meters or np.nan, hours(item.duration)) for item in documents]
    save_array(folder, "column-grain", np.array(grain, np.float32).reshape(-1, 2))
    flags = [
        (item.openable, item.offline, item.license_class == "open", item.license_class != "")
        for item in documents
    ]
    save_array(folder, "column-flag", np.array(flags, bool).reshape(-1, 4))
    words = {name: _save_words(folder, name, documents) for name in _LISTS}
    names = {item.publisher: item.publisher_names for item in documents if item.publisher}
    tables = {"words": words, "publisher_names": names}
    (folder / "columns.json").write_text(json.dumps(tables, ensure_ascii=False), "utf-8")


def _period(document: Document) -> tuple[int, int]:
    start = UNKNOWN if document.start is None else document.start
    if document.end is not None:
        return start, document.end
    return start, _FOREVER if document.grows else UNKNOWN


def _save_words(folder: Path, name: str, documents: Sequence[Document]) -> list[str]:
    """Write which words each record has, as a ragged array of numbers; returns the words."""
    table: dict[str, int] = {}
    rows: list[list[int]] = []
    for item in documents:
        value = getattr(item, name)
        words = (value,) if isinstance(value, str) else value
        rows.append([table.setdefault(word, len(table)) for word in words if word])
    save_array(folder, f"column-{name}", np.array([n for row in rows for n in row], np.int32))
    save_array(folder, f"column-{name}-start", np.cumsum([0, *map(len, rows)], dtype=np.int64))
    return list(table)


class Columns:
    """The columns of a collection, opened read-only.

    Parameters
    ----------
    folder : Path
        Folder that `build_columns` wrote to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._silent: dict[str, Mask] = {}
        self._arrays: dict[str, NDArray[Any]] = {}
        self._box = self._read("column-box")

    def _read(self, name: str) -> NDArray[Any]:
        """Return an array of the folder; each is opened once."""
        if name not in self._arrays:
            self._arrays[name] = open_array(self._folder, name)
        return self._arrays[name]

    def load(self) -> None:
        """Open every column."""
        for name in ("place", "place-start", "period", "grain", "flag"):
            self._read(f"column-{name}")
        for name in _LISTS:
            self.numbers(name)

    def at(self, rows: NDArray[np.int64]) -> Columns:
        """Return the columns of some records only, in the order of *rows*."""
        return _Part(self, rows)

    def __len__(self) -> int:
        return len(self._box)

    @cached_property
    def _tables(self) -> dict[str, Any]:
        return self._load_tables()

    def _load_tables(self) -> dict[str, Any]:
        path = self._folder / "columns.json"
        try:
            tables: dict[str, Any] = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise IntegrityError(
                f"{path} is damaged: {error}", hint="run: sciknow build"
            ) from error
        return tables

    @cached_property
    def _period(self) -> NDArray[np.int32]:
        return self._read("column-period")

    @cached_property
    def _ends(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        period = self._period
        return np.ascontiguousarray(period[:, 0]), np.ascontiguousarray(period[:, 1])

    @cached_property
    def _undated(self) -> Mask:
        first, last = self._ends
        return np.asarray((first == UNKNOWN) & (last == UNKNOWN))

    @cached_property
    def _grain(self) -> NDArray[np.float32]:
        return self._read("column-grain")

    @cached_property
    def _flags(self) -> list[Mask]:
        table = self._read("column-flag")
        return [np.ascontiguousarray(table[:, place]) for place in range(4)]

    @cached_property
    def _sides(self) -> list[NDArray[np.float32]]:
        return [np.ascontiguousarray(self._box[:, side]) for side in range(4)]

    @cached_property
    def _place(self) -> NDArray[np.float32]:
        return self._read("column-place")

    @cached_property
    def _place_start(self) -> NDArray[np.int64]:
        return self._read("column-place-start")

    @cached_property
    def has_box(self) -> Mask:
        """Records whose area is known."""
        return np.asarray(~np.isnan(self._box[:, 0]))

    @cached_property
    def placed(self) -> Mask:
        """Records whose area is known for sure: by their own box, or as the whole globe."""
        start, places = self._place_start, self._place
        sizes = np.diff(start)
        out = self.has_box.copy()
        if len(places):
            whole = (places[:, 2] - places[:, 0] >= 360) & (places[:, 3] - places[:, 1] >= 150)
            out[sizes > 0] |= np.logical_or.reduceat(whole, start[:-1][sizes > 0])
        return out

    @property
    def openable(self) -> Mask:
        """Records that open lazily."""
        return self._flags[0]

    @property
    def offline(self) -> Mask:
        """Records that open with no network."""
        return self._flags[1]

    def preferred(self, by: str) -> Mask:
        """Records that open, that are current, or that have an open licence."""
        if by == "current":
            return self._ends[1] >= (date.today().year - _CURRENT) * 10_000
        return self._flags[0] if by == "opens" else self._flags[2]

    def touches(self, box: BBox) -> Mask:
        """Records whose area meets a box; both may cross the antimeridian."""
        return meeting(self._sides, box) & self.has_box

    def lies_in(self, box: BBox) -> Lying:
        """Tell how records lie to a box, by their own box or the places they name."""
        start, places = self._place_start, self._place
        sizes = np.diff(start)
        begins, filled = start[:-1][sizes > 0], sizes > 0
        meets, local, covers = (np.zeros(len(self), kind) for kind in (bool, float, float))
        if len(begins):
            meets[filled] = np.logical_or.reduceat(meeting(list(places.T), box), begins)
            local[filled] = np.maximum.reduceat(share_within(places, box), begins)
            covers[filled] = np.maximum.reduceat(share_within(box, places), begins)
        return Lying(meets, ~filled, local, covers)

    def near(self, point: BBox) -> tuple[NDArray[np.float64], Mask]:
        """Return how well records answer for a point, and those of which no place is known.

        A box that does not reach the point counts less by each 50 km, and by its grid spacing
        where that is stated, that it ends away from it.
        """
        start, places = self._place_start, self._place
        sizes = np.diff(start)
        grade, filled = np.zeros(len(self)), sizes > 0
        if filled.any():
            spacing = np.nan_to_num(self._grain[:, 0], nan=0.0) / 1000
            scale = np.repeat(_NEAR + spacing, sizes)
            best = closeness(places, point, scale)
            grade[filled] = np.maximum.reduceat(best, start[:-1][filled])
        return grade, ~filled

    def overlaps(self, start: int | None, end: int | None) -> tuple[Mask, Mask]:
        """Return records whose period meets another, and those that do not say."""
        first, last = self._ends
        match = ~self._undated
        if end is not None:
            match &= first <= end
        if start is not None:
            match &= (last >= start) | (last == UNKNOWN)
        return match, self._undated

    def share_of_period(
        self, start: int | None, end: int | None
    ) -> tuple[NDArray[np.float64], Mask]:
        """Return which part of a period records cover, and those that do not say.

        A start that is named counts more than an end that is not: of what is wanted "since 1980",
        what begins later loses more than what ended meanwhile.
        """
        first, last = (_years(ends) for ends in self._ends)
        first = np.where(np.isnan(first), last, first)
        last = np.where(np.isnan(last), first, last)
        now = date.today().year + 1.0
        begin = float(_years(np.array([start or end]))[0])
        finish = min(float(_years(np.array([end]))[0]) if end else now, max(now, begin))
        if start is None:
            begin = finish - _LONG
        length = max(finish - begin, 1 / 365)
        late = np.clip(first - begin, 0, None) / length * (_NAMED if start else _UNNAMED)
        early = np.clip(finish - np.minimum(last, now), 0, None) / length
        early *= _NAMED if end else _UNNAMED
        apart = (first > finish) | (last < begin)
        share = np.where(apart | self._undated, 0.0, np.clip(1 - late - early, 0.05, 1))
        return share, self._undated

    def lasts(self, years: float) -> tuple[Mask, Mask]:
        """Return records that span about so many years or more, and those that do not say.

        What still grows is counted up to today.
        """
        first, last = (end.astype(np.int64) // 10_000 for end in self._ends)
        last = np.minimum(last, date.today().year)
        silent = (self._ends[0] == UNKNOWN) | (self._ends[1] == UNKNOWN)
        return np.asarray(~silent & (last - first + 1 >= years)), silent

    def in_format(self, name: str) -> tuple[Mask, Mask]:
        """Return records whose data come in a form, and those that do not say."""
        return self._with("formats", lambda word: name in word), self._empty("formats")

    def as_fine_as(self, meters: float) -> Mask:
        """Records whose grid spacing is at most about this (a quarter coarser still counts)."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self._grain[:, 0] <= meters * 1.25)

    @property
    def without_resolution(self) -> Mask:
        """Records that do not say how fine they are."""
        return np.isnan(self._grain[:, 0])

    def as_often_as(self, duration: str) -> tuple[Mask, Mask]:
        """Return records whose time step is at most about this, and those that do not say."""
        with np.errstate(invalid="ignore"):
            match = self._grain[:, 1] <= hours(duration) * 1.1
        return np.asarray(match), np.isnan(self._grain[:, 1])

    def licensed(self, license_: str) -> tuple[Mask, Mask]:
        """Return records under a licence (or any open one), and those that do not say.

        A version may follow the name, but no further condition: CC-BY is CC-BY-4.0 and not
        CC-BY-NC-4.0.
        """
        if license_ == OPEN:
            return self._flags[2], ~self._flags[3]
        return self._with("license", lambda word: is_under(word, license_)), self._empty("license")

    def accessible(self, access: Sequence[str]) -> tuple[Mask, Mask]:
        """Return records to which any of some kinds of access leads, and those that do not say."""
        return self._with("access", lambda word: word in access), self._empty("access")

    def in_sectors(self, sectors: Sequence[str]) -> Mask:
        """Records of any of some sectors."""
        return self._with("sectors", lambda word: word in sectors)

    @property
    def without_sector(self) -> Mask:
        """Records of no sector."""
        return self._empty("sectors")

    def has_variable(self, names: Sequence[str]) -> Mask:
        """Records with any of some variables, by name, CF standard name or label."""
        wanted = {key(name) for name in names}
        return self._with("variables", lambda word: key(word) in wanted)

    @property
    def without_variables(self) -> Mask:
        """Records that list no variables."""
        return self._empty("variables")

    def measured_in(self, matches: Callable[[str], bool]) -> Mask:
        """Records that have a variable in a unit that matches."""
        return self._with("units", matches)

    def published_by(self, publisher: str) -> Mask:
        """Records of a publisher, by id or a part of its name."""
        wanted, names = key(publisher), self._tables["publisher_names"]

        def matches(identifier: str) -> bool:
            known = names.get(identifier, ())
            return key(identifier) == wanted or any(wanted in key(name) for name in known)

        return self._with("publisher", matches)

    @property
    def without_publisher(self) -> Mask:
        """Records that name no publisher."""
        return self._empty("publisher")

    def words(self, name: str) -> list[str]:
        """Return the words of a column of words, each once."""
        words: list[str] = self._tables["words"].get(name, [])
        return words

    def numbers(self, name: str) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return a column of words as numbers, and where each record's begin."""
        if name not in self._tables["words"]:  # an index from before the column was kept
            return np.zeros(0, np.int32), np.zeros(len(self) + 1, np.int64)
        return self._read(f"column-{name}"), self._read(f"column-{name}-start")

    def _with(self, name: str, matches: Callable[[str], bool]) -> Mask:
        wanted = np.array([matches(word) for word in self.words(name)], bool)
        out = np.zeros(len(self), bool)
        values, start = self.numbers(name)
        if wanted.any():
            owner = np.repeat(np.arange(len(self)), np.diff(start))
            out[owner[wanted[values]]] = True
        return out

    def _empty(self, name: str) -> Mask:
        if name not in self._silent:
            _, start = self.numbers(name)
            self._silent[name] = np.asarray(start[1:] == start[:-1])
        return self._silent[name]


class _Part(Columns):
    """Some records of a collection; every array is cut to them when it is read."""

    def __init__(self, whole: Columns, rows: NDArray[np.int64]) -> None:
        self._whole = whole
        self._rows = rows
        super().__init__(whole._folder)

    def _load_tables(self) -> dict[str, Any]:
        return self._whole._tables

    def _read(self, name: str) -> NDArray[Any]:
        if name not in self._arrays:
            self._arrays[name] = self._cut(name)
        return self._arrays[name]

    def _cut(self, name: str) -> NDArray[Any]:
        if name.endswith("-start"):
            start = self._whole._read(name)
            return np.cumsum([0, *(start[self._rows + 1] - start[self._rows])], dtype=np.int64)
        if name.removeprefix("column-") in ("place", *_LISTS):
            start = self._whole._read(f"{name}-start")
            return np.asarray(self._whole._read(name)[ragged(start, self._rows)])
        return np.asarray(self._whole._read(name)[self._rows])
