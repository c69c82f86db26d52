"""Numbers in words, put into figures where a measure follows: 近三十年, "three decades"."""

from __future__ import annotations

import re

from sciknow.pattern import Pattern

_ZH = {
    char: value for value, chars in enumerate(("〇零", "一", "二两", "三", "四")) for char in chars
}
_ZH |= {char: value for value, char in enumerate("五六七八九", 5)}
_ZH_NUMBER = rf"(?:[{''.join(_ZH)}][{''.join(_ZH)}十百千]{{0,8}}|十[一二三四五六七八九]?|百)"
_ZH_MEASURE = (
    r"(?=万?年|世纪|个?(?:小时|月|季度|世纪)|分钟|天|日|周|候|旬|月|"
    r"公里|千米|米|度|弧秒|角秒|弧分|角分)"
)
_PART = Pattern(rf"({_ZH_NUMBER}|\d+)分之({_ZH_NUMBER}|\d+)", needs=("分之",))
_ZH_COUNTED = Pattern(rf"{_ZH_NUMBER}{_ZH_MEASURE}", needs=("|".join((*_ZH, "十", "百")),))
_ZH_HALF = Pattern(r"半(?:个)?(?=小时|度|年)", needs=("半",))

_EN: dict[str, float] = {
    name: value
    for value, name in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ],
        1,
    )
}
_EN |= {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
_EN |= {"hundred": 100, "half": 0.5, "quarter": 0.25}
_EN_MEASURE = (
    r"(?=hour|hr|minute|min\b|day|week|month|year|decade|centur|millenni|degree|deg\b|arc|km\b|"
    r"kilomet|met(?:re|er))"
)
_EN_COUNTED = Pattern(
    rf"\b({'|'.join(_EN)})([\s-]+(?:an?[\s-]+|of an?[\s-]+)?){_EN_MEASURE}",
    re.I,
    needs=(
        "|".join(_EN),
        "hour|hr|min|day|week|month|year|decade|centur|mill|deg|arc|km|kilomet|met",
    ),
)


def in_figures(text: str) -> str:
    """Write the numbers before measures in figures; the rest stays as it is.

    Examples
    --------
    >>> in_figures("近三十年 一公里 每六小时 二〇〇〇年至今 四分之一度")
    '近30年 1公里 每6小时 2000年至今 0.25度'
    >>> in_figures("the past three decades, half-hourly, quarter degree, one of them")
    'the past 3 decades, 0.5-hourly, 0.25 degree, one of them'
    """
    if not text.isascii():
        text = _PART.sub(_fraction, text)
        text = _ZH_COUNTED.sub(lambda found: str(zh_number(found[0])), text)
        text = _ZH_HALF.sub("0.5", text)
    return _EN_COUNTED.sub(_english, text)


def zh_number(text: str) -> int:
    """Read a Chinese number up to 9,999, in positions (三百六十) or figure by figure (一九八〇).

    Examples
    --------
    >>> [zh_number(text) for text in ("一九八〇", "三百零五", "十二", "百", "二百五")]
    [1980, 305, 12, 100, 250]
    """
    if not set(text) & set("十百千"):
        return int("".join(str(_ZH[char]) for char in text))
    total, digit, unit = 0, 0, 1
    for char in text:
        if char in _ZH:
            digit, unit = _ZH[char], 1 if char in "〇零" else unit
        else:
            unit = {"十": 10, "百": 100, "千": 1000}[char]
            total, digit = total + (digit or 1) * unit, 0
    return total + digit * max(1, unit // 10)  # 二百五 is 250, 二百零五 is 205


def _fraction(found: re.Match[str]) -> str:
    below, above = (int(part) if part.isdigit() else zh_number(part) for part in found.groups())
    return f"{above / below:.6g}" if below else found[0]


def _english(found: re.Match[str]) -> str:
    return f"{_EN[found[1].lower()]:g}{found[2][:1]}"
