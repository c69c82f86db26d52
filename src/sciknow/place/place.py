"""Places that a text names: where each stands in it, and which of several is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sciknow.model.coverage import BBox
from sciknow.pattern import Pattern
from sciknow.place.box import area, holds
from sciknow.place.gazetteer import TOP, Entry, begins, known
from sciknow.place.naming import fold
from sciknow.place.relation import part_of
from sciknow.text import has_han

_LETTERS = Pattern(r"[^\W\d_]+")
_NOUNS = frozenset({"turkey", "guinea", "jersey", "china", "jordan", "georgia", "niger", "java"})
"""Names that, in small letters, may be a bird, a coin, a cloth, porcelain, a person, a language."""
_IN = Pattern(r"\b(?:in|over|across|around|of|for|from|near|within|and|throughout)\s+$", re.I)
_INSIDE = Pattern(
    r"\b(?:in|near|around|within|at|(?:km|kilomet(?:er|re)s|miles)\s+(?:of|from))\s+$", re.I
)
_AND_THEN = Pattern(r"\s*[,(]\s*(?:the\s+)?(?:[A-Z][\w.'-]*\s*,\s*)?")
"""What stands between a name and the place that it lies in: Riverside, California."""
_ENDS = Pattern(
    r"\s*(?:$|[^\w\s]|\d|\b(?:and|or|from|since|between|during|for|with|in|at|to|by|over|city|region|area)\b)"
)
"""What may follow a name that is also a word: in Nice since 1990, not in Mobile Networks."""
_BODY = Pattern(
    r"(?:['’]s)?(?:\s+(?:[A-Z]\w+|of|and|for)){0,4}?\s+(?:Tech|Institutes?|Institution|Universit\w+|Agency|"
    r"Administration|Bureau|Services?|Surveys?|Bank|Academy|Offices?|Cent(?:er|re)s?|Airlines|[Aa]greement|"
    r"[Pp]rotocol|[Cc]onvention|[Aa]ccord|Statement|Declaration|Press|Papers|Society|Council|Commission|Foundation|Laborator\w+)\b"
)
_BODY_OF = Pattern(
    r"\b(?:Banks?|Universit\w+|Institutes?|Academy|Surveys?|College|Press|Church|Kingdom|Treaty)\s+of\s+"
    r"(?:the\s+)?$|\bNew\s+$"
)
_BODY_ZH = Pattern(
    r"[\u4e00-\u9fff]{0,4}?(?:大学(?!生)|科学院|研究院|气象局|气象厅|航天局|银行|学会|协定|公约|声明|宣言|学派|国家实验室|联储|联邦储备|石油公司|石化)"
)
_GOES_ON = Pattern(r"海[水洋冰表平温浪流面风拔底岸域雾啸盐床]|[河湖][流网道口岸泊冰水]")
"""Words that begin with what may also end a name."""
_UNIT_GOES_ON = Pattern(
    r"区[域划间块别位系]|市[场政民值]|县[域级]|省[份会级]|州际|盟[友约军]|旗[下舰帜]"
)
_WATER = Pattern(
    r"\s+(?:River|Creek|Lake|Sea|Basin|[Cc]atchment|[Ww]atershed)\b|[河江湖](?!南|北)|流域"
)
"""What makes a unit's name the name of something else: 黑河流域, Delaware River."""
_BEFORE = frozenset("在于对的和与及或跨从到向至由为以含括查找取求想要看给关近年月日级国省市县区州")
_AFTER = frozenset("的和与及或等在从到至近周附市县区省州地境内")
"""Characters beside which a Chinese name is taken to begin, or to end."""
_MANY = 250
"""Thousand people of a town that is meant wherever its name stands with a capital."""
_FAMOUS = 1_000
"""Thousand people of a town that is meant in small letters too."""
_UNITS = frozenset({"city", "county", "prefecture", "state"})
_MOST = 5
"""Places of one question that are heeded."""
_WIDE = frozenset({"continent", "ocean", "zone", "none"})
"""Kinds that do not tell which of several places is meant."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a text names.

    Parameters
    ----------
    name : str
        As the text has it.
    box : tuple of four floats
        West, south, east, north; of a town the same point twice.
    kind : str
        ``country``, ``state``, ``prefecture``, ``county``, ``city``, ``continent``, ``ocean``,
        ``region``, ``lake``, ``river``, ``zone`` or ``box``.
    at : int
        Where the name begins in the text it was found in.
    within : str
        The units that hold it, in words.
    others : tuple of Place
        What else the name may stand for.
    """

    name: str
    box: BBox
    kind: str
    at: int = field(default=-1, compare=False, repr=False)
    within: str = field(default="", compare=False, repr=False)
    others: tuple[Place, ...] = field(default=(), compare=False, repr=False)

    @property
    def end(self) -> int:
        """Where the name ends in the text."""
        return self.at + len(self.name)


def find_place(text: str) -> Place | None:
    """Return the smallest place that a text names, or None."""
    return min(find_places(text), key=lambda place: area(place.box), default=None)


def smallest(places: Sequence[Place]) -> tuple[Place, ...]:
    """Return the places that hold no other one of them."""
    found = list({place.box: place for place in places}.values())
    return tuple(
        place for place in found if not any(holds(place.box, other.box) for other in found)
    )[:_MOST]


def find_places(text: str) -> list[Place]:
    """Return every place that a text names, in order, each with its name as written there.

    The longest name counts (South China Sea, not China). Names of organisations and of other
    things that hold a place's name (Georgia Tech, Turkey vulture) are none; names that are also
    words need what `sciknow.place.naming.MARKS` says. Of several places of one name the one that
    lies in, or holds, another place of the text is meant, or else the best known.
    """
    sure: list[_Named] = []
    unsure: list[_Named] = []
    low, done = fold(text), 0
    for at, _ in _words(low):
        if at < done:
            continue
        for name in _names_at(low, at):
            end = at + len(name)
            named = _Named(text, at, end, known(name))
            if _GOES_ON.match(low, end - 1) and _is_kept(name[:-1]):
                continue  # 格陵兰海冰: the ice of Greenland's sea, not of a sea called so
            fits = named.fitting(sure[-1] if sure and sure[-1].end == at else None)
            if fits or named.is_none:
                done = end
                sure.append(fits or named)
                break
            unsure.append(named)
    spans = [(item.at, item.end) for item in sure]
    context = [item for item in sure if item.best.kind not in _WIDE]
    for item in unsure:
        held = item.held_by(context)
        if held and all(item.end <= at or item.at >= end for at, end in spans):
            spans.append((item.at, item.end))
            sure.append(held)
    sure.sort(key=lambda item: item.at)
    return [_part(text, item.place(context)) for item in sure if not item.is_none]


def _part(text: str, place: Place) -> Place:
    """Return what a text means of a place, or around it: the whole, where it says no more."""
    part = part_of(text, place.at, place.end, place.box)
    if part is None:
        return place
    at, end, box = part
    kind = "region" if place.kind == "city" else place.kind
    return replace(place, name=text[at:end], at=at, box=box, kind=kind)


@dataclass(frozen=True, slots=True)
class _Named:
    """A name where it stands in a text, and the places that it may stand for."""

    text: str
    at: int
    end: int
    entries: list[tuple[str, Entry]]

    @property
    def best(self) -> Entry:
        """The place that is meant where nothing else is said."""
        return self.entries[0][1]

    @property
    def is_none(self) -> bool:
        return self.best.kind == "none"

    def fitting(self, before: _Named | None) -> _Named | None:
        """Return this with the places first that the words around the name allow, if any.

        Parameters
        ----------
        before : _Named or None
            The name that ends where this one begins.
        """
        if self.is_none or not _is_meant(self.text, self.at, self.end):
            return None
        fits = [
            (mark, own)
            for mark, own in self.entries
            if _counts(
                self.text,
                self.at,
                self.end,
                mark,
                own,
                before is not None and (before.is_none or holds(before.best.box, own.box)),
            )
        ]
        return self._ordered(fits) if fits else None

    def held_by(self, context: Sequence[_Named]) -> _Named | None:
        """Return this with the places first that lie in another place of the text, if any."""
        if not _may_be_name(self.text, self.at, self.end):
            return None
        after = [item for item in context if _AND_THEN.fullmatch(self.text[self.end : item.at])]
        fits = [
            (mark, own)
            for mark, own in self.entries
            if mark in "ctw" and any(holds(other.best.box, own.box) for other in after)
        ]
        return self._ordered(fits) if fits else None

    def _ordered(self, first: list[tuple[str, Entry]]) -> _Named:
        rest = [item for item in self.entries if item not in first]
        return _Named(self.text, self.at, self.end, [*first, *rest])

    def place(self, context: Sequence[_Named]) -> Place:
        """Return what is meant: what lies in or holds another place, or else the first."""
        own = [found for _, found in self.entries]
        near = (found for found in own if any(self._goes_with(found, item) for item in context))
        meant = next(near, own[0])
        name = self.text[self.at : self.end]
        others = tuple(
            Place(name, other.box, other.kind, self.at, other.within)
            for other in own
            if other is not meant
        )[:_MOST]
        return Place(name, meant.box, meant.kind, self.at, meant.within, others)

    def _goes_with(self, found: Entry, other: _Named) -> bool:
        """Tell whether another place says that this one is meant.

        Of a country only one beside it does (Georgia, USA): Niger and Nigeria are two countries.
        """
        if other.at == self.at or found is other.best:
            return False
        if self.best.kind == other.best.kind == "country":
            first, second = sorted((self, other), key=lambda item: item.at)
            if self.text[first.end : second.at].strip(" ,，("):
                return False
        return holds(other.best.box, found.box) or holds(found.box, other.best.box)


def _names_at(low: str, at: int) -> Iterator[str]:
    """Yield the names that a text may have from some point on, the longest first."""
    if _is_han(low[at]):
        if not begins(low[at : at + 2]):
            return
        stop = at + 2
        while stop < len(low) and stop - at < 20 and (_is_han(low[stop]) or low[stop] in "-·"):
            stop += 1
        found = [low[at:end] for end in range(stop, at + 1, -1)]
    else:
        ends = []
        for word in _LETTERS.finditer(low[at : at + 60]):
            if not begins(low[at : at + word.end()]):
                break
            ends.append(at + word.end())
            if low[ends[-1] : ends[-1] + 1] == ".":  # U.S.
                ends.append(ends[-1] + 1)
        found = [low[at:end] for end in reversed(ends)]
    for name in found:
        if known(name) and _ends_there(low, at + len(name), name):
            yield name


def _words(low: str) -> Iterator[tuple[int, str]]:
    """Yield words of letters, and Chinese characters one by one, each after where it starts."""
    for found in _LETTERS.finditer(low):
        start, end = found.span()
        for at in () if found[0].isascii() else range(start, end):
            if _is_han(low[at]):
                if start < at:
                    yield start, low[start:at]
                yield at, low[at]
                start = at + 1
        if start < end:
            yield start, low[start:end]


def _is_han(char: str) -> bool:
    """Tell whether a character is one that Chinese names are written in."""
    return "\u3400" <= char <= "\u9fff"


def _ends_there(low: str, end: int, name: str) -> bool:
    return has_han(name[-1]) or not low[end : end + 1].isalnum() or has_han(low[end])


def _is_kept(name: str) -> bool:
    """Tell whether a name counts wherever it stands."""
    return any(not mark and own.weight == TOP for mark, own in known(name))


def _may_be_name(text: str, at: int, end: int) -> bool:
    """Tell whether a name, where it stands, is written as one, and is no organisation's."""
    if has_han(text[at]):
        return not _BODY_ZH.match(text, end)
    if _BODY.match(text, end) or _BODY_OF.search(text[max(0, at - 40) : at]):
        return False
    return text[at].isupper()


def _is_meant(text: str, at: int, end: int) -> bool:
    """Tell whether a name, where it stands, is a place and not a word or an organisation."""
    name = text[at:end]
    if has_han(name[0]):
        return not _BODY_ZH.match(text, end)
    if _BODY.match(text, end) or _BODY_OF.search(text[max(0, at - 40) : at]):
        return False
    if name[0].isupper():
        return len(name) > 3 or name.isupper() or not name.isascii()
    if len(name) <= 3:
        return False
    return (len(name) > 4 and name not in _NOUNS) or bool(_IN.search(text[max(0, at - 16) : at]))


def _counts(text: str, at: int, end: int, mark: str, own: Entry, adjacent: bool) -> bool:
    """Tell whether a name stands where its mark wants it; see `sciknow.place.naming.MARKS`."""
    if not mark:
        return True
    if own.kind in _UNITS and _WATER.match(text, end):
        return False
    if mark in "obnz":
        return _counts_zh(text, at, end, mark, own, adjacent)
    capital, before = text[at].isupper(), text[max(0, at - 16) : at]
    if mark == "w":
        return capital and bool(_INSIDE.search(before) and _ENDS.match(text, end))
    if (_INSIDE if mark == "t" else _IN).search(before):
        return capital or own.weight >= 100
    return own.weight >= (_FAMOUS if not capital else _MANY if mark == "t" else 0)


def _counts_zh(text: str, at: int, end: int, mark: str, own: Entry, adjacent: bool) -> bool:
    if mark == "n":
        return adjacent and not _UNIT_GOES_ON.match(text, end - 1)
    before, after = text[at - 1 : at] if at else "", text[end : end + 1]
    starts = adjacent or not _is_han(before or " ") or before in _BEFORE
    if mark == "o":
        return starts and not _UNIT_GOES_ON.match(text, end - 1)
    ends = not _is_han(after or " ") or after in _AFTER
    if mark == "z":
        return own.weight >= _MANY or (starts and ends and after != "地")
    return starts or (ends and own.within.startswith("中国"))


def places_of(names: Sequence[str], title: str) -> tuple[BBox, ...]:
    """Return the boxes of the places that a record without coordinates names as its own.

    Parameters
    ----------
    names : sequence of str
        What the record calls its area; where nothing there is known, the title is read.
    title : str
        In either language or both.
    """
    for text in (" \n".join(names), title):
        boxes = dict.fromkeys(place.box for place in find_places(text))
        if boxes:
            return tuple(boxes)
    return ()
