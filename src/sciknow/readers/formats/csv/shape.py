"""Lines of a CSV file, read by the types that its start tells.

pandas reads the lines; what it would do in silence is looked at first: whole numbers that lose
leading zeros or last digits, dates in another spelling, a type that changes further down.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries.api import guess_datetime_format

from sciknow.errors import InvalidInput
from sciknow.readers.column import (
    TEXT,
    WHOLE,
    ZEROS,
    empty,
    is_exact,
    kind_of,
    refused,
    settled,
)

_OURS = frozenset({"parse_dates", "date_format", "assume_missing", "blocksize", "compression"})
"""Options that are heeded here, not by pandas."""
_SIGNS = np.zeros(256, bool)
_SIGNS[list(b"+-")] = True
_AROUND = np.zeros(256, bool)
_AROUND[list(b'\r\n,;\t|" ')] = True
"""What stands before and after a number."""
_PIECE = 2**23
_LONG = re.compile(r"\A\s*+[+-]?[0-9]{16,}+\s*+")
_FIT = {
    "i": re.compile(r"\A\s*+[+-]?\d++(?:\.0*+)?\s*+", re.A),
    "u": re.compile(r"\A\s*+\+?\d++(?:\.0*+)?\s*+", re.A),
    "f": re.compile(r"\A\s*+[+-]?(?:(?=[.,]*+\d)[\d.,]++(?:e[+-]?\d++)?|inf(?:inity)?)\s*+", re.I),
    "b": re.compile(r"true|false", re.I),
}
"""What fits into a column of a kind."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Columns, types and spellings of a CSV file.

    Parameters
    ----------
    meta : pandas.DataFrame
        An empty table of the columns and types.
    names : tuple
        Every column of the file, those not wanted included.
    dates : mapping
        Column → how its dates are written, as `pandas.to_datetime` takes it.
    options : mapping
        As of `pandas.read_csv`.
    """

    meta: pd.DataFrame
    names: tuple[Any, ...]
    dates: Mapping[Any, str]
    options: Mapping[str, Any]

    @property
    def quote(self) -> bytes:
        """The character around texts that hold separators or line ends."""
        return str(self.options.get("quotechar", '"')).encode()

    @property
    def by_bytes(self) -> bool:
        """Whether a line ends with one byte, whatever stands before it."""
        return not re.search("16|32", str(self.options.get("encoding", "")))

    def read(self, data: bytes, *, first: bool) -> pd.DataFrame:
        """Read whole lines; the first block holds the header.

        Raises
        ------
        InvalidInput
            For a value that does not fit the type of its column.
        """
        if not data.strip():
            return self.meta
        options = dict(self.options) | {"dtype": self._types()}
        if not first:
            options |= {"names": list(self.names), "header": None, "skiprows": None}
        try:
            found = _read(data, options)
        except (ValueError, TypeError, OverflowError) as error:
            self._refuse_misfits(_texts(data, options))
            raise _unfit(error, self.options) from error
        if not self.by_bytes or any(map(_suspect, _pieces(data))):
            self._refuse_losses(data, options)
        for name, spelling in self.dates.items():
            found[name] = dated(found[name], spelling, name, self.meta[name].dtype)
        return found

    def _types(self) -> Any:
        given = self.options.get("dtype")
        if given is not None and not isinstance(given, Mapping):
            return given
        own = {name: TEXT if name in self.dates else self.meta[name].dtype for name in self.meta}
        return own | dict(given or {})

    def _ours(self) -> list[tuple[Any, Any]]:
        """Return the columns of numbers and truths whose types are ours, not the catalogue's."""
        given = self.options.get("dtype") or {}
        if isinstance(given, str):
            return []
        types = {name: self.meta[name].dtype for name in self.meta if name not in given}
        return [(name, kind) for name, kind in types.items() if getattr(kind, "kind", "") in _FIT]

    def _refuse_misfits(self, texts: pd.DataFrame) -> None:
        for name, kind in self._ours():
            there = texts[name].dropna()
            wrong = there[~there.str.fullmatch(_FIT[kind.kind])]
            if not len(wrong) and kind.kind in "iu":
                wrong = there[[kind_of([int(float(value))]) != kind for value in there]]
            if len(wrong):
                raise refused(name, wrong.iloc[0], kind)

    def _refuse_losses(self, data: bytes, options: Mapping[str, Any]) -> None:
        ours = dict(self._ours())
        if not ours:
            return
        texts = _texts(data, {**options, "usecols": list(ours)})
        for name, kind in ours.items():
            there = texts[name].dropna()
            pattern = _LONG if kind.kind == "f" else ZEROS
            there = there[[pattern.fullmatch(value) is not None for value in there]]
            lost = there[[kind.kind != "f" or _rounds(value) for value in there]]
            if len(lost):
                raise refused(name, lost.iloc[0], kind)


def _pieces(data: bytes) -> Iterator[bytes]:
    """Yield whole lines, some megabytes at a time."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _PIECE) + 1 or len(data)
        yield data[start:end]
        start = end


def _suspect(lines: bytes) -> bool:
    """Tell whether a whole number stands there that may lose leading zeros or last digits."""
    found = np.frombuffer(b"\n\n" + lines + b"\n", np.uint8)
    digit = (found - np.uint8(48)) < 10
    change = np.flatnonzero(digit[1:] != digit[:-1]) + 1
    start, end = change[::2], change[1::2]
    length = end - start
    some = (length >= 16) | ((length > 1) & (found[start] == 48))
    start, end = start[some], end[some]
    before = np.where(_SIGNS[found[start - 1]], found[start - 2], found[start - 1])
    return bool(np.any(_AROUND[before] & _AROUND[found[end]]))


def _rounds(text: str) -> bool:
    return WHOLE.fullmatch(text) is not None and not is_exact(int(text))


def _zeros(text: str) -> bool:
    return ZEROS.fullmatch(text) is not None


def _texts(data: bytes, options: Mapping[str, Any]) -> pd.DataFrame:
    return _read(data, {**options, "dtype": str})


def _read(data: bytes, options: Mapping[str, Any]) -> pd.DataFrame:
    with warnings.catch_warnings():
        if options.get("index_col") is False:
            warnings.simplefilter("ignore")  # of the empty column after each line's last comma
        found: pd.DataFrame = pd.read_csv(io.BytesIO(data), **options)
        return found


def _unfit(error: Exception, options: Mapping[str, Any]) -> Exception:
    """Return the error to raise where a type that the catalogue names does not hold a column."""
    damaged = isinstance(error, (pd.errors.ParserError, UnicodeError))
    if options.get("dtype") is None or damaged:
        return error
    return InvalidInput(
        f"a column is not what the option dtype says: {' '.join(str(error).split())[:200]}",
        hint="where there are gaps, name Int64, boolean, float64 or str",
    )


def shape_of(start: bytes, options: Mapping[str, Any], *, whole: bool) -> Shape:
    """Tell columns and types from the start of a file.

    Parameters
    ----------
    start : bytes
        Whole lines.
    options : mapping
        As of `pandas.read_csv`.
    whole : bool
        Whether these are all lines.

    Raises
    ------
    InvalidInput
        For dates that are not written in one way.
    """
    plain = {key: value for key, value in options.items() if key not in _OURS}
    texts = _texts(start, plain)
    if not isinstance(texts.index, pd.RangeIndex) and texts.iloc[:, -1].isna().all():
        plain["index_col"] = False  # each line ends with a separator
        texts = _texts(start, plain)
    named: Any = options.get("parse_dates") or []
    if missing := [name for name in named if name not in texts.columns]:
        raise InvalidInput(
            f"parse_dates names the column {missing[0]!r}, which the table has not",
            hint="it has " + ", ".join(map(str, texts.columns)),
        )
    wished = options.get("date_format")
    dates = {name: spelling_of(texts[name], wished, name) for name in named}
    try:
        guessed = _read(start, {**plain, "dtype_backend": "numpy_nullable"})
    except (ValueError, TypeError, OverflowError) as error:
        raise _unfit(error, plain) from error
    given = plain.get("dtype") or {}
    types = {}
    for name in guessed:
        if name in dates:
            types[name] = dated(texts[name], dates[name], name).dtype
        elif isinstance(given, str) or name in given:
            types[name] = _of_pandas(guessed[name].dtype)
        else:
            types[name] = _told(texts[name], guessed[name].dtype, whole)
            if options.get("assume_missing") and types[name].kind in "iu":
                types[name] = np.dtype("f8")
    every = pd.read_csv(io.BytesIO(start), **{**plain, "usecols": None, "dtype": str}, nrows=0)
    return Shape(empty(types), tuple(every.columns), dates, plain)


def _of_pandas(kind: Any) -> Any:
    """Return what a type that a catalogue names is without missing values of its own."""
    return TEXT if isinstance(kind, pd.StringDtype) else kind


def _told(texts: pd.Series, guessed: Any, whole: bool) -> Any:
    there = texts.dropna()
    if not len(there):
        return np.dtype("f8") if whole and len(texts) else TEXT
    if guessed.kind in "iu" and any(map(_zeros, there)):
        return TEXT
    if guessed.kind == "f":
        return TEXT if any(map(_rounds, there)) else np.dtype("f8")
    if isinstance(guessed, pd.StringDtype):
        number = all(WHOLE.fullmatch(text) and not _zeros(text) for text in there)
        guessed = kind_of([int(text) for text in there]) if number else TEXT
    return settled(guessed, whole=whole, gaps=len(there) < len(texts))


def spelling_of(values: pd.Series, wished: object, name: object) -> str:
    """Tell how dates are written: in ISO 8601, in one other way, or in several that are plain.

    Raises
    ------
    InvalidInput
        Where day and month could be taken for each other, or a date does not exist.
    """
    there = values.dropna()
    if wished is not None:
        return str(wished)
    if not len(there) or _reads(there, "ISO8601"):
        return "ISO8601"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of dates that only one order of day and month allows
        return _spelling_of(there, name)


def _spelling_of(there: pd.Series, name: object) -> str:
    for day_first in (False, True):
        guess: str | None = guess_datetime_format(str(there.iloc[0]), dayfirst=day_first)
        if guess and _reads(there, guess):
            return guess
    if _reads(there, "mixed"):
        return "mixed"
    raise _undated(there, "mixed", name)


def _reads(values: pd.Series, spelling: str) -> bool:
    try:
        found = _moments(values, spelling)
        if spelling != "mixed":
            return True
        other = pd.to_datetime(values, format="mixed", dayfirst=True)
        return bool((found == other).all())
    except (ValueError, TypeError, OverflowError):
        return False


def _moments(values: pd.Series, spelling: str) -> pd.Series:
    """Read dates; those of several time zones in universal time."""
    try:
        return pd.to_datetime(values, format=spelling)
    except ValueError as error:
        if "utc=True" not in str(error):
            raise
        return pd.to_datetime(values, format=spelling, utc=True)


def dated(values: pd.Series, spelling: str, name: object, kind: Any = None) -> pd.Series:
    """Read dates, as a type where one is known; a gap is no time.

    Raises
    ------
    InvalidInput
        Naming the first that is not written so, or does not exist.
    """
    there = values.dropna()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as above
        try:
            if spelling != "mixed" or _reads(there, spelling):
                found = _moments(values, spelling)
                return found if kind is None else found.astype(kind)
        except (ValueError, TypeError, OverflowError):
            pass
        raise _undated(there, spelling, name)


def _undated(values: pd.Series, spelling: str, name: object) -> InvalidInput:
    several: Sequence[Any] = list(dict.fromkeys(values))
    wrong = next((one for one in several if not _reads(pd.Series([one]), spelling)), several[-1])
    how = "" if spelling in ("ISO8601", "mixed") else f" written {spelling}"
    return InvalidInput(
        f"the column {str(name)!r} holds {str(wrong)[:60]!r}, which is no date{how}",
        hint=f"name the spelling in the option date_format, or leave {name} out of parse_dates",
    )
