"""Arrays of an index on disk: one ``.npy`` file each, mapped into memory when opened."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sciknow.errors import IntegrityError


def save_array(folder: Path, name: str, array: NDArray[Any]) -> None:
    """Write an array to ``<folder>/<name>.npy``, durably.

    numpy's own way (``np.save``) closes a C file beside ours and drops what that close says: on a
    full disk the end of an array was missing and nobody heard of it.

    Raises
    ------
    OSError
        When not every byte could be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, rows = folder / f"{name}.npy", np.ascontiguousarray(array)
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(rows))
        expected = file.tell() + rows.nbytes
        if rows.nbytes:
            file.write(rows.reshape(-1).view(np.uint8).data)
        file.flush()
        os.fsync(file.fileno())
    if path.stat().st_size != expected:
        raise OSError(
            errno.EIO, f"{path.stat().st_size:,} of {expected:,} bytes written", str(path)
        )


def open_array(folder: Path, name: str) -> NDArray[Any]:
    """Open an array read-only; pages are read when they are touched.

    Raises
    ------
    IntegrityError
        When the file is missing or is no array.
    """
    path = folder / f"{name}.npy"
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        try:  # an empty array cannot be mapped
            array = np.load(path, allow_pickle=False)
        except (OSError, ValueError):
            raise IntegrityError(
                f"{path} is missing or damaged: {error}", hint="run: sciknow build"
            ) from error
    return np.asarray(array)  # a plain view: memmap slices slowly


def ragged(starts: NDArray[Any], rows: NDArray[Any]) -> NDArray[np.int64]:
    """Return the places of the entries of some rows of a ragged array, row after row."""
    sizes = starts[rows + 1] - starts[rows]
    ends = np.cumsum(sizes)
    if not len(ends) or not ends[-1]:
        return np.zeros(0, np.int64)
    places = np.arange(ends[-1]) + np.repeat(starts[rows] - (ends - sizes), sizes)
    return np.asarray(places)


def widen(halves: NDArray[np.float16]) -> NDArray[np.float32]:
    """Return finite numbers of 16 bits as the same numbers of 32 bits, faster than ``astype``.

    Sign, exponent and mantissa move to their new places at once, then a factor makes good the
    exponent's bias; numpy's own conversion took seven times as long when this was written.

    Examples
    --------
    >>> widen(np.array([1.5, -0.25, 0.0], np.float16)).tolist()
    [1.5, -0.25, 0.0]
    """
    bits = np.ascontiguousarray(halves).view(np.int16).astype(np.int32)
    bits <<= 13  # the sign of 16 bits was spread over the upper half: it stays on top
    bits &= np.int32(-0x70002000)  # the sign and the fifteen bits below the spread ones
    numbers = bits.view(np.float32)
    numbers *= np.float32(2.0**112)
    return np.asarray(numbers)


def unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Scale rows to unit length; a row of zeros stays as it is."""
    wide = np.asarray(rows, dtype=np.float32)
    length = np.linalg.norm(wide, axis=-1, keepdims=True)
    return np.asarray(np.divide(wide, length, out=np.zeros_like(wide), where=length > 0))
