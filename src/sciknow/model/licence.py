"""Licences: their names in free words and as addresses, and what each asks.

The one table of the house. `canonical` reads what people, catalogues and registries write into one
form: the SPDX identifier where there is one, else the licence's own address. `licence_of` says by
which elements it is commonly known: attribution, share-alike, no commerce, no derivatives; a
summary from general knowledge, not a reading of each legal code, and no advice. What is not in the
table is *not stated*.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from sciknow.pattern import Pattern

SPDX = "https://spdx.org/licenses/"
OPEN = "open"
LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class Licence:
    """What one licence asks.

    Parameters
    ----------
    attribution, share_alike, noncommercial, no_derivatives : bool
        Its elements.
    family : str
        Those of one family and with the same elements may go over into a later version.
    version : float
        Its version.
    """

    attribution: bool = True
    share_alike: bool = False
    noncommercial: bool = False
    no_derivatives: bool = False
    family: str = ""
    version: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether everyone may reuse and adapt, for any purpose (opendefinition.org, 2.1)."""
        return not (self.noncommercial or self.no_derivatives)


_VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")
_PORTS = {
    "BY": ("2.5-AU", "3.0-AT", "3.0-AU", "3.0-DE", "3.0-IGO", "3.0-NL", "3.0-US"),
    "BY-SA": ("2.0-UK", "2.1-JP", "3.0-AT", "3.0-DE", "3.0-IGO"),
    "BY-NC": ("3.0-DE",),
    "BY-NC-SA": ("2.0-DE", "2.0-FR", "2.0-UK", "3.0-DE", "3.0-IGO"),
    "BY-ND": ("3.0-DE",),
    "BY-NC-ND": ("3.0-DE", "3.0-IGO"),
}
"""Elements of a Creative Commons licence → its versions for a country or for organisations."""


def _creative_commons(elements: str, version: str = "") -> Licence:
    return Licence(
        share_alike="SA" in elements,
        noncommercial="NC" in elements,
        no_derivatives="ND" in elements,
        # version 1.0 does not allow a later version for adapted material, those after it do
        family=f"CC-{elements}" if version != "1.0" else f"CC-{elements}-1.0",
        version=float(version[:3] or 0),
    )


_FREE = Licence(attribution=False)
_NAMED = Licence()
_USA = "http://www.usa.gov/publicdomain/label/1.0/"

LICENCES: dict[str, Licence] = {
    **{
        f"CC-{elements}-{version}": _creative_commons(elements, version)
        for elements, ports in _PORTS.items()
        for version in (*_VERSIONS, *ports)
    },
    "CC0-1.0": _FREE,
    "CC-PDM-1.0": _FREE,
    "CC-PDDC": _FREE,
    "PDDL-1.0": _FREE,
    _USA: _FREE,
    "Unlicense": _FREE,
    "MIT-0": _FREE,
    "DL-DE-ZERO-2.0": _FREE,
    "ODC-By-1.0": _NAMED,
    "ODbL-1.0": Licence(share_alike=True, family="ODbL", version=1.0),
    "OGL-UK-1.0": _NAMED,
    "OGL-UK-2.0": _NAMED,
    "OGL-UK-3.0": _NAMED,
    "OGL-Canada-2.0": _NAMED,
    "OGDL-Taiwan-1.0": _NAMED,
    "etalab-2.0": _NAMED,
    "DL-DE-BY-2.0": _NAMED,
    "NLOD-1.0": _NAMED,
    "NLOD-2.0": _NAMED,
    "CDLA-Permissive-1.0": _NAMED,
    "CDLA-Permissive-2.0": _NAMED,
    "CDLA-Sharing-1.0": Licence(share_alike=True, family="CDLA-Sharing", version=1.0),
    "MIT": _NAMED,
    "Apache-2.0": _NAMED,
    "BSD-2-Clause": _NAMED,
    "BSD-3-Clause": _NAMED,
}
"""SPDX identifier (or address) → what the licence asks."""

_LOWER = {name.lower(): name for name in LICENCES}
_WHOLE = {
    "CC0": "CC0-1.0",
    "CC-PDM": "CC-PDM-1.0",
    "PDDL": "PDDL-1.0",
    "ODbL": "ODbL-1.0",
    "ODC-By": "ODC-By-1.0",
    "Apache": "Apache-2.0",
    "OGL-Canada": "OGL-Canada-2.0",
    "CDLA-Sharing": "CDLA-Sharing-1.0",
}
"""Names of which only one version is in use → the identifier."""

_URL = re.compile(r"(?:https?://|www\.)[^\s\"'<>()\[\]]+", re.I)
_ADDRESS = re.compile(
    r"creativecommons\.org/licenses/(?P<elements>by(?:-nc)?(?:-sa|-nd)?)"
    r"(?:/(?P<version>\d\.\d)(?:/(?P<port>igo|[a-z]{2})\b)?)?"
    r"|creativecommons\.org/(?:publicdomain/(?P<public>zero|mark)|share-your-work/\S*(?P<cc0>cc0))"
    r"|opendatacommons\.org/licenses/(?P<odc>by|odbl|pddl)\b"
    r"|(?:spdx\.org/licenses|opensource\.org/licen[cs]es?|choosealicense\.com/licenses)/"
    r"(?P<id>[\w.+-]+?)(?:\.html|/|$)"
    r"|apache\.org/licenses/(?P<apache>license-2\.0)"
    r"|cdla\.\w+/(?P<cdla>permissive|sharing)-(?P<cdla_version>\d)-0"
    r"|nationalarchives\.gov\.uk/doc/(?P<uk>open-government-licence)(?:/version/(?P<uk_version>\d))?"
    r"|(?P<canada>open\.canada\.ca/\S*open-government-licence)"
    r"|govdata\.de/dl-de/(?P<de>by|zero)-2-0"
    r"|(?P<taiwan>data\.gov\.tw/licen[cs]e)|(?P<usa>usa\.gov/publicdomain/label)",
    re.I,
)
_ELEMENT = (
    r"nc|sa|nd|non[\s-]?commercial|share[\s-]?alike|no[\s-]?deriv(?:ative|ate)?s?(?:[\s-]?works?)?"
)
_CC = Pattern(
    r"\bcc[\s_-]?(?P<zero>0|zero)\b|\bcreative\s+commons\s+(?:\(?cc[\s-]?)?(?P<zero2>zero|0)\b"
    r"|\b(?:cc|creative\s+commons(?:\s+licen[cs]e)?)[\s_,.:(-]*(?:cc[\s_-]+)?"
    rf"(?P<elements>(?:by|attribut(?:ion|e))(?:[\s_/-]*(?:{_ELEMENT})(?![a-z]))*)(?![a-z])"
    r"(?:[\s_,(-]*(?:v|version\s*)?(?P<version>[1-4]\.[0125]|[1-4](?![\d.])))?"
    r"(?:[\s_-]*(?P<port>igo|united\s+states|germany|australia|austria|netherlands|us|de|au|at|nl)\b)?"
    r"|知识共享[\s(（]*署名(?P<words>(?:[\s—–-]*(?:非商业性?(?:使用)?|相同方式共享|禁止演绎))*)"
    r"[\s—–-]*(?P<number>[1-4]\.[05])?",
    re.I,
    needs=("cc|creative commons|知识共享",),
)
_NAMES = (
    (
        "PDDL",
        Pattern(
            r"\bpddl\b|\b(?:odc|open\s+data\s+commons)\s+public\s+domain\s+dedication",
            re.I,
            needs=("pddl|public domain dedication",),
        ),
    ),
    (
        "ODbL",
        Pattern(r"\bodbl\b|\bopen\s+database\s+licen[cs]e\b", re.I, needs=("odbl|open database",)),
    ),
    (
        "ODC-By",
        Pattern(
            r"\bodc[\s-]by\b|\b(?:odc|open\s+data\s+commons)\s+attribution\b",
            re.I,
            needs=("odc by|odc-by|odc attribution|open data commons",),
        ),
    ),
    (
        "OGL-Canada",
        Pattern(
            r"\bogl[\s-]canada|\bopen\s+government\s+licen[cs]e\s*+[(–—-]?\s*canada",
            re.I,
            needs=("ogl|open government", "canada"),
        ),
    ),
    (
        "OGL",
        Pattern(
            r"\bogl\b|\bopen\s+government\s+licen[cs]e\b", re.I, needs=("ogl|open government",)
        ),
    ),
    (
        "CDLA-Permissive",
        Pattern(
            r"\bcdla[\s-]*permissive|\bcommunity\s+data\w*\s+licen[cs]e\s+agreement[\s,–—-]*permissive",
            re.I,
            needs=("permissive",),
        ),
    ),
    (
        "CDLA-Sharing",
        Pattern(
            r"\bcdla[\s-]*sharing|\bcommunity\s+data\w*\s+licen[cs]e\s+agreement[\s,–—-]*sharing",
            re.I,
            needs=("sharing",),
        ),
    ),
    ("MIT", Pattern(r"\bMIT[\s-]+[Ll]icen[cs]\w+|MIT\s*许可", needs=("MIT",))),
    (
        "Apache",
        Pattern(
            r"\bapache(?:[\s-]+2(?:\.0)?)?[\s-]+licen[cs]\w+|\bapache[\s-]+2(?:\.0)?\b",
            re.I,
            needs=("apache",),
        ),
    ),
    ("BSD-3-Clause", Pattern(r"\bbsd[\s-]*3[\s-]*clause", re.I, needs=("bsd",))),
    ("BSD-2-Clause", Pattern(r"\bbsd[\s-]*2[\s-]*clause", re.I, needs=("bsd",))),
    (
        "CC-PDM",
        Pattern(
            r"\bpublic[\s-]domain\b|公有领域|公共领域",
            re.I,
            needs=("public domain|public-domain|公有领域|公共领域",),
        ),
    ),
    (_USA, Pattern(r"\bu\.?s\.?\s+government\s+works?\b", re.I, needs=("government work",))),
)
_COUNTRIES = {
    "united states": "US",
    "germany": "DE",
    "australia": "AU",
    "austria": "AT",
    "netherlands": "NL",
}
_SHORT = (("non", "NC"), ("nc", "NC"), ("sha", "SA"), ("sa", "SA"), ("no", "ND"), ("nd", "ND"))
_CHINESE = (("非商业", "NC"), ("相同方式", "SA"), ("禁止演绎", "ND"))
_IN_PART = re.compile(
    r"\b(?:similar\s+to|equivalent\s+to|compatible\s+with|unless\s+otherwise|per[\s-]image|"
    r"var(?:y|ies|ying|ious)|may\s+be\s+restricted|some\s+\w+|most\s+\w+|have\s+their\s+own)\b",
    re.I,
)
"""Words by which a licence holds for a part only, or is named for comparison."""
_NAMED_TOO = re.compile(r"\bwith\s+attribution|\battribution\s+(?:is\s+)?required", re.I)
_NO_COMMERCE = re.compile(r"non[\s-]?commerc|non[\s-]?commerical|academic\s+use\s+only", re.I)


def said(text: str) -> tuple[str, ...]:
    """Return the licences that a text names, as exactly as it names them.

    Examples
    --------
    >>> said("CC BY 4.0 or ODbL"), said("Creative Commons Attribution-ShareAlike")
    (('CC-BY-4.0', 'ODbL'), ('CC-BY-SA',))
    """
    return tuple(_reduced(dict.fromkeys(name for name, _ in mentions(text))))


def mentions(text: str) -> list[tuple[str, tuple[int, int]]]:
    """Return each place at which a text names a licence, with the name as exactly as it stands.

    Examples
    --------
    >>> mentions("under CC BY 4.0")
    [('CC-BY-4.0', (6, 15))]
    """
    found, plain = [], text
    for url in _URL.finditer(text):
        names = [_of_address(item) for item in _ADDRESS.finditer(url[0])]
        found += [(name, url.span()) for name in names]
        plain = plain[: url.start()] + " " * len(url[0]) + plain[url.end() :]
    found += [(_of_words(item), item.span()) for item in _CC.finditer(plain)]
    found += [(name, item.span()) for name, words in _NAMES if (item := words.search(plain))]
    return [(name, span) for name, span in found if name]


def _reduced(names: dict[str, None]) -> list[str]:
    """Drop a name beside a more exact one, and the public domain beside the way into it."""
    paths = [other.partition("/licenses/")[2] for other in names if "/licenses/" in other]
    kept = [
        name
        for name in names
        if not any(other.startswith(f"{name}-") and _is_version(other, name) for other in names)
        and not any(path.startswith(_path(name)) for path in paths)
    ]
    if len(kept) > 1 and {"CC0", "PDDL", "CC0-1.0", "PDDL-1.0"} & set(kept):
        kept = [name for name in kept if name != "CC-PDM"]
    return kept


def _path(name: str) -> str:
    """Return where Creative Commons keeps a licence: ``by-nc/3.0``."""
    elements, _, version = name.removeprefix("CC-").rpartition("-")
    return f"{elements}/{version}".lower() if name.startswith("CC-BY") else name


def _is_version(longer: str, name: str) -> bool:
    rest = longer[len(name) + 1 :]
    return rest[:1].isdigit() or rest.partition("-")[0] in ("UK", "Canada")


def _of_address(found: re.Match[str]) -> str:
    part = {key: value.lower() for key, value in found.groupdict().items() if value}
    if "elements" in part:
        port = part.get("port", "").upper()
        name = _cc(part["elements"].upper(), part.get("version", ""), port)
        path = "/".join((part["elements"], part.get("version", ""), port.lower()))
        return (
            f"https://creativecommons.org/licenses/{path}/" if port and port not in name else name
        )
    if "public" in part or "cc0" in part:
        return "CC-PDM" if part.get("public") == "mark" else "CC0"
    if "odc" in part:
        return {"by": "ODC-By", "odbl": "ODbL", "pddl": "PDDL"}[part["odc"]]
    if "id" in part:
        return _LOWER.get(part["id"], "")
    if "cdla" in part:
        return _LOWER.get(f"cdla-{part['cdla']}-{part['cdla_version']}.0", "")
    if "uk" in part:
        version = part.get("uk_version", "")
        return _LOWER.get(f"ogl-uk-{version}.0", "OGL")
    one = {
        "apache": "Apache",
        "canada": "OGL-Canada",
        "taiwan": "OGDL-Taiwan-1.0",
        "usa": _USA,
        "de": f"DL-DE-{part.get('de', '').upper()}-2.0",
    }
    return next((name for key, name in one.items() if key in part), "")


def _of_words(found: re.Match[str]) -> str:
    if found["zero"] or found["zero2"]:
        return "CC0"
    if found["elements"] is None:
        elements = [short for word, short in _CHINESE if word in (found["words"] or "")]
        return _cc("-".join(["BY", *elements]), found["number"] or "", "")
    rest = re.sub(r"^(by|attribut(ion|e))", "", found["elements"].lower())
    words = re.findall(rf"(?:{_ELEMENT})", rest)
    several = {next(short for begin, short in _SHORT if word.startswith(begin)) for word in words}
    elements = [short for short in ("NC", "ND", "SA") if short in several]
    country = " ".join((found["port"] or "").lower().split())
    port = _COUNTRIES.get(country, country.upper())
    return _cc("-".join(["BY", *elements]), found["version"] or "", port)


def _cc(elements: str, version: str, port: str) -> str:
    """Return the SPDX identifier of a Creative Commons licence, without a port that has none."""
    name = f"CC-{elements}-{version}".removesuffix("-")
    name += ".0" if version.isdigit() else ""
    ported = f"{name}-{port}"
    return ported if ported in LICENCES else name


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """Return the one form of the licence that a text or an address names.

    Parameters
    ----------
    text : str
        What a person, a catalogue or a registry wrote.

    Returns
    -------
    str
        The SPDX identifier; ``CC-BY`` and the like where no version is named; the licence's own
        address where SPDX has no identifier; empty where the text names none, several, or one that
        holds for a part only.

    Examples
    --------
    >>> canonical("CC BY 4.0"), canonical("http://creativecommons.org/licenses/by/4.0")
    ('CC-BY-4.0', 'CC-BY-4.0')
    >>> canonical("Creative Commons Zero"), canonical("CC BY 4.0 or ODbL"), canonical("nonsense")
    ('CC0-1.0', '', '')
    """
    plain = unicodedata.normalize("NFKC", text).strip().strip("\"'[]().,; ")
    if exact := _LOWER.get(plain.lower().replace(" ", "-")):
        return exact
    names = said(plain)
    if len(names) != 1 or _IN_PART.search(plain):
        return ""
    name = _WHOLE.get(names[0], names[0])
    asks = licence_of(name) or Licence()
    denied = (_NO_COMMERCE.search(plain) and not asks.noncommercial) or (
        _NAMED_TOO.search(plain) and not asks.attribution
    )
    return "" if denied else name


def licence_of(name: str) -> Licence | None:
    """Return what a licence in its canonical form asks; None where it is not in the table.

    Examples
    --------
    >>> licence_of("CC-BY-NC-4.0").noncommercial, licence_of("https://example.org/terms")
    (True, None)
    """
    if found := LICENCES.get(name):
        return found
    if address := _ADDRESS.search(name):
        elements, version = address["elements"], address["version"] or ""
        return _creative_commons(elements.upper(), version) if elements else None
    elements = name.removeprefix("CC-")
    if name != elements and elements in _PORTS:
        return _creative_commons(elements)
    return LICENCES.get(_WHOLE.get(name, "")) or (_NAMED if name in _UNVERSIONED else None)


_UNVERSIONED = frozenset({"OGL", "CDLA-Permissive"})
"""Names of several licences that ask the same."""


def reuse_of(license: str) -> str:
    """Tell whether a licence lets everyone reuse and adapt: ``open``, ``limited`` or empty.

    Examples
    --------
    >>> reuse_of("CC-BY-4.0"), reuse_of("CC-BY-NC-4.0"), reuse_of("CC-PDM-1.0"), reuse_of("")
    ('open', 'limited', 'open', '')
    """
    found = licence_of(canonical(license) or license)
    return "" if found is None else OPEN if found.is_open else LIMITED


def is_under(license: str, wanted: str) -> bool:
    """Tell whether a licence is one that is wanted; a version may follow, no further condition.

    Examples
    --------
    >>> is_under("CC-BY-4.0", "CC-BY"), is_under("CC-BY-NC-4.0", "CC-BY")
    (True, False)
    >>> is_under("OGL-UK-3.0", "ogl"), is_under("CC-BY-3.0-US", "CC-BY-3.0")
    (True, True)
    """
    own, asked = license.lower(), wanted.lower()
    rest = own.removeprefix(asked)
    if own == asked or (rest != own and _is_version(f"x{rest}", "x")):
        return True
    return rest != own and (asked[-1:].isdigit() or asked == "ogl") and rest.startswith("-")


def address_of(license: str) -> str:
    """Return the address of a licence: its own, or the SPDX page of an identifier."""
    return license if "://" in license else SPDX + license
