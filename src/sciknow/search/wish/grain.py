"""Grain in plain words: time steps (逐3小时, "8-day composites") and grid spacings (0.25°, 1公里).

A length is a grid's spacing unless its neighbours say that it is a height, a depth, a reach or a
temperature: "10 m wind", "2米气温", "within 5 km", "2 degree target" are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sciknow.pattern import Choice, Pattern

DEGREE_METERS = 111_195.0
_N = r"(\d{1,4}(?:\.\d{1,4})?)"
_FREE = r"(?<![A-Za-z\d_./:])"

_UNIT = (
    r"(min(?:ute)?s?|h(?:ou)?rs?|h|days?|d|weeks?|wks?|months?|years?|yrs?|decades?|seasons?|"
    r"quarters?)"
)
_GRAIN = (
    r"(?:time[\s-]?)?(?:resolution|steps?|interval|frequency|cadence|sampling|timestep|"
    r"granularity)s?"
)
_STEP_NOUN = (
    rf"(?:{_GRAIN}|composites?|means?|averag\w*|data|accumulat\w+|totals?|bins?|aggregat\w+|"
    r"syntheses|synthesis|products?|values|maxima|minima|sums?)"
)
_STEPS = "resolution|step|interval|frequency|cadence|sampling|granularity"
_STEP_NOUNS = (
    "composite|mean|averag|data|accumulat|total|bin|aggregat|synthes|product|values|maxima|"
    "minima|sum"
)
"""What such words hold."""
_NO_STEP = (
    r"(?![\s-]*(?:\w+[\s-]+){0,2}(?:forecasts?|ahead|lead|latency|delay|lag|old|ago|walk|drive|travel|return|flood|event|"
    r"window|exposure|half-life|prediction|cycle|storms?|mortality|survival|readmission|recall|urine|"
    r"toxicity|stay|trial|follow|supply|tour|trip))"
)
_EVERY = Choice(
    Pattern(
        rf"\b(?:every|each|per)\s+(other\s+)?(?:{_N}[\s-]*)?{_UNIT}\b(?!\s+of\b)",
        re.I,
        needs=("every |each |per ",),
    ),
    Pattern(
        rf"{_FREE}{_N}[\s-]*(h(?:ou)?r|dai|week|month|year|minute|decad|day)ly\b",
        re.I,
        needs=("0", "ly"),
    ),
    Pattern(
        rf"{_FREE}{_N}[\s-]*{_UNIT}[\s-]+(?:temporal\s+)?{_STEP_NOUN}\b",
        re.I,
        needs=("0", _STEPS + "|" + _STEP_NOUNS),
    ),
    Pattern(
        rf"\b{_GRAIN}\s*(?:of|:|=|is|at|better than|under|below)?\s*{_N}[\s-]*{_UNIT}\b",
        re.I,
        needs=("0", _STEPS),
    ),
    Pattern(rf"{_FREE}{_N}[\s-]*(min(?:ute)?s?)\b{_NO_STEP}", re.I, needs=("0", "min")),
    Pattern(
        rf"{_FREE}{_N}(?:-|(?=h(?![A-Za-z0-9])))(h(?:ou)?rs?|h|days?)(?![A-Za-z0-9]){_NO_STEP}",
        re.I,
        needs=("0h|0-h|0day|0-day",),
    ),
)
_EVERY_ZH = Pattern(
    rf"[逐每隔]\s*(?:{_N})?\s*(?:个)?(小时|时|分钟|日|天|周|候|旬|月|季度?|年)(?!龄|际|亩|平方|公顷|人|户|轻|代)"
    rf"|(?<![\d.])(?<!过去)(?<!未来){_N}\s*个?(小时|分钟|天|日)\s*(?:的)?(?:时间)?"
    r"(?:分辨率|间隔|步长|一次|一景|合成|平均|累计|累积|数据|资料|产品|尺度|频率)"
    rf"|(?<![\d.]){_N}\s*(分钟|小时)(?!预报|预测|内|以内|后|前|延迟|时效|车程|步行)",
    needs=("逐|每|隔|小时|分钟|天|日",),
)
_WORDS = (
    ("PT30M", Pattern(r"\bsub[\s-]?hourly\b|亚小时|次小时", re.I, needs=("hourly|小时",))),
    (
        "PT12H",
        Pattern(
            r"\bsub[\s-]?daily\b|\btwice[\s-]daily\b|\bsemi[\s-]?daily\b|亚日|次日尺度",
            re.I,
            needs=("daily|亚日|次日",),
        ),
    ),
    ("PT1M", Pattern(r"\bminutely\b|分钟级", re.I, needs=("minutely|分钟级",))),
    (
        "PT1H",
        Pattern(
            r"\bhourly\b|\bhour[\s-]by[\s-]hour\b|小时(?:值|级|分辨率|尺度|平均|均值)",
            re.I,
            needs=("hour|小时",),
        ),
    ),
    (
        "P1D",
        Pattern(
            r"\bdaily\b|\bday[\s-]by[\s-]day\b|日(?:值|均|平均|尺度|数据|资料|累计|累积)|日(?=最高|最低|降水)|"
            r"按日|日度|(?<=[、,，])日(?=[、,，])",
            re.I,
            needs=("dai|day|日",),
        ),
    ),
    ("P5D", Pattern(r"\bpentad(?:al)?s?\b|候(?:平均|值|尺度|均)", re.I, needs=("pentad|候",))),
    (
        "P7D",
        Pattern(
            r"\bweekly\b|\bweek[\s-]by[\s-]week\b|周(?:平均|值|尺度|报|度|均)",
            re.I,
            needs=("week|周",),
        ),
    ),
    (
        "P10D",
        Pattern(
            r"\bdekad(?:s|al|ly)?\b|\bten[\s-]daily\b|旬(?:平均|值|尺度|均)",
            re.I,
            needs=("dekad|ten daily|ten-daily|旬",),
        ),
    ),
    (
        "P14D",
        Pattern(
            r"\b(?:fortnightly|biweekly|bi-weekly)\b|半月", re.I, needs=("fortnightly|weekly|半月",)
        ),
    ),
    (
        "P1M",
        Pattern(
            r"\bmonthly\b|\bmonth[\s-]by[\s-]month\b|月(?:值|均|平均|尺度|度|数据|资料)|按月",
            re.I,
            needs=("month|月",),
        ),
    ),
    (
        "P3M",
        Pattern(
            r"\bquarterly\b|\bseason(?:al|ally)[\s-]+(?:mean|average|total|composite|data|resolution)\w*"
            r"|季(?:度|均|平均|值)|季节(?:平均|均值|尺度)",
            re.I,
            needs=("quarterly|season|季",),
        ),
    ),
    (
        "P1Y",
        Pattern(
            r"\bannual(?:ly)?\b|\byearly\b|\byear[\s-](?:by|to|on)[\s-]year\b|年(?:值|均|平均|度|尺度)|按年",
            re.I,
            needs=("annual|year|年",),
        ),
    ),
    (
        "P10Y",
        Pattern(
            r"\bdecadal[\s-]+(?:mean|average|data|resolution|step|census)\w*|年代际(?:平均|均值)",
            re.I,
            needs=("decadal|年代际",),
        ),
    ),
)
_OTHERWISE = Pattern(
    r"(?:daily|hourly|weekly|monthly|annual)\s+(?:wages?|pay\b|rates?\s+of\s+pay|earnings|life|living|lives|"
    r"activit\w+|routines?|news\w*|reports?|meetings?|conferences?|cycles?)|日本|(?:inter|semi|bi|multi)-?annual|"
    r"\d-?(?:hour|dai|week|month|year|minute)ly|half-?hourly|第\s*\d?季度|第[一二三四]季度|年(?:度报告|度会议)|月度报告|次日",
    re.I,
    needs=("ly|annual|日本|季度|年度|月度|次日",),
)
_HOURS = {"PT1M": 1 / 60, "PT30M": 0.5, "PT1H": 1, "PT12H": 12, "P1D": 24, "P5D": 120, "P7D": 168}
_HOURS |= {"P10D": 240, "P14D": 336, "P1M": 730.5, "P3M": 2191.5, "P1Y": 8766, "P10Y": 87660}
_SIZES = (
    (("min", "分钟"), "PT", "M", 1, 1 / 60),
    (("h", "小时", "时"), "PT", "H", 1, 1.0),
    (("dec",), "P", "Y", 10, 87_660.0),
    (("d", "日", "天"), "P", "D", 1, 24.0),
    (("w", "周"), "P", "D", 7, 168.0),
    (("候",), "P", "D", 5, 120.0),
    (("旬",), "P", "D", 10, 240.0),
    (("mon", "月"), "P", "M", 1, 730.5),
    (("season", "quarter", "季"), "P", "M", 3, 2_191.5),
    (("y", "年"), "P", "Y", 1, 8_766.0),
)
"""How a unit begins, how its durations are written, how many in one, and its hours."""


def step_of(text: str) -> str:
    """Return the time step that a text asks for, as an ISO 8601 duration; empty for none.

    Where it names several the coarsest counts, since all of them then fit.

    Examples
    --------
    >>> step_of("8-day composites"), step_of("逐3小时"), step_of("every 10 minutes")
    ('P8D', 'PT3H', 'PT10M')
    >>> step_of("5-day forecast, hourly wages")
    ''
    """
    return find_step(text)[0]


def find_step(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the time step that a text asks for, and where it says so."""
    found = list(_steps(text))
    return max(found, default=(0.0, "", (0, 0)))[1], [span for _, _, span in found]


def _steps(text: str) -> Iterator[tuple[float, str, tuple[int, int]]]:
    for pattern in (_EVERY, _EVERY_ZH):
        for found in pattern.finditer(text):
            numbers = [group for group in found.groups() if group and group[0].isdigit()]
            units = [group for group in found.groups() if group and not group[0].isdigit()]
            other = units[0].lower().strip() == "other"
            count = 2.0 if other else float(numbers[0]) if numbers else 1.0
            for hours, duration in _duration(count, units[-1].lower()):
                yield hours, duration, found.span()
    left = _OTHERWISE.sub(_blank, text)
    for name, pattern in _WORDS:
        for found in pattern.finditer(left):
            yield _HOURS[name], name, found.span()
        left = pattern.sub(_blank, left)  # "sub-daily" is not also "daily"


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _duration(count: float, unit: str) -> Iterator[tuple[float, str]]:
    for starts, mark, letter, many, hours in _SIZES:
        if unit.startswith(starts) and 0 < count < 1_000:
            if not (count * many).is_integer():  # half an hour
                yield count * hours, f"PT{round(count * hours * 60)}M"
            else:
                yield count * hours, f"{mark}{count * many:.0f}{letter}"
            return


_SPACE = (
    r"(?:spatial\s+|horizontal\s+|ground\s+)?(?:resolution|grid(?:ded|s)?|pixels?|spacing|cells?|mesh|"
    r"raster|sampling distance|gsd)\b|(?:空间)?分辨率|网格|格网|格点|像元|栅格|像素|格距"
)
_SURE_BEFORE = Pattern(
    rf"(?:{_SPACE})\s*(?:of|is|:|=|at|为|是|约|达到?|优于|高于|better than)?\s*$", re.I
)
_SURE_AFTER = Pattern(rf"\s*+-?\s*(?:{_SPACE})", re.I)
_LENGTH = Pattern(
    r"(?<![A-Za-z\d_./:^\[;])(\d{1,5}(?:\.\d{1,4})?(?:/\d{1,3})?)\s*[-‐]?\s*"
    r"((?:[Kk][Mm]|[Kk]ilomet(?:re|er)s?|[Mm]et(?:re|er)s?|m|公里|千米|米)"
    r"(?![A-Za-z\d²³2]|\s*[/·*]|\s*\^)|nautical\s+miles?|海里)",
    needs=("0", "m|M|里|米"),
)
_SCALE = Pattern(
    r"\bsub-?(?P<sub>km|kilomet(?:re|er)|met(?:re|er))\b"
    r"|\b(?P<far>km|kilomet(?:re|er)|met(?:re|er))(?:[\s-]+(?:scale|resolution|level|grid)|(?<=km)级)"
    r"|(?<!\d)(?P<zh>(?:亚|百|十|千)?(?:公里|米))(?:级|网格|格网)",
    re.I,
    needs=("km|kilomet|met|公里|米", "sub|scale|resolution|level|grid|级|格"),
)
_ZH_SCALES = {"公里": 1_000.0, "千米": 1_000.0, "百米": 100.0, "十米": 10.0, "米": 1.0}
_ZH_SCALES |= {"亚公里": 990.0, "亚米": 0.99, "百公里": 100_000.0, "十公里": 10_000.0}
_DEGREES = Pattern(
    r"(?<![A-Za-z\d_./:^+-])(\d{1,3}(?:\.\d{1,5})?(?:/\d{1,3})?)\s*-?\s*"
    r"(?P<unit>arc[\s-]?sec(?:ond)?s?\b|arc[\s-]?min(?:ute)?s?\b|″|′|角秒|弧秒|角分|弧分|°|deg(?:ree)?s?\b|度)",
    re.I,
    needs=("0", "arc|″|′|秒|分|°|deg|度"),
)
_NOT_DEGREES = Pattern(
    r"\s*+-?\s*(?:C\b|F\b|K\b|celsius|fahrenheit|kelvin|[NSEW]\b|north|south|east|west|latitude|target|"
    r"goals?|warm\w*|world|scenario|pathway|limit|threshold|above|below|hotter|cooler|colder|increase|rise|"
    r"days?\b|of\s+(?:freedom|warming)|turn|angle|slope|tilt|view|以上|以下|升温|增温|温升|温控|目标|情景|"
    r"高温|低温|的?升温|℃|坡|倾)",
    re.I,
)
_NOT_DEGREES_BEFORE = Pattern(
    r"(?:warm\w*(?:\s+(?:of|by|to|below|above|at))?|above|below|exceeding|rise\s+(?:of|by)|latitudes?|"
    r"longitudes?|slopes?(?:\s+of)?|北纬|南纬|东经|西经|升温|增温|温控|零下|气温|温度|高于|低于|超过|纬度|经度|第|坡度)\s*$",
    re.I,
)
_NOT_SPACING = Pattern(
    r"\s*+-?\s*(?:deep|depths?|high\b|height|tall|thick|wide|long|radius|buffer|isobath|altitude|above|below|"
    r"away|inland|offshore|upstream|downstream|from\b|of\s+(?:the\s+)?(?:coast|shore|surface|road|river|snow|"
    r"ice|water|sea)|per\b|race|sprint|dash|tower|mast|swath|band|a\.?s\.?l|"
    r"深|高度|高处|以上|以下|以内|之内|以深|以浅|范围|半径|缓冲|海拔|等深|厚|水深|高的|宽|长的|塔|处)",
    re.I,
)
_NOT_SPACING_BEFORE = Pattern(
    r"(?:depths?(?:\s+of)?|deep|heights?(?:\s+of)?|altitudes?(?:\s+of)?|elevations?\s+(?:of|above)|above|"
    r"below|beneath|within|radius(?:\s+of)?|thick(?:ness)?|upper|top|first|last|beyond|over(?=\s+\d+\s*m)|"
    r"under|least|(?:more|greater|larger|deeper|higher|older|longer|less|smaller)\s+than|水深|深度|高度|海拔|距离?|半径|上层|表层|高于|低于|超过|大于|小于|(?<![\d.])0\s*(?:-|–|~|to|至|到))\s*$",
    re.I,
)
_AT_HEIGHT = Pattern(
    r"\s*+-?\s*+(?:(?:air|mean|max\w*|min\w*|dew[\s-]?point|wet[\s-]bulb|surface|level|specific|relative|u|v|"
    r"zonal|meridional|eastward|northward|平均|最高|最低|高|处)[\s-]*+){0,2}(?P<what>wind|temperature|气温|温度|dew|"
    r"humidity|湿度|风|露点|u\b|v\b|gust|阵风|t2m)",
    re.I,
)
_HEIGHT_OF = Pattern(
    r"(?P<what>wind|temperature|humidity|gust|气温|风|湿度|阵风)(?:s|\s*speeds?|速)?\s*(?:at|@|在)\s*$",
    re.I,
)
_WINDY = ("wind", "风", "u", "v", "gust", "阵风")
_HEIGHTS = 200
"""Wind is measured at no greater height, temperature and humidity at a tenth of it."""


def meters_of(text: str) -> float | None:
    """Return the grid spacing that a text asks for in metres, the coarsest of several.

    Examples
    --------
    >>> meters_of("0.25 degree"), meters_of("30弧秒"), meters_of("1/4°")
    (27798.75, 926.625, 27798.75)
    >>> meters_of("500 m land cover"), meters_of("10 m wind"), meters_of("warming of 2 degrees")
    (500.0, None, None)
    """
    return find_spacing(text)[0]


def find_spacing(text: str) -> tuple[float | None, list[tuple[int, int]]]:
    """Return the grid spacing that a text asks for in metres, and where it says so."""
    found = [*_lengths(text), *_angles(text), *_scales(text)]
    spans = [_with_noun(text, match) for _, match in found]
    return max((meters for meters, _ in found), default=None), spans


def _with_noun(text: str, found: re.Match[str]) -> tuple[int, int]:
    """Return where a spacing stands, with the word that says it is one."""
    after = _SURE_AFTER.match(text, found.end())
    before = _SURE_BEFORE.search(text[max(0, found.start() - 32) : found.start()])
    start = found.start() - len(before[0]) if before else found.start()
    return start, after.end() if after else found.end()


def _lengths(text: str) -> Iterator[tuple[float, re.Match[str]]]:
    for found in _LENGTH.finditer(text):
        unit = found[2].lower()
        far = 1852.0 if unit.startswith(("naut", "海")) else 1000.0 if unit[0] in "k公千" else 1.0
        value = _number(found[1])
        if 0 < value * far <= 1_000_000 and _is_spacing(text, found, value * far):
            yield value * far, found


def _is_spacing(text: str, found: re.Match[str], meters: float) -> bool:
    before = text[max(0, found.start() - 32) : found.start()]
    if _SURE_AFTER.match(text, found.end()) or _SURE_BEFORE.search(before):
        return True
    if _NOT_SPACING.match(text, found.end()) or _NOT_SPACING_BEFORE.search(before):
        return False
    measured = _AT_HEIGHT.match(text, found.end()) or _HEIGHT_OF.search(before)
    if measured is None:
        return True
    windy = measured["what"].lower() in _WINDY
    return meters > (_HEIGHTS if windy else _HEIGHTS / 10)


def _angles(text: str) -> Iterator[tuple[float, re.Match[str]]]:
    for found in _DEGREES.finditer(text):
        unit = found["unit"].lower()
        part = 3600 if "sec" in unit or "秒" in unit or unit == "″" else 60
        part = 1 if unit[0] in "°d度" else part
        value = _number(found[1]) / part
        before = text[max(0, found.start() - 32) : found.start()]
        sure = _SURE_AFTER.match(text, found.end()) or _SURE_BEFORE.search(before)
        other = _NOT_DEGREES.match(text, found.end()) or _NOT_DEGREES_BEFORE.search(before)
        if 0 < value <= 10 and (sure or not other):
            yield value * DEGREE_METERS, found


def _scales(text: str) -> Iterator[tuple[float, re.Match[str]]]:
    for found in _SCALE.finditer(text):
        if found["zh"]:
            yield _ZH_SCALES[found["zh"]], found
        else:
            unit = found["far"] or found["sub"]
            size = 1_000.0 if unit.lower().startswith("k") else 1.0
            yield size * (0.99 if found["sub"] else 1), found


def _number(text: str) -> float:
    whole, _, below = text.partition("/")
    return float(whole) / (float(below) or 1) if below else float(whole)
