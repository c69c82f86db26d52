"""Why a record is a hit: words by field, passage, concepts, publications, and their shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sciknow._html import Markup, join, table, tag
from sciknow.search.index.document import Link
from sciknow.text import counted, shorten


@dataclass(frozen=True, slots=True)
class TermWhy:
    """A word of the question that the record holds.

    Parameters
    ----------
    term : str
        The word as it was typed.
    matched : str
        What stood for it: itself, a rendering in English, another label of a concept.
    fields : tuple of str
        Where it stands, weightiest first; empty for a word that counts by its meaning alone.
    share : float
        Part of the hit's score: what its letters gave, and its part of the meaning, which is told
        from the comparison token by token.
    """

    term: str
    matched: str
    fields: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True)
class ConceptWhy:
    """A concept that leads from the question to the record.

    Parameters
    ----------
    label : str
        The label that stands in the question.
    path : tuple of str
        Preferred labels from that concept down to the one that the record is about.
    share : float
        Part of the hit's score, from 0 to 1.
    """

    label: str
    path: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True)
class ConstraintWhy:
    """How the record stands to a constraint that the question states in plain words.

    Parameters
    ----------
    name : str
        ``period``, ``length``, ``place``, ``time step``, ``resolution``, ``license``, ``format``.
    understood : str
        What was understood: ``since 1980``.
    verdict : str
        ``fits``, ``fits in part``, ``does not fit`` or ``not stated``.
    """

    name: str
    understood: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a record is a hit.

    Parameters
    ----------
    terms : tuple of TermWhy
        Words that match, weightiest first.
    meant : tuple of TermWhy
        Words that stand nowhere in the record, but that the sentence model read in it.
    concepts : tuple of ConceptWhy
        Concepts that lead here.
    publications : tuple of Link
        Publications tied to the record that hold words of the question.
    passage : str
        The passage nearest in meaning.
    shares : dict of str to float
        What each part gave: ``words``, ``meaning``, ``concepts``, ``standing``, ``preferred``,
        ``company``, ``constraints``; they add up to 1 (what silence or a missed constraint takes
        away is not shown here).
    constraints : tuple of ConstraintWhy
        What the question states in plain words, and how the record stands to it.
    unknown : tuple of str
        Filters about which the record says nothing.
    preferred : tuple of str
        Why it comes before others that are as good: ``opens``, ``current``, ``open``.
    """

    terms: tuple[TermWhy, ...] = ()
    meant: tuple[TermWhy, ...] = ()
    concepts: tuple[ConceptWhy, ...] = ()
    publications: tuple[Link, ...] = ()
    passage: str = ""
    shares: dict[str, float]
    constraints: tuple[ConstraintWhy, ...] = ()
    unknown: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """One line: the weightiest words and where they stand, the concept, what does not fit."""
        parts = [_term_text(item) for item in self.terms[:4]]
        parts += [" → ".join(item.path) for item in self.concepts[:1]]
        if not parts:
            parts = [f"near in meaning: {shorten(self.passage, 60)}"] if self.passage else []
        if self.publications:
            parts.append(counted(len(self.publications), "publication"))
        for verdict in ("does not fit", "not stated"):
            told = [item.understood for item in self.constraints if item.verdict == verdict]
            told += self.unknown if verdict == "not stated" else ()
            if told:
                parts.append(f"{verdict}: {', '.join(told)}")
        return "; ".join(parts)

    def to_dict(self) -> dict[str, object]:
        """Return a plain mapping for programs."""
        return {
            "terms": [_plain_term(item) for item in self.terms],
            "meant": [_plain_term(item) for item in self.meant],
            "concepts": [
                {"label": item.label, "path": list(item.path), "share": round(item.share, 4)}
                for item in self.concepts
            ],
            "publications": [{"id": item.id, "title": item.title} for item in self.publications],
            "passage": self.passage,
            "shares": {name: round(share, 4) for name, share in self.shares.items()},
            "constraints": [
                {"name": item.name, "understood": item.understood, "verdict": item.verdict}
                for item in self.constraints
            ],
            "unknown": list(self.unknown),
            "preferred": list(self.preferred),
        }

    def __str__(self) -> str:
        return "\n".join(f"  {name}: {text}" for name, text in self.lines())

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield every reason: what it is (word, concept, passage, …) and what it says."""
        for term in self.terms:
            yield "word", f"{_term_text(term)} {term.share:.0%}"
        if self.meant:
            read = (f"{item.term} {item.share:.0%}" for item in self.meant)
            yield "by meaning", ", ".join(read)
        for found in self.concepts:
            yield "concept", f"{found.label}: {' → '.join(found.path)} {found.share:.0%}"
        for link in self.publications:
            yield "publication", f"{shorten(link.title, 90)} ({link.id})"
        if self.passage:
            yield "passage", shorten(self.passage, 160)
        told: dict[str, list[str]] = {}
        for item in self.constraints:
            told.setdefault(item.verdict, []).append(item.understood)
        if self.unknown:
            told.setdefault("not stated", []).extend(self.unknown)
        yield from ((verdict, ", ".join(phrases)) for verdict, phrases in told.items())
        if self.preferred:
            yield "preferred", ", ".join(self.preferred)
        yield "score", ", ".join(f"{name} {share:.0%}" for name, share in self.shares.items())

    def _repr_html_(self) -> Markup:
        rows = [(tag("b", name), text) for name, text in self.lines()]
        return join([table(("", "why"), rows, class_="sciknow-why")])


def _term_text(item: TermWhy) -> str:
    shown = item.term if item.matched == item.term else f"{item.term} = {item.matched}"
    return f"{shown} ({', '.join(item.fields)})" if item.fields else shown


def _plain_term(item: TermWhy) -> dict[str, object]:
    return {
        "term": item.term,
        "matched": item.matched,
        "fields": list(item.fields),
        "share": round(item.share, 4),
    }
