"""A whole html page that needs nothing from anywhere, and words in both languages.

A policy in the page allows no script at all: what stands in it may come from elsewhere.
"""

from __future__ import annotations

from sciknow._html import Markup, join, tag
from sciknow.model import LangString
from sciknow.words import said

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(title: str, *body: object, style: str = "") -> str:
    """Build a page.

    Parameters
    ----------
    title : str
        What the window is called.
    *body : object
        What stands in it.
    style : str
        A style sheet of ours; it is not escaped.
    """
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name_="referrer", content="no-referrer"),
        tag("title", title),
        *([tag("style", Markup(style))] if style else []),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', *body), lang='en')}\n"


def both(words: LangString | str, **values: object) -> Markup:
    """Return a text in both languages, of which a style sheet shows one.

    Parameters
    ----------
    words : LangString or str
        The text, or a code of `sciknow.words`.
    **values : object
        What stands in the braces of the code's words.
    """
    if isinstance(words, str):
        words = in_both(words, **values)
    if not (words.en and words.zh) or words.en == words.zh:
        return tag("span", words.best(), lang="zh" if words.zh and not words.en else "en")
    return join(
        [
            tag("span", words.en, class_="en", lang="en"),
            tag("span", words.zh, class_="zh", lang="zh"),
        ]
    )


def in_both(code: str, **values: object) -> LangString:
    """Return the words of a code in both languages."""
    return LangString(said(code, "en", **values), said(code, "zh", **values))
