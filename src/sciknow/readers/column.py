"""The types of columns: one rule for every format of tables.

Whole numbers stay whole, to the last digit, with gaps too (``Int64``, ``UInt64``); those with
leading zeros, or beyond 64 bits, are texts, since they name something. Truth values with gaps are
``boolean``. A gap is missing, never False or 0. A column of several kinds is text. Types are told
from the start of a source; what comes later and does not fit is refused, with the column named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from sciknow.errors import InvalidInput
from sciknow.model.option import TYPES

WHOLE = re.compile(r"\A\s*+[+-]?[0-9]++\s*+")
ZEROS = re.compile(r"\A\s*+[+-]?0[0-9]++\s*+")
"""A whole number, and one with leading zeros, which a number would lose."""
TEXT = pd.Series(["a"]).dtype
"""What pandas makes of texts: ``str``, or ``object`` before pandas 3."""
EXACT = 2**53
"""Whole numbers up to this are exact in a float."""
_WORDS = {"i": "whole numbers", "u": "whole numbers", "f": "numbers", "b": "true or false"}


def kind_of(values: Iterable[object]) -> Any:
    """Tell the type that holds all of some values, which are none of them missing.

    Examples
    --------
    >>> kind_of([1, 2]), kind_of([True]), kind_of([1, 2.5]), kind_of([1, "x"]) == TEXT
    (Int64Dtype(), BooleanDtype, dtype('float64'), True)
    """
    several = list(values)
    kinds = {_kind(value) for value in several}
    if kinds == {bool}:
        return pd.BooleanDtype()
    if kinds == {int}:
        return _whole(several)
    if kinds <= {int, float} and kinds:
        rounded = any(_kind(item) is int and not is_exact(int(str(item))) for item in several)
        return TEXT if rounded else np.dtype("f8")
    if kinds == {datetime}:
        return pd.to_datetime(pd.Series(several)).dtype
    return np.dtype(object) if kinds == {object} else TEXT


def _kind(value: object) -> type:
    if isinstance(value, (bool, np.bool_)):
        return bool
    if isinstance(value, (int, np.integer)):
        return int
    if isinstance(value, (float, np.floating)):
        return float
    if isinstance(value, str):
        return str
    return datetime if isinstance(value, (date, np.datetime64)) else object


def _whole(values: Sequence[Any]) -> Any:
    low, high = min(values), max(values)
    if low >= -(2**63) and high < 2**63:
        return pd.Int64Dtype()
    return pd.UInt64Dtype() if low >= 0 and high < 2**64 else TEXT


def is_exact(number: int) -> bool:
    """Tell whether a float holds a whole number to the last digit."""
    try:
        return int(float(number)) == number
    except OverflowError:
        return False


def settled(dtype: Any, *, whole: bool, gaps: bool) -> Any:
    """Return numpy's own type of a column that is known whole and has no gaps, else as it is."""
    plain = getattr(dtype, "numpy_dtype", None)
    if plain is None or dtype.kind not in "iub" or gaps or not whole:
        return dtype
    return plain


def empty(types: Mapping[Any, Any]) -> pd.DataFrame:
    """Make a table of some columns and types without rows."""
    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in types.items()})


def typed(value: object) -> dict[str, Any]:
    """Return the types that an option ``dtype`` names for some columns.

    Raises
    ------
    InvalidInput
        For a type that is not one of `TYPES`.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not set(map(str, value.values())) <= set(TYPES):
        raise InvalidInput(
            f"dtype={value!r}", hint="give {column: one of " + ", ".join(TYPES) + "}"
        )
    return {str(name): _NAMED.get(str(kind)) or np.dtype(str(kind)) for name, kind in value.items()}


_NAMED: dict[str, Any] = {
    "str": TEXT,
    "string": TEXT,
    "bool": pd.BooleanDtype(),
    "int32": pd.Int32Dtype(),
    "int64": pd.Int64Dtype(),
}


def filled(values: Sequence[object], dtype: Any, column: object) -> pd.Series:
    """Make a column of values; None is a gap.

    Raises
    ------
    InvalidInput
        Naming the first value that does not fit the type.
    """
    if is_text(dtype):
        texts = [None if value is None else as_text(value) for value in values]
        return pd.Series(texts, dtype=dtype)
    if getattr(dtype, "kind", "O") == "O":
        return pd.Series(values, dtype=object)
    there = [value for value in values if value is not None]
    if (wrong := [value for value in there if not _fits(value, dtype.kind)]) != []:
        raise refused(column, wrong[0], dtype)
    try:
        if dtype.kind == "M":
            return pd.to_datetime(pd.Series(values)).astype(dtype)
        return pd.Series(values, dtype=dtype)
    except (ValueError, TypeError, OverflowError):
        raise refused(column, max(map(str, there), key=len, default=""), dtype) from None


_FITTING: dict[str, set[type]] = {
    "i": {int},
    "u": {int},
    "b": {bool},
    "f": {int, float},
    "M": {datetime},
}


def _fits(value: object, kind: str) -> bool:
    rounded = kind == "f" and isinstance(value, int) and not is_exact(value)
    return _kind(value) in _FITTING.get(kind, ()) and not rounded


def is_text(dtype: Any) -> bool:
    """Tell whether a type is that of texts."""
    return isinstance(dtype, pd.StringDtype) or bool(dtype == TEXT)


def as_text(value: object) -> str:
    """Write a value as a text file does."""
    if isinstance(value, (bool, np.bool_)):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def refused(column: object, value: object, dtype: Any) -> InvalidInput:
    """Build the error for a value that does not fit the type of its column."""
    words = _WORDS.get(getattr(dtype, "kind", ""), "dates" if "time" in str(dtype) else str(dtype))
    return InvalidInput(
        f"the column {str(column)!r} holds {str(value)[:60]!r}, where the start of the table has "
        f"only {words}",
        hint=f"name its type in the options of the way, as dtype: {{{column}: str}}",
    )


class Whole:
    """Types of pandas for those of Arrow, so that gaps take nothing from numbers and truths.

    Parameters
    ----------
    types : iterable of pyarrow.DataType
        Those of columns that may have gaps.
    texts : bool
        Whether texts, days and decimal numbers stay Arrow's own, as dask keeps them.
    """

    def __init__(self, types: Iterable[Any], *, texts: bool = False) -> None:
        self.types = {kind: _OF_ARROW[str(kind)] for kind in types if str(kind) in _OF_ARROW}
        self.texts = texts

    def __call__(self, kind: Any) -> Any:
        """Return the type for one of Arrow; None leaves it to Arrow."""
        if not self.texts or kind in self.types:
            return self.types.get(kind)
        if str(kind) in ("string", "large_string"):
            return pd.StringDtype("pyarrow")
        return pd.ArrowDtype(kind) if str(kind).startswith(("date", "decimal")) else None


class Mapped(dict[str, Any]):
    """Options of Arrow's ``to_pandas`` that dask does not overwrite by what cannot be pickled."""

    def __setitem__(self, name: str, value: Any) -> None:
        """Leave what is there."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what makes the same again."""
        return Mapped, (dict(self),)


_OF_ARROW: dict[str, Any] = {
    "bool": pd.BooleanDtype(),
    **{f"int{bits}": getattr(pd, f"Int{bits}Dtype")() for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": getattr(pd, f"UInt{bits}Dtype")() for bits in (8, 16, 32, 64)},
}
