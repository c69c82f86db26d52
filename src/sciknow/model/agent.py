"""People, organisations and grants."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sciknow.model.identifier import orcid_iri, ror_iri
from sciknow.model.langstring import LangString
from sciknow.model.provenance import Activity
from sciknow.vocab import ID_BASE


class AgentKind(StrEnum):
    """What an agent is."""

    ORGANIZATION = "organization"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person or an organisation: publisher, creator, author or funder.

    Parameters
    ----------
    id : str
        Identifier within the hub, for example ``noaa``.
    name : LangString
        Full name in one or both languages.
    alternate_names : tuple of LangString
        Acronyms and other names in use.
    orcid, ror : str
        Canonical identifier of a person or an organisation; empty where not known.
    homepage : str
        URL; empty where not known.
    provenance : tuple of Activity
        Where these facts were read.
    """

    id: str
    name: LangString
    kind: AgentKind = AgentKind.ORGANIZATION
    alternate_names: tuple[LangString, ...] = ()
    orcid: str = ""
    ror: str = ""
    homepage: str = ""
    country: str = ""
    provenance: tuple[Activity, ...] = field(default=())

    @property
    def iri(self) -> str:
        """The name of this agent in the graph."""
        return f"{ID_BASE}agent:{self.id}"

    @property
    def same_as(self) -> str:
        """The address of its ORCID or ROR record; empty where it has none."""
        if self.orcid:
            return orcid_iri(self.orcid)
        return ror_iri(self.ror) if self.ror else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A funder's award or programme.

    Parameters
    ----------
    funder : str
        The `Agent.id` of the funder.
    number : str
        Award number as the funder writes it; empty for a programme.
    name : LangString
        Name of the programme or project.
    """

    funder: str
    number: str = ""
    name: LangString = LangString()
