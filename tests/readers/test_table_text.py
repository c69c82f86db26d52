"""Zipped CSV, JSON lines and workbooks: what is read, what is refused, and what it costs."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile

import numpy as np
import pandas as pd
import pytest
from servers.web import DataServer

from sciknow.errors import IntegrityError, InvalidInput, LimitExceeded, SciknowError
from sciknow.model import Distribution
from sciknow.readers import open_distribution, plan_distribution, take_fingerprint

ROWS = 2_000


@pytest.fixture(scope="module")
def stations():
    random = np.random.default_rng(6)
    return pd.DataFrame(
        {
            "when": pd.date_range("2001-01-01", periods=ROWS, freq="h"),
            "lat": random.uniform(-90, 90, ROWS).round(3),
            "lon": random.uniform(-180, 180, ROWS).round(3),
            "value": random.normal(size=ROWS),
            "name": [f"站 {number % 7}" for number in range(ROWS)],
        }
    )


def lines_of(frame):
    rows = frame.assign(when=frame["when"].dt.strftime("%Y-%m-%d %H:%M:%S")).to_dict("records")
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, stations):
    at = tmp_path_factory.mktemp("texts")
    text = stations.to_csv(index=False)
    with zipfile.ZipFile(at / "one.csv.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._one.csv", "junk")
        archive.writestr("data/", "")
        archive.writestr("data/one.csv", text)
    with zipfile.ZipFile(at / "two.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "about")
        archive.writestr("one.tsv", stations.to_csv(index=False, sep="\t"))
    (at / "t.jsonl").write_bytes(lines_of(stations))
    (at / "t.ndjson.gz").write_bytes(gzip.compress(lines_of(stations)))
    stations.to_excel(at / "t.xlsx", index=False, sheet_name="值")
    return at


def way(name, reader="", **options):
    return Distribution(id="x", access_url=name, reader=reader, options=options)


CASES = {
    "one.csv.zip": way("one.csv.zip", parse_dates=["when"]),
    "two.zip": way("two.zip", "csv", member="one.tsv", parse_dates=["when"]),
    "t.jsonl": way("t.jsonl"),
    "t.ndjson.gz": way("t.ndjson.gz"),
    "t.xlsx": way("t.xlsx"),
}


@pytest.mark.parametrize("name", CASES)
def test_values_from_a_server_and_what_they_cost(name, folder, stations):
    with DataServer(folder) as web:
        case = CASES[name]
        remote = Distribution(
            id="x", access_url=f"{web.url}/{name}", reader=case.reader, options=case.options
        )
        plan = plan_distribution(remote, base=folder)
        assert "read whole" in plan.route
        web.reset()
        found = plan.open().compute().reset_index(drop=True)
        pd.testing.assert_frame_equal(found, stations, check_dtype=False)
        assert abs(plan.bytes - web.sent) <= max(0.15 * web.sent, 70_000)
        assert len(web.hits) < 12


@pytest.mark.parametrize("name", CASES)
def test_parts_and_datasets(name, folder, stations):
    part = {"bbox": (0, 0, 90, 45), "period": ("2001-02", "2001-03")}
    found = open_distribution(CASES[name], base=folder, **part, variables=["value"]).compute()
    inside = stations["lat"].between(0, 45) & stations["lon"].between(0, 90)
    wanted = stations[inside & stations["when"].between("2001-02-01", "2001-03-31 23:59")]
    np.testing.assert_allclose(found["value"], wanted["value"])
    assert len(wanted)
    ds = open_distribution(CASES[name], base=folder, table_as="dataset", **part)
    assert set(ds.coords) == {"row", "when", "lat", "lon"}
    np.testing.assert_allclose(ds["value"], wanted["value"])


@pytest.mark.parametrize("name", ["one.csv.zip", "t.jsonl", "t.xlsx"])
def test_fingerprints_and_index(name, folder):
    taken = take_fingerprint(CASES[name], base=folder)
    assert taken.files[0].sha256
    assert {item.name for item in taken.variables} == {"when", "lat", "lon", "value", "name"}
    options = {**CASES[name].options, "index": "when"}
    indexed = Distribution(id="x", access_url=name, options=options)
    ds = open_distribution(indexed, base=folder, table_as="dataset")
    assert ds["value"].sel(when="2001-01-02").size == 24
    with pytest.raises(InvalidInput, match="no column 'gone'"):
        open_distribution(CASES[name], base=folder, variables=["gone"])


def test_archives_with_several_files_or_none(folder, tmp_path):
    with pytest.raises(InvalidInput, match=r"holds 2 files; name one .*: readme.txt, one.tsv"):
        open_distribution(way("two.zip", "csv"), base=folder)
    with pytest.raises(InvalidInput, match=r"holds no file '../one.tsv'"):
        open_distribution(way("two.zip", "csv", member="../one.tsv"), base=folder)
    zipfile.ZipFile(tmp_path / "none.zip", "w").close()
    with pytest.raises(InvalidInput, match="holds 0 files"):
        open_distribution(way("none.zip", "csv"), base=tmp_path)


def test_names_in_archives_lead_nowhere(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w") as archive:
        archive.writestr("../../outside.csv", "a\n1\n")
    found = open_distribution(way("a.csv.zip"), base=tmp_path).compute()
    assert found["a"].tolist() == [1]
    assert sorted(item.name for item in tmp_path.parent.glob("**/outside.csv")) == []


def test_archives_that_unpack_to_too_much(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"a\n" + b"0\n" * 12_000_000)
    with pytest.raises(LimitExceeded, match="unpacks from"):
        open_distribution(way("a.csv.zip"), base=tmp_path)
    with pytest.raises(LimitExceeded, match="at most 1,000,000 are taken"):
        open_distribution(way("a.csv.zip"), base=tmp_path, limits={"unpacked": 10**6})


def test_archives_that_lie_about_sizes(tmp_path):
    """A file that says it is small ends where it says it ends, and its checksum tells."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"a\n" + b"1\n" * 100_000)
    true, lie = struct.pack("<L", 200_002), struct.pack("<L", 2_002)
    (tmp_path / "a.csv.zip").write_bytes(held.getvalue().replace(true, lie))
    with pytest.raises(IntegrityError, match="CRC"):
        open_distribution(way("a.csv.zip"), base=tmp_path).compute()


def test_encrypted_archives(folder, tmp_path):
    data = bytearray((folder / "one.csv.zip").read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + place] |= 1
    (tmp_path / "a.csv.zip").write_bytes(data)
    with pytest.raises(InvalidInput, match="encrypted"):
        open_distribution(way("a.csv.zip"), base=tmp_path)


@pytest.mark.parametrize("cut", [10, 200, -30])
def test_archives_that_are_cut(cut, folder, tmp_path):
    (tmp_path / "a.csv.zip").write_bytes((folder / "one.csv.zip").read_bytes()[:cut])
    with pytest.raises(SciknowError) as caught:
        open_distribution(way("a.csv.zip"), base=tmp_path).compute()
    assert caught.value.hint


def test_lines_with_other_columns_or_types(tmp_path):
    many = "".join(f'{{"a": {n}, "b": "x"}}\n' for n in range(20_000))
    (tmp_path / "t.jsonl").write_text(many + '{"a": 1, "c": 2}\n')
    with pytest.raises(InvalidInput, match=r"differs from the first ones.*columns"):
        open_distribution(way("t.jsonl"), base=tmp_path).compute()
    some = open_distribution(way("t.jsonl", columns=["a"]), base=tmp_path)
    assert some["a"].dtype == "Int64"  # what lies beyond the start may have gaps
    assert len(some) == 20_001
    (tmp_path / "t.jsonl").write_text(many + '{"a": null}\n{"a": "n/a"}\n')
    with pytest.raises(InvalidInput, match="dtype"):
        open_distribution(way("t.jsonl"), base=tmp_path).compute()
    with pytest.raises(InvalidInput, match="no column 'z'; it has a, b"):
        open_distribution(way("t.jsonl", columns=["z"]), base=tmp_path)
    with pytest.raises(InvalidInput, match="dtype="):
        open_distribution(way("t.jsonl", dtype={"a": "os.system"}), base=tmp_path)


def test_lines_with_lists_gaps_and_types(tmp_path):
    (tmp_path / "t.jsonl").write_text('{"a": [1, 2], "b": {"c": 1}, "d": null}\r\n\n{"a": []}')
    found = open_distribution(way("t.jsonl", dtype={"d": "float64"}), base=tmp_path).compute()
    assert list(found["a"].iloc[0]) == [1, 2]
    assert found["b"].iloc[0] == {"c": 1}
    assert found["d"].dtype == "float64"
    assert found["d"].isna().all()


def test_lines_in_blocks(folder, stations, monkeypatch):
    monkeypatch.setattr("sciknow.readers.formats.jsonl.reader.BLOCK", 20_000)
    frame = open_distribution(CASES["t.jsonl"], base=folder)
    assert frame.npartitions > 5
    np.testing.assert_allclose(frame["value"].compute(), stations["value"])


def test_sheets(folder, stations):
    named = open_distribution(way("t.xlsx", sheet="值"), base=folder)
    np.testing.assert_allclose(named["value"].compute(), stations["value"])
    with pytest.raises(SciknowError, match="gone"):
        open_distribution(way("t.xlsx", sheet="gone"), base=folder)
    with pytest.raises(LimitExceeded, match="unpacks to"):
        open_distribution(way("t.xlsx"), base=folder, limits={"unpacked": 1_000})
