"""What licences ask of whoever shares a combination of data.

Each row of `LICENCES` has the elements by which a licence is commonly known: attribution,
share-alike, no commerce, no derivatives. The table is a summary from general knowledge, not a
reading of each legal code, and no advice: what matters is to be read in the licence itself.
Licences outside the table, and terms given by their address, are *not stated*. Using data together
for oneself is another matter, which none of these licences limits, except for purposes of commerce.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from sciknow.alignment.verdict import Verdict


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


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a combination can be shared.

    Parameters
    ----------
    verdict : Verdict
        `SAME`, `COMPATIBLE`, `DIFFERENT` (it cannot be shared as one) or `NOT_STATED`.
    sentence : str
        The terms in words.
    license : str
        The licence that the whole must bear; empty where the choice is free or there is none.
    attribution : tuple of str
        The licences that ask for the maker's name.
    """

    verdict: Verdict
    sentence: str
    license: str = ""
    attribution: tuple[str, ...] = ()


_VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")
_PORTS = {
    "BY": ("3.0-US", "3.0-IGO", "3.0-AU", "3.0-DE"),
    "BY-SA": ("3.0-IGO", "3.0-DE"),
    "BY-NC": ("3.0-DE",),
    "BY-NC-SA": ("3.0-IGO", "3.0-DE"),
    "BY-ND": ("3.0-DE",),
    "BY-NC-ND": ("3.0-IGO", "3.0-DE"),
}
"""Elements of a Creative Commons licence → its versions for a country or for organisations."""


def _creative_commons() -> dict[str, Licence]:
    return {
        f"CC-{elements}-{version}": Licence(
            share_alike="SA" in elements,
            noncommercial="NC" in elements,
            no_derivatives="ND" in elements,
            # version 1.0 does not allow a later version for adapted material, those after it do
            family=f"CC-{elements}" if version != "1.0" else f"CC-{elements}-1.0",
            version=float(version[:3]),
        )
        for elements, ports in _PORTS.items()
        for version in (*_VERSIONS, *ports)
    }


_FREE = Licence(attribution=False)
_NAMED = Licence()

LICENCES: dict[str, Licence] = {
    **_creative_commons(),
    "CC0-1.0": _FREE,
    "CC-PDM-1.0": _FREE,
    "PDDL-1.0": _FREE,
    "http://www.usa.gov/publicdomain/label/1.0/": _FREE,
    "ODC-By-1.0": _NAMED,
    "ODbL-1.0": Licence(share_alike=True, family="ODbL", version=1.0),
    "OGL-UK-3.0": _NAMED,
    "OGL-Canada-2.0": _NAMED,
}
"""SPDX identifier (or address) → what the licence asks."""


def combine_terms(licences: Sequence[str]) -> Terms:
    """Tell under which terms a combination of data can be shared.

    Parameters
    ----------
    licences : sequence of str
        SPDX identifiers or addresses; an empty one is not known.

    Returns
    -------
    Terms
        The outcome.

    Examples
    --------
    >>> combine_terms(["CC-BY-4.0", "CC0-1.0"]).sentence
    'name the makers of what is under CC-BY-4.0 and link to its terms'
    >>> combine_terms(["CC-BY-SA-4.0", "CC-BY-NC-4.0"]).verdict
    <Verdict.DIFFERENT: 'different'>
    """
    names = list(dict.fromkeys(licences))
    unknown = [name for name in names if name not in LICENCES]
    if unknown:
        return Terms(Verdict.NOT_STATED, _unknown(unknown))
    known = {name: LICENCES[name] for name in names}
    fixed = [name for name, item in known.items() if item.no_derivatives]
    if fixed:
        what = f"{_list(fixed)} does not allow adapted versions to be shared"
        return Terms(Verdict.DIFFERENT, f"{what}; share what you made of it only apart")
    return _share(known)


def _share(known: dict[str, Licence]) -> Terms:
    alike = {name: item for name, item in known.items() if item.share_alike}
    for (one, first), (other, second) in combinations(alike.items(), 2):
        if first.family != second.family:
            why = f"{one} and {other} each ask that the whole bears their own terms"
            return Terms(Verdict.DIFFERENT, f"{why}; share the parts apart")
    whole = max(alike, key=lambda name: alike[name].version, default="")
    shut = [name for name, item in known.items() if item.noncommercial]
    if whole and shut and not known[whole].noncommercial:
        why = f"{whole} allows no further limits on the whole, {_list(shut)} forbids commerce"
        return Terms(Verdict.DIFFERENT, f"{why}; share the parts apart")
    named = tuple(name for name, item in known.items() if item.attribution)
    parts = (
        [f"name the makers of what is under {_list(named)} and link to its terms"] if named else []
    )
    if whole:
        parts.append(f"share the whole under {whole} or a later version of it")
    if shut:
        parts.append("not for commercial use")
    sentence = "; ".join(parts) or "nothing is asked; citing is good practice"
    same = Verdict.SAME if len(known) == 1 else Verdict.COMPATIBLE
    return Terms(same, sentence, whole, named)


def _unknown(names: Sequence[str]) -> str:
    terms = [name for name in names if name]
    parts = [
        f"read the terms at {name}" if "://" in name else f"{name} is not in the table"
        for name in terms
    ]
    if "" in names:
        parts.insert(0, "no licence is stated for at least one of them")
    return "; ".join(parts)


def _list(names: Sequence[str]) -> str:
    *head, last = names
    return f"{', '.join(head)} and {last}" if head else last
