"""ERDDAP's tabledap: what a server says of a table, and how a part of it is asked for.

Documented at https://coastwatch.pfeg.noaa.gov/erddap/tabledap/documentation.html: a request names
columns and constraints (``time>=2004-01-01T00:00:00Z``), and the ending of the address the form of
the answer. ``.nc`` (NetCDF classic, one dimension ``row``) and ``.ncHeader`` (its structure in
words) are answered by every version.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.io import netcdf_file

from sciknow.errors import IntegrityError, InvalidInput, LimitExceeded
from sciknow.model.selection import Selection
from sciknow.readers.jsontext import LIMITS, read_json
from sciknow.readers.rows import Interval, longitudes, times
from sciknow.wire.budget import Limits
from sciknow.wire.trouble import DAMAGED

Moment: TypeAlias = pd.Timestamp | None
Place: TypeAlias = tuple[Moment, Moment, Interval | None]
"""One request: from a moment on, before another, and an interval of longitude."""

STEPS = {"year": "YS", "month": "MS", "day": "D", "none": ""}
"""What a table may be asked for at once → the frequency of its boundaries."""

MAX_REQUESTS = 5_000
_SINCE = "seconds since 1970-01-01T00:00:00Z"
_NUMBERS = {"byte": "i1", "short": "i2", "int": "i4", "float": "f4", "double": "f8", "ubyte": "u1"}
_WIDE = frozenset({"ushort", "uint", "long", "ulong"})
_SHOWN = ("units", "standard_name", "long_name")
_WIDTHS = {"byte": 1, "char": 1, "short": 2, "int": 4, "float": 4, "double": 8, "ubyte": 1}
_DIMENSION = re.compile(r"^[ \t]*+(\w++)\s*+=\s*+(\d{1,18}+)\s*+;", re.MULTILINE)
_VARIABLE = re.compile(r"^[ \t]*+(\w++)\s++(\w++)\s*+\(([^()]*+)\)\s*+;", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name, kind : str
        Its name, and ERDDAP's type of it.
    attrs : dict
        Its attributes, numbers as numbers.
    """

    name: str
    kind: str
    attrs: dict[str, Any] = field(default_factory=dict)

    @property
    def is_time(self) -> bool:
        """Whether its values are moments; ERDDAP writes every moment as seconds since 1970."""
        return self.kind == "double" and self.attrs.get("units") == _SINCE

    @property
    def dtype(self) -> Any:
        """The type of its values here; whole numbers that may be missing are floats."""
        if self.is_time:
            return np.dtype("datetime64[ns]")
        if self.kind in _WIDE or (self.kind in _NUMBERS and self.gaps and self.kind != "float"):
            return np.dtype("f8")
        if self.kind in _NUMBERS:
            return np.dtype(_NUMBERS[self.kind])
        return pd.Series(["text"]).dtype

    @property
    def gaps(self) -> tuple[float, ...]:
        """The values that stand for a missing one."""
        found = (self.attrs.get(key) for key in ("_FillValue", "missing_value"))
        return tuple(float(item) for item in found if isinstance(item, (int, float)))

    @property
    def range(self) -> tuple[float, float] | None:
        """Least and greatest value, where the server says."""
        found = self.attrs.get("actual_range")
        return (found[0], found[1]) if isinstance(found, list) and len(found) == 2 else None


@dataclass(frozen=True, slots=True)
class Table:
    """What a server says of a table."""

    columns: tuple[Column, ...]
    attrs: dict[str, Any]

    def column(self, name: str) -> Column | None:
        """Return a column by its name; None where there is none."""
        return next((item for item in self.columns if item.name == name), None)

    def chosen(self, wanted: Sequence[str]) -> tuple[Column, ...]:
        """Return columns by their names or CF standard names; all where none is wanted.

        Raises
        ------
        InvalidInput
            Naming the column that there is not.
        """
        found: list[Column] = []
        for name in wanted:
            own = [item for item in self.columns if item.name == name] or [
                item for item in self.columns if item.attrs.get("standard_name") == name
            ]
            if not own:
                known = ", ".join(item.name for item in self.columns)
                raise InvalidInput(f"the table has no column {name!r}", hint=f"it has {known}")
            found += own
        return unique(found) if wanted else self.columns

    def shown(self, columns: Iterable[Column]) -> dict[str, Any]:
        """Return the table's attributes, and under ``columns`` those of its columns."""
        about = {
            item.name: {
                key: item.attrs[key]
                for key in _SHOWN
                if key in item.attrs and not (key == "units" and item.is_time)
            }
            for item in columns
        }
        return {**self.attrs, "columns": about}


def unique(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return columns without those of a name that was there before."""
    return tuple({item.name: item for item in columns}.values())


def parse_info(data: bytes, limits: Limits = LIMITS) -> Table:
    """Read the document ``info/<dataset>/index.json``.

    Raises
    ------
    IntegrityError
        When it is no such document.
    """
    try:
        table = read_json(data, "the description of an ERDDAP dataset", limits)["table"]
        names = list(table["columnNames"])
        at = [names.index(name) for name in _HEADS]
        count = sum(row[at[0]] == "variable" for row in table["rows"])
        limits.check("names", count, "the table of ERDDAP", "columns")
        rows = [tuple(str(row[number]) for number in at) for row in table["rows"]]
    except LimitExceeded:
        raise
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise IntegrityError(
            f"no description of an ERDDAP dataset: {error}", hint=DAMAGED
        ) from error
    columns = {name: Column(name, kind) for row, name, _, kind, _ in rows if row == "variable"}
    attrs: dict[str, Any] = {}
    for row, name, key, kind, text in rows:
        if row == "attribute":
            owner = attrs if name == "NC_GLOBAL" else getattr(columns.get(name), "attrs", {})
            owner[key] = text if kind == "String" else _numbers(text)
    return Table(tuple(columns.values()), attrs)


_HEADS = ("Row Type", "Variable Name", "Attribute Name", "Data Type", "Value")


def _numbers(text: str) -> Any:
    try:
        found = [float(item) for item in text.split(",")]
    except ValueError:
        return text
    return found[0] if len(found) == 1 else found


def spans(table: Table, wanted: Selection, step: str) -> list[tuple[Moment, Moment]]:
    """Return the moments between which the rows are asked for, one request each.

    The first and the last stay open where no period is wanted, since a server's word on the
    range of a growing table may be old.

    Raises
    ------
    InvalidInput
        For an unknown step, or more requests than `MAX_REQUESTS`.
    """
    if step not in STEPS:
        raise InvalidInput(f"partition={step!r}", hint="give one of " + ", ".join(STEPS))
    first, after = times(wanted.period) if wanted.period else (None, None)
    column = table.column("time")
    known = column.range if column is not None and column.is_time else None
    if known is None or not STEPS[step]:
        return [(first, after)]
    start, end = (pd.Timestamp(value, unit="s") for value in known)
    low, high = max(first or start, start), min(after or end, end)
    days = pd.date_range(low, high, freq=STEPS[step], normalize=True)
    inner = [item for item in days if low < item < high]
    if len(inner) >= MAX_REQUESTS:
        raise InvalidInput(
            f"{len(inner) + 1:,} requests of a {step} each", hint="take a longer partition"
        )
    edges = [first, *inner, after]
    return list(pairwise(edges))


def around(table: Table, wanted: Selection) -> list[Interval | None]:
    """Return the intervals of longitude that are asked for, as the table counts them."""
    if not wanted.bbox or wanted.bbox[2] - wanted.bbox[0] >= 360:
        return [None]
    column = table.column("longitude")
    low, high = (column.range if column else None) or (-180.0, 360.0)
    found = longitudes(wanted.bbox[0], wanted.bbox[2])
    meeting: list[Interval | None] = [item for item in found if item[0] <= high and item[1] >= low]
    return meeting or [found[0]]


def query(columns: Sequence[Column], wanted: Selection, place: Place) -> str:
    """Write the part of an address that asks for some columns and rows, percent-encoded."""
    first, after, interval = place
    limits = []
    if wanted.bbox:
        limits += [f"latitude>={wanted.bbox[1]:.9g}", f"latitude<={wanted.bbox[3]:.9g}"]
    if interval is not None:
        limits += [f"longitude>={interval[0]:.9g}", f"longitude<={interval[1]:.9g}"]
    limits += [] if first is None else [f"time>={_iso(first)}"]
    limits += [] if after is None else [f"time<{_iso(after)}"]
    names = ",".join(item.name for item in columns)
    return "&".join(quote(item, safe=",:") for item in (names, *limits))


def _iso(moment: pd.Timestamp) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%S.%f"))[:-3] + "Z"


def read_rows(data: bytes, columns: Sequence[Column]) -> pd.DataFrame:
    """Read an answer ``.nc``.

    Raises
    ------
    IntegrityError
        When it is none, or is cut short.
    """
    if data[:3] != b"CDF":
        raise IntegrityError(f"an answer that starts with {data[:8]!r}, not NetCDF", hint=DAMAGED)
    try:
        with netcdf_file(io.BytesIO(data), mmap=False) as opened:
            found = {item.name: _values(opened.variables[item.name].data, item) for item in columns}
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise IntegrityError(f"an answer that is damaged: {error!r}", hint=DAMAGED) from error
    return pd.DataFrame(found)


def _values(values: npt.NDArray[Any], column: Column) -> Any:
    if values.dtype.kind == "S":
        return pd.Series(_texts(values), dtype=column.dtype)
    plain = values.astype(values.dtype.newbyteorder("="))
    if not (column.gaps or column.is_time):
        return plain.astype(column.dtype)
    missing = np.isin(plain, np.array(column.gaps, plain.dtype)) | (plain != plain)
    if column.is_time:
        moments = np.where(missing, 0, np.round(plain * 1000)).astype("M8[ms]")
        return np.where(missing, np.datetime64("NaT"), moments).astype("M8[ns]")
    return np.where(missing, np.nan, plain).astype(column.dtype)


def _texts(values: npt.NDArray[Any]) -> list[str]:
    width = values.shape[1] if values.ndim == 2 else 1
    joined = np.ascontiguousarray(values).view(f"S{max(1, width)}").ravel()
    return [_text(item) for item in joined.tolist()]


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def parse_header(text: str) -> tuple[int, int]:
    """Return the number of rows, and the bytes of one row, from an answer ``.ncHeader``.

    Examples
    --------
    >>> parse_header("dimensions:\\n row = 7;\\n s_strlen = 5;\\nvariables:\\n double t(row=7);\\n "
    ...              "char s(row=7, s_strlen=5);")
    (7, 13)

    Raises
    ------
    IntegrityError
        When it names no dimension ``row``.
    """
    sizes = {name: int(size) for name, size in _DIMENSION.findall(text)}
    if "row" not in sizes:
        raise IntegrityError("a header without rows", hint=DAMAGED)
    width = 0
    for kind, _, dims in _VARIABLE.findall(text):
        names = [item.partition("=")[0].strip() for item in dims.split(",")]
        if "row" in names and kind in _WIDTHS:
            width += _WIDTHS[kind] * int(np.prod([sizes.get(n, 1) for n in names if n != "row"]))
    return sizes["row"], width
