"""What a question asks for: its words, what they mean in the other language, and concepts.

A question becomes *units*. A unit is one word (or one Chinese word) as it was typed, with
alternatives: itself, its stem, its renderings in English, the other labels of a concept that it
names. A record gets the worth of the best alternative of each unit, never the sum, so that a
record in two languages does not count twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from sciknow.model.parse import check_whole
from sciknow.search.index.store import Match, Store, label_form
from sciknow.search.language.analysis import STOPWORDS, fold, piece_terms, pieces, stem, terms
from sciknow.search.language.bridge import Bridge, Label, Translation, Word
from sciknow.search.language.measure import is_measure, spelled
from sciknow.search.language.synonyms import synonyms
from sciknow.search.rank.weights import PURPOSE
from sciknow.search.wish.purpose import asked_for
from sciknow.search.wish.variable import in_words, short_names
from sciknow.text import has_han, squeeze

MAX_QUESTION = 2_000
"""Characters of a question that are read."""
GLOSS = (1.0, 0.7, 0.5, 0.4, 0.3, 0.3)
"""Worth of a Chinese word's renderings, first to last."""
SYNONYM = 0.5
"""Worth of another label of a concept that the question names."""
NAMED = 0.8
"""Worth of what a short name of a variable stands for."""
NEAR = 0.3
"""Worth of a word that stands for nearly the same in a catalogue."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to read a unit.

    Parameters
    ----------
    text : str
        What stands for the unit.
    terms : tuple of str
        Its terms; they are worth their sum.
    weight : float
        What they are worth next to the unit's own words.
    beside : tuple of str
        Terms that count only where one of *terms* stands too: the pair of characters that
        joins a Chinese word to the next (北极海冰: 极海 alone is no sign of the Arctic).
    together : bool
        Whether the terms count only where all of them stand.
    """

    text: str
    terms: tuple[str, ...]
    weight: float = 1.0
    beside: tuple[str, ...] = ()
    together: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A word of a question.

    Parameters
    ----------
    text : str
        As it was typed.
    alternatives : tuple of Alternative
        How it can be read.
    weight : float
        What it counts next to the words of what is asked for.
    constraint : str
        The constraint that it says, if any: it has no vote where a record's field answers that.
    """

    text: str
    alternatives: tuple[Alternative, ...]
    weight: float = 1.0
    constraint: str = ""


@dataclass(frozen=True)
class Question:
    """A question, read.

    Parameters
    ----------
    text : str
        As it was typed, without control characters.
    english : str
        What the sentence model reads.
    units : tuple of Unit
        Its words.
    concepts : tuple of Match
        Concepts that it names.
    language : str
        ``zh`` with any Chinese character, else ``en``.
    words : tuple of Word
        A Chinese question word by word.
    core : str
        The part of *english* that names what is asked for, where the rest tells its purpose.
    theme : Question or None
        The question without the words of its constraints, where it has any.
    unwanted : tuple of Question
        What it does not want, each read as a question.
    """

    text: str
    english: str
    units: tuple[Unit, ...]
    concepts: tuple[Match, ...] = ()
    language: str = "en"
    words: tuple[Word, ...] = field(default=())
    core: str = ""
    theme: Question | None = None
    unwanted: tuple[Question, ...] = ()

    @cached_property
    def terms(self) -> dict[str, float]:
        """Every term with the greatest weight that it has in any alternative."""
        out: dict[str, float] = {}
        for unit in self.units:
            for choice in unit.alternatives:
                for term in (*choice.terms, *choice.beside):
                    out[term] = max(unit.weight * choice.weight, out.get(term, 0.0))
        return out


def read_question(
    text: str, store: Store, bridge: Bridge | None, *, native: bool = False
) -> Question:
    """Read a question.

    Parameters
    ----------
    text : str
        In either language, or both mixed.
    store : Store
        For the labels of the hub's concepts.
    bridge : Bridge or None
        For Chinese.
    native : bool
        Whether the sentence model reads Chinese itself.
    """
    flat = squeeze(check_whole(text[:MAX_QUESTION], "the question"))
    if not has_han(flat):
        found = store.matches(flat)
        asked = asked_for(flat)
        core = flat[slice(*asked)] if asked else ""
        plain = tuple(_weighed(_english(flat, found), core))
        return Question(flat, in_words(flat), plain, tuple(found), core=in_words(core))
    simple = bridge.simplify(flat) if bridge else flat
    found = store.matches(simple)
    labels = {item.form: _label(item) for item in found if has_han(item.form)}
    translation = bridge.translate(simple, labels) if bridge else _untranslated(simple)
    english = in_words(flat if native else translation.english)
    asked = asked_for(translation.text)
    core = translation.text[slice(*asked)] if asked else ""
    units = tuple(_weighed(_chinese(translation, found), core))
    if asked and not native:
        core = _rendered(translation, *asked)
    return Question(flat, english, units, tuple(found), "zh", translation.words, core)


def with_theme(question: Question, theme: Question, words: Mapping[str, Sequence[str]]) -> Question:
    """Return a question that knows its theme, and which of its words say which constraint.

    Parameters
    ----------
    question : Question
        The whole.
    theme : Question
        The same without the words of its constraints.
    words : mapping of str to sequence of str
        Constraint → the words that say it.
    """
    asked = {unit.text.casefold() for unit in theme.units}
    said = {name: " ".join(texts).casefold() for name, texts in words.items()}

    def of(text: str) -> str:
        if text.casefold() in asked:
            return ""
        return next((name for name, said_by in said.items() if text.casefold() in said_by), "")

    units = tuple(replace(unit, constraint=of(unit.text)) for unit in question.units)
    return replace(question, units=units, theme=theme)


def _weighed(units: Iterable[Unit], core: str) -> Iterator[Unit]:
    """Yield units, those of a purpose with less weight."""
    asked = fold(core)
    for unit in units:
        aside = bool(core) and unit.text not in asked
        yield replace(unit, weight=PURPOSE) if aside else unit


def _rendered(translation: Translation, start: int, end: int) -> str:
    """Return the first renderings of the words within a part of the text."""
    parts, place = [], 0
    for word in translation.words:
        place = max(translation.text.find(word.text, place), 0)
        if start <= place < end and word.glosses:
            parts.append(word.glosses[0])
        place += len(word.text)
    return " ".join(part for part in parts if part)


def _untranslated(text: str) -> Translation:
    words = [Word(piece, () if has_han(piece) else (piece,)) for piece in pieces(text)]
    return Translation(tuple(words), text)


def _label(match: Match) -> Label:
    english = tuple(label for label in match.labels if not has_han(label))
    return Label(match.concept, english[:3])


def _english(text: str, concepts: Sequence[Match]) -> Iterator[Unit]:
    seen: set[str] = set()
    for piece, after in pairwise([*pieces(text), ""]):
        if is_measure(piece, after):
            if (whole := f"{piece} {after}") not in seen:
                yield _measured(piece, after, whole)
            seen.update((piece, after, whole))
            continue
        found = [term for term in piece_terms(piece) if term not in STOPWORDS]
        if found and piece not in seen:
            seen.add(piece)
            near = _near(found) if len(found) == 1 else ()
            others = (*_synonyms(piece, concepts), *_named(piece), *near)
            yield Unit(piece, (*_own(piece, found), *others))


def _measured(number: str, measure: str, text: str) -> Unit:
    """Return a number with its measure as one word, in every spelling."""
    ways = spelled(number, measure)
    label = f"{number} {measure}"
    return Unit(text, tuple(Alternative(label, way, together=True) for way in ways))


def _own(piece: str, found: Sequence[str]) -> Iterator[Alternative]:
    """Yield a word as it is; a compound both in parts and joined."""
    if len(found) > 2 and found[-1] == fold("".join(c for c in piece if c.isalnum())):
        yield Alternative(piece, tuple(dict.fromkeys(found[:-1])))
        yield Alternative(piece, (found[-1],), 1.5)
    else:
        yield Alternative(piece, tuple(dict.fromkeys(found)))


def _synonyms(piece: str, concepts: Sequence[Match]) -> Iterator[Alternative]:
    """Yield the other labels of a concept for the first word of the label that was found."""
    for match in concepts:
        if match.form.split()[:1] == [stem(piece)] and not has_han(match.form):
            own = set(match.form.split())
            for label in (label for label in match.labels[:12] if not has_han(label)):
                words = tuple(term for term in dict.fromkeys(terms(label)) if term not in own)
                if words and label_form(label) != match.form:
                    yield Alternative(label, words, SYNONYM / max(1, len(own)))


def _named(piece: str) -> Iterator[Alternative]:
    """Yield what a short name of a variable stands for."""
    variable = next((item for name, item in short_names().items() if name.lower() == piece), None)
    if variable is not None:
        yield Alternative(variable.english, tuple(dict.fromkeys(terms(variable.english))), NAMED)


def _near(found: Sequence[str]) -> Iterator[Alternative]:
    """Yield the words that stand for nearly the same as a term."""
    for label, words in synonyms().get(found[0], ()):
        yield Alternative(label, words, NEAR / len(words))


def _chinese(translation: Translation, concepts: Sequence[Match]) -> Iterator[Unit]:
    text = translation.text
    place = 0
    seen: set[str] = set()
    for word, after in pairwise([*translation.words, Word("")]):
        place = max(text.find(word.text, place), 0)
        units: list[Unit] = []
        if not has_han(word.text):
            plain, number = _before_measure(word, after)
            units += _english(plain, concepts)
            if number:
                units.append(_measured(number, after.glosses[0], number + after.text))
                seen.add(after.text)
        elif word.text not in seen and (word.glosses or not word.known or len(word.text) > 1):
            alternatives = tuple(_readings(word, text, place))
            units += [Unit(word.text, alternatives)] if alternatives else []
        yield from (unit for unit in units if unit.text not in seen)
        seen.update((word.text, *(unit.text for unit in units)))
        place += len(word.text)


def _before_measure(word: Word, after: Word) -> tuple[str, str]:
    """Part the number from words that come before a Chinese measure: NDVI 1 in NDVI 1公里."""
    plain, _, number = word.text.rpartition(" ")
    if has_han(after.text) and after.glosses and is_measure(number, after.glosses[0]):
        return plain, number
    return word.text, ""


def _readings(word: Word, text: str, place: int) -> Iterator[Alternative]:
    """Yield a Chinese word as pairs of characters, then each of its renderings."""
    if not (word.known and not word.glosses):
        after = text[place + len(word.text) : place + len(word.text) + 1]
        joint = word.text[-1] + after if after and has_han(after) else ""
        alone = len(word.text) > 1 or not joint
        own = [term for piece in pieces(word.text) for term in piece_terms(piece)]
        yield Alternative(
            word.text,
            tuple(dict.fromkeys(own)) if alone else (joint,),
            beside=(joint,) if joint and alone and joint not in own else (),
        )
    for gloss, weight in zip(word.glosses, GLOSS, strict=False):
        found = tuple(dict.fromkeys(terms(gloss)))
        if found:
            yield Alternative(gloss, found, weight)
