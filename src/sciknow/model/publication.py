"""A publication and the datasets that it describes or uses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sciknow.model.identifier import doi_iri
from sciknow.model.langstring import LangString
from sciknow.model.provenance import Activity
from sciknow.vocab import ID_BASE


class PublicationKind(StrEnum):
    """What a publication is: the local names of its schema.org classes."""

    ARTICLE = "ScholarlyArticle"
    OTHER_ARTICLE = "Article"
    BOOK = "Book"
    REPORT = "Report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """An article, report or data paper.

    Parameters
    ----------
    id : str
        Canonical DOI where there is one, else an identifier within the hub.
    title : LangString
        Title in the language(s) it was published in.
    kind : PublicationKind
        Article, book or report.
    authors : tuple of str
        ``Family, Given`` in the order of the paper; may be cut short (see `authors_complete`).
    issued : str
        ISO date, as exact as known.
    container, volume, issue, pages : str
        Journal or book and the place in it.
    describes, uses : tuple of str
        `Dataset.id` of the datasets it describes (a data paper) or uses.
    """

    id: str
    title: LangString
    kind: PublicationKind = PublicationKind.ARTICLE
    doi: str = ""
    url: str = ""
    authors: tuple[str, ...] = ()
    authors_complete: bool = True
    issued: str = ""
    container: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    publisher: str = ""
    describes: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    provenance: tuple[Activity, ...] = ()

    @property
    def iri(self) -> str:
        """The DOI's address where there is one, else a name of the hub's own."""
        return doi_iri(self.doi) if self.doi else f"{ID_BASE}publication:{self.id}"
