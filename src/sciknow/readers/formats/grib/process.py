"""The processes that decode GRIB, seen from here."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sciknow.errors import IntegrityError, MissingDependency, SourceUnavailable
from sciknow.killable.pool import Ended, Late, Pool, Process
from sciknow.net import redact
from sciknow.readers.formats.grib import worker
from sciknow.wire.trouble import DAMAGED

PYTHON = "SCIKNOW_GRIB_PYTHON"
"""Environment variable: the interpreter of another environment, where ecCodes is installed."""

AT_ONCE = max(1, min(4, os.cpu_count() or 1))
BATCH = 200
"""Messages whose keys are asked for at once."""
MEMORY = 8 * 2**30
"""Bytes of address space: what a damaged file asks for beyond that is refused."""


def _started() -> Process:
    """Start a process.

    Raises
    ------
    MissingDependency
        When ecCodes is not installed there.
    """
    python = os.environ.get(PYTHON) or sys.executable
    try:
        process = Process(Path(worker.__file__), python=python)
    except OSError as error:
        raise MissingDependency(
            f"{PYTHON} names {python}, which does not start: {error}",
            hint="name the interpreter of an environment that has eccodes",
        ) from error
    except (Ended, Late):
        missing = "it ended at once"
    else:
        if "missing" not in process.hello:
            return process
        process.stop()
        missing = process.hello["missing"]
    raise MissingDependency(
        f"GRIB is decoded by eccodes, which {python} does not have ({missing})",
        hint=f"pip install 'sciknow[grib]', or name another interpreter in {PYTHON}",
    )


_pool = Pool(_started, kept=AT_ONCE, at_once=AT_ONCE)
atexit.register(_pool.close)
close_idle = _pool.close


def _ask(
    head: dict[str, Any], messages: Sequence[bytes], url: str, seconds: float
) -> tuple[dict[str, Any], bytes]:
    """Send messages and return the answer.

    Raises
    ------
    IntegrityError
        When ecCodes refuses them, or dies of them.
    SourceUnavailable
        When it takes longer than allowed.
    """
    whole = head | {"lengths": [len(item) for item in messages], "memory": MEMORY}
    try:
        found = _pool.ask(whole, b"".join(messages), seconds=seconds)
    except Late:
        raise SourceUnavailable(
            f"{redact(url)}: decoding took more than {seconds:.3g} s",
            hint="give a larger deadline",
        ) from None
    except Ended:
        reason = "ecCodes died of it"
    else:
        if "error" not in found[0]:
            return found
        reason = found[0]["error"]
    raise IntegrityError(f"{redact(url)}: a GRIB message is not readable: {reason}", hint=DAMAGED)


def keys(messages: Sequence[bytes], url: str, seconds: float) -> list[dict[str, Any]]:
    """Return the keys of messages; their data may be left out."""
    found: list[dict[str, Any]] = []
    for start in range(0, len(messages), BATCH):
        head, _ = _ask({"do": "keys"}, messages[start : start + BATCH], url, seconds)
        found += head["keys"]
    return found


def arrays(
    message: bytes, names: Sequence[str], url: str, seconds: float
) -> list[npt.NDArray[np.float64]]:
    """Return arrays of one message: ``values``, ``latitudes``, ``longitudes``; missing is NaN."""
    head, data = _ask({"do": "arrays", "names": [*names]}, [message], url, seconds)
    edges = np.cumsum([0, *head["sizes"]])
    flat = np.frombuffer(data, "<f8")
    return [flat[low:high] for low, high in pairwise(edges)]
