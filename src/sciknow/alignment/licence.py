"""What licences ask of whoever shares a combination of data.

The licences stand in `sciknow.model.licence`; what is not there is *not stated*, and what matters
is to be read in the licence itself. Using data together for oneself is another matter, which none
of these licences limits, except for purposes of commerce.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from sciknow.alignment.verdict import Verdict
from sciknow.model.licence import Licence, canonical, licence_of


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


def combine_terms(licences: Sequence[str]) -> Terms:
    """Tell under which terms a combination of data can be shared.

    Parameters
    ----------
    licences : sequence of str
        Their names or addresses; an empty one is not known.

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
    found = {name: licence_of(name) for name in (canonical(text) or text for text in licences)}
    known = {name: item for name, item in found.items() if item is not None}
    if len(known) < len(found):
        return Terms(Verdict.NOT_STATED, _unknown([name for name in found if name not in known]))
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
