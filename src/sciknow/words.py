"""What the package says to people, in English and Chinese, by code.

A code names what is said, not how; values stand in braces. Nothing else in the package holds
a label in two languages. Titles of records are no labels: they are `sciknow.model.LangString`.
"""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "zh")

WORDS: Mapping[str, tuple[str, str]] = {
    # kinds of records, and what stands of each
    "dataset": ("dataset", "数据集"),
    "datasets": ("datasets", "数据集"),
    "publication": ("publication", "文献"),
    "publications": ("publications", "文献"),
    "concept": ("concept", "概念"),
    "concepts": ("concepts", "概念"),
    "variable": ("variable", "变量"),
    "variables": ("variables", "变量"),
    "access": ("access", "访问"),
    "also called": ("also called", "又称"),
    "authors": ("authors", "作者"),
    "broader": ("broader", "上位概念"),
    "checked": ("checked", "检查"),
    "description": ("description", "说明"),
    "id": ("id", "标识"),
    "identifier": ("identifier", "标识符"),
    "landing page": ("landing page", "介绍页"),
    "licence": ("licence", "许可"),
    "meaning": ("meaning", "含义"),
    "no reader": ("no reader", "无读取器"),
    "no sector": ("no sector", "无领域"),
    "opens": ("opens", "打开方式"),
    "opens lazily": ("opens lazily", "可按需打开"),
    "opens offline": ("opens offline", "可离线打开"),
    "published": ("published", "发表于"),
    "publisher": ("publisher", "发布者"),
    "read at": ("read at", "依据"),
    "resolution": ("resolution", "分辨率"),
    "sectors": ("sectors", "领域"),
    "terms": ("terms", "使用条款"),
    "title": ("title", "标题"),
    "to now": ("now", "今"),
    "when": ("when", "时间"),
    "where": ("where", "地点"),
    # hits, and why they are hits
    "hits.count": (
        "{shown} of {total} {kind} for '{question}'",
        "“{question}”：{total}条{kind}，此为{shown}",
    ),
    "filter": ("{match} match, {other} do not", "{match}条符合，{other}条不符"),
    "filter.drop": (
        "{match} match, {other} do not, {unstated} do not say and are left out",
        "{match}条符合，{other}条不符，{unstated}条未说明而略去",
    ),
    "filter.keep": (
        "{match} match, {other} do not, {unstated} do not say",
        "{match}条符合，{other}条不符，{unstated}条未说明",
    ),
    "filter.mark": (
        "{match} match, {other} do not, {unstated} do not say and are marked",
        "{match}条符合，{other}条不符，{unstated}条未说明，已标出",
    ),
    "hits.elsewhere": (
        "these registered sources may hold it: {sources}",
        "这些已登记的来源可能有：{sources}",
    ),
    "hits.nearest": ("nearest: {titles}", "最接近的是：{titles}"),
    "hits.none": ("no {kind} of {theme}", "没有“{theme}”的{kind}"),
    "hits.pair": ("best pair: {pair}", "最合适的一对：{pair}"),
    "hits.unmet": (
        "none on the theme is known to meet: {phrase}",
        "主题相符的都不知是否满足：{phrase}",
    ),
    "hits.left out": ("{count} left out by {name}", "{count}条因{name}略去"),
    "hits.understood": ("understood as {phrase}", "理解为 {phrase}"),
    "score": ("score", "得分"),
    "why": ("why it matched", "匹配原因"),
    "why.more": ("passage and shares", "段落与得分构成"),
    "why.by meaning": ("by meaning", "语义"),
    "why.concept": ("concept", "概念"),
    "why.does not fit": ("does not fit", "不符"),
    "why.fits": ("fits", "符合"),
    "why.fits in part": ("fits in part", "部分符合"),
    "why.not stated": ("not stated", "未说明"),
    "why.preferred": ("preferred", "优先"),
    "why.passage": ("passage", "段落"),
    "why.publication": ("publication", "文献"),
    "why.score": ("score", "得分"),
    "why.word": ("word", "词"),
    # what became of a probe, and how a distribution stands
    "outcome.ok": ("answers", "正常"),
    "outcome.moved": ("moved for good", "已永久迁移"),
    "outcome.busy": ("asks to come later", "服务器繁忙"),
    "outcome.reader-missing": ("no reader installed", "本机缺少读取器"),
    "outcome.gone": ("gone", "已不存在"),
    "outcome.forbidden": ("access refused", "拒绝访问"),
    "outcome.server-error": ("server error", "服务器错误"),
    "outcome.timeout": ("no answer in time", "响应超时"),
    "outcome.no-such-host": ("host name does not resolve", "域名无法解析"),
    "outcome.unreachable": ("no connection", "无法连接"),
    "outcome.tls": ("no secure connection", "无法建立加密连接"),
    "outcome.refused": ("refused by sciknow's rules", "按安全规则不予访问"),
    "outcome.content": ("not what the catalogue says", "内容与目录不符"),
    "status.ok": ("ok", "正常"),
    "status.degraded": ("degraded", "需留意"),
    "status.failing": ("failing", "失效"),
    "status.unknown": ("never checked", "未检查"),
    "probes": ("{count} probes, {failed} failed", "{count} 次检查，{failed} 次失败"),
    # how long ago
    "ago.years": ("{count} years ago", "{count}年前"),
    "ago.months": ("{count} months ago", "{count}个月前"),
    "ago.days": ("{count} days ago", "{count}天前"),
    "ago.hours": ("{count} hours ago", "{count}小时前"),
    "ago.minutes": ("{count} minutes ago", "{count}分钟前"),
    "ago.now": ("just now", "刚刚"),
    # pages
    "audit.title": ("Audit of preserved data", "长期保存数据的审计"),
    "status.title": ("Availability of the data", "数据可用性"),
    "status.as of": ("As of ", "截至 "),
    "status.by sector": ("By sector", "按领域"),
    "status.checked": ("Checked", "检查于"),
    "status.dataset": ("Dataset", "数据集"),
    "status.failing now": ("Failing now", "目前失效"),
    "status.history": ("History", "历史"),
    "status.last ok": ("Last ok", "上次正常"),
    "status.latency": ("Latency", "用时"),
    "status.never": ("never seen", "未曾正常"),
    "status.new": ("new", "新"),
    "status.nothing fails": ("Nothing fails.", "没有失效的数据。"),
    "status.now at": ("now at ", "现位于 "),
    "status.opened": ("Opened", "打开于"),
    "status.since": ("Since", "始于"),
    "status.size": ("Size", "大小"),
    "status.state": ("State", "状态"),
    "status.what": ("What happened", "详情"),
    "status.how to read": ("How to read this", "阅读说明"),
    "status.read.probe": (
        "Each probe asks for the first bytes of a distribution, as this one machine sees it; what "
        "fails here may answer elsewhere.",
        "每次检查只请求数据的开头部分，且仅代表本机所见；此处失效的，在别处或许可用。",
    ),
    "status.read.history": (
        "In a history, a bar above the line was answered, the taller the slower (logarithmic, "
        "20 ms to 20 s); a bar below the line failed. The newest is at the right.",
        "历史图中，线上为有应答，柱越高越慢（对数刻度，20 毫秒至 20 秒）；线下为失败。最右为最新。",
    ),
    "status.read.degraded": (
        "“Degraded” answers, but wants attention: it has moved for good, was busy, or has no "
        "reader on this machine.",
        "“需留意”表示可以应答，但已永久迁移、服务器繁忙，或本机没有相应的读取器。",
    ),
}
"""Code → what is said, in English and Chinese."""


def said(code: str, language: str = "en", **values: object) -> str:
    """Return what a code stands for.

    Parameters
    ----------
    code : str
        A key of `WORDS`.
    language : str
        ``en`` or ``zh``.
    **values : object
        What stands in the braces.

    Examples
    --------
    >>> said("ago.days", "zh", count=4), said("outcome.gone")
    ('4天前', 'gone')
    """
    words = WORDS[code][LANGUAGES.index(language)]
    return words.format(**values) if values else words
