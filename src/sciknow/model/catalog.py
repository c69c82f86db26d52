"""A sector's catalogue: its datasets under one heading."""

from __future__ import annotations

from dataclasses import dataclass

from sciknow.model.dataset import Dataset
from sciknow.model.langstring import LangString
from sciknow.vocab import Sector


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The datasets of one sector, as one file or one node keeps them."""

    sector: Sector
    title: LangString
    description: LangString = LangString()
    datasets: tuple[Dataset, ...] = ()
