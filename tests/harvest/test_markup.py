"""XML and JSON from anywhere."""

import pytest

from sciknow.errors import IntegrityError, SourceUnavailable, UntrustedInput
from sciknow.harvest.markup import child, children, read_json, read_xml, text_of
from sciknow.wire.request import Answer


def answer(body, kind="text/xml"):
    data = body if isinstance(body, bytes) else body.encode()
    return Answer("https://a.org/x", 200, {"Content-Type": kind}, data)


@pytest.mark.parametrize(
    ("body", "kind", "mended"),
    [
        ("<a>海冰</a>".encode(), "text/xml", ""),
        ("<a>海冰</a>".encode(), "text/xml; charset=utf-8", ""),
        ("<a>海冰</a>".encode(), "text/xml; charset=iso-8859-1", "not in the charset iso-8859-1"),
        ("<?xml version='1.0' encoding='GB18030'?><a>海冰</a>".encode("gb18030"), "text/xml", ""),
        ("<a>海冰</a>".encode("gb18030"), "text/xml; charset=gb18030", ""),
        ("<a>海冰</a>".encode("utf-16"), "text/xml", ""),
        (b"\xef\xbb\xbf" + "<a>海冰</a>".encode(), "text/xml", ""),
        (b"<a>&#28023;&#x51B0;</a>", "text/xml", ""),
    ],
)
def test_characters_come_through(body, kind, mended):
    read = read_xml(answer(body, kind))
    assert (read.root.text, read.mended) == ("海冰", mended)


@pytest.mark.parametrize(
    "bad", [b"\x0b", b"&#x0;", b"&#11;", b"\xe6", b"&#xD800;", b"&#9999999999;"]
)
def test_what_xml_does_not_allow_is_replaced_and_said(bad):
    read = read_xml(answer(b"<a>one" + bad + b"two</a>"))
    assert read.root.text == "one\ufffdtwo"
    assert read.mended == "invalid characters"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<!DOCTYPE html><html></html>", SourceUnavailable),
        ("<?xml version='1.0'?><!-- x --><html></html>", SourceUnavailable),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", UntrustedInput),
        ("<!-- x --><?p q?> <!doctype a SYSTEM 'file:///etc/passwd'><a/>", UntrustedInput),
        ("<a><b></a>", IntegrityError),
        ("<a>&unknown;</a>", IntegrityError),
        ("", IntegrityError),
    ],
)
def test_what_is_no_plain_xml_is_refused(body, error):
    with pytest.raises(error, match=r"a\.org"):
        read_xml(answer(body))


def test_names_are_found_in_any_namespace():
    root = read_xml(answer('<a xmlns="u:1"><x:b xmlns:x="u:2">1</x:b><b>2<c>3</c></b></a>')).root
    assert text_of(root, "b") == "1"
    assert [item.text for item in children(root, "b")] == ["1", "2"]
    assert child(root, "b", "c") is None
    assert text_of(None, "b") == ""


def test_json_with_bad_characters_is_read_and_said():
    value, mended = read_json(answer(b'{"a": "x\x0b \xe6"}', "application/json"))
    assert (value, mended) == ({"a": "x\x0b \ufffd"}, "invalid characters")
    assert read_json(answer('{"a": 1}')) == ({"a": 1}, "")
    with pytest.raises(IntegrityError, match="no JSON"):
        read_json(answer('{"a": '))
