"""A text in one or both of the project's languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sciknow.model.parse import Where, parse_mapping, parse_text
from sciknow.words import LANGUAGES


@dataclass(frozen=True, slots=True)
class LangString:
    """A text in English, simplified Chinese, or both (RDF's ``langString``, paired).

    Parameters
    ----------
    en, zh : str
        The text in each language; empty where there is none.

    Examples
    --------
    >>> str(LangString(en="sea ice", zh="海冰"))
    'sea ice'
    >>> LangString(en="sea ice", zh="海冰").best("zh")
    '海冰'
    """

    en: str = ""
    zh: str = ""

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)

    def __str__(self) -> str:
        return self.en or self.zh

    def best(self, language: str = "en") -> str:
        """Return the text in a language, or in the other where that one is missing."""
        return self.zh or self.en if language == "zh" else self.en or self.zh

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield (language tag, text) for each language that is there."""
        return ((tag, getattr(self, tag)) for tag in LANGUAGES if getattr(self, tag))

    def to_dict(self) -> dict[str, str]:
        """Return the mapping that `parse_langstring` reads."""
        return dict(self.items())


def parse_langstring(value: object, where: Where) -> LangString:
    """Read ``{en: …, zh: …}`` or a bare string, which counts as English.

    Raises
    ------
    InvalidInput
        For another type, another language or an empty text.
    """
    if isinstance(value, str):
        return LangString(en=parse_text(value, where))
    mapping = parse_mapping(value, where, allowed=LANGUAGES)
    if not mapping:
        raise where.refuse("an empty mapping", "a text under en, zh or both")
    return LangString(**{tag: parse_text(text, where / tag) for tag, text in mapping.items()})
