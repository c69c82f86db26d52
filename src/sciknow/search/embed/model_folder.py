"""Where a sentence-transformers model lies on this machine, found without loading anything.

Models are never fetched, never allowed to bring code of their own, and only read from safetensors;
all of that is checked before seconds go into importing torch.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from sciknow.errors import InvalidInput, MissingDependency

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)?")
_MAKERS = "sentence-transformers"
"""Who stands behind a name without a maker."""


def find_model(model: str | Path) -> Path:
    """Find a model's folder, and make sure that it can be loaded safely.

    Parameters
    ----------
    model : str or Path
        A folder, or a hub name of which this machine has a copy.

    Raises
    ------
    MissingDependency
        When there is no such folder and the machine has no copy.
    InvalidInput
        When it is no model, has no safetensors weights, or asks to run code of its own.
    """
    name = str(model).strip()
    folder = Path(name).expanduser() if name else None
    if folder is not None and folder.is_dir():
        return _checked(folder)
    if not _HUB_NAME.fullmatch(name) or isinstance(model, Path):
        raise MissingDependency(
            f"{name!r} is neither a folder on this machine nor the name of a model",
            hint="give the model's folder, or a name such as intfloat/multilingual-e5-small",
        )
    for copy in _copies(name):
        return _checked(copy)
    raise MissingDependency(
        f"the model {name} is not on this machine",
        hint=f"on a connected machine run: hf download {name}; or give the model's folder",
    )


def _copies(name: str) -> Iterator[Path]:
    """Yield the copies of a model in the caches of the Hugging Face libraries."""
    full = name if "/" in name else f"{_MAKERS}/{name}"
    for root in _caches():
        place = root / f"models--{full.replace('/', '--')}"
        reference = place / "refs" / "main"
        if reference.is_file():
            snapshot = place / "snapshots" / reference.read_text("utf-8").strip()
            if snapshot.is_dir():
                yield snapshot


def _caches() -> Iterator[Path]:
    """Yield the cache folders, as the libraries' own environment variables name them."""
    for variable in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "SENTENCE_TRANSFORMERS_HOME"):
        if os.environ.get(variable):
            yield Path(os.environ[variable]).expanduser()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    home = Path(os.environ.get("HF_HOME") or cache / "huggingface")
    yield home.expanduser() / "hub"


def _checked(folder: Path) -> Path:
    if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        raise InvalidInput(
            f"{folder} holds no model: no config.json", hint="give the folder that holds it"
        )
    if not any(folder.rglob("*.safetensors")):
        raise InvalidInput(
            f"{folder} has no safetensors weights",
            hint="pickled weights can run code and are never loaded; convert them first",
        )
    path = folder / "config.json"
    if path.is_file() and "auto_map" in json.loads(path.read_bytes()):
        raise InvalidInput(
            f"{folder} asks to run code of its own", hint="take a model that needs none"
        )
    return folder
