"""Packed tables: unpacked to so many bytes, and refused before they take the memory or the time."""

import bz2
import gzip
import json
import lzma
import resource
import zipfile
from itertools import product

import numcodecs
import pyarrow as pa
import pytest
from amount import share

from sciknow.errors import IntegrityError, LimitExceeded, SciknowError
from sciknow.model import Distribution
from sciknow.readers import open_distribution
from sciknow.readers.packed import MAX_RATIO, SMALL, expanded, most_of, unpacked
from sciknow.wire.budget import Limits

PACK = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
KIND = {"gz": "gzip", "bz2": "bz2", "xz": "xz"}


def opened(path, reader, **more):
    way = Distribution(id="a", access_url=path.name, reader=reader)
    return open_distribution(way, base=path.parent, **more)


HEAD = {"csv": b"a,b\n1,x\n2,y\n", "jsonl": b'{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n'}
BLANK = b"\n" * 2**24
"""What a table may have between its rows; 20 of it are 335 MB."""


def taken():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


@pytest.mark.sample
@pytest.mark.parametrize(("reader", "packing"), share(product(HEAD, PACK), 2, "packed tables"))
def test_a_packed_table_of_very_much(tmp_path, reader, packing):
    pack = PACK[packing]
    path = tmp_path / f"a.{reader}.{packing}"
    path.write_bytes(pack(HEAD[reader]) + pack(BLANK) * 20)
    assert path.stat().st_size < 2**20
    before = taken()
    with pytest.raises(LimitExceeded, match=r"unpacks from .* bytes, at most .* are taken"):
        opened(path, reader).compute()
    after = taken()
    assert after[0] - before[0] < 10
    assert after[1] - before[1] < 2**30
    path.write_bytes(pack(HEAD[reader]))
    assert opened(path, reader).compute()["b"].tolist() == ["x", "y"]
    with pytest.raises(LimitExceeded, match="at most 5 are taken"):
        opened(path, reader, limits={"unpacked": 5}).compute()
    path.write_bytes(pack(HEAD[reader])[:-9])
    with pytest.raises(SciknowError):
        opened(path, reader).compute()


def test_an_archive_of_very_much(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", HEAD["csv"] + BLANK * 2)
    with pytest.raises(LimitExceeded, match="unpacks from"):
        opened(tmp_path / "a.csv.zip", "csv")


def test_a_table_of_very_many_columns(tmp_path):
    names = [f"c{n}" for n in range(20_000)]
    (tmp_path / "a.csv").write_text(",".join(names) + "\n" + ",".join("1" * len(names)) + "\n")
    with pytest.raises(LimitExceeded, match="columns, at most 16,384"):
        opened(tmp_path / "a.csv", "csv")
    (tmp_path / "b.csv").write_bytes(b"c," * 2_200_000)
    with pytest.raises(LimitExceeded, match=r"first line of .* has more than 4,194,304 bytes"):
        opened(tmp_path / "b.csv", "csv")
    (tmp_path / "a.jsonl").write_text(json.dumps(dict.fromkeys(names, 1)) + "\n")
    with pytest.raises(LimitExceeded, match="columns, at most 16,384"):
        opened(tmp_path / "a.jsonl", "jsonl")


OTHER_KEYS = {
    "lines": ("".join(f'{{"k{n}": 1}}\n' for n in range(17_000)), "columns"),
    "places": ("".join(f'{{"k{n}": 1}}\n' for n in range(6_000)), "cells"),
    "inner": ("".join(f'{{"a": {{"k{n}": 1}}}}\n' for n in range(6_000)), "cells"),
}


@pytest.mark.parametrize("name", OTHER_KEYS)
def test_lines_that_each_have_other_keys(tmp_path, name):
    text, said = OTHER_KEYS[name]
    (tmp_path / "a.jsonl").write_text(text)
    before = taken()
    with pytest.raises(LimitExceeded, match=f"{said}, at most"):
        opened(tmp_path / "a.jsonl", "jsonl")
    after = taken()
    assert after[0] - before[0] < 10
    assert after[1] - before[1] < 2**28


@pytest.mark.parametrize("name", KIND)
def test_what_is_packed_comes_back(name):
    data = bytes(range(256)) * 5_000
    packed = PACK[name](data)
    assert unpacked(packed, KIND[name], "a", Limits()) == data
    assert expanded(packed, KIND[name], len(data)) == data
    assert expanded(packed, KIND[name], len(data) - 1) is False
    assert expanded(packed[: len(packed) // 2], KIND[name], len(data)) is True
    with pytest.raises(IntegrityError, match="packed and damaged"):
        unpacked(packed[: len(packed) // 2], KIND[name], "a", Limits())


def test_zstandard_with_and_without_a_size():
    data = b"ice" * 10_000
    told = bytes(numcodecs.Zstd().encode(data))
    assert expanded(told, "zstd", len(data)) is True
    assert expanded(told, "zstd", len(data) - 1) is False
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    untold = sink.getvalue().to_pybytes()
    assert unpacked(untold, "zstd", "a", Limits()) == data
    assert expanded(untold, "zstd", len(data) - 1) is False


def test_one_byte_stands_for_so_many_unless_somebody_says():
    assert most_of(10, Limits()) == SMALL
    assert most_of(SMALL, Limits()) == min(Limits().unpacked, MAX_RATIO * SMALL)
    assert most_of(10, Limits(unpacked=99)) == 99
    assert most_of(10, Limits(unpacked=10**12)) == 10**12
