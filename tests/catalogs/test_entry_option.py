"""Single option values: what is harmless passes unchanged, the rest is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow.catalogs.parameter import fill
from sciknow.errors import InvalidInput, SciknowError
from sciknow.model.option import SCHEMES, one_of, parse_chunks, parse_location, parse_names
from sciknow.model.parse import Where


@given(st.text(max_size=60))
def test_a_local_path_never_leaves_its_folder(tail):
    try:
        place, local = parse_location("{CATALOG_DIR}/" + tail, Where())
    except SciknowError:
        return
    assert local
    assert not place.startswith("/")
    assert ".." not in place.split("/")
    assert "\\" not in place


@given(st.text(max_size=60))
def test_any_other_text_is_a_plain_address_or_refused(text):
    try:
        place, local = parse_location(text, Where())
    except SciknowError:
        return
    assert not local
    assert place.partition("://")[0] in SCHEMES


@given(st.text(max_size=60))
def test_a_text_without_braces_is_never_filled(text):
    if "{" not in text and "}" not in text:
        assert fill(text, {"a": "b"}, Where()) == text


@given(st.text(st.characters(codec="ascii"), max_size=30))
def test_nothing_in_braces_passes_but_a_declared_name(inner):
    if inner == "a":
        assert fill("{a}", {"a": 7}, Where()) == 7
        return
    with pytest.raises(SciknowError):
        fill(f"{{{inner}}}", {"a": 7}, Where())


def test_true_is_not_one():
    parse = one_of(1, "x", None)
    assert [parse(value, Where()) for value in (1, "x", None)] == [1, "x", None]
    for value in (True, 1.0, "y"):
        with pytest.raises(InvalidInput, match="one of 1, 'x', null"):
            parse(value, Where())


def test_chunks():
    assert parse_chunks({}, Where()) == {}
    assert parse_chunks({"time": 3, "x": -1}, Where()) == {"time": 3, "x": -1}
    for wrong in ({"time": 0}, {"time": -2}, {"time": 1.5}, {"time": True}, "auto", [3]):
        with pytest.raises(InvalidInput):
            parse_chunks(wrong, Where())


def test_names_have_no_braces():
    assert parse_names(["海温", "a b"], Where()) == ["海温", "a b"]
    with pytest.raises(InvalidInput, match="key 1"):
        parse_names(["a", "{b}"], Where())
