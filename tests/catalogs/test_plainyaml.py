"""What the safe loader makes of YAML is what plain YAML makes of it, or an error."""

import contextlib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sciknow.catalogs.plainyaml import MAX_BYTES, parse_document, read_bytes
from sciknow.errors import InvalidInput, LimitExceeded, SciknowError
from sciknow.model.parse import Where

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_it_reads_what_yaml_writes(value):
    text = yaml.safe_dump(value, allow_unicode=True)
    if "&id" in text:
        return
    assert parse_document(text.encode(), Where("f")).value == value


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_what_it_takes_plain_yaml_takes_alike(text):
    try:
        value = parse_document(text.encode(), Where("f")).value
    except SciknowError:
        return
    if not isinstance(value, str):
        assert yaml.safe_load(text) == value


@given(st.binary(max_size=80))
def test_any_bytes_give_a_value_or_our_error(data):
    with contextlib.suppress(SciknowError):
        parse_document(data, Where("f"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2015", 2015),
        ("-3", -3),
        ("0.25", 0.25),
        ("1.5e-3", 0.0015),
        ("~", None),
        ("", None),
        ("true", True),
        ("False", False),
        ("2002-06-01", "2002-06-01"),
        ("P1D", "P1D"),
        ("1e5", "1e5"),
        ("10.5067/GHGMR", "10.5067/GHGMR"),
    ],
)
def test_plain_scalars(text, value):
    found = parse_document(f"a: {text}\n".encode(), Where()).value
    assert found == {"a": value}
    assert type(found["a"]) is type(value)


@pytest.mark.parametrize(
    "text", ["yes", "No", "on", "OFF", "017", "0x1f", "1_000", "12:30:00", ".nan", "-.inf"]
)
def test_surprising_spellings_are_refused(text):
    with pytest.raises(InvalidInput, match="which YAML reads as"):
        parse_document(f"a: {text}\n".encode(), Where())
    assert parse_document(f'a: "{text}"\n'.encode(), Where()).value == {"a": text}


def test_errors_name_the_line_and_the_keys():
    text = "a:\n  b:\n    - c: 1\n    - c: *x\n"
    with pytest.raises(InvalidInput, match=r"f\.yaml line 4: key a\.b\.c"):
        parse_document(text.encode(), Where("f.yaml"))


def test_lines_of_the_upper_keys():
    document = parse_document(b"a: 1\nb:\n  c:\n    d:\n      e: 2\n", Where())
    assert document.lines == {("a",): 1, ("b",): 2, ("b", "c"): 3, ("b", "c", "d"): 4}


def test_a_byte_order_mark_is_no_content():
    assert parse_document("\ufeffa: 1\n".encode(), Where()).value == {"a": 1}


def test_the_size_limit_counts_bytes(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"#" * 11)
    assert len(read_bytes(path, limit=11)) == 11
    with pytest.raises(LimitExceeded, match="more than 10 bytes"):
        read_bytes(path, limit=10)
    assert MAX_BYTES > 2**20


def test_hostile_keys_are_cut_in_messages():
    with pytest.raises(InvalidInput) as caught:
        parse_document(f"{'k' * 100_000}: *x\n".encode(), Where("f"))
    assert len(str(caught.value)) < 600
