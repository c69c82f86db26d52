"""What a question asks for, apart from what it is wanted for.

"I'm training a network for nowcasting and need long archives of weather radar" asks for radar;
the network is the purpose. Where a question names a purpose in so many words, in either language,
the words of the purpose count less (`rank.PURPOSE`), since records of finished models say them
too. A question without such words stays whole.
"""

from __future__ import annotations

import re

from sciknow.search.language.analysis import terms

_ACTS = (
    r"(?:train|build|simulat|model|predict|forecast|estimat|validat|test|study|studi|driv|forc"
    r"|calibrat|map|monitor|detect|evaluat|compar|analy[sz]|understand|assess|develop|design|"
    r"investigat|reconstruct|track|classif|quantif|explor|writ|work|try|fit|plan)"
)
_DOING = re.compile(rf"\b{_ACTS}\w*\b", re.I)
_ASKING = re.compile(
    r"(?:^|[:;,.]\s*|\b(?:i|we|and|so|also|still|now|urgently|would)\s+)"
    r"(?:need|require|seek|want)\b(?!\s+to\b)|\b(?:looking|searching|in search) (?:for|of)\b",
    re.I,
)
_TAIL = re.compile(rf"\b(?:in order |so as )?to\s+(?:help\s+)?{_ACTS}(?:e|y|t)?\b", re.I)
_ACTS_ZH = re.compile(
    r"训练|估算|估计|预测|预报|模拟|研究|评估|构建|建立|分析|监测|反演|验证|计算|识别|检测|制作|绘制|"
    r"驱动|开发|重建|打算|正在"
)
_ASKING_ZH = re.compile(r"(?<![供所必无按])需(?![求水])要?|想要|想找|要找|寻找")
_TAIL_ZH = re.compile(r"[,，;；、\s]+(?:用于|用来|以便|为了|目的是)")
_LANGUAGES = ((_ASKING, _DOING, _TAIL), (_ASKING_ZH, _ACTS_ZH, _TAIL_ZH))
_LEAST = 2
"""Terms that what is asked for has to have."""


def asked_for(question: str) -> tuple[int, int] | None:
    """Return from where to where a question names what it asks for, or None for all of it.

    Parameters
    ----------
    question : str
        In either language; Chinese in simplified characters.

    Examples
    --------
    >>> text = "I'm training a network for nowcasting and need archives of weather radar"
    >>> text[slice(*asked_for(text))]
    'archives of weather radar'
    >>> text = "估算森林碳储量,需要地上生物量的分布图"
    >>> text[slice(*asked_for(text))]
    '地上生物量的分布图'
    >>> asked_for("global elevation model at 30 m")
    """
    found = _part(question)
    if found is None:
        return None
    start, end = found
    while start < end and not question[start].isalnum():
        start += 1
    core, rest = question[start:end].rstrip(), question[:start] + " " + question[end:]
    if len(terms(core)) < _LEAST or not terms(rest):
        return None
    return start, start + len(core)


def _part(question: str) -> tuple[int, int] | None:
    """Return what lies between the words of asking and a purpose told after it."""
    for asking, doing, tail in _LANGUAGES:
        asked = max((found.end() for found in asking.finditer(question)), default=0)
        after = tail.search(question, asked)
        if asked and (after or doing.search(question[:asked])):
            return asked, after.start() if after else len(question)
    after = _TAIL_ZH.search(question)
    return (0, after.start()) if after else None
