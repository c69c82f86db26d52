"""Fields of records as they are written anywhere → values of the model; nothing is guessed.

Every protocol maps through here. What cannot be read comes back empty, and the protocol leaves the
field in `Dataset.extra`, where it is kept and counted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any

from sciknow.errors import InvalidInput
from sciknow.model import Agent, AgentKind, LangString, PeriodOfTime
from sciknow.model.identifier import parse_cstr, parse_doi, parse_orcid, parse_ror
from sciknow.model.licence import canonical
from sciknow.model.parse import MAX_TEXT, Where, date_key, parse_date
from sciknow.net import REMOTE_SCHEMES, parse_url
from sciknow.text import has_han, squeeze

_AT = Where()
_TAG = re.compile(r"<[a-zA-Z/!][^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")
_SILENT = frozenset({"script", "style"})
_MOMENT = re.compile(r"(-?\d{4,})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?Z?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_SLASHED = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")
OPEN_ENDS = frozenset(
    {"", "..", "...", "present", "now", "ongoing", "current", "today", "至今", "现在", "continuing"}
)
"""What stands for an end that has not come."""
_OTHER = re.compile(r"[^a-z0-9._-]+")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._quiet += tag in _SILENT
        self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._quiet = max(0, self._quiet - (tag in _SILENT))
        self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.words.append(data)


def plain(value: object) -> str:
    """Return a text without markup, control and bidirectional characters, on one line.

    Examples
    --------
    >>> plain("<p>Sea&nbsp;ice<br>at 2 &lt; 3 km</p>"), plain(None), plain(5)
    ('Sea ice at 2 < 3 km', '', '5')
    """
    if value is None or isinstance(value, (Mapping, list, tuple, bool)):
        return ""
    text = str(value)
    if _TAG.search(text):
        reader = _Words()
        reader.feed(text)
        reader.close()
        text = "".join(reader.words)
    text = squeeze(text)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def words(value: object, language: str = "") -> LangString:
    """Return a text, several, or one by language as the model has it.

    A text under another language than the two of the model stands under ``en`` only where there
    is no other.

    Parameters
    ----------
    value : object
        A text; a mapping of language tags to texts; a list of texts or of (language, text).
    language : str
        The tag that a bare text has.

    Examples
    --------
    >>> words({"zh-CN": "海冰", "en": "sea ice"})
    LangString(en='sea ice', zh='海冰')
    >>> words("Meereis", "de"), words(["a", "b"])
    (LangString(en='Meereis', zh=''), LangString(en='a', zh=''))
    """
    found: dict[str, str] = {}
    for tag, text in _tagged(value, language):
        short = tag.lower().replace("_", "-").split("-")[0]
        known = short if short in ("en", "zh") else "zh" if not short and has_han(text) else ""
        found.setdefault(known or ("other" if short else "en"), text)
    other = found.pop("other", "")
    if other and not found:
        found["zh" if has_han(other) else "en"] = other
    return LangString(**found)


def _tagged(value: object, language: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for tag, text in value.items():
            yield from _tagged(text, str(tag))
    elif isinstance(value, (list, tuple)):
        for item in value:
            if isinstance(item, tuple) and len(item) == 2:
                yield from _tagged(item[1], str(item[0]))
            else:
                yield from _tagged(item, language)
    elif text := plain(value):
        yield language, text


def keywords(values: Iterable[object]) -> tuple[tuple[str, str], ...]:
    """Return words as (language, word) pairs, each once."""
    found = (plain(value) for value in values)
    return tuple(dict.fromkeys(("zh" if has_han(word) else "en", word) for word in found if word))


def day(value: object) -> str:
    """Return a date as exact as it is written, without a time of day; empty where it is none.

    Examples
    --------
    >>> day("2020-01-31T12:00:00Z"), day("1979"), day(20200131), day("spring"), day("2020-02-31")
    ('2020-01-31', '1979', '2020-01-31', '', '')
    """
    text = plain(value)
    if found := _COMPACT.fullmatch(text) or _SLASHED.fullmatch(text):
        text = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    moment = _MOMENT.fullmatch(text)
    if moment is None:
        return ""
    try:
        return parse_date("-".join(part for part in moment.groups() if part), _AT)
    except InvalidInput:
        return ""


def period(start: object, end: object = None) -> PeriodOfTime:
    """Return a period from its two ends, or from one text with both.

    Examples
    --------
    >>> period("1979-01-01/2020-12-31"), period("1979/.."), period("1979", "present")
    ... # doctest: +NORMALIZE_WHITESPACE
    (PeriodOfTime(start='1979-01-01', end='2020-12-31'), PeriodOfTime(start='1979', end=''),
     PeriodOfTime(start='1979', end=''))
    """
    first = plain(start)
    if end is None and first.count("/") == 1:
        first, _, last = first.partition("/")
    elif end is None and re.fullmatch(r"\d{4}\s*[-–—]\s*\d{4}", first):
        first, last = first[:4], first[-4:]
    else:
        last = plain(end)
    begin = "" if first.strip().lower() in OPEN_ENDS else day(first.strip())
    close = "" if last.strip().lower() in OPEN_ENDS else day(last.strip())
    if first.strip().lower() not in OPEN_ENDS and not begin:
        return PeriodOfTime()
    if last.strip().lower() not in OPEN_ENDS and not close:
        return PeriodOfTime()
    if begin and close and date_key(begin) > date_key(close, end=True):
        return PeriodOfTime()
    return PeriodOfTime(begin, close)


def doi(*values: object) -> str:
    """Return the first DOI among some values; empty without one."""
    return _first(parse_doi, values)


def cstr(*values: object) -> str:
    """Return the first CSTR among some values; empty without one."""
    return _first(parse_cstr, values)


def orcid(*values: object) -> str:
    """Return the first ORCID iD whose check digit fits; empty without one."""
    return _first(parse_orcid, values)


def ror(*values: object) -> str:
    """Return the first ROR id whose check digits fit; empty without one."""
    return _first(parse_ror, values)


def _first(parse: Callable[[object, Where], str], values: Iterable[object]) -> str:
    """Return the first value, or word of one, that is such an identifier."""
    for value in values:
        text = plain(value)
        for word in (text, *(part.strip(".,;:()[]<>\"'") for part in text.split())):
            with suppress(InvalidInput):
                return parse(word, _AT)
    return ""


def url(value: object) -> str:
    """Return an address in its one form; empty where it is none that anybody may go to.

    Examples
    --------
    >>> url("HTTPS://Example.org/a b"), url("javascript:alert(1)"), url("/etc/passwd")
    ('https://example.org/a%20b', '', '')
    """
    if not isinstance(value, str):
        return ""
    try:
        return parse_url(value, schemes=REMOTE_SCHEMES)
    except Exception:
        return ""


def licence(*values: object) -> tuple[str, LangString]:
    """Return a licence and the terms in words, from what a record says of both.

    The first value that names exactly one licence gives it; else the first address does. What
    names none is the terms.

    Examples
    --------
    >>> licence("Creative Commons Attribution 4.0 International")
    ('CC-BY-4.0', LangString(en='', zh=''))
    >>> licence(None, "Ask the author")
    ('', LangString(en='Ask the author', zh=''))
    """
    texts = [text for value in values if (text := plain(value))]
    named = next((found for text in texts if (found := canonical(text))), "")
    terms = [text for text in texts if not canonical(text)]
    address = next((found for text in terms if (found := url(text))), "")
    rest = [text for text in terms if not url(text)]
    return named or address, words(rest[0]) if rest and not named else LangString()


def agent(name: object, *identifiers: object, person: bool = False) -> Agent | None:
    """Return a person or an organisation; None without a name.

    The id is the ORCID or ROR where there is one, else made from the name.
    """
    called = words(name)
    if not called:
        return None
    known_orcid, known_ror = orcid(*identifiers), ror(*identifiers)
    label = known_orcid or known_ror or str(called)
    return Agent(
        id=slug(label.lower()),
        name=called,
        kind=AgentKind.PERSON if person or known_orcid else AgentKind.ORGANIZATION,
        orcid=known_orcid,
        ror=known_ror,
    )


def is_standard_name(text: str) -> bool:
    """Tell whether a text is written as CF's standard names are."""
    return re.fullmatch(r"[a-z][a-z0-9_]*", text) is not None


def slug(name: str) -> str:
    """Return an id of ours for a name; where letters were lost, its digest tells it from others.

    Examples
    --------
    >>> slug("sea-ice_v2"), slug("Sea Ice")
    ('sea-ice_v2', 'sea-ice-b826dfa2')
    """
    made = _OTHER.sub("-", name.lower()).strip("-._")
    if made == name and 0 < len(made) <= 80:
        return made
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{made[:70].rstrip('-._')}-{digest}".lstrip("-._")


def dataset_id(source: str, name: str) -> str:
    """Return the id of a source's record in a hub.

    Examples
    --------
    >>> dataset_id("noaa", "sst")
    'noaa.sst'
    """
    return f"{source}.{slug(name)}"


def standard_name(value: object) -> str:
    """Return a CF standard name; empty for what has not the form of one.

    Examples
    --------
    >>> standard_name("air_temperature"), standard_name("Air temperature")
    ('air_temperature', '')
    """
    text = plain(value)
    return text if re.fullmatch(r"[a-z][a-z0-9_]*", text) else ""


def names(text: str) -> frozenset[str]:
    """Return the names in a text, for tables of fields."""
    return frozenset(text.split())


def rest(record: Mapping[str, Any], used: Iterable[str]) -> dict[str, object]:
    """Return the fields of a record that were not used and are not empty, for ``extra``."""
    known = frozenset(used)
    return {
        str(key): value
        for key, value in record.items()
        if key not in known and value not in (None, "", [], {})
    }
