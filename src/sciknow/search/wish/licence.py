"""Terms of use in plain words: licences and access."""

from __future__ import annotations

import re

from sciknow.model.licence import OPEN, mentions, said
from sciknow.pattern import Pattern

_OPEN = Pattern(
    r"\bopen(?:ly)?[-\s]?(?:licen[cs](?:ed?|ing)|data)\b|\bopen[\s-](?:access|licen[cs]es?)\b|"
    r"\bfree(?:ly)?\s+(?:to\s+)?(?:reus(?:e|able)|redistribut\w+|licen[cs]ed)\b|"
    r"\b(?:permissive(?:ly)?|unrestricted)[\s-]+licen[cs]\w+|\bcommercial\s+use\s+(?:is\s+)?(?:allowed|permitted|ok)\b|"
    r"\bfree\s+for\s+(?:any|all|commercial)\s+use\b|\bno\s+(?:licen[cs]\w+\s+|usage\s+)?restrictions?\b|"
    r"开放(?:许可|授权|数据|获取|协议|共享)|自由使用|可以?商用|允许商用|开源(?:数据|许可)",
    re.I,
    needs=("open|free|licen|commercial use|restriction|开放|自由使用|商用|开源",),
)
_ANY_COMMONS = Pattern(
    r"\bcreative\s+commons\b|知识共享(?:许可|协议)?", re.I, needs=("creative commons|知识共享",)
)


def license_of(text: str) -> str:
    """Return the licence that a text asks for: how its SPDX identifier begins, or ``open``.

    Examples
    --------
    >>> license_of("CC BY 4.0"), license_of("cc-by-nc"), license_of("under an open licence")
    ('CC-BY-4.0', 'CC-BY-NC', 'open')
    >>> license_of("MIT researchers in the open ocean")
    ''
    """
    return find_license(text)[0]


def find_license(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the licence that a text asks for, and where it says so."""
    named = mentions(text)
    for name in said(text):
        return name, [span for _, span in named]
    for pattern in (_ANY_COMMONS, _OPEN):
        if found := pattern.search(text):
            return OPEN, [found.span()]
    return "", []


_ACCESS = Pattern(
    r"\b(?:without|with\s+no|no)\s+(?:need\s+(?:for|of|to)\s+)?(?:a(?:ny)?\s+|an\s+)?(?:prior\s+)?"
    r"(?:regist(?:ration|ering|er)|sign(?:ing)?[\s-]?(?:up|in)|log(?:ging)?[\s-]?in|accounts?|passwords?|"
    r"application\s+form)(?:\s+(?:is\s+)?(?:needed|required|necessary))?\b"
    r"|\b(?:free(?:ly)?|open(?:ly)?|publicly?)[\s-]+(?:to\s+)?(?:download(?:s|able|ed)?|available|accessible)\b"
    r"|\bfree\s+of\s+charge\b|\bfree\s+access\b"
    r"|(?:无需|无须|不用|不需要?|免)(?:要)?(?:注册|登录|登陆|申请|账号|账户)|免费(?:公开)?(?:下载|获取|提供|使用)?"
    r"|(?:公开|直接|自由)(?:可)?下载",
    re.I,
    needs=(
        "regist|sign|logging|log in|login|log-in|account|password|application|download|available|"
        "accessible|free|注册|登录|登陆|申请|账|免费|下载",
    ),
)


def find_access(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Tell whether a text wants data that can be had at once, and where it says so.

    Examples
    --------
    >>> find_access("rain, no registration"), find_access("免费下载 土壤数据")[0]
    (('open', [(6, 21)]), 'open')
    """
    spans = [found.span() for found in _ACCESS.finditer(text)]
    return ("open" if spans else ""), spans
