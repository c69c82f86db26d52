"""Identifiers with one canonical form each: DOI, CSTR, ORCID, ROR, ISSN.

The canonical form is the bare identifier, DOIs in lower case (DOI names are case-insensitive,
DOI Handbook 3.4). `*_iri` gives the address that resolves it.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from sciknow.model.parse import Where, show
from sciknow.text import clean, halfwidth

_DOI = re.compile(
    r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\"]+)", re.I
)
_CSTR = re.compile(
    r"(?:https?://(?:www\.)?cstr\.cn/|cstr:\s*)?([0-9]{5}\.[0-9]{2}\.[A-Za-z0-9._/:-]+)", re.I
)
_ORCID = re.compile(r"(?:https?://orcid\.org/)?([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])")
_ROR = re.compile(r"(?:https?://ror\.org/)?(0[0-9a-hjkmnp-tv-z]{6}[0-9]{2})", re.I | re.A)
_ISSN = re.compile(r"([0-9]{4}-?[0-9]{3}[0-9Xx])")
_WORK = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+|[0-9]{5}\.[0-9]{2}\.[A-Za-z]\S*")
"""A DOI or a CSTR without what resolves it."""
_PACKED = re.compile(r"https?%3a|10\.[0-9]{4,9}(?:\.[0-9]+)*%2f", re.I)
"""How an address begins of which the parts between slashes are escaped too."""
_RESOLVERS = re.compile(
    r"(?:(?:https?:)?(?://)?(?:(?:dx\.|www\.)?doi\.org|(?:www\.)?(?:cstr\.cn|orcid\.org|ror\.org))/|"
    r"info:doi/|urn:(?=doi:)|doi(?:\s*:\s*|\s+(?=10\.))|cstr(?:\s*:\s*|\s+(?=[0-9])))",
    re.I,
)
_ADDRESS = re.compile(r"https?://\S+", re.I)
DOI_RESOLVER = "https://doi.org/"
_PAIRS = {
    "(": ")",
    "<": ">",
    "[": "]",
    "{": "}",
    '"': '"',
    "'": "'",
    "“": "”",
    "《": "》",
    "【": "】",
}
_ENDS = ".,;:!?。、"
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def _match(pattern: re.Pattern[str], value: object, where: Where, allowed: str) -> str:
    text = value.strip() if isinstance(value, str) else ""
    found = pattern.fullmatch(text)
    if found is None:
        raise where.refuse(show(value), allowed)
    if halfwidth(clean(text)) != text:
        raise where.refuse(f"{show(value)}, with full-width or unseen characters", allowed)
    return found[1]


def parse_doi(value: object, where: Where) -> str:
    """Read a DOI, bare, with ``doi:`` or as a URL; returns it bare and in lower case.

    Examples
    --------
    >>> parse_doi("https://doi.org/10.25921/RE9P-PT57", Where())
    '10.25921/re9p-pt57'
    """
    plain = unquote(value) if isinstance(value, str) and value.startswith("http") else value
    return _match(_DOI, plain, where, "a DOI such as 10.25921/re9p-pt57").lower()


def parse_cstr(value: object, where: Where) -> str:
    """Read a CSTR (GB/T 32843), bare, with ``CSTR:`` or as a URL; returns it bare."""
    return _match(_CSTR, value, where, "a CSTR such as 18406.11.AtmosphericPhysics.tpe.68.db")


def parse_orcid(value: object, where: Where) -> str:
    """Read an ORCID iD and check its last digit (ISO 7064 mod 11-2)."""
    orcid = _match(_ORCID, value, where, "an ORCID iD such as 0000-0002-1825-0097")
    if orcid[-1] != _mod_11_2(orcid[:-1].replace("-", "")):
        raise where.refuse(
            f"{orcid} with a wrong check digit", "an ORCID iD whose check digit fits"
        )
    return orcid


def _mod_11_2(digits: str) -> str:
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    rest = (12 - total) % 11
    return "X" if rest == 10 else str(rest)


def parse_ror(value: object, where: Where) -> str:
    """Read a ROR id and check its last two digits (ISO 7064 mod 97-10 over base 32)."""
    ror = _match(_ROR, value, where, "a ROR id such as 02z5nhe81").lower()
    number = 0
    for char in ror[:-2]:
        number = number * 32 + _CROCKFORD.index(char)
    if 98 - number * 100 % 97 != int(ror[-2:]):
        raise where.refuse(f"{ror} with wrong check digits", "a ROR id whose check digits fit")
    return ror


def parse_issn(value: object, where: Where) -> str:
    """Read an ISSN and check its last digit (ISO 3297, modulus 11)."""
    digits = _match(_ISSN, value, where, "an ISSN such as 0894-8755").replace("-", "").upper()
    total = sum((8 - place) * int(digit) for place, digit in enumerate(digits[:7]))
    if "0123456789X"[(11 - total % 11) % 11] != digits[7]:
        raise where.refuse(f"{value} with a wrong check digit", "an ISSN whose check digit fits")
    return f"{digits[:4]}-{digits[4:]}"


def bare(text: str) -> str:
    """Return an identifier without what resolves it, in lower case; nothing is checked.

    A DOI is known in brackets, at the end of a sentence, escaped, and in full-width characters.

    Examples
    --------
    >>> bare("http://dx.doi.org/10.25921/RE9P-PT57"), bare("CSTR: 18406.11.a"), bare("oisst")
    ('10.25921/re9p-pt57', '18406.11.a', 'oisst')
    """
    plain = _unwrapped(halfwidth(clean(text)).strip())
    plain = unquote(plain) if _PACKED.match(plain) else plain
    while found := _RESOLVERS.match(plain):
        plain = unquote(plain[found.end() :]).strip()
    plain = plain.lower()
    return _ended(plain) if _WORK.fullmatch(plain) else plain


def _unwrapped(text: str) -> str:
    """Return a text without the brackets and the full stop around the whole of it."""
    while text and _PAIRS.get(text[0]) == text.rstrip(_ENDS)[-1:] and len(text) > 1:
        text = text.rstrip(_ENDS)[1:-1].strip()
    return text


def _ended(work: str) -> str:
    """Return an identifier without the marks of the sentence that it ended."""
    while work[-1] in _ENDS or (work[-1] in ")>]}" and _unopened(work)):
        work = work[:-1]
    return work


def _unopened(work: str) -> bool:
    opening = {close: first for first, close in _PAIRS.items()}[work[-1]]
    return work.count(work[-1]) > work.count(opening)


def find_work(text: str) -> str:
    """Return the DOI or CSTR that a whole text is, bare and in lower case; empty where it is none.

    Examples
    --------
    >>> find_work("DOI：１０.5281/zenodo.1.")
    '10.5281/zenodo.1'
    """
    plain = bare(text)
    return plain if _WORK.fullmatch(plain) else ""


def is_meant(text: str) -> bool:
    """Tell whether a text can only be meant as an identifier: a DOI, a CSTR, an address."""
    return bool(find_work(text) or _ADDRESS.fullmatch(halfwidth(text)))


def doi_iri(doi: str) -> str:
    """Return the address that resolves a DOI, with all escaped that an address cannot hold.

    Examples
    --------
    >>> doi_iri("10.1002/(sici)1097-0088(199901)19:1<1::aid-joc1>3.0.co;2-#")
    'https://doi.org/10.1002/(sici)1097-0088(199901)19:1%3C1::aid-joc1%3E3.0.co;2-%23'
    """
    return DOI_RESOLVER + quote(doi, safe="/:;()._-+@,~!*'=&$")


def cstr_iri(cstr: str) -> str:
    """Return the address that resolves a CSTR."""
    return "https://cstr.cn/" + cstr


def orcid_iri(orcid: str) -> str:
    """Return the address of an ORCID record."""
    return "https://orcid.org/" + orcid


def ror_iri(ror: str) -> str:
    """Return the address of a ROR record."""
    return "https://ror.org/" + ror
