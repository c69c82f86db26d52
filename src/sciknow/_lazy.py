"""Names of a package that are imported when first asked for (PEP 562).

Everything that the cold path does not need stays unloaded: a search imports no xarray, no rdflib.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return a package's ``__getattr__`` and ``__dir__``.

    Parameters
    ----------
    package : str
        The package's ``__name__``; its ``__all__`` is what ``dir`` tells.
    homes : mapping of str to str
        Public name → submodule that holds it, below the package.

    Examples
    --------
    >>> find, _ = lazy_names("sciknow.model", {"Dataset": "dataset"})
    >>> find("Dataset").__name__
    'Dataset'
    """

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted(sys.modules[package].__all__)

    return find, names
