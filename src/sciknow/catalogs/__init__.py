"""Catalogue files: Intake v2 YAML ↔ model, strictly checked before anything is built.

Reading needs no Intake. Only `build_reader` and `to_intake` do, and load it when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sciknow.catalogs.check import check_file, check_folder, examine_file
from sciknow.catalogs.main_file import main_text
from sciknow.catalogs.read import catalog_files, read_file, read_folder
from sciknow.catalogs.sink import Problem
from sciknow.catalogs.write import format_card, format_file, scaffold

if TYPE_CHECKING:
    from sciknow.catalogs.intake_objects import build_reader, to_intake

__all__ = [
    "Problem",
    "build_reader",
    "catalog_files",
    "check_file",
    "check_folder",
    "examine_file",
    "format_card",
    "format_file",
    "main_text",
    "read_file",
    "read_folder",
    "scaffold",
    "to_intake",
]


def __getattr__(name: str) -> Any:
    if name in ("build_reader", "to_intake"):
        return getattr(import_module("sciknow.catalogs.intake_objects"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
