"""Identifiers with one canonical form each: DOI, CSTR, ORCID, ROR, ISSN.

The canonical form is the bare identifier, DOIs in lower case (DOI names are case-insensitive,
DOI Handbook 3.4). `*_iri` gives the address that resolves it.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from sciknow.model.parse import Where, show

_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}(?:\.\d+)*/[^\s\"]+)", re.I)
_CSTR = re.compile(
    r"(?:https?://(?:www\.)?cstr\.cn/|cstr:\s*)?(\d{5}\.\d{2}\.[A-Za-z0-9._/:-]+)", re.I
)
_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
_ROR = re.compile(r"(?:https?://ror\.org/)?(0[0-9a-hjkmnp-tv-z]{6}\d{2})", re.I)
_ISSN = re.compile(r"(\d{4})-?(\d{3}[\dXx])")
_MEANT = re.compile(r"(?:doi:|cstr:)?\s*(?:10\.\d{4,9}/|https?://|\d{5}\.\d\d\.)\S+", re.I)
_RESOLVERS = re.compile(
    r"(?:https?://(?:(?:dx\.|www\.)?doi\.org|(?:www\.)?(?:cstr\.cn|orcid\.org|ror\.org))/|"
    r"doi:\s*|cstr:\s*)",
    re.I,
)
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def _match(pattern: re.Pattern[str], value: object, where: Where, allowed: str) -> str:
    found = pattern.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise where.refuse(show(value), allowed)
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
    found = _ISSN.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise where.refuse(show(value), "an ISSN such as 0894-8755")
    digits = (found[1] + found[2]).upper()
    total = sum((8 - place) * int(digit) for place, digit in enumerate(digits[:7]))
    if "0123456789X"[(11 - total % 11) % 11] != digits[7]:
        raise where.refuse(f"{value} with a wrong check digit", "an ISSN whose check digit fits")
    return f"{digits[:4]}-{digits[4:]}"


def bare(text: str) -> str:
    """Return an identifier without what resolves it, in lower case; nothing is checked.

    Examples
    --------
    >>> bare("http://dx.doi.org/10.25921/RE9P-PT57"), bare("CSTR: 18406.11.a"), bare("oisst")
    ('10.25921/re9p-pt57', '18406.11.a', 'oisst')
    """
    plain = text.strip()
    if found := _RESOLVERS.match(plain):
        plain = unquote(plain[found.end() :])
    return plain.lower()


def is_meant(text: str) -> bool:
    """Tell whether a text can only be meant as an identifier: a DOI, a CSTR, an address."""
    return _MEANT.fullmatch(text) is not None


def doi_iri(doi: str) -> str:
    """Return the address that resolves a DOI."""
    return "https://doi.org/" + quote(doi, safe="/:;()._-+@,~!*'=&$")


def cstr_iri(cstr: str) -> str:
    """Return the address that resolves a CSTR."""
    return "https://cstr.cn/" + cstr


def orcid_iri(orcid: str) -> str:
    """Return the address of an ORCID record."""
    return "https://orcid.org/" + orcid


def ror_iri(ror: str) -> str:
    """Return the address of a ROR record."""
    return "https://ror.org/" + ror
