"""TOML of strangers: what would cost more than its length is refused before it is parsed."""

import pytest

import sciknow as sk
from sciknow.errors import InvalidInput, LimitExceeded
from sciknow.ledger.toml import read_toml, to_toml

MANY = 100_000
COSTLY = {
    "key": ".".join("a" * MANY) + "=1",
    "quoted key": ".".join(['"a"'] * MANY) + "=1",
    "spaced key": " . ".join(["a"] * MANY) + "=1",
    "table": "[" + ".".join("a" * MANY) + "]",
    "tables": "[[" + ".".join("a" * MANY) + "]]",
    "inline key": "a={" + ".".join("b" * MANY) + "=1}",
    "number": "a=" + "9" * MANY,
    "number in pieces": "a=" + "9_" * MANY + "9",
    "negative number": "a=-" + "9" * 5_000,
    "hexadecimal": "a=0x" + "f" * MANY,
    "lists": "a=" + "[" * MANY,
    "inline tables": "a=" + "{a=" * MANY,
}
BROKEN = {
    "open text": 'a="' + "x" * MANY,
    "escapes": '"\\' * MANY,
    "long text": "a='''" + "'' " * MANY,
    "quotes": '"' * MANY,
    "lone": "\r" * MANY,
}
WHOLE = {
    "dots in a text": 'a = "' + "x." * MANY + '"',
    "digits in a text": 'a = "' + "9" * MANY + '"',
    "brackets in a remark": "# " + "[" * MANY,
    "many numbers": "a = [" + "1.5, " * MANY + "]",
    "a digest": 'a = "' + "f" * 64 + '"',
    "digits as a key": "1234567890 = 1",
    "quotes in a text": "a = '''it's ''so'' '''",
}


@pytest.mark.parametrize("name", COSTLY)
def test_what_costs_too_much_is_refused_with_its_line(tmp_path, name):
    with pytest.raises(LimitExceeded, match=r"more than .* at about line 3"):
        read_toml("format = 1\n\n" + COSTLY[name])
    (tmp_path / "a.lock").write_text("format = 1\n\n" + COSTLY[name])
    with pytest.raises(LimitExceeded, match=r"a.lock: .* such a file is no lockfile"):
        sk.verify(tmp_path / "a.lock")


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_said(name):
    with pytest.raises(InvalidInput):
        read_toml(BROKEN[name])


@pytest.mark.parametrize("name", WHOLE)
def test_what_stands_in_texts_counts_for_nothing(name):
    found = read_toml(WHOLE[name])
    assert list(found) == ([] if name == "brackets in a remark" else [WHOLE[name].split()[0]])


def test_what_is_written_is_read():
    content = {"a": {"b.c": ["x.y", 1, 2.5]}, "d": [{"e": True}]}
    assert read_toml(to_toml(content)) == content
