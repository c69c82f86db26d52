"""The one place that writes HTML: every value is escaped, every link is checked.

Nothing else in the package joins strings into markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import urlsplit

from sciknow.text import clean

_CELL = "text-align:left; vertical-align:top"
"""Notebooks set tables flush right: fine for numbers, not for words."""
_VOID = frozenset({"br", "hr", "img", "input", "meta"})


class Markup(str):
    """A string that is already safe HTML."""

    __slots__ = ()


def text(value: object) -> Markup:
    """Escape a value for element content or a quoted attribute; control characters are dropped."""
    return value if isinstance(value, Markup) else Markup(escape(clean(str(value)), quote=True))


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """Build one element from escaped children and attributes.

    A trailing underscore in an attribute's name is dropped (``class_``), other underscores
    become hyphens; attributes that are None are left out.

    Examples
    --------
    >>> print(tag("td", "a<b", class_="sk-title"))
    <td class="sk-title">a&lt;b</td>
    """
    pairs = (
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    opening = f"<{name}{''.join(pairs)}>"
    return Markup(opening if name in _VOID else f"{opening}{join(children)}</{name}>")


def join(children: Iterable[object]) -> Markup:
    """Join values into one piece of markup, escaping those that are not markup yet."""
    return Markup("".join(text(child) for child in children))


def link(label: object, url: str | None) -> Markup:
    """Build a link that opens in a new tab, or the bare label when the URL is not http(s)."""
    if not url or urlsplit(url).scheme not in {"http", "https"}:
        return text(label)
    return tag("a", label, href=url, target="_blank", rel="noopener noreferrer")


def table(head: Sequence[object], rows: Iterable[Sequence[object]], **attributes: object) -> Markup:
    """Build a table from a header row and rows of cells, all flush left."""
    header = tag("thead", _row("th", head))
    body = tag("tbody", *(_row("td", row) for row in rows))
    return tag("table", header, body, **attributes)


def _row(name: str, cells: Iterable[object]) -> Markup:
    return tag("tr", *(tag(name, cell, style=_CELL) for cell in cells))
