"""What a question asks for, apart from what it is wanted for and from what it does not want.

"I'm training a network for nowcasting and need long archives of weather radar" asks for radar;
the network is the purpose. Where a question names a purpose in so many words, in either language,
the words of the purpose count less (`rank.PURPOSE`), since records of finished models say them
too. A question without such words stays whole. "But no reanalysis" names what is not wanted.
"""

from __future__ import annotations

import re

from sciknow.pattern import Pattern
from sciknow.search.language.analysis import PARTICLES, pieces, terms
from sciknow.text import has_han

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
HOLLOW = frozenset(
    terms(
        "am been write data dataset datasets database product record source file table grid "
        "series year month several many cover different various long short best good fine both "
        "ideal prefer suitable available free open cite cited thesis paper dissertation project "
        "homework class course student work write look find search help please study studies "
        "research analysis technique method methodology application approach topic theory "
        "practice challenge advance innovation field science scientific impact dynamics process "
        "system question problem interest start end time period"
    )
) | frozenset(
    pieces(
        "数据 数据集 资料 产品 记录 来源 文件 表格 格点 序列 时间 时期 多年 每年 各年 覆盖 "
        "不同 最好 越好 免费 引用 论文 课题 项目 作业 课程 学生 研究 分析 方法 技术 应用 理论 "
        "进展 新技术 新方法 科学 问题 科学问题 其他 过程 系统 机制 学科 想 我 我的 我们 需要 "
        "有没有 哪里 可以 只要 能够 寻找 比较 了解 影响 基础"
    )
)
"""Words that say nothing of a theme: as terms in English, whole in Chinese."""


_ZH = "|".join(sorted(filter(has_han, HOLLOW), key=len, reverse=True))
_HOLLOW_ZH = re.compile(_ZH)
_WORDS = re.compile(rf"{_ZH}|[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+")


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
    if is_hollow(question[start:end]):  # "a thesis on glaciers, and I need data of several years"
        start, end = _kernel(question[:start])
    while start < end and not question[start].isalnum():
        start += 1
    core, rest = question[start:end].rstrip(), question[:start] + " " + question[end:]
    if len(terms(core)) < _LEAST or not terms(rest):
        return None
    return start, start + len(core)


def _kernel(text: str) -> tuple[int, int]:
    """Return where a text is left when hollow words are taken off both of its ends."""
    words = [found.span() for found in _WORDS.finditer(text)]
    while words and is_hollow(text[slice(*words[0])]):
        words.pop(0)
    while words and is_hollow(text[slice(*words[-1])]):
        words.pop()
    return (words[0][0], words[-1][1]) if words else (0, 0)


def is_hollow(text: str) -> bool:
    """Tell whether a text says nothing of a theme.

    Examples
    --------
    >>> is_hollow("data that cover several years"), is_hollow("weather radar data")
    (True, False)
    """
    left = _HOLLOW_ZH.sub(" ", text)
    return all(term in HOLLOW or term in PARTICLES for term in terms(left))


def _part(question: str) -> tuple[int, int] | None:
    """Return what lies between the words of asking and a purpose told after it."""
    for asking, doing, tail in _LANGUAGES:
        asked = max((found.end() for found in asking.finditer(question)), default=0)
        after = tail.search(question, asked)
        if asked and (after or doing.search(question[:asked])):
            return asked, after.start() if after else len(question)
    after = _TAIL_ZH.search(question)
    return (0, after.start()) if after else None


_LEADS = (
    r"(?:from|based\s+on|derived\s+from|made\s+(?:by|from)|by|of|using|with|an?|any|the|"
    r"those|ones?)"
)
_NOT = Pattern(
    r"(?:[,;(]\s*|\b(?:but|and|yet)\s+)?\b(?:(?<!does )(?<!do )(?<!did )(?<!can )(?<!could )"
    r"(?<!may )(?<!might )(?<!will )(?<!has )(?<!have )(?<!was )(?<!were )"
    r"(?:(?<!is )(?<!are )|(?<=that is )|(?<=that are )|(?<=which is )|(?<=which are ))"
    r"not|without|excluding|exclude|except(?:ing)?(?:\s+for)?|"
    r"other\s+than|rather\s+than|instead\s+of|apart\s+from|aside\s+from|leaving\s+out|never|"
    r"(?<!has )(?<!have )(?<!had )(?<!is )(?<!are )(?<!was )(?<!were )(?<!show )(?<!shows )"
    r"(?-i:[Nn]o))\s+"
    rf"(?:{_LEADS}\s+)*"
    r"(?P<what>(?!(?:later|earlier|before|after|more|less|older|newer|only|just|necessarily|yet|sure|too|so|"
    r"data|licen\w+|restrict\w*|limit\w*|charge|cost|idea|matter|longer|clear|know|need|want|have|has|is|are|"
    r"exceed\w*|than|all|every|really|\w+er\s+than)\b|\d)[^,;.!?()\n]{2,60}?)"
    r"(?=\s*(?:[,;.!?()]|$)|\s+(?:but|in|over|for|from|since|at|with|across|between|during|of|to|that|which|"
    r"because|as|on|is|are)\b)",
    re.I,
    needs=(
        "no |not |never |without |exclud|except|other than|rather than|instead of|apart from|"
        "aside from|leaving out",
    ),
)
_KIND = (
    r"satellites?|reanaly[sz][ei]s|model(?:l?ed|s)?|forecasts?|gridded|gauges?|stations?|"
    r"simulat\w+|remote[\s-]sensing"
)
_KIND_ZH = r"卫星|遥感|再分析|模式|模拟|预报|站点|观测|格点"
_NON = Pattern(rf"\bnon-(?P<what>{_KIND})\b|非(?P<also>{_KIND_ZH})", re.I, needs=("non-|非",))
_NOT_ZH = Pattern(
    r"[,，;；]?(?:但是?|而且?|并且?)?(?:不要|不想要|不需要|不包括|不包含|不含|不是|并非|而非|排除"
    r"|剔除|去掉|去除)(?:来自|基于|任何|的)?"
    r"(?P<what>[^,，。;；!！?？\s()（）]{1,16}?)(?:的?(?:数据集?|产品|资料))?(?=的|[,，。;；!！?？\s()（）]|$)"
    r"|除了?(?P<also>[^,，。;；\s]{1,16}?)(?:以外|之外|外)的?",
    needs=("不要|不想要|不需要|不包|不含|不是|并非|而非|剔除|去掉|除",),
)
_EACH = re.compile(r"\s+(?:or|and|nor)\s+(?:no\s+|not\s+)?|[和与或、及]")
_TAIL = re.compile(r"\s+(?:data(?:sets?)?|products?|ones?|records?)$", re.I)


_WISHING = frozenset(
    [
        "i",
        "we",
        "need",
        "want",
        "wanted",
        "needed",
        "looking",
        "please",
        "find",
        "show",
        "give",
        "search",
        "seeking",
        "which",
        "what",
    ]
)


def _claims(text: str) -> bool:
    """Tell whether a text states something in one whole sentence, and asks for nothing.

    Examples
    --------
    >>> _claims("Fat is seldom lost without exercise."), _claims("I need losses without exercise.")
    (True, False)
    """
    whole = text.rstrip()
    if not whole.endswith(".") or ". " in whole or has_han(whole):
        return False
    return len(whole.split()) > 5 and not _WISHING & {*whole[:-1].lower().split()}


def find_unwanted(text: str) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """Return what a text does not want, in its own words, and where it says so.

    Examples
    --------
    >>> find_unwanted("soil moisture not from satellites or models, daily")
    (('satellites', 'models'), [(14, 43)])
    >>> find_unwanted("青藏高原气温，不要再分析")[0], find_unwanted("NO emissions, no-till")[0]
    (('再分析',), ())
    >>> find_unwanted("exercise is not associated with it and has no effect")  # a claim denies
    ((), [])
    """
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    claim = _claims(text)
    for pattern in (_NOT, _NOT_ZH, _NON):
        for found in pattern.finditer(text):
            parts = found.groupdict()
            said = parts["what"] or parts.get("also") or ""
            if claim and not re.search(_KIND, said, re.IGNORECASE):
                continue  # what a claim denies is what it is about
            kept = [_TAIL.sub("", part).strip() for part in _EACH.split(said)]
            if any(kept):
                words += [part for part in kept if part]
                spans.append(found.span())
    return tuple(dict.fromkeys(words)), spans
