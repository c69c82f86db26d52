"""Whether the two languages of a description say the same: numbers and Latin words in both.

A clause that stands in one language only mostly carries a number or a name. Numbers are compared
after what the languages write differently is taken away: months, centuries, decades, thousands,
numbers in words. A Latin word of the Chinese text has to stand on the card in English, in full or
as the initials of neighbouring words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.base import Base, Finding
from sciknow.model import Dataset

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
_ONES = f"{_UNITS} fifteen sixteen seventeen eighteen nineteen".split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: {str(number)} for number, word in enumerate(_ONES)}
_WORDS |= {word: {str(10 * number)} for number, word in enumerate(_TENS, 2)}
_WORDS |= {
    f"{ten}-{one}": {str(10 * number + digit)}
    for number, ten in enumerate(_TENS, 2)
    for digit, one in enumerate(_ONES[:10])
}
_WORDS |= {
    "half": {"0.5", "30", "15"},
    "half-hourly": {"30"},
    "half-monthly": {"15"},
    "quarter": {"15"},
    "tenth": {"0.1", "10"},
    "hundred": {"100"},
    "day": {"24"},
    "monthly": {"12"},
    "months": {"12"},
    "centuries": {"100"},
    "century": {"100"},
    "thousand": {"1000", "10000"},
    "first": {"1"},
    "fifteenth": {"15"},
    "twentieth": {"20"},
    "twenty-eighth": {"28"},
    "km": {"1000", "2000"},
    "integers": {"16"},
}
_NUMBER = re.compile(r"(?<![A-Za-z])(?<![A-Za-z]-)\d[\d,]*(?:\.\d+)?")
_DISEASE = re.compile(r"COVID-19|2019-nCoV|SARS-CoV-2")
_SCALED = re.compile(
    r"\d[\d,.]*\s*(?:多|余|几)?\s*[万亿百千]|\d[\d,.]*[ -]?(?:million|billion|trillion)"
)
_ZH_DATE = re.compile(
    r"(?<=[年月至到—–、和~～\d（(-])\d{1,2}[月日](?:底|初|中旬)?|\d{1,2}(?:月|日|世纪|时|点)"
)
_ZH_DECADE = re.compile(r"(?<!\d)(\d0)年代")
_EN_DATE = re.compile(
    r"(?:(?:\d{1,2}(?:st|nd|rd|th)? )?(?:January|February|March|April|May|June|July|August|"
    r"September|October|November|December)(?: \d{1,2}\b)?)|\d{1,2}(?:st|nd|rd|th)\b|\d\d:\d\d"
)
_USE_ZH = re.compile(
    "可用于|适用于|常用于|广泛用于|可供|适合|最早|首个|一手资料|有助于|"
    "(?<![应使专])用于[^，。]*(?:研究|分析|评估|监测|评测|规划)"
)
_USE_EN = re.compile(
    r"\b(?:us(?:e|ed|es|eful|ing|ers?|able)|serv\w+|suit\w*|support\w*|allow\w*|"
    r"help\w*|bas(?:is|e)|fit|meant|test\w*|can|may|reference|aim\w*|intended|first|earliest|"
    r"enabl\w*|lets?|need(?:s|ed)?|benchmark|train\w*|feeds?|follow\w*|show\w*|links|for|made|"
    r"predict|judge|asks|rerun|study|estimate)\b",
    re.IGNORECASE,
)
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]")
_SMALL = 1


def _numbers(text: str, *, chinese: bool) -> set[str]:
    text = _SCALED.sub(" ", _DISEASE.sub(" ", text))
    text = text.replace("\N{SUBSCRIPT TWO}", "").replace("−", "-")
    if chinese:
        text = _ZH_DATE.sub(" ", _ZH_DECADE.sub(r"19\1年代", text))
    else:
        text = re.sub(r"\bthe (\d0)s\b", r"19\1", _EN_DATE.sub(" ", text))
    found = {number.replace(",", "").rstrip(".") for number in _NUMBER.findall(text)}
    return {number for number in found if len(number) > _SMALL}


def _told(number: str, text: str) -> bool:
    """Tell whether a number stands in a text in some other form: in a name, a word, a product."""
    bare = number.lstrip("0").replace(".", "")
    if number in text or (len(bare) > 1 and bare in text.replace(".", "").replace(",", "")):
        return True
    short = re.search(rf"{number[:2]}\d\d[-–/]{number[2:]}\b", text) if len(number) == 4 else None
    plain = number.endswith(".0") and re.search(rf"\b{number[:-2]}\b", text)
    words = re.findall(r"[a-z]+(?:-[a-z]+)?", text.lower()) + re.findall("[a-z]+", text.lower())
    spoken = any(number in _WORDS.get(word, ()) for word in words)
    return bool(short or plain or spoken)


def _initials(word: str, text: str) -> bool:
    """Tell whether neighbouring words of a text begin with the letters of a word."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    heads = "".join(item[0] for item in re.findall(r"[a-z]+", text.lower()))
    plain = "".join(
        item[0]
        for item in re.findall(r"[a-z]+", text.lower())
        if item not in ("of", "the", "and", "for", "in", "on", "to", "a")
    )
    return len(letters) > 1 and (letters in heads or letters in plain)


def _flat(text: str) -> str:
    """Return a text without what the languages write differently inside a name."""
    return re.sub(r"[-. ]", "", text.lower())


def _english(dataset: Dataset) -> str:
    """Return all English text of a card."""
    names = [f"{item.name} {item.long_name.en}" for item in dataset.variables]
    words = [word for tag, word in dataset.keywords if tag == "en"]
    ways = [f"{way.id} {way.access_url} {way.title.en}" for way in dataset.distributions]
    parts = (dataset.title.en, dataset.description.en, dataset.rights.en, dataset.id)
    return " ".join((*parts, dataset.publisher, dataset.version, *words, *names, *ways))


def clause_faults(dataset: Dataset) -> Iterator[str]:
    """Tell the numbers and names that stand in one language of a description only."""
    english, chinese = dataset.description.en, dataset.description.zh
    if not english or not chinese:
        return
    whole = _english(dataset)
    both = chinese + dataset.title.zh
    extra = _numbers(chinese, chinese=True) - _numbers(english, chinese=False)
    extra = {number for number in extra if not _told(number, whole)}
    missing = _numbers(english, chinese=False) - _numbers(chinese, chinese=True)
    missing = {number for number in missing if not _told(number, both)}
    if extra:
        yield f"description.zh has {', '.join(sorted(extra))}, description.en has not"
    if missing and not re.search("[万亿百千]", chinese):
        yield f"description.en has {', '.join(sorted(missing))}, description.zh has not"
    if (use := _USE_ZH.search(chinese)) and not _USE_EN.search(english):
        yield f"description.zh says {use[0]!r}, the English tells no use"
    latin = {word for word in _LATIN.findall(chinese) if re.search("[A-Z]{2}", word)}
    names = {word for word in latin if _flat(word) not in _flat(whole)}
    names = {word for word in names if any(_flat(p) not in _flat(whole) for p in word.split("-"))}
    names = {word for word in names if not _initials(word, whole)}
    if names:
        yield f"description.zh names {', '.join(sorted(names))}, the English does not"


def check_clauses(base: Base) -> Iterator[Finding]:
    """Find clauses of descriptions that stand in one language only."""
    for dataset, file in base.cards():
        for text in clause_faults(dataset):
            yield Finding("clauses", file, dataset.id, text)
