"""The html helper, fed hostile strings and read back by a strict parser."""

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow._html import link, table, tag

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&lt;b&gt;",
    "javascript:alert(1)",
    "\u202e</td></tr></table>",
    "]]><!--",
]


def parse(markup):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(markup)


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_text_stays_text(value):
    tree = parse(table(("h",), [(value, tag("b", value, title=value))]))
    names = {element.tag for element in tree.iter()}
    assert names <= {"DOCUMENT_FRAGMENT", "table", "thead", "tbody", "tr", "th", "td", "b"}
    cells = tree.findall(".//td")
    assert cells[0].text == value.replace("\u202e", "")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"])))
def test_any_text_parses_and_comes_back(value):
    from sciknow.text import clean

    tree = parse(tag("p", value))
    assert (tree.find("p").text or "") == clean(value)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "", None, "//x.org"])
def test_only_http_links_become_links(url):
    assert "<a" not in link("label", url)


def test_links_open_apart():
    element = parse(link("a<b", "https://example.org/?a=1&b=2")).find("a")
    assert element.get("href") == "https://example.org/?a=1&b=2"
    assert element.get("rel") == "noopener noreferrer"
    assert element.text == "a<b"
