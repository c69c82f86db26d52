"""The one local folder: what lies below it, and nothing else."""

from __future__ import annotations

import os

import pytest

from sciknow.errors import UntrustedInput
from sciknow.wire import Absent
from sciknow.wire.folder import local_path, local_version, read_local


@pytest.mark.parametrize(
    ("start", "end", "body"),
    [
        (None, None, b"0123456789"), (0, 3, b"012"), (4, None, b"456789"), (None, 2, b"01"),
        (-3, None, b"789"), (-30, None, b"0123456789"), (8, 20, b"89"), (20, 25, b""),
    ],
)  # fmt: skip
def test_ranges(start, end, body, tmp_path):
    (tmp_path / "a").write_bytes(b"0123456789")
    assert read_local(tmp_path / "a", start, end) == body


def test_what_is_said_of_a_file(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    os.utime(tmp_path / "a", ns=(0, 1_580_000_000_123_456_000))
    assert local_version(tmp_path / "a").modified == "2020-01-26T00:53:20+00:00"
    exact = local_version(tmp_path / "a", "microseconds")
    assert (exact.size, exact.modified) == (3, "2020-01-26T00:53:20.123456+00:00")
    for missing in (tmp_path / "none", tmp_path):
        with pytest.raises(Absent) as caught:
            local_version(missing)
        assert caught.value.hint
    with pytest.raises(Absent):
        read_local(tmp_path / "none")


def test_what_lies_elsewhere(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "inner"
    for folder in (inside, outside):
        folder.mkdir()
    assert local_path(inside, str(inside / "a" / ".." / "b")) == inside.resolve() / "b"
    for path in (outside / "a", inside / ".." / "x", "/etc/passwd"):
        with pytest.raises(UntrustedInput, match="local file") as caught:
            local_path(inside, str(path))
        assert str(inside) in caught.value.hint
    with pytest.raises(UntrustedInput):
        local_path(None, str(inside / "a"))
