"""The job of a process that decodes GRIB: ecCodes is loaded here and nowhere else.

Wheels of ecCodes and of pyproj bring two PROJ libraries, and a process that loads both may die
(`docs/decisions/0008-eccodes-in-a-process-of-its-own.md`). This file is loaded by path (see
`sciknow.killable.serve`), by this interpreter or by the one that ``SCIKNOW_GRIB_PYTHON`` names, and
imports nothing of sciknow.
"""

from __future__ import annotations

from typing import Any

OWN = (
    "edition",
    "centre",
    "paramId",
    "typeOfLevel",
    "level",
    "dataDate",
    "dataTime",
    "endStep",
    "stepType",
    "number",
    "dataType",
    "md5GridSection",
)
"""What is asked of each message."""

SHARED = {
    ("centre",): ("centreDescription",),
    ("paramId", "typeOfLevel", "stepType"): ("shortName", "name", "cfName", "cfVarName", "units"),
    ("md5GridSection",): (
        "gridType",
        "numberOfPoints",
        "Nx",
        "Ny",
        "jPointsAreConsecutive",
        "alternativeRowScanning",
    ),
}
"""Keys of one message that say what others are; those are asked for once."""


def keys_of(eccodes: Any, message: bytes, known: dict[object, dict[str, object]]) -> dict[str, Any]:
    """Return the keys of one message; those it lacks are left out.

    Parameters
    ----------
    eccodes : module
        The library.
    message : bytes
        The message; it may lack its data.
    known : dict
        What messages before it had in common; added to.
    """
    handle = eccodes.codes_new_from_message(message)
    try:
        eccodes.codes_set(handle, "stepUnits", "s")
        found = _some(eccodes, handle, OWN)
        for by, names in SHARED.items():
            key = (by, *(found.get(name) for name in by))
            if key not in known or found.get("paramId", 0) == 0:  # 0 is any unknown parameter
                known[key] = _some(eccodes, handle, names)
            found |= known[key]
        return found
    finally:
        eccodes.codes_release(handle)


def _some(eccodes: Any, handle: Any, names: tuple[str, ...]) -> dict[str, object]:
    values = {name: _key(eccodes, handle, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _key(eccodes: Any, handle: Any, key: str) -> object:
    kind = int if key == "endStep" else None
    try:
        value: object = eccodes.codes_get(handle, key, kind)
    except eccodes.CodesInternalError:
        return None
    return value


def arrays_of(eccodes: Any, message: bytes, names: list[str]) -> list[Any]:
    """Return arrays of one message as float64; what is missing is NaN."""
    import numpy as np

    handle = eccodes.codes_new_from_message(message)
    try:
        eccodes.codes_set(handle, "missingValue", 1e36)
        found = [np.asarray(eccodes.codes_get_double_array(handle, name), "<f8") for name in names]
    finally:
        eccodes.codes_release(handle)
    return [np.where(item == 1e36, np.nan, item) for item in found]


def answer(eccodes: Any, asked: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Do what is asked, and return the two parts of the answer."""
    ends = [sum(asked["lengths"][: number + 1]) for number in range(len(asked["lengths"]))]
    messages = [
        data[end - length : end] for end, length in zip(ends, asked["lengths"], strict=True)
    ]
    if asked["do"] == "keys":
        known: dict[object, dict[str, object]] = {}
        return {"keys": [keys_of(eccodes, item, known) for item in messages]}, b""
    found = arrays_of(eccodes, messages[0], asked["names"])
    return {"sizes": [item.size for item in found]}, b"".join(item.tobytes() for item in found)


def respond(eccodes: Any, asked: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Do what is asked; what goes wrong becomes an answer, too."""
    try:
        return answer(eccodes, asked, data)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}, b""


def start() -> tuple[dict[str, Any], Any]:
    """Load ecCodes."""
    try:
        import eccodes
    except Exception as error:
        return {"missing": f"{type(error).__name__}: {error}"}, None
    said = {"version": eccodes.codes_get_api_version()}
    return said, lambda head, data: respond(eccodes, head, data)
