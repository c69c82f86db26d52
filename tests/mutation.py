"""Texts made of sound ones by chance: cut, doubled, nested, with what parsers trip over."""

import random

HOSTILE = [
    b"\x00", b"\xff\xfe", b"\xed\xa0\xbd", b"\x1b[2J", "\u202e".encode(), b"\r", b"\n", b"\\",
    b"\\u",
    b'"', b"'", b'"""', b"'''", b"<", b">", b"<<", b">>", b"{", b"}", b"[", b"]", b"(", b")", b"{|",
    b"|}", b":", b";", b",", b".", b"-", b"#", b"@", b"_:", b"?", b"$", b"%", b"&a", b"*a", b"!!x",
    b"~", b"1e400", b"-0", b"NaN", b"9" * 400, b"0x", b"null", b"true", b"a.a.a.", b"=", b"[[a]]",
    b"{{a}}", b"$ref", b"../../", b"file:///etc/passwd", b"http://127.0.0.1/", "冰".encode(),
    "é".encode(), "\U000e0041".encode(), b" " * 60, b"\t", b"--- ", b"<<: ", b"?a ", b"SERVICE ",
]  # fmt: skip
"""What stands between the tokens of one language or another."""


def changed(chance: random.Random, text: bytes, others: list[bytes]) -> bytes:
    """Return a text with one to six changes."""
    for _ in range(chance.randint(1, 6)):
        at, to = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        piece = text[at:to]
        kind = chance.randrange(8)
        if kind == 0:
            text = text[:at] + text[to:]
        elif kind == 1:
            text = text[:at] + piece * chance.choice((2, 3, 50)) + text[at:]
        elif kind == 2:
            text = text[:at] + chance.choice(HOSTILE) + text[at:]
        elif kind == 3:
            text = text[:at] + chance.choice(HOSTILE) * chance.choice((2, 70, 3_000)) + text[at:]
        elif kind == 4:
            other = chance.choice(others)
            cut = chance.randrange(len(other) + 1)
            text = text[:at] + other[cut : cut + 200] + text[to:]
        elif kind == 5:
            text = text[:at] + bytes([chance.randrange(256)]) + text[at + 1 :]
        elif kind == 6:
            text = text[:to]
        else:
            text = text[:at] + piece[::-1] + text[to:]
        text = text[:200_000]
    return text
