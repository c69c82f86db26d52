"""The status page: one HTML file in both languages that needs nothing from anywhere.

Addresses and the words of servers are hostile input: everything goes through `sciknow._html`,
and a policy in the page allows no script at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import sciknow.show.page as show
from sciknow._html import Markup, link, tag
from sciknow.availability.row import Row
from sciknow.availability.style import STYLE
from sciknow.availability.word import MARKS, ago, outcome_of, seconds, status_of
from sciknow.clock import stamp
from sciknow.model import LangString
from sciknow.model.probe import Status
from sciknow.net import redact
from sciknow.show.page import both, in_both
from sciknow.show.probes import sparkline
from sciknow.text import human_bytes, shorten
from sciknow.version import __version__
from sciknow.words import LANGUAGES, said

_ORDER = (Status.OK, Status.DEGRADED, Status.FAILING, Status.UNKNOWN)
_READ = ("status.read.probe", "status.read.history", "status.read.degraded")

Column = tuple[str, str, Callable[[Row, datetime], object]]
"""Code of the heading, class, and what stands in a row."""


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
    title = in_both("status.title")
    body = (*_picks(), _header(hub, at), _main(rows, labels, at), _footer())
    return show.page(f"{title.en} · {title.zh}", *body, style=STYLE)


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
    about = tag("p", both("status.as of"), _moment(at), f" UTC · {hub}", class_="soft")
    langs = tag(
        "div",
        tag("label", "English", for_="lang-en", class_="l-en", lang="en"),
        tag("label", "中文", for_="lang-zh", class_="l-zh", lang="zh"),
        class_="langs",
    )
    return tag("header", tag("div", tag("h1", both("status.title")), about), langs)


def _main(rows: Sequence[Row], labels: Mapping[str, LangString], at: datetime) -> Markup:
    counts = Counter(row.status for row in rows)
    failing = [row for row in rows if row.status is Status.FAILING]
    failing.sort(key=lambda row: (not row.broke, -_since(row)))
    parts: list[object] = [_figures(counts), _bar(counts)]
    parts.append(tag("h2", both("status.failing now"), id="failing"))
    if failing:
        parts.append(_table(failing, _FAILURE, at))
    else:
        parts.append(tag("p", both("status.nothing fails")))
    parts.append(tag("h2", both("status.by sector")))
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
                tag("dt", both(status_of(status))),
                tag("dd", f"{counts[status]:,}", class_=f"t-{status}"),
            )
            for status in _ORDER
        ),
        class_="figures",
    )


def _bar(counts: Counter[Status]) -> Markup:
    words = " / ".join(
        ", ".join(f"{status_of(status).best(code)} {counts[status]}" for status in _ORDER)
        for code in LANGUAGES
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
        label = labels.get(name) or (LangString(name) if name else in_both("no sector"))
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
                tag(
                    "td",
                    cell(row, at),
                    class_=kind or None,
                    data_en=said(name),
                    data_zh=said(name, "zh"),
                )
                for name, kind, cell in columns
            ),
        )
        for row in rows
    )
    return tag("table", tag("thead", tag("tr", *head)), tag("tbody", *body))


def _data(code: str) -> dict[str, str]:
    """Name a cell for narrow screens, whose style sheet shows it before the cell."""
    return {f"data_{language}": said(code, language) for language in LANGUAGES}


def _what(row: Row, at: datetime) -> Markup:
    title = link(both(row.dataset.title), row.dataset.landing_page)
    name = tag("span", tag("code", row.name), " · ", _kind(row), class_="small")
    return tag("div", title, name)


def _kind(row: Row) -> Markup:
    if row.way.reader:
        return tag("span", row.way.reader)
    if row.way.id:
        return both("no reader")
    return both("landing page")


def _state(row: Row, at: datetime) -> Markup:
    words = status_of(row.status) if row.latest is None else outcome_of(row.latest)
    state = tag("span", f"{MARKS[row.status]} ", both(words), class_=f"state t-{row.status}")
    new = tag("span", both("status.new"), class_="new") if row.broke else ""
    return tag("div", state, new)


def _said(row: Row, at: datetime) -> object:
    """Return what happened in words, with the address that was asked."""
    if row.latest is None:
        return _address(row.way.access_url)
    moved = row.latest.moved_to
    said: list[object] = [shorten(row.latest.detail, 200)] if row.latest.detail else []
    if moved:
        said += [both("status.now at"), _address(moved)]
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
    return _when(row.standing.last_ok, at) or both("status.never")


def _moment(moment: datetime) -> Markup:
    shown = f"{moment:%Y-%m-%d %H:%M}"
    return tag("time", shown, datetime=stamp(moment))


def _latency(row: Row, at: datetime) -> str:
    return seconds(row.latest.latency) if row.latest else ""


def _size(row: Row, at: datetime) -> str:
    count = row.latest.size if row.latest else None
    return "" if count is None else human_bytes(count)


_DATASET: Column = ("status.dataset", "what", _what)
_STATE: Column = ("status.state", "state-of", _state)
_HISTORY: Column = (
    "status.history",
    "",
    lambda row, at: sparkline(row.standing.probes),
)
_FAILURE: Sequence[Column] = (
    _DATASET,
    _STATE,
    ("status.since", "when", lambda row, at: _when(row.standing.since, at)),
    ("status.last ok", "when", lambda row, at: _last_ok(row, at)),
    ("status.what", "detail", _said),
    _HISTORY,
)
_ALL: Sequence[Column] = (
    _DATASET,
    _STATE,
    ("status.latency", "num", _latency),
    ("status.size", "num", _size),
    (
        "status.checked",
        "when",
        lambda row, at: _when(row.latest.at if row.latest else None, at),
    ),
    ("status.opened", "when", lambda row, at: _when(row.standing.last_opened, at)),
    _HISTORY,
)


def _footer() -> Markup:
    return tag(
        "footer",
        tag("b", both("status.how to read")),
        tag("ul", *(tag("li", both(words)) for words in _READ)),
        tag("p", f"sciknow {__version__}"),
    )
