"""One rule for the types of columns: every kind of value in every format of tables."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sciknow.errors import InvalidInput
from sciknow.model import Distribution
from sciknow.readers import open_distribution
from sciknow.readers.formats.csv.shape import _suspect

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # dask's, of Arrow tables

MANY = 3_000
"""Rows that are more than the start of a file from which types are told."""
IDS = [910000000000000001, 910000000000000002, 910000000000000003]
DAYS = [dt.datetime(2000, 1, day) for day in (1, 2, 3)]
KINDS = {
    "ids": (IDS, pa.int64()),
    "unsigned": ([2**64 - 1, 2**64 - 2, 2**63], pa.uint64()),
    "counts": ([1, 2, 3], pa.int64()),
    "negative": ([-(2**63), -1, 2**62 + 1], pa.int64()),
    "truths": ([True, False, True], pa.bool_()),
    "numbers": ([1.5, -0.25, 3.0], pa.float64()),
    "names": (["海", 'b, "c"', "d"], pa.string()),
    "zeros": (["007", "01001", "000000000000000001"], pa.string()),
    "days": (DAYS, pa.timestamp("us")),
}


LONG = ("ids", "unsigned", "negative")


def cells(kind, rows):
    """Return values of a kind that repeat, the last of them missing."""
    values = KINDS[kind][0]
    return [values[number % len(values)] for number in range(rows)] + [None]


def csv_of(values, gap=""):
    def text(value):
        if value is None:
            return gap
        if isinstance(value, bool):
            return str(value).lower()
        plain = value.isoformat() if isinstance(value, dt.datetime) else str(value)
        return '"' + plain.replace('"', '""') + '"' if "," in plain else plain

    width = "x" * 20
    return "a,pad\n" + "".join(f"{text(value)},{width}\n" for value in values)


def lines_of(values):
    def plain(value):
        return value.isoformat() if isinstance(value, dt.datetime) else value

    pad = "x" * 90
    return "".join(json.dumps({"a": plain(value), "pad": pad}) + "\n" for value in values)


def write_csv(at, values, kind):
    (at / "t.csv").write_text(csv_of(values))
    return "t.csv"


def write_packed(at, values, kind):
    (at / "t.csv.gz").write_bytes(gzip.compress(csv_of(values, "NA").encode()))
    return "t.csv.gz"


def write_zip(at, values, kind):
    with zipfile.ZipFile(at / "t.csv.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", csv_of(values, "NaN"))
    return "t.csv.zip"


def write_lines(at, values, kind):
    (at / "t.jsonl").write_text(lines_of(values))
    return "t.jsonl"


def write_packed_lines(at, values, kind):
    (at / "t.jsonl.gz").write_bytes(gzip.compress(lines_of(values).encode()))
    return "t.jsonl.gz"


def write_sheet(at, values, kind):
    book = openpyxl.Workbook()
    book.active.append(["a", "pad"])
    for value in values:
        book.active.append([value, "x"])
    book.save(at / "t.xlsx")
    return "t.xlsx"


def table_of(values, kind):
    return pa.table({"a": pa.array(values, KINDS[kind][1]), "pad": ["x"] * len(values)})


def write_parquet(at, values, kind):
    pq.write_table(table_of(values, kind), at / "t.parquet", row_group_size=1_000)
    return "t.parquet"


def write_parts(at, values, kind):
    (at / "t.parquet").mkdir()
    half = len(values) // 2
    for number, part in enumerate((values[:half], values[half:])):
        pq.write_table(table_of(part, kind), at / "t.parquet" / f"{number}.parquet")
    return "t.parquet"


FORMATS = {
    "csv": write_csv,
    "csv.gz": write_packed,
    "csv.zip": write_zip,
    "jsonl": write_lines,
    "jsonl.gz": write_packed_lines,
    "xlsx": write_sheet,
    "parquet": write_parquet,
    "parts": write_parts,
}
TEXTS = [name for name in FORMATS if name not in ("parquet", "parts")]


def opened(at, name, *, table_as="dataframe", **options):
    reader = {"xlsx": "excel", "jsonl": "jsonl"}.get(name.split(".")[1], "")
    way = Distribution(id="x", access_url=name, reader=reader, options=options)
    return open_distribution(way, base=at, table_as=table_as)


def options_of(name, kind):
    return {"parse_dates": ["a"]} if kind == "days" and "csv" in name else {}


@pytest.mark.parametrize("rows", [3, MANY], ids=["small", "large"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMATS)
def test_every_kind_comes_whole_from_every_format(form, kind, rows, tmp_path):
    if form == "xlsx" and kind in LONG:
        pytest.skip("a cell holds fifteen digits; longer ones are written as text")
    values = cells(kind, rows)
    name = FORMATS[form](tmp_path, values, kind)
    frame = opened(tmp_path, name, **options_of(name, kind))
    found = frame["a"].compute()
    assert found.dtype == frame["a"].dtype, "the parts are of the type that was told"
    assert found.isna().tolist() == [False] * rows + [True]
    there = found.dropna().tolist()
    assert there == values[:-1]
    assert {type(value) for value in there} <= {type(values[0]), pd.Timestamp}


@pytest.mark.parametrize("rows", [3, MANY], ids=["small", "large"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["csv", "csv.zip", "jsonl", "xlsx", "parquet", "parts"])
def test_every_kind_comes_whole_as_a_dataset(form, kind, rows, tmp_path):
    if form == "xlsx" and (kind in LONG or rows == MANY):
        pytest.skip("a cell holds fifteen digits; longer ones are written as text")
    values = cells(kind, rows)
    name = FORMATS[form](tmp_path, values, kind)
    ds = opened(tmp_path, name, table_as="dataset", **options_of(name, kind))
    found = pd.Series(ds["a"].values)
    assert ds["a"].dtype == ds["a"].values.dtype
    assert found.isna().tolist() == [False] * (len(values) - 1) + [True]
    wanted = values[:-1]
    if kind in LONG:  # numpy has no whole numbers with gaps
        wanted = [str(value) for value in wanted]
    assert found.dropna().tolist() == wanted
    if kind == "truths":
        assert ds["a"].attrs["flag_meanings"] == "false true"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", ["negative", "truths", "counts"])
def test_without_gaps_numpy_holds_them_as_they_are(form, kind, tmp_path):
    values = KINDS[kind][0]
    if form == "xlsx" and kind in LONG:
        pytest.skip("a cell holds fifteen digits; longer ones are written as text")
    name = FORMATS[form](tmp_path, values, kind)
    ds = opened(tmp_path, name, table_as="dataset")
    assert ds["a"].dtype == ("bool" if kind == "truths" else "int64")
    assert ds["a"].values.tolist() == values


@pytest.mark.parametrize("form", ["csv", "csv.zip", "jsonl", "xlsx"])
def test_numbers_beyond_64_bits_are_texts(form, tmp_path):
    values = [10**20 + 1, 10**20 + 2]
    if form == "xlsx":
        values = [str(value) for value in values]
    name = FORMATS[form](tmp_path, values, "ids")
    assert opened(tmp_path, name)["a"].compute().tolist() == [str(value) for value in values]


LATE = {
    "text": ([1, 2], "X"),
    "decimal": ([1, 2], 2.5),
    "beyond": ([1, 2], 10**20),
    "text in numbers": ([1.5, 2.5], "X"),
    "id in numbers": ([1.5, 2.5], IDS[0]),
    "text in truths": ([True, False], "perhaps"),
    "number in truths": ([True, False], 7),
}


@pytest.mark.parametrize("case", LATE)
@pytest.mark.parametrize("form", TEXTS)
def test_what_comes_late_and_does_not_fit_is_named(form, case, tmp_path):
    first, last = LATE[case]
    if form == "xlsx" and "id in" in case:
        pytest.skip("a cell holds fifteen digits; longer ones are written as text")
    name = FORMATS[form](tmp_path, [*(first * (MANY // 2)), last], "")
    frame = opened(tmp_path, name)
    with pytest.raises(InvalidInput, match=r"column 'a' holds '.+', where .* dtype: \{a: str\}"):
        frame.compute()
    found = opened(tmp_path, name, dtype={"a": "str"})["a"].compute()
    assert len(found) == MANY + 1
    assert found.iloc[-1] == str(last)


@pytest.mark.parametrize("rows", [3, MANY], ids=["small", "large"])
def test_text_cells_of_digits_stay_text(rows, tmp_path):
    values = [str(IDS[number % 3]) for number in range(rows)]
    name = write_sheet(tmp_path, [*values, None], "names")
    found = opened(tmp_path, name)["a"].compute()
    assert found.dropna().tolist() == values


@pytest.mark.parametrize("case", LATE)
@pytest.mark.parametrize("form", TEXTS)
def test_several_kinds_in_a_small_table_are_text_or_numbers(form, case, tmp_path):
    first, last = LATE[case]
    if form == "xlsx" and "id in" in case:
        pytest.skip("a cell holds fifteen digits; longer ones are written as text")
    name = FORMATS[form](tmp_path, [*first, last], "")
    found = opened(tmp_path, name)["a"].compute()
    if case == "decimal":
        assert found.tolist() == [1.0, 2.0, 2.5]
    else:
        assert str(found.iloc[-1]) == str(last)
        assert pd.api.types.is_string_dtype(found.dtype)


@pytest.mark.parametrize("form", ["csv", "csv.gz", "csv.zip"])
def test_leading_zeros_that_come_late_are_not_lost(form, tmp_path):
    name = FORMATS[form](tmp_path, [*(["71", "82"] * (MANY // 2)), "007"], "zeros")
    with pytest.raises(InvalidInput, match="holds '007'"):
        opened(tmp_path, name).compute()
    assert opened(tmp_path, name, dtype={"a": "str"})["a"].compute().iloc[-1] == "007"
    assert opened(tmp_path, name, dtype={"a": "int64"})["a"].compute().iloc[-1] == 7


@pytest.mark.parametrize("gap", ["", "NA", "N/A", "null", "NULL", "NaN", "nan", "None", "#N/A"])
def test_gaps_are_written_in_many_ways(gap, tmp_path):
    (tmp_path / "t.csv").write_text(f"a,b\n{IDS[0]},true\n{gap},{gap}\n{IDS[1]},FALSE\n")
    found = opened(tmp_path, "t.csv").compute()
    assert found["a"].dropna().tolist() == IDS[:2]
    assert found["b"].dropna().tolist() == [True, False]


def test_minus_999_is_a_gap_only_where_it_is_said(tmp_path):
    (tmp_path / "t.csv").write_text("a\n1\n-999\n3\n")
    assert opened(tmp_path, "t.csv")["a"].compute().tolist() == [1, -999, 3]
    found = opened(tmp_path, "t.csv", na_values=["-999"])["a"].compute()
    assert found.dropna().tolist() == [1, 3]
    book = FORMATS["xlsx"](tmp_path, [1, -999, 3], "counts")
    assert opened(tmp_path, book)["a"].compute().tolist() == [1, -999, 3]
    assert opened(tmp_path, book, na_values=["-999"])["a"].compute().dropna().tolist() == [1, 3]


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["2000-01-31", "2000-02-01"], ["2000-01-31", "2000-02-01"]),
        (["2000-01-31", "2000-02-01T06:00"], ["2000-01-31", "2000-02-01T06:00"]),
        (["20000131", "20000201"], ["2000-01-31", "2000-02-01"]),
        (["01/02/2000", "31/01/2000"], ["2000-02-01", "2000-01-31"]),
        (["01/02/2000", "01/31/2000"], ["2000-01-02", "2000-01-31"]),
        (["2000-01-31", "Feb 1 2000"], ["2000-01-31", "2000-02-01"]),
        (["1850", "1851"], ["1850-01-01", "1851-01-01"]),
    ],
)
def test_dates_in_one_spelling_or_in_plain_ones(texts, wanted, tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n" + "".join(f"{text},1\n" for text in [*texts, ""]))
    found = opened(tmp_path, "t.csv", parse_dates=["a"])["a"].compute()
    assert found.dropna().tolist() == [pd.Timestamp(one) for one in wanted]
    assert found.isna().sum() == 1


@pytest.mark.parametrize(
    "texts", [["2000-02-30"], ["31/01/2000", "01/31/2000", "01/02/2000"], ["2000-01-01", "soon"]]
)
def test_what_is_no_date_is_refused(texts, tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n" + "".join(f"{text},1\n" for text in texts))
    with pytest.raises(InvalidInput, match=r"column .a. holds .*no date.*date_format"):
        opened(tmp_path, "t.csv", parse_dates=["a"])
    with pytest.raises(InvalidInput, match="names the column 'z'"):
        opened(tmp_path, "t.csv", parse_dates=["z"])


@pytest.mark.parametrize("late", ["2000-02-30", "31/01/2000", "soon"])
@pytest.mark.parametrize("form", ["csv", "csv.zip"])
def test_a_date_that_comes_late_and_is_none_is_refused(form, late, tmp_path):
    days = [f"2000-01-{day:02}" for day in range(1, 29)] * 120
    name = FORMATS[form](tmp_path, [*days, late], "days")
    with pytest.raises(InvalidInput, match=f"holds '{late}', which is no date"):
        opened(tmp_path, name, parse_dates=["a"]).compute()


@pytest.mark.parametrize("form", ["csv", "csv.gz", "csv.zip", "jsonl", "xlsx", "parquet"])
@pytest.mark.parametrize("rows", [1, 1_000], ids=["small", "large"])
def test_a_row_without_a_position_is_in_no_box(form, rows, tmp_path):
    places = [(10, 20), (None, 20), (50, None), (None, None), (50, 50), (float("nan"), 20)]
    if form in ("xlsx", "jsonl"):
        places = places[:-1]
    frame = pd.DataFrame(
        [(at, *place) for place in places for at in range(rows)], columns=["id", "lat", "lon"]
    )
    frame["id"] = range(len(frame))
    text = frame.to_csv(index=False)
    if form == "csv":
        (tmp_path / "t.csv").write_text(text)
    elif form == "csv.gz":
        (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text.encode()))
    elif form == "csv.zip":
        with zipfile.ZipFile(tmp_path / "t.csv.zip", "w") as archive:
            archive.writestr("t.csv", text)
    elif form == "jsonl":
        (tmp_path / "t.jsonl").write_text(frame.to_json(orient="records", lines=True))
    elif form == "xlsx":
        frame.to_excel(tmp_path / "t.xlsx", index=False)
    else:
        frame.to_parquet(tmp_path / "t.parquet", index=False)
    way = Distribution(id="x", access_url=f"t.{form}")
    for box in ((15, 5, 25, 15), (-180, 5, 180, 15), (15, -90, 25, 15)):
        found = open_distribution(way, base=tmp_path, bbox=box).compute()
        assert found["id"].tolist() == list(range(rows))
    whole = open_distribution(way, base=tmp_path, bbox=(-180, -90, 180, 90)).compute()
    assert len(whole) == 2 * rows


@pytest.mark.parametrize("blocksize", [None, "8MB", 20_000])
def test_quoted_line_ends_are_read_with_any_size_of_blocks(blocksize, tmp_path):
    rows = [f'{number},"first line\nsecond, line {number}"\n' for number in range(3_000)]
    (tmp_path / "t.csv").write_text("n,text\n" + "".join(rows))
    found = opened(tmp_path, "t.csv", blocksize=blocksize).compute()
    assert found["n"].tolist() == list(range(3_000))
    assert found["text"].iloc[-1] == "first line\nsecond, line 2999"


def test_a_quoted_text_that_is_cut_is_refused_with_the_mend(tmp_path):
    rows = "".join(f"{number},plain text\n" for number in range(10_000))
    last = '10000,"' + "line\n" * 25_000 + '"\n'
    (tmp_path / "t.csv").write_text("n,text\n" + rows + last)
    with pytest.raises(InvalidInput, match="blocksize: null"):
        opened(tmp_path, "t.csv", blocksize=100_000).compute()
    assert len(opened(tmp_path, "t.csv", blocksize=None)) == 10_001


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"usecols": ["b", "c"]},
        {"skiprows": 1},
        {"names": ["a", "b", "c"], "header": 0},
        {"dtype": "str"},
        {"assume_missing": True},
    ],
)
def test_blocks_are_read_as_the_whole_is(options, tmp_path):
    rows = "".join(f"{number},{number / 4},t{number}\n" for number in range(9_000))
    (tmp_path / "t.csv").write_text("a,b,c\n" + rows)
    cut = opened(tmp_path, "t.csv", blocksize=30_000, **options)
    assert cut.npartitions > 3
    one = opened(tmp_path, "t.csv", blocksize=None, **options)
    pd.testing.assert_frame_equal(cut.compute().reset_index(drop=True), one.compute())
    plain = {key: value for key, value in options.items() if key != "assume_missing"}
    wanted = pd.read_csv(tmp_path / "t.csv", **plain)
    pd.testing.assert_frame_equal(one.compute(), wanted, check_dtype=False)
    np.testing.assert_array_equal(list(cut.columns), list(wanted.columns))


def test_separators_at_the_end_of_lines_shift_nothing(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2,\n3,4,\n")
    assert opened(tmp_path, "t.csv").compute().to_dict("list") == {"a": [1, 3], "b": [2, 4]}
    (tmp_path / "t.csv").write_text("a,b\nx,1,2\ny,3,4\n")
    named = opened(tmp_path, "t.csv").compute()
    assert named.index.tolist() == ["x", "y"]
    assert named.to_dict("list") == {"a": [1, 3], "b": [2, 4]}


@pytest.mark.parametrize("late", [False, True])
def test_a_type_that_is_named_and_does_not_fit_is_told(late, tmp_path):
    rows = ["1"] * MANY * 10 if late else ["1"]
    (tmp_path / "t.csv").write_text("a,b\n" + "".join(f"{row},x\n" for row in [*rows, ""]))
    with pytest.raises(InvalidInput, match=r"the option dtype says.*Int64"):
        opened(tmp_path, "t.csv", dtype={"a": "int64"}).compute()


@pytest.mark.parametrize(
    ("texts", "kind", "wanted"),
    [
        (["1", "2"], "i", [1, 2]),
        (["1", "", "3"], "f", [1, 3]),
        ([str(IDS[0]), "", str(IDS[1])], "O", [str(IDS[0]), str(IDS[1])]),
        (["007", "008"], "OTU", ["007", "008"]),
    ],
)
def test_an_index_comes_whole_too(texts, kind, wanted, tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n" + "".join(f"{text},1\n" for text in texts))
    ds = opened(tmp_path, "t.csv", table_as="dataset", index="a")
    assert ds["a"].dtype.kind in kind
    assert pd.Series(ds["a"].values).dropna().tolist() == wanted


@pytest.mark.parametrize(
    ("line", "loses"),
    [
        ("0630", True),
        ("a,007,b", True),
        ('a,"007",b', True),
        ("a;-09", True),
        ("1234567890123456", True),
        ("2000-01-01 00:30", False),
        ("0.5,10.05,-0.25", False),
        ("1.1234567890123456789", False),
        ("0,100,-1", False),
        ("a0123,b1234567890123456", False),
    ],
)
def test_only_lines_that_may_lose_digits_are_looked_at_twice(line, loses):
    assert _suspect(f"a,b\n1,2\n{line}\n3,4\n".encode()) is loses


def test_moments_of_several_time_zones_are_in_universal_time(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n2000-01-01T00:00Z,1\n2000-01-02T00:00+02:00,2\n")
    found = opened(tmp_path, "t.csv", parse_dates=["a"])["a"].compute()
    assert found.tolist() == [
        pd.Timestamp("2000-01-01", tz="UTC"),
        pd.Timestamp("2000-01-01T22:00", tz="UTC"),
    ]


def test_digits_in_text_cells_are_numbers_where_that_is_said(tmp_path):
    name = write_sheet(tmp_path, ["10.5", "20", None], "names")
    assert opened(tmp_path, name)["a"].compute().dropna().tolist() == ["10.5", "20"]
    found = opened(tmp_path, name, dtype={"a": "float64"})["a"].compute()
    assert found.dropna().tolist() == [10.5, 20]
    name = write_sheet(tmp_path, ["007", None], "names")
    assert opened(tmp_path, name, dtype={"a": "str"})["a"].compute().iloc[0] == "007"
    assert opened(tmp_path, name, dtype={"a": "int64"})["a"].compute().iloc[0] == 7
