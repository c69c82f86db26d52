"""The weights of the default sentence model, as its two graphs want them.

One graph takes the published numbers. The brisk one, for questions to large collections, does some
of the matrix products in bytes (8 bits, one scale for each output), which leaves three quarters of
the time: those that make queries and keys, the one after attention, and the one that widens. Where
a few channels of what is multiplied are far larger than the rest (`OUTLIERS`), these stay out of
the bytes and are multiplied as they are (after Dettmers et al. 2022, LLM.int8()). Values, and the
product that narrows, would lose more than they save.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sciknow.errors import InvalidInput

LAYERS = 6
OUTLIERS = (63, 99, 127, 157, 223, 267, 303, 319)
"""Channels of the model's state that grow up to fifteen times as large as a usual one: among the
four largest of some layer's input to the widening product, on the development questions."""
_KEY_OR_QUERY = re.compile(r"\.self\.(key|query)\.")
_MIDDLE = 128
"""The byte that stands for zero."""

Tensors = Mapping[str, NDArray[Any]]


def read_safetensors(path: Path) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield the name and a read-only view of each float32 tensor of a safetensors file.

    The form: eight bytes of header length, a JSON header, then the tensors' bytes.
    """
    raw = np.memmap(path, np.uint8, "r")
    size = int.from_bytes(raw[:8].tobytes(), "little")
    if size > len(raw) - 8:
        raise InvalidInput(f"{path} is no safetensors file", hint="install the model again")
    header: dict[str, Any] = json.loads(raw[8 : 8 + size].tobytes())
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, stop = (8 + size + offset for offset in entry["data_offsets"])
            yield name, raw[start:stop].view(np.float32).reshape(entry["shape"])


def as_published(tensors: Tensors) -> dict[str, NDArray[Any]]:
    """Return what the exact graph wants: the weights of query, key and value side by side."""
    own = {name: array for name, array in tensors.items() if ".self." not in name}
    for layer in _layers():
        for part in ("weight", "bias"):
            own[f"{layer}.self.{part}"] = _joined(tensors, layer, part, "query", "key", "value")
    return own


def in_part_bytes(tensors: Tensors) -> dict[str, NDArray[Any]]:
    """Return what the brisk graph wants: some of the weights in bytes."""
    own = {name: array for name, array in tensors.items() if not _KEY_OR_QUERY.search(name)}
    for layer in _layers():
        own[f"{layer}.self.bias"] = _joined(tensors, layer, "bias", "query", "key")
        own |= in_bytes(f"{layer}.self.weight", _joined(tensors, layer, "weight", "query", "key"))
        after = f"{layer}.output.dense.weight"
        own |= in_bytes(after, own.pop(after))
        widening = f"{layer.removesuffix('.attention')}.intermediate.dense.weight"
        own |= _but_outliers(widening, own.pop(widening))
    return own


def in_bytes(name: str, weight: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """Return a weight (outputs, inputs) as bytes (inputs, outputs), with scale and middle."""
    scale = np.maximum(np.abs(weight).max(axis=1), np.float32(1e-12)) / np.float32(127)
    steps = weight / scale[:, None]
    steps += _MIDDLE + 0.5  # positive from here on, so that cutting off rounds
    return {
        f"{name}.bytes": np.ascontiguousarray(steps.astype(np.uint8).T),
        f"{name}.scale": scale,
        f"{name}.middle": np.full(len(scale), _MIDDLE, np.uint8),
    }


def _but_outliers(name: str, weight: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    usual, apart = np.array(weight), list(OUTLIERS)
    usual[:, apart] = 0
    return {**in_bytes(name, usual), f"{name}.outliers": np.ascontiguousarray(weight[:, apart].T)}


def _layers() -> Iterator[str]:
    return (f"encoder.layer.{number}.attention" for number in range(LAYERS))


def _joined(tensors: Tensors, layer: str, part: str, *names: str) -> NDArray[Any]:
    return np.concatenate([tensors[f"{layer}.self.{name}.{part}"] for name in names])
