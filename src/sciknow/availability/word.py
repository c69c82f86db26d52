"""What outcomes and states are called, in both languages, and how moments and sizes are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sciknow.model import LangString
from sciknow.model.probe import Outcome, Status

OUTCOMES: Mapping[Outcome, LangString] = {
    Outcome.OK: LangString("answers", "正常"),
    Outcome.MOVED: LangString("moved for good", "已永久迁移"),
    Outcome.BUSY: LangString("asks to come later", "服务器繁忙"),
    Outcome.READER_MISSING: LangString("no reader installed", "本机缺少读取器"),
    Outcome.GONE: LangString("gone", "已不存在"),
    Outcome.FORBIDDEN: LangString("access refused", "拒绝访问"),
    Outcome.SERVER_ERROR: LangString("server error", "服务器错误"),
    Outcome.TIMEOUT: LangString("no answer in time", "响应超时"),
    Outcome.NO_SUCH_HOST: LangString("host name does not resolve", "域名无法解析"),
    Outcome.UNREACHABLE: LangString("no connection", "无法连接"),
    Outcome.TLS: LangString("no secure connection", "无法建立加密连接"),
    Outcome.REFUSED: LangString("refused by sciknow's rules", "按安全规则不予访问"),
    Outcome.CONTENT: LangString("not what the catalogue says", "内容与目录不符"),
}
STATUSES: Mapping[Status, LangString] = {
    Status.OK: LangString("ok", "正常"),
    Status.DEGRADED: LangString("degraded", "需留意"),
    Status.FAILING: LangString("failing", "失效"),
    Status.UNKNOWN: LangString("never checked", "未检查"),
}
MARKS: Mapping[Status, str] = {
    Status.OK: "●",
    Status.DEGRADED: "◆",
    Status.FAILING: "✕",
    Status.UNKNOWN: "○",
}
"""Shapes beside the colours, for those who can't tell colours apart."""

_UNITS = (
    (timedelta(days=730), timedelta(days=365), "years", "年"),
    (timedelta(days=60), timedelta(days=30), "months", "个月"),
    (timedelta(days=2), timedelta(days=1), "days", "天"),
    (timedelta(hours=2), timedelta(hours=1), "hours", "小时"),
    (timedelta(minutes=2), timedelta(minutes=1), "minutes", "分钟"),
)


def ago(moment: datetime, now: datetime) -> LangString:
    """Say how long ago a moment was.

    Examples
    --------
    >>> ago(datetime(2026, 11, 20), datetime(2026, 11, 24)).en
    '4 days ago'
    """
    passed = now - moment
    for least, unit, en, zh in _UNITS:
        if passed >= least:
            count = int(passed / unit)
            return LangString(f"{count} {en} ago", f"{count}{zh}前")
    return LangString("just now", "刚刚")


def seconds(value: float | None) -> str:
    """Write a latency.

    Examples
    --------
    >>> seconds(0.0123), seconds(2.34), seconds(None)
    ('12 ms', '2.3 s', '')
    """
    if value is None:
        return ""
    return f"{max(1, round(value * 1000))} ms" if value < 1 else f"{value:.1f} s"


def size(count: int | None) -> str:
    """Write a number of bytes.

    Examples
    --------
    >>> size(0), size(86_245), size(3 * 10**9)
    ('0 B', '86 kB', '3.0 GB')
    """
    if count is None:
        return ""
    value, units = float(count), ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    while value >= 1000 and len(units) > 1:
        value /= 1000
        units.pop(0)
    return (
        f"{value:.0f} {units[0]}" if value >= 10 or units[0] == "B" else f"{value:.1f} {units[0]}"
    )
