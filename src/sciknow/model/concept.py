"""Concepts of a domain and the schemes they stand in (SKOS)."""

from __future__ import annotations

from dataclasses import dataclass

from sciknow.model.langstring import LangString
from sciknow.model.provenance import Activity
from sciknow.vocab import ID_BASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A concept with labels in both languages.

    Parameters
    ----------
    id : str
        Identifier within the hub, for example ``sea-ice-concentration``.
    pref_label : LangString
        The preferred label in each language.
    alt_labels : tuple of (str, str)
        (language tag, label) pairs: synonyms, acronyms, what people type.
    definition : LangString
        One sentence; empty where none was written.
    broader, related : tuple of str
        `Concept.id` of the concepts above and beside.
    exact_match, close_match : tuple of str
        IRIs of the same or a similar concept elsewhere.
    standard_names : tuple of str
        CF standard names that this concept stands for.
    in_scheme : str
        `ConceptScheme.id`.
    """

    id: str
    pref_label: LangString
    alt_labels: tuple[tuple[str, str], ...] = ()
    definition: LangString = LangString()
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    exact_match: tuple[str, ...] = ()
    close_match: tuple[str, ...] = ()
    standard_names: tuple[str, ...] = ()
    in_scheme: str = "concepts"
    provenance: tuple[Activity, ...] = ()

    @property
    def iri(self) -> str:
        """The name of this concept in the graph."""
        return f"{ID_BASE}concept:{self.id}"

    def labels(self, language: str | None = None) -> tuple[str, ...]:
        """Return every label, preferred ones first, of one language or of both."""
        pairs = (*self.pref_label.items(), *self.alt_labels)
        return tuple(label for tag, label in pairs if language in (None, tag))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptScheme:
    """A set of concepts that one body keeps.

    Parameters
    ----------
    id : str
        Identifier within the hub, for example ``ocean``.
    title, description : LangString
        In one or both languages.
    modified : str
        ISO date when its sources were read.
    provenance : tuple of Activity
        Where its facts were read.
    """

    id: str
    title: LangString
    description: LangString = LangString()
    modified: str = ""
    provenance: tuple[Activity, ...] = ()

    @property
    def iri(self) -> str:
        """The name of this scheme in the graph."""
        return f"{ID_BASE}scheme:{self.id}"
