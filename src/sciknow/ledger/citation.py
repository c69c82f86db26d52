"""Citations of what was opened, in the styles that journals and theses ask for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from sciknow.errors import InvalidInput
from sciknow.ledger.bibtex import to_bibtex
from sciknow.ledger.book import Ledger, current
from sciknow.ledger.csl import CslItem, dataset_item, publication_item, software_item
from sciknow.ledger.rendered import render
from sciknow.ledger.software import libraries_of, library_items
from sciknow.ledger.source import Source
from sciknow.words import LANGUAGES

STYLES = ("bibtex", "csl", "apa", "gb-t-7714")
"""The styles that `cite` knows; ``csl`` is CSL-JSON."""


def cite(
    what: Ledger | Iterable[Source] | None = None,
    *,
    style: str = "bibtex",
    language: str = "en",
    software: bool = True,
    software_version: str = "",
) -> str:
    """Cite datasets with their data papers, and the software that opened them.

    Parameters
    ----------
    what : Ledger or iterable of Source, optional
        What to cite; everything in the current ledger when left out.
    style : str
        ``bibtex``, ``csl`` (CSL-JSON), ``apa`` or ``gb-t-7714`` (GB/T 7714-2015, numeric).
    language : str
        ``en`` or ``zh``: the language of titles and names where both are known.
    software : bool
        Whether the libraries that opened what a ledger holds are cited too.
    software_version : str
        Version of this package, to cite it where there is no ledger; left out when empty.

    Returns
    -------
    str
        The citations; empty when there is nothing to cite.

    Raises
    ------
    InvalidInput
        For an unknown style or language.
    MissingDependency
        When apa or gb-t-7714 is asked for and the ``cite`` extra is not installed.
    """
    if style not in STYLES:
        raise InvalidInput(f"no citation style {style!r}", hint="use one of " + ", ".join(STYLES))
    if language not in LANGUAGES:
        raise InvalidInput(f"no citations in {language!r}", hint="give en or zh")
    items = csl_items(what, language=language)
    known = {item["id"] for item in items}
    if items and software_version:
        items.append(software_item(software_version))
    elif software:
        items += [item for item in software_items(what) if item["id"] not in known]
    if style == "csl":
        return json.dumps(items, ensure_ascii=False, indent=2)
    if not items:
        return ""
    if style == "bibtex":
        return to_bibtex(items)
    return render(items, style)


def csl_items(
    what: Ledger | Iterable[Source] | None = None, *, language: str = "en"
) -> list[CslItem]:
    """Return CSL-JSON items: each dataset, followed by its data papers, each once."""
    items: dict[str, CslItem] = {}
    for source, moment in _sources(what):
        found = [dataset_item(source, moment.date() if moment else None, language)]
        found += [publication_item(paper, language) for paper in source.data_papers]
        for item in found:
            items.setdefault(item["id"], item)
    return list(items.values())


def software_items(what: Ledger | Iterable[Source] | None = None) -> list[CslItem]:
    """Return CSL-JSON items of the software that opened what a ledger holds, each once."""
    book = current() if what is None else what
    items: dict[str, CslItem] = {}
    for entry in book if isinstance(book, Ledger) else ():
        names = ("sciknow", *libraries_of(entry.distribution.reader))
        for item in library_items(entry.libraries, names):
            items[item["id"]] = item
    return list(items.values())


def _sources(what: Ledger | Iterable[Source] | None) -> list[tuple[Source, datetime | None]]:
    book = current() if what is None else what
    if isinstance(book, Ledger):
        return [*book.sources()]
    several = list(book) if isinstance(book, Iterable) else [book]
    for item in several:
        if not isinstance(item, Source):
            raise InvalidInput(
                f"{type(item).__name__} is nothing that can be cited",
                hint="give a ledger, or nothing for all that was opened; hub.cite takes ids",
            )
    return [(source, None) for source in several]
