"""Catalogue files: Intake v2 YAML ↔ model, strictly checked before anything is built.

Reading needs no Intake. Only `build_reader` and `to_intake` do, and load it when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciknow._lazy import lazy_names
from sciknow.catalogs.check import check_file, check_folder, examine_file
from sciknow.catalogs.main_file import main_text
from sciknow.catalogs.read import catalog_files, read_file, read_folder
from sciknow.catalogs.sink import Problem
from sciknow.catalogs.sources import read_sources, source_named
from sciknow.catalogs.write import format_card, format_file, scaffold

if TYPE_CHECKING:
    from intake.readers.entry import Catalog as IntakeCatalog

    from sciknow.catalogs.intake_objects import build_reader, to_intake

_HOMES = {
    "IntakeCatalog": "intake_objects",
    "build_reader": "intake_objects",
    "to_intake": "intake_objects",
}

__all__ = [
    "IntakeCatalog",
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
    "read_sources",
    "scaffold",
    "source_named",
    "to_intake",
]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
