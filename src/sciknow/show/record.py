"""A record for people: its fields in words, and the cells in which it stands in a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from sciknow._html import Markup, join, link, table, tag, text
from sciknow.model import (
    Concept,
    Dataset,
    Distribution,
    LangString,
    PeriodOfTime,
    Publication,
    Resolution,
    SpatialCoverage,
    Variable,
)
from sciknow.model.identifier import doi_iri
from sciknow.text import shorten
from sciknow.words import said

AUTHORS = 3
"""So many are named in a cell."""


class Names(Protocol):
    """Knows what publishers and concepts are called."""

    def name_of(self, agent: str, language: str = "en") -> str:
        """Return the name of a person or an organisation."""
        ...

    def label_of(self, concept: str, language: str = "en") -> str:
        """Return the label of a concept."""
        ...


def fields(dataset: Dataset, names: Names, language: str = "en") -> Iterator[tuple[str, str]]:
    """Yield the code of each field of a dataset's record and what stands in it; some are empty."""
    yield "id", dataset.id
    yield "title", _lines(dataset.title)
    yield "description", _lines(dataset.description)
    yield "publisher", names.name_of(dataset.publisher, language)
    yield "sectors", ", ".join(dataset.all_sectors)
    yield "identifier", dataset.identifier
    yield "landing page", dataset.landing_page
    yield "licence", dataset.license or dataset.rights.best(language)
    yield "access", str(dataset.access_rights or "")
    yield "where", where(dataset.spatial)
    yield "when", when(dataset.temporal, language)
    yield "resolution", grain(dataset.resolution)
    yield "variables", "\n".join(map(variable, dataset.variables))
    yield "concepts", ", ".join(dataset.theme)
    yield "opens", "\n".join(map(way, dataset.distributions))
    yield "read at", "\n".join(sorted({item.source for item in dataset.provenance}))


def record(dataset: Dataset, names: Names, language: str = "en") -> Markup:
    """Return a dataset's record as an html table, empty fields left out."""
    rows = (
        (tag("b", said(code, language)), join(_broken(value)))
        for code, value in fields(dataset, names, language)
        if value
    )
    return table(("", ""), rows, class_="sciknow-record")


def _broken(value: str) -> Iterator[object]:
    for number, line in enumerate(value.split("\n")):
        yield from ([tag("br")] if number else [])
        yield link(line, line)


def _lines(words: LangString) -> str:
    return "\n".join(line for _, line in words.items())


def where(spatial: SpatialCoverage) -> str:
    """Write a place and its box."""
    return "  ".join(part for part in (str(spatial.name), box(spatial)) if part)


def box(spatial: SpatialCoverage) -> str:
    """Write a box: west, south, east, north; empty where none is stated."""
    return " ".join(f"{number:g}" for number in spatial.bbox or ())


def when(period: PeriodOfTime, language: str = "en") -> str:
    """Write a period.

    Examples
    --------
    >>> when(PeriodOfTime("1979")), when(PeriodOfTime("", "2020"), "zh"), when(PeriodOfTime())
    ('1979 – now', '… – 2020', '')
    """
    if not period:
        return ""
    end = period.end or said("to now", language)
    return f"{period.start or '…'} – {end}"


def grain(resolution: Resolution) -> str:
    """Write a resolution: degrees, metres, duration."""
    degrees = f"{resolution.degrees:g}°" if resolution.degrees else ""
    meters = f"{resolution.meters:g} m" if resolution.meters else ""
    return " ".join(part for part in (degrees, meters, resolution.duration) if part)


def variable(item: Variable) -> str:
    """Write a variable: name, standard name, units, what it is called."""
    named = [item.name, item.standard_name, f"[{item.units}]" if item.units else ""]
    return " ".join(part for part in [*named, str(item.long_name)] if part)


def way(item: Distribution) -> str:
    """Write a way to get a dataset."""
    return f"{item.id}: {item.reader or said('no reader')} {item.access_url}"


def titles(title: LangString, address: str = "") -> Markup:
    """Return a title in both languages, the first one a link."""
    first = link(title.best(), address)
    return join([first, tag("br"), title.zh]) if title.en and title.zh else first


def licence(dataset: Dataset, language: str = "en") -> Markup:
    """Return the licence; terms that are an address as a link, which would be too wide to read."""
    known = dataset.license
    return link(said("terms", language), known) if "://" in known else text(known)


def dataset_cell(dataset: Dataset, language: str = "en") -> Markup:
    """Return what a dataset is called, its id, its licence, and whether it opens."""
    mark = "opens offline" if dataset.offline else "opens lazily" if dataset.openable else ""
    parts = [titles(dataset.title, dataset.landing_page), tag("br"), tag("code", dataset.id)]
    opens = f" {said(mark, language)}" if mark else ""
    return join([*parts, " ", licence(dataset, language), opens])


def variable_cell(item: Variable, identifier: str) -> Markup:
    """Return a variable's identifier, its names and its units, a line each."""
    named = [tag("code", identifier), *(label for _, label in item.long_name.items())]
    units = f"{item.standard_name} [{item.units}]" if item.units else item.standard_name
    lines = [part for line in (*named, units) if line for part in (line, tag("br"))]
    return join(lines[:-1])


def publication_cells(paper: Publication) -> tuple[object, ...]:
    """Return what a publication is called, its authors, where it appeared, and its datasets."""
    more = "" if paper.authors_complete and len(paper.authors) <= AUTHORS else " et al."
    title = titles(paper.title, doi_iri(paper.doi) if paper.doi else paper.url)
    return (
        join([title, tag("br"), tag("code", paper.id)]),
        "; ".join(paper.authors[:AUTHORS]) + more if paper.authors else "",
        ", ".join(filter(None, (paper.container, paper.issued))),
        ", ".join(dict.fromkeys((*paper.describes, *paper.uses))),
    )


def concept_cells(concept: Concept, names: Names, language: str = "en") -> tuple[object, ...]:
    """Return what a concept is called, its other names, its meaning, and what is broader."""
    return (
        join([titles(concept.pref_label), tag("br"), tag("code", concept.id)]),
        ", ".join(label for _, label in concept.alt_labels),
        shorten(concept.definition.best(language), 160),
        ", ".join(names.label_of(name, language) for name in concept.broader),
    )
