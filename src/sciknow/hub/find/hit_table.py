"""Hits as html tables, with the columns that fit what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sciknow._html import Markup, join, link, table, tag, text
from sciknow.model import Dataset, LangString
from sciknow.model.identifier import doi_iri
from sciknow.text import shorten

if TYPE_CHECKING:
    from sciknow.hub.find.hit import Hit

_AUTHORS = 3


def hits_table(hits: Sequence[Hit]) -> Markup:
    """Return hits of one kind as an html table; what the columns are depends on the kind."""
    head, cells = _KINDS[hits[0].kind if hits else "dataset"]
    rows = [(tag("b", f"{hit.score:.2f}"), *cells(hit), _why(hit)) for hit in hits]
    return table(("score", *head, "why it matched"), rows, class_="sciknow-hits")


def _why(hit: Hit) -> Markup:
    """Return the reasons in a line, and every one with its share behind a click."""
    every = [tag("div", tag("b", name), " ", said) for name, said in hit.why.lines()]
    return join([hit.why.summary, tag("details", tag("summary", "passage and shares"), *every)])


def _dataset(hit: Hit) -> tuple[object, ...]:
    return _what(hit.dataset), *_coverage(hit)


def _coverage(hit: Hit) -> tuple[object, ...]:
    dataset = hit.dataset
    where = str(dataset.spatial.name) or _box(dataset)
    return hit._hub.name_of(dataset.publisher), where, _when(dataset)


def _what(dataset: Dataset) -> Markup:
    mark = "opens offline" if dataset.offline else "opens lazily" if dataset.openable else ""
    parts = [_titles(dataset.title, dataset.landing_page), tag("br"), tag("code", dataset.id)]
    return join([*parts, " ", _license(dataset), f" {mark}"])


def _titles(title: LangString, address: str) -> Markup:
    first = link(title.best(), address)
    return join([first, tag("br"), title.zh]) if title.en and title.zh else first


def _variable(hit: Hit) -> tuple[object, ...]:
    variable = hit.variable
    named = [tag("code", hit.id), *(text for _, text in variable.long_name.items())]
    units = f"{variable.standard_name} [{variable.units}]" if variable.units else ""
    lines = [line for text in (*named, units or variable.standard_name) for line in _line(text)]
    return join(lines[:-1]), _what(hit.dataset), *_coverage(hit)[1:]


def _line(text: object) -> list[object]:
    return [text, tag("br")] if text else []


def _publication(hit: Hit) -> tuple[object, ...]:
    paper = hit.publication
    more = "" if paper.authors_complete and len(paper.authors) <= _AUTHORS else " et al."
    named = dict.fromkeys((*paper.describes, *paper.uses))
    what = [_titles(paper.title, doi_iri(paper.doi) if paper.doi else paper.url), tag("br")]
    return (
        join([*what, tag("code", paper.id)]),
        "; ".join(paper.authors[:_AUTHORS]) + more if paper.authors else "",
        ", ".join(filter(None, (paper.container, paper.issued))),
        ", ".join(named),
    )


def _concept(hit: Hit) -> tuple[object, ...]:
    concept = hit.concept
    shown = [label for _, label in concept.alt_labels]
    return (
        join([_titles(concept.pref_label, ""), tag("br"), tag("code", concept.id)]),
        ", ".join(shown),
        shorten(concept.definition.best(), 160),
        ", ".join(hit._hub.label_of(name) for name in concept.broader),
    )


def _license(dataset: Dataset) -> Markup:
    """Return the licence; terms that are an address as a link, which would be too wide to read."""
    known = dataset.license
    return link("terms", known) if "://" in known else text(known)


def _box(dataset: Dataset) -> str:
    box = dataset.spatial.bbox
    return "" if box is None else " ".join(f"{number:g}" for number in box)


def _when(dataset: Dataset) -> str:
    period = dataset.temporal
    if not period:
        return ""
    return f"{period.start or '…'} – {period.end or 'now'}"


_KINDS: dict[str, tuple[tuple[str, ...], Callable[[Hit], tuple[object, ...]]]] = {
    "dataset": (("dataset", "publisher", "where", "when"), _dataset),
    "variable": (("variable", "dataset", "where", "when"), _variable),
    "publication": (("publication", "authors", "published", "datasets"), _publication),
    "concept": (("concept", "also called", "meaning", "broader"), _concept),
}
