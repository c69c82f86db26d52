"""Footers of Parquet tables: right ones pass, and flipped ones end in an error, not the process."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from collections import Counter

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as secret
import pytest
from amount import SOAK, lot
from servers.web import DataServer

from sciknow.errors import IntegrityError, LimitExceeded, SourceUnavailable
from sciknow.model import Distribution
from sciknow.readers import open_distribution
from sciknow.readers.formats.parquet import footer
from sciknow.readers.formats.parquet.groups import open_file
from sciknow.wire.transport import Transport

DAYS = pd.date_range("2020", periods=40)
FLAT = pa.table(
    {
        "a": range(40),
        "time": DAYS,
        "lat": np.linspace(-40, 40, 40),
        "text": [f"湖 {at}" for at in range(40)],
        "cost": pa.array([None] * 40, pa.decimal128(9, 2)),
        "four": pa.array([b"abcd"] * 40, pa.binary(4)),
        "is": [True, None] * 20,
    }
)
NESTED = pa.table(
    {
        "list": [[1, 2], None, []] * 5,
        "deep": [{"x": 1, "y": [{"z": "q"}]}, None, {"x": None, "y": []}] * 5,
        "map": pa.array([[("k", 1)]] * 15, pa.map_(pa.string(), pa.int32())),
        "v": np.arange(15, dtype="float32"),
    }
)
WORDS = pa.table({"c": pa.array(["x", "y"] * 20).dictionary_encode(), "v": range(40)})
SHAPES = {
    "flat": (FLAT, {}),
    "nested": (NESTED, {}),
    "dictionary": (WORDS, {}),
    "groups": (WORDS, {"row_group_size": 10}),
}

READ = """
import sys
from pathlib import Path
from sciknow.errors import SciknowError
from sciknow.readers.formats.parquet.groups import open_file
from sciknow.wire.transport import Transport
folder = Path(sys.argv[1])
for flip in sys.stdin.read().split():
    print(flip, flush=True)
    shape, at, mask = flip.split(":")
    bad = bytearray((folder / shape).read_bytes())
    bad[int(at)] ^= int(mask)
    (folder / "bad.parquet").write_bytes(bad)
    try:
        with open_file(Transport(), str(folder / "bad.parquet")) as opened:
            for number in range(opened.metadata.num_row_groups):
                group = opened.metadata.row_group(number)
                for place in range(group.num_columns):
                    column = group.column(place)
                    [column.statistics and column.statistics.has_min_max, column.path_in_schema]
            told = "read"
    except SciknowError as error:
        told = error.kind
    except Exception:
        told = "arrow"
    print(told, flush=True)
"""


def written(table, **options):
    made = io.BytesIO()
    pq.write_table(table, made, **options)
    return made.getvalue()


def end(data):
    return footer.end_of(io.BytesIO(data), len(data))


def flips(data, shape):
    """Return a bit of some bytes of a footer, in a soak all of each, but for Arrow's copy."""
    start = len(data) - len(end(data))
    copy = data.find(b"ARROW:schema", start)
    rest = data.find(b"parquet-cpp", copy)
    places = [at for at in range(start, len(data)) if not copy <= at < rest]
    if SOAK:
        return [f"{shape}:{at}:{1 << bit}" for at in places for bit in range(8)]
    random = lot(f"flips {shape}")
    return [f"{shape}:{at}:{1 << random.randrange(8)}" for at in random.sample(places, 60)]


@pytest.mark.sample
def test_a_flipped_footer_never_ends_the_process(tmp_path):
    wanted = []
    for shape, (table, options) in SHAPES.items():
        data = written(table, **options)
        (tmp_path / shape).write_bytes(data)
        wanted += flips(data, shape)
        kind = data.index(b"\x15\x04", len(data) - len(end(data)))
        wanted += [f"{shape}:{kind + by}:{mask}" for by in (1, 3) for mask in (1, 2, 8)]
    command = [sys.executable, "-c", READ, str(tmp_path)]
    ran = subprocess.run(command, input="\n".join(wanted), capture_output=True, text=True)
    said = ran.stdout.split()
    assert ran.returncode == 0, f"{said[-1]} ended the process: {ran.stderr[-300:]}"
    assert said[::2] == wanted
    found = Counter(said[1::2])
    assert found["integrity"] > len(SHAPES), found
    assert found["read"] > len(SHAPES), found


@pytest.fixture
def tables(tmp_path):
    """Tables as pandas, dask and Arrow write them, some with nothing in them."""
    frame = FLAT.drop(["four"]).to_pandas()
    frame.to_parquet(tmp_path / "pandas.parquet")
    frame.assign(kind=pd.Categorical(["x", "y"] * 20)).to_parquet(tmp_path / "kind.parquet")
    frame[:0].to_parquet(tmp_path / "rowless.parquet")
    pd.DataFrame(index=DAYS).to_parquet(tmp_path / "columnless.parquet")
    dd.from_pandas(frame, npartitions=3).to_parquet(tmp_path / "dask", write_index=False)
    pq.write_table(NESTED, tmp_path / "nested.parquet", write_page_index=True)
    pq.write_table(pa.table({"s": [{"a": {"b": [[{"c": 1}]]}}] * 9}), tmp_path / "deep.parquet")
    pq.write_table(
        FLAT, tmp_path / "old.parquet", version="1.0", use_deprecated_int96_timestamps=True
    )
    pq.write_table(FLAT, tmp_path / "bare.parquet", write_statistics=False, store_schema=False)
    pq.write_table(pa.table({}), tmp_path / "empty.parquet")
    pq.write_table(pa.table({f"c{at}": [at] for at in range(400)}), tmp_path / "wide.parquet")
    return sorted(tmp_path.rglob("*.parquet"))


def test_right_footers_pass(tables):
    assert len(tables) == 13
    for file in tables:
        data = file.read_bytes()
        footer.check(end(data), file.name)


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # dask's
@pytest.mark.parametrize("name", ["pandas", "nested", "kind", "old", "bare", "wide"])
def test_right_tables_are_read_as_before(name, tables):
    file = next(file for file in tables if file.stem == name)
    way = Distribution(id="x", access_url=file.name, reader="parquet")
    found = open_distribution(way, base=file.parent).compute()
    expected = pq.read_table(file)
    assert len(found) == expected.num_rows
    assert set(found.columns) >= set(expected.column_names) - {"__index_level_0__"}


@pytest.mark.parametrize(
    ("at", "mask", "said"),
    [
        (1, 6, "column 0 of row group 0 is of type 2, in the schema of type 1"),
        (3, 2, r"column 0 of row group 0 has 2 levels, in the schema 1"),
    ],
)
def test_damage_is_told(at, mask, said, tmp_path):
    data = bytearray(written(pa.table({"a": range(9)})))
    start = len(data) - len(end(data))
    first = data.index(b"\x15\x04\x25\x02\x18\x01a", start)
    data[first + at] ^= mask
    (tmp_path / "a.parquet").write_bytes(data)
    way = Distribution(id="x", access_url="a.parquet", reader="parquet")
    with pytest.raises(IntegrityError, match=f"a.parquet: .* is damaged: {said}.*get it again"):
        open_distribution(way, base=tmp_path)
    with DataServer(tmp_path) as web:
        there = Distribution(id="x", access_url=f"{web.url}/a.parquet", reader="parquet")
        with pytest.raises(IntegrityError, match=said):
            open_distribution(there, base=tmp_path)


def test_a_footer_is_asked_for_once(tmp_path):
    wide = pa.table({f"column {at}": np.arange(30.0) for at in range(60)})
    data = written(wide, row_group_size=2)
    assert len(end(data)) > 64 * 1024
    (tmp_path / "a.parquet").write_bytes(data)
    with DataServer(tmp_path) as web:
        transport = Transport()
        for _ in range(2):
            with open_file(transport, f"{web.url}/a.parquet") as opened:
                assert opened.metadata.num_row_groups == 15
        sent = [hit.sent for hit in web.hits if hit.method == "GET"]
    assert len(sent) == 2, "the last pages, and what of the footer is before them"
    assert sum(sent) < len(end(data)) + 100_000


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it ends in the middle"),
        (b"\x00", "there is no schema"),
        (b"\x19\xfc\xff\xff\xff\xff\x07", "a list is longer"),
        (b"\x15" + b"\xff" * 12, "a number does not end"),
        (b"\x18\xff\xff\xff\x7f", "a text is longer"),
        (b"\x1b\xff\xff\xff\x7f\x88", "a map is longer"),
        (b"\x1d", "no known kind"),
        (b"\x1c" * 10_000, "too deep"),
        (b"\x19\x1f" + b"\x19" * 10_000, "no known kind"),
        (b"\x19" * 10_000, "too deep"),
        (b"\x29\x15\x02", "holds something else"),
        (b"\x29\x1c\x15\x02\x05\x02\x02\x00\x00", "twice"),
        (b"\x29\x1c\x55\x02\x00\x00", "no tree"),
        (b"\x29\x1c\x55\x01\x00\x00", "no tree"),
        (b"\x29\x2c\x00\x15\x02\x00\x00", "no tree"),
    ],
)
def test_what_is_no_footer_is_refused(data, said):
    with pytest.raises(IntegrityError, match=said):
        footer.check(data + bytes(footer.END), "x")


def test_columns_that_are_too_few_and_bounds_that_are_too_short():
    right = end(written(pa.table({"a": [1, 2], "b": [3, 4]})))
    with pytest.raises(IntegrityError, match="row group 0 has 2 columns, not 1"):
        footer.check(right.replace(b"\x15\x04\x25\x02\x18\x01b", b"\x25\x02\x18\x01b", 1), "x")
    bound = b"\x08" + (2).to_bytes(8, "little")
    assert b"\x28" + bound in right
    for short in (b"\x03abc", b"\x00"):
        said = f"a bound of column 0 of row group 0 has {short[0]} bytes, not 8"
        with pytest.raises(IntegrityError, match=said):
            footer.check(right.replace(b"\x28" + bound, b"\x28" + short), "x")
        footer.check(right.replace(b"\x18" + bound, b"\x18" + short), "of no use beside newer ones")


def test_what_ends_otherwise_is_left_to_arrow():
    right = written(FLAT)
    for data in (b"", b"PAR1", right[:-1], right[:-4] + b"PARE", b"\xff\xff\xff\x7fPAR1"):
        assert end(data) is None


def test_a_footer_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(footer, "LARGEST", 100)
    with pytest.raises(LimitExceeded, match="more than 100"):
        end(written(FLAT))


class Keys(secret.KmsClient):
    """Keeps keys as they are; there is nothing to hide."""

    def __init__(self, _):
        super().__init__()

    def wrap_key(self, key, _):
        return base64.b64encode(key)

    def unwrap_key(self, wrapped, _):
        return base64.b64decode(wrapped)


def test_a_column_that_is_encrypted_is_told(tmp_path):
    config = secret.EncryptionConfiguration(
        footer_key="f", column_keys={"k": ["a"]}, plaintext_footer=True
    )
    keys = secret.CryptoFactory(Keys).file_encryption_properties(
        secret.KmsConnectionConfig(), config
    )
    table = pa.table({"a": [1, 2], "b": [3, 4]})
    with pq.ParquetWriter(tmp_path / "a.parquet", table.schema, encryption_properties=keys) as to:
        to.write_table(table)
    way = Distribution(id="x", access_url="a.parquet", reader="parquet")
    with pytest.raises(SourceUnavailable, match="column 0 of row group 0 is encrypted; ask"):
        open_distribution(way, base=tmp_path)
