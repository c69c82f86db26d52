"""CSL items as BibTeX, written by the bibtexparser library."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from bibtexparser.entrypoint import write_string
from bibtexparser.library import Library
from bibtexparser.model import Entry, Field
from pylatexenc.latexencode import UnicodeToLatexEncoder

from sciknow.ledger.csl import CslItem

_TYPES = {"dataset": "misc", "article-journal": "article", "software": "misc", "document": "misc"}
_KEY = re.compile(r"[^A-Za-z0-9:._-]+")
_FIELDS = {
    "title": "title",
    "container-title": "journal",
    "volume": "volume",
    "issue": "number",
    "page": "pages",
    "publisher": "publisher",
    "version": "version",
    "DOI": "doi",
    "URL": "url",
    "note": "note",
}
_VERBATIM = ("doi", "url")
_LOOSE = re.compile(r"[{}\\\s]")
"""What would end a field of BibTeX, or not stand in an identifier: escaped as in an address."""
_ENCODER = UnicodeToLatexEncoder(unknown_char_policy="keep", unknown_char_warning=False)


def to_bibtex(items: Iterable[CslItem]) -> str:
    """Return BibTeX entries; texts are escaped for LaTeX, DOIs and URLs stand as they are.

    A title stands in braces of its own: styles put the rest into small letters, which acronyms
    and German nouns do not survive.
    """
    return write_string(Library([_entry(item) for item in items]))


def _entry(item: CslItem) -> Entry:
    fields = [Field(name, _text(name, item[key])) for key, name in _FIELDS.items() if key in item]
    if "author" in item:
        fields.insert(0, Field("author", " and ".join(map(_name, item["author"]))))
    for key, name in (("issued", "year"), ("accessed", "urldate")):
        if key in item:
            parts = item[key]["date-parts"][0]
            value = str(parts[0]) if name == "year" else "-".join(f"{part:02d}" for part in parts)
            fields.append(Field(name, value))
    if item["type"] == "dataset":
        fields.append(Field("howpublished", "Dataset"))
    return Entry(_TYPES[item["type"]], _KEY.sub("-", str(item["id"])), fields)


def _name(author: dict[str, str]) -> str:
    if "literal" in author:
        name = author["literal"]
        return name if name == "others" else "{" + _escape(name) + "}"
    return _escape(f"{author['family']}, {author['given']}")


def _text(name: str, value: object) -> str:
    if name in _VERBATIM:
        return _LOOSE.sub(lambda found: quote(found[0]), str(value))
    text = _escape(str(value))
    if name != "title":
        return text
    return f"{{{{}}{text}}}" if text.startswith("\\") else f"{{{text}}}"  # {\"U… is one letter


def _escape(text: str) -> str:
    encoded: str = _ENCODER.unicode_to_latex(text)
    return encoded
