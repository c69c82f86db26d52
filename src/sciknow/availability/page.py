"""The status page: one HTML file in both languages that needs nothing from anywhere.

Addresses and the words of servers are hostile input: everything goes through `sciknow._html`,
and a policy in the page allows no script at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sciknow._html import Markup, join, link, tag
from sciknow.availability.row import Row
from sciknow.availability.sparkline import sparkline
from sciknow.availability.style import STYLE
from sciknow.availability.word import MARKS, OUTCOMES, STATUSES, ago, seconds, size
from sciknow.model import LangString
from sciknow.model.probe import Status
from sciknow.net import redact
from sciknow.text import shorten
from sciknow.version import __version__

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_ORDER = (Status.OK, Status.DEGRADED, Status.FAILING, Status.UNKNOWN)
_TITLE = LangString("Availability of the data", "数据可用性")
_READ = (
    LangString(
        "Each probe asks for the first bytes of a distribution, as this one machine sees it; what "
        "fails here may answer elsewhere.",
        "每次检查只请求数据的开头部分，且仅代表本机所见；此处失效的，在别处或许可用。",
    ),
    LangString(
        "In a history, a bar above the line was answered, the taller the slower (logarithmic, "
        "20 ms to 20 s); a bar below the line failed. The newest is at the right.",
        "历史图中，线上为有应答，柱越高越慢（对数刻度，20 毫秒至 20 秒）；线下为失败。最右为最新。",
    ),
    LangString(
        "“Degraded” answers, but wants attention: it has moved for good, was busy, or has no "
        "reader on this machine.",
        "“需留意”表示可以应答，但已永久迁移、服务器繁忙，或本机没有相应的读取器。",
    ),
)

Column = tuple[LangString, str, Callable[[Row, datetime], object]]
"""Heading, class, and what stands in a row."""


def page(
    rows: Sequence[Row],
    *,
    hub: str,
    labels: Mapping[str, LangString],
    at: datetime,
) -> str:
    """Build the status page.

    Parameters
    ----------
    rows : sequence of Row
        Failing ones first.
    hub : str
        What was looked at.
    labels : mapping of str to LangString
        Sector → its name.
    at : datetime
        The moment that it shows.
    """
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name_="referrer", content="no-referrer"),
        tag("title", f"{_TITLE.en} · {_TITLE.zh}"),
        tag("style", Markup(STYLE)),
    )
    body = tag("body", *_picks(), _header(hub, at), _main(rows, labels, at), _footer())
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def both(words: LangString) -> Markup:
    """Return a text in both languages, of which the reader sees one."""
    if not (words.en and words.zh) or words.en == words.zh:
        return tag("span", words.best(), lang="zh" if words.zh and not words.en else "en")
    return join(
        [
            tag("span", words.en, class_="en", lang="en"),
            tag("span", words.zh, class_="zh", lang="zh"),
        ]
    )


def _picks() -> Iterator[Markup]:
    """Yield the two buttons that choose the language; without a script they stand here."""
    for code, name in (("en", "English"), ("zh", "中文")):
        yield tag(
            "input",
            class_="pick",
            type="radio",
            name_="lang",
            id=f"lang-{code}",
            aria_label=name,
            checked="" if code == "en" else None,
        )


def _header(hub: str, at: datetime) -> Markup:
    about = tag(
        "p", both(LangString("As of ", "截至 ")), _moment(at), f" UTC · {hub}", class_="soft"
    )
    langs = tag(
        "div",
        tag("label", "English", for_="lang-en", class_="l-en", lang="en"),
        tag("label", "中文", for_="lang-zh", class_="l-zh", lang="zh"),
        class_="langs",
    )
    return tag("header", tag("div", tag("h1", both(_TITLE)), about), langs)


def _main(rows: Sequence[Row], labels: Mapping[str, LangString], at: datetime) -> Markup:
    counts = Counter(row.status for row in rows)
    failing = [row for row in rows if row.status is Status.FAILING]
    failing.sort(key=lambda row: (not row.broke, -_since(row)))
    parts: list[object] = [_figures(counts), _bar(counts)]
    parts.append(tag("h2", both(LangString("Failing now", "目前失效")), id="failing"))
    if failing:
        parts.append(_table(failing, _FAILURE, at))
    else:
        parts.append(tag("p", both(LangString("Nothing fails.", "没有失效的数据。"))))
    parts.append(tag("h2", both(LangString("By sector", "按领域"))))
    parts += _sectors(rows, labels, at)
    return tag("main", *parts)


def _since(row: Row) -> float:
    return row.standing.since.timestamp() if row.standing.since else 0.0


def _figures(counts: Counter[Status]) -> Markup:
    return tag(
        "dl",
        *(
            tag(
                "div",
                tag("dt", both(STATUSES[status])),
                tag("dd", f"{counts[status]:,}", class_=f"t-{status}"),
            )
            for status in _ORDER
        ),
        class_="figures",
    )


def _bar(counts: Counter[Status]) -> Markup:
    words = " / ".join(
        ", ".join(f"{STATUSES[status].best(code)} {counts[status]}" for status in _ORDER)
        for code in ("en", "zh")
    )
    parts = (
        tag("span", class_=f"b-{status}", style=f"flex:{counts[status]}")
        for status in _ORDER
        if counts[status]
    )
    return tag("div", *parts, class_="bar", role="img", aria_label=words)


def _sectors(
    rows: Sequence[Row], labels: Mapping[str, LangString], at: datetime
) -> Iterator[Markup]:
    sectors: dict[str, list[Row]] = {}
    for row in rows:
        sectors.setdefault(row.sector, []).append(row)
    for name in sorted(sectors):
        label = labels.get(name) or LangString(name or "no sector", "" if name else "无领域")
        counts = Counter(row.status for row in sectors[name])
        tallies = (
            tag("span", f"{MARKS[status]} {counts[status]}", class_=f"t-{status}")
            for status in _ORDER
            if counts[status]
        )
        yield tag(
            "details",
            tag(
                "summary",
                tag("b", both(label)),
                _bar(counts),
                tag("span", *tallies, class_="tally"),
            ),
            tag("div", _table(sectors[name], _ALL, at)),
        )


def _table(rows: Iterable[Row], columns: Sequence[Column], at: datetime) -> Markup:
    head = (tag("th", both(name), class_=kind or None, scope="col") for name, kind, _ in columns)
    body = (
        tag(
            "tr",
            *(
                tag("td", cell(row, at), class_=kind or None, data_en=name.en, data_zh=name.zh)
                for name, kind, cell in columns
            ),
        )
        for row in rows
    )
    return tag("table", tag("thead", tag("tr", *head)), tag("tbody", *body))


def _what(row: Row, at: datetime) -> Markup:
    title = link(both(row.dataset.title), row.dataset.landing_page)
    name = tag("span", tag("code", row.name), " · ", _kind(row), class_="small")
    return tag("div", title, name)


def _kind(row: Row) -> Markup:
    if row.way.reader:
        return tag("span", row.way.reader)
    if row.way.id:
        return both(LangString("no reader", "无读取器"))
    return both(LangString("landing page", "介绍页"))


def _state(row: Row, at: datetime) -> Markup:
    words = STATUSES[row.status] if row.latest is None else OUTCOMES[row.latest.outcome]
    state = tag("span", f"{MARKS[row.status]} ", both(words), class_=f"state t-{row.status}")
    new = tag("span", both(LangString("new", "新")), class_="new") if row.broke else ""
    return tag("div", state, new)


def _said(row: Row, at: datetime) -> object:
    """Return what happened in words, with the address that was asked."""
    if row.latest is None:
        return _address(row.way.access_url)
    moved = row.latest.moved_to
    said: list[object] = [shorten(row.latest.detail, 200)] if row.latest.detail else []
    if moved:
        said += [both(LangString("now at ", "现位于 ")), _address(moved)]
    return tag("div", *said, tag("span", _address(row.way.access_url), class_="small"))


def _address(url: str) -> Markup:
    shown = redact(url)
    return tag("code", link(shorten(shown, 96), shown if "=…" not in shown else None))


def _when(moment: datetime | None, at: datetime) -> object:
    if moment is None:
        return ""
    past = tag("span", both(ago(moment, at)), class_="small")
    return tag("div", _moment(moment), past)


def _last_ok(row: Row, at: datetime) -> object:
    return _when(row.standing.last_ok, at) or both(LangString("never seen", "未曾正常"))


def _moment(moment: datetime) -> Markup:
    shown = f"{moment:%Y-%m-%d %H:%M}"
    return tag("time", shown, datetime=moment.isoformat(timespec="seconds"))


def _latency(row: Row, at: datetime) -> str:
    return seconds(row.latest.latency) if row.latest else ""


def _size(row: Row, at: datetime) -> str:
    return size(row.latest.size) if row.latest else ""


_DATASET: Column = (LangString("Dataset", "数据集"), "what", _what)
_STATE: Column = (LangString("State", "状态"), "state-of", _state)
_HISTORY: Column = (
    LangString("History", "历史"),
    "",
    lambda row, at: sparkline(row.standing.probes),
)
_FAILURE: Sequence[Column] = (
    _DATASET,
    _STATE,
    (LangString("Since", "始于"), "when", lambda row, at: _when(row.standing.since, at)),
    (LangString("Last ok", "上次正常"), "when", lambda row, at: _last_ok(row, at)),
    (LangString("What happened", "详情"), "detail", _said),
    _HISTORY,
)
_ALL: Sequence[Column] = (
    _DATASET,
    _STATE,
    (LangString("Latency", "用时"), "num", _latency),
    (LangString("Size", "大小"), "num", _size),
    (
        LangString("Checked", "检查于"),
        "when",
        lambda row, at: _when(row.latest.at if row.latest else None, at),
    ),
    (LangString("Opened", "打开于"), "when", lambda row, at: _when(row.standing.last_opened, at)),
    _HISTORY,
)


def _footer() -> Markup:
    return tag(
        "footer",
        tag("b", both(LangString("How to read this", "阅读说明"))),
        tag("ul", *(tag("li", both(words)) for words in _READ)),
        tag("p", f"sciknow {__version__}"),
    )
