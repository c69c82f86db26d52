"""What a search found as an html table, with the columns that fit what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sciknow._html import Markup, join, table, tag
from sciknow.model import Concept, Dataset, Publication, Variable
from sciknow.show.record import (
    Names,
    box,
    concept_cells,
    dataset_cell,
    publication_cells,
    variable_cell,
    when,
)
from sciknow.words import said

_HEADS = {
    "dataset": ("dataset", "publisher", "where", "when"),
    "variable": ("variable", "dataset", "where", "when"),
    "publication": ("publication", "authors", "published", "datasets"),
    "concept": ("concept", "also called", "meaning", "broader"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One record that was found.

    Parameters
    ----------
    id : str
        Its identifier; of a variable ``dataset#name``.
    score : float
        Between 0 and 1.
    record : Dataset, Publication or Concept
        The record; of a variable the dataset that has it.
    variable : Variable or None
        The variable, where one was found.
    why : str
        Why it was found, in a line.
    reasons : sequence of (str, str)
        Every reason: what it is (``word``, ``concept``, ``passage``, …) and what it says.
    """

    id: str
    score: float
    record: Dataset | Publication | Concept
    variable: Variable | None
    why: str
    reasons: Sequence[tuple[str, str]]


def hits_table(kind: str, found: Sequence[Found], names: Names, language: str = "en") -> Markup:
    """Return what was found as a table.

    Parameters
    ----------
    kind : str
        ``dataset``, ``variable``, ``publication`` or ``concept``.
    found : sequence of Found
        Best first.
    names : Names
        Knows what publishers and concepts are called.
    language : str
        Of the headings: ``en`` or ``zh``.
    """
    head = [said(code, language) for code in ("score", *_HEADS[kind], "why")]
    rows = [
        (tag("b", f"{one.score:.2f}"), *_cells(one, names, language), _why(one, language))
        for one in found
    ]
    return table(head, rows, class_="sciknow-hits")


def _cells(one: Found, names: Names, language: str) -> tuple[object, ...]:
    if isinstance(one.record, Publication):
        return publication_cells(one.record)
    if isinstance(one.record, Concept):
        return concept_cells(one.record, names, language)
    shown = dataset_cell(one.record, language)
    place = str(one.record.spatial.name) or box(one.record.spatial)
    period = when(one.record.temporal, language)
    if one.variable is not None:
        return variable_cell(one.variable, one.id), shown, place, period
    return shown, names.name_of(one.record.publisher, language), place, period


def _why(one: Found, language: str) -> Markup:
    """Return the reasons in a line, and every one with its share behind a click."""
    every = [
        tag("div", tag("b", said(f"why.{name}", language)), " ", told) for name, told in one.reasons
    ]
    return join([one.why, tag("details", tag("summary", said("why.more", language)), *every)])
