"""Regular expressions that cost nothing until a text could match them.

To compile the patterns of time, place, grain and terms of use takes longer than to read a question
with them, and most questions need few. So a pattern is compiled when first tried, and it is not
tried on a text without what each of its matches holds: a figure, or one of some words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache

_FIGURES = str.maketrans("123456789", "000000000")


def can_match(text: str, needs: Iterable[str], *, any_case: bool = True) -> bool:
    """Tell whether a text holds one of the words of each need.

    Parameters
    ----------
    text : str
        In either language.
    needs : iterable of str
        Words with ``|`` between them; ``0`` stands for any figure, a space for any white space.
    any_case : bool
        Whether the words, then in small letters, count in any case, as with ``re.IGNORECASE``.

    Examples
    --------
    >>> can_match("since 1998", ["since|from", "0000"]), can_match("since when", ["since", "0"])
    (True, False)
    """
    plain = _plain(text, any_case)
    return all(any(word in plain for word in need.split("|")) for need in needs)


@lru_cache(maxsize=16)
def _plain(text: str, any_case: bool) -> str:
    """Return a text with every figure as 0 and all white space as one space, folded if asked."""
    spaced = f" {' '.join(text.split())} "
    if not spaced.isascii():
        spaced = "".join("0" if char.isdecimal() else char for char in spaced)
    if any_case:  # as the re module has it, the letters İ and ı match i
        spaced = spaced.casefold().replace("\u0307", "").replace("ı", "i")
    return spaced.translate(_FIGURES)


class Pattern:
    """A regular expression, compiled when first tried.

    Parameters
    ----------
    source : str
        The expression.
    flags : int
        Those of the `re` module.
    needs : iterable of str
        What every match holds, as `can_match` takes it; none where it is tried on any text.
    """

    def __init__(self, source: str, flags: int = 0, *, needs: Iterable[str] = ()) -> None:
        self.source, self.flags, self.needs = source, flags, tuple(needs)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern as the `re` module compiles it."""
        return re.compile(self.source, self.flags)

    def can_match(self, text: str) -> bool:
        """Tell whether a text holds what every match does."""
        return not self.needs or can_match(text, self.needs, any_case=bool(self.flags & re.I))

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match in a text, or None."""
        return self.compiled.search(text) if self.can_match(text) else None

    def match(self, text: str, at: int = 0) -> re.Match[str] | None:
        """Return the match that begins at a place of a text, or None."""
        return self.compiled.match(text, at) if self.can_match(text) else None

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Return the match of a whole text, or None."""
        return self.compiled.fullmatch(text) if self.can_match(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches in a text, in order."""
        return self.compiled.finditer(text) if self.can_match(text) else iter(())

    def sub(self, other: str | Callable[[re.Match[str]], str], text: str) -> str:
        """Return a text with something else in place of each match."""
        return self.compiled.sub(other, text) if self.can_match(text) else text


class Choice:
    """Alternatives, the first that matches counting; only those that can match are compiled.

    Parameters
    ----------
    *patterns : Pattern
        In order of preference, all with the same flags; groups are told apart by name or value,
        since their numbers depend on the text.
    """

    def __init__(self, *patterns: Pattern) -> None:
        self.patterns = patterns

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches in a text, in order."""
        kept = tuple(item.source for item in self.patterns if item.can_match(text))
        return _joined(kept, self.patterns[0].flags).finditer(text) if kept else iter(())


@lru_cache(maxsize=128)
def _joined(sources: tuple[str, ...], flags: int) -> re.Pattern[str]:
    return re.compile("|".join(sources), flags)
