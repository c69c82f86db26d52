"""The catalogue record of a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sciknow.model.agent import Grant
from sciknow.model.coverage import PeriodOfTime, Resolution, SpatialCoverage
from sciknow.model.distribution import Distribution
from sciknow.model.identifier import cstr_iri, doi_iri
from sciknow.model.langstring import LangString
from sciknow.model.parse import Where, parse_slug
from sciknow.model.provenance import Activity
from sciknow.model.relation import Relation
from sciknow.model.variable import Variable
from sciknow.vocab import ID_BASE, AccessRights, Sector


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A dataset as the catalogue describes it; the array it opens to is another object.

    Parameters
    ----------
    id : str
        Identifier within the hub, for example ``noaa-oisst``; of what has distributions a slug.
    title, description : LangString
        In one or both languages.
    sector : Sector
        The sector whose catalogue holds the card.
    sectors : tuple of Sector
        Other sectors that it serves.
    publisher : str
        `Agent.id`.
    creators : tuple of str
        `Agent.id` of each.
    grants : tuple of Grant
        Who paid for it.
    doi, cstr : str
        Canonical identifiers; empty where not known.
    citation : str
        How its publisher words the citation of it; empty where the publisher does not.
    landing_page : str
        URL of the publisher's page about it.
    license : str
        SPDX identifier, or the URL of the publisher's terms; empty where not known.
    rights : LangString
        The publisher's terms in words.
    access_rights : AccessRights or None
        Open, after registration, or restricted.
    spatial, temporal, resolution
        Coverage and grain.
    accrual_periodicity : str
        ISO 8601 duration between updates, or ``never`` / ``irregular``.
    keywords : tuple of (str, str)
        (language tag, word) pairs.
    theme : tuple of str
        `Concept.id` of what it is about.
    relations : tuple of Relation
        What it is to other datasets: replaced by, a version or a part of them.
    provenance : tuple of Activity
        Where each group of fields was read.
    extra : mapping
        Fields of a harvested record that have no place here; kept, never interpreted.
    """

    id: str
    title: LangString
    sector: Sector | None = None
    description: LangString = LangString()
    sectors: tuple[Sector, ...] = ()
    publisher: str = ""
    creators: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    doi: str = ""
    cstr: str = ""
    version: str = ""
    issued: str = ""
    citation: str = ""
    landing_page: str = ""
    license: str = ""
    rights: LangString = LangString()
    access_rights: AccessRights | None = None
    spatial: SpatialCoverage = SpatialCoverage()
    temporal: PeriodOfTime = PeriodOfTime()
    resolution: Resolution = Resolution()
    accrual_periodicity: str = ""
    variables: tuple[Variable, ...] = ()
    keywords: tuple[tuple[str, str], ...] = ()
    theme: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    provenance: tuple[Activity, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.distributions:  # folders and files are named by it
            parse_slug(self.id, Where("a dataset") / "id")

    @property
    def iri(self) -> str:
        """The name of this dataset in the graph."""
        return f"{ID_BASE}dataset:{self.id}"

    @property
    def identifier(self) -> str:
        """The best address to cite: the DOI, else the CSTR, else the landing page, else the id."""
        if self.doi:
            return doi_iri(self.doi)
        return cstr_iri(self.cstr) if self.cstr else self.landing_page or self.id

    @property
    def openable(self) -> bool:
        """Whether a reader of ours opens at least one of its distributions lazily."""
        return any(item.openable for item in self.distributions)

    @property
    def offline(self) -> bool:
        """Whether it opens with no network."""
        return any(item.openable and item.offline for item in self.distributions)

    @property
    def all_sectors(self) -> tuple[Sector, ...]:
        """Its own sector, then the others that it serves."""
        own = (self.sector,) if self.sector else ()
        return own + tuple(item for item in self.sectors if item not in own)
