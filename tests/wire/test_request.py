"""Questions and answers: addresses with parameters, text, JSON, links, whatever servers write."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow.errors import IntegrityError, SourceUnavailable
from sciknow.wire import Answer, Request

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


def answer(body: bytes = b"", **headers: str) -> Answer:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Answer("https://a.org/x/y?p=1", 200, named, body)


@given(st.dictionaries(NAMES, st.text(st.characters(codec="utf-8"), max_size=8), max_size=4))
def test_parameters_come_back_from_the_query(params):
    address = Request("https://a.org/x?kept=1", {"kept": 1} | params).address
    told = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    assert dict(told) == {"kept": "1"} | params


@pytest.mark.parametrize(
    ("url", "params", "address"),
    [
        ("https://a.org/", {}, "https://a.org/"),
        ("https://a.org/", {"a": 1}, "https://a.org/?a=1"),
        ("https://a.org/?b=2", {"a": 1}, "https://a.org/?b=2&a=1"),
        ("https://a.org/?a=0&b=2", {"a": 1}, "https://a.org/?b=2&a=1"),
        ("https://a.org/?a=0&a=3", {"a": None}, "https://a.org/"),
        ("https://a.org/?a", {"a": 1}, "https://a.org/?a=1"),
        ("https://a.org/?x%5B%5D=1", {"x[]": [2, 3]}, "https://a.org/?x%5B%5D=2&x%5B%5D=3"),
        ("https://a.org/dap?sst[0:1:9]&t>5", {"a": 1}, "https://a.org/dap?sst[0:1:9]&t>5&a=1"),
        ("https://a.org/?b=2#top", {"a": 1}, "https://a.org/?b=2&a=1"),
    ],
)
def test_parameters_take_the_place_of_those_of_the_same_name(url, params, address):
    assert Request(url, params).address == address


def test_requests_are_the_same_when_they_ask_the_same():
    one = Request("https://a.org/?a=1", headers={"X": "1"})
    assert one.key == Request("https://a.org/", {"a": 1}, headers={"x": "1"}).key
    for other in (
        Request("https://a.org/?a=2", headers={"X": "1"}),
        Request("https://a.org/?a=1", headers={"X": "2"}),
        Request("https://a.org/?a=1", method="POST", headers={"X": "1"}),
        Request("https://a.org/?a=1", headers={"X": "1"}, body=b"b"),
    ):
        assert one.key != other.key


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/xml", "温度".encode(), "温度"),
        ("text/xml; charset=GB18030", "温度".encode("gb18030"), "温度"),
        ('text/csv; header=present; charset="ISO-8859-1"', b"\xe9", "é"),
        ("", b"\xef\xbb\xbfa", "a"),
        ("text/plain; charset=utf-16", "a".encode("utf-16"), "a"),
    ],
)
def test_text_is_read_in_the_encoding_that_is_named(kind, body, text):
    assert answer(body, Content_Type=kind).text == text


@pytest.mark.parametrize("kind", ["text/plain", "text/plain; charset=klingon"])
def test_text_in_another_encoding_is_told_and_not_guessed(kind):
    with pytest.raises(IntegrityError, match="no text"):
        _ = answer(b"\xff\xfe\xe9", Content_Type=kind).text


def test_json():
    assert answer('{"a": ["温", 1e3]}'.encode(), Content_Type="text/html").json() == {
        "a": ["温", 1000.0]
    }


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 200_000, b"1" * 5000, b"{'a': 1}"], ids=range(6)
)
def test_what_is_no_json_is_told(body):
    with pytest.raises(IntegrityError, match="no JSON"):
        answer(body).json()


def test_a_page_in_the_place_of_json_is_a_page():
    with pytest.raises(SourceUnavailable, match="web page instead of data"):
        answer(b"<!DOCTYPE html><html>log in").json()


@pytest.mark.parametrize(
    ("header", "relation", "target"),
    [
        ('<https://b.org/2>; rel="next"', "next", "https://b.org/2"),
        ("<?p=2>;rel=next", "next", "https://a.org/x/y?p=2"),
        ('</a,b>; rel="prev", </c;d>; title="x, y; z"; rel="next"', "next", "https://a.org/c;d"),
        ('<2>; REL="start Next"; type="text/html"', "next", "https://a.org/x/2"),
        ('<2>; title="rel=next"; rel=last', "next", None),
        ("<2>; rel=nextish", "next", None),
        ("<2>", "next", None),
        ("", "next", None),
        ("garbage", "next", None),
        ("<http://[bad>; rel=next", "next", None),
    ],
)
def test_links_of_the_header(header, relation, target):
    assert answer(Link=header).link(relation) == target


def test_what_is_told_of_an_answer():
    found = answer(b"a", Date="Thu, 02 Jan 2020 03:04:05 GMT", Content_Type="Text/HTML; x=y")
    assert (found.date, found.media_type) == ("2020-01-02T03:04:05+00:00", "text/html")
    assert found.sha256 == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert (answer().date, answer().media_type) == ("", "")


def test_what_was_asked_and_answered_stays_what_it_is():
    for item in (Request("https://a.org/"), answer()):
        with pytest.raises(FrozenInstanceError):
            item.url = "https://b.org/"
        assert not hasattr(item, "__dict__")
