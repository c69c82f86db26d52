"""Documents, workbooks and footers that say they are very large, with few bytes of their own."""

import gzip
import io
import json
import resource
import zipfile
from itertools import product

import numcodecs
import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from amount import share
from servers.web import DataServer

from sciknow.errors import IntegrityError, LimitExceeded, SciknowError, UntrustedInput
from sciknow.model import Distribution
from sciknow.readers import open_distribution
from sciknow.readers.formats.excel.bounds import check_workbook
from sciknow.readers.formats.kerchunk.references import parse_document, resolver
from sciknow.readers.formats.stac.document import parse
from sciknow.readers.formats.tabledap.server import parse_info
from sciknow.readers.formats.zarr.store import document
from sciknow.readers.jsontext import read_json
from sciknow.wire.budget import Limits


def opened(path, reader, **more):
    way = Distribution(id="a", access_url=path.name, reader=reader)
    return open_distribution(way, base=path.parent, **more)


def workbook(path, edit=lambda sheet: None):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["a", "b"], [1.5, 2.5], [3.5, 4.5]):
        sheet.append(row)
    edit(sheet)
    book.save(path)
    return path


def rewritten(path, name, change):
    """Write a workbook with one part of it changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {item.filename: archive.read(item) for item in archive.infolist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for key, data in parts.items():
            archive.writestr(key, data)
    return path


SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "<c>1</c>">]>'


def with_rows(rows):
    def change(data):
        return data.replace(b"</sheetData>", rows + b"</sheetData>")

    return lambda path: rewritten(workbook(path), SHEET, change)


BOOKS = {
    "a far cell": (
        lambda path: workbook(path, lambda sheet: sheet.cell(1_048_576, 16_384, 1)),
        "17,179,869,184 cells, empty ones between among them",
    ),
    "a far row and a wide one": (
        lambda path: workbook(path, lambda s: (s.cell(1_000_000, 1, 1), s.cell(1, 16_000, 1))),
        "16,000,000,000 cells",
    ),
    "far rows without places": (
        with_rows(
            b'<row r="1048000"><c><v>1</v></c></row><row>' + b"<c><v>1</v></c>" * 99 + b"</row>"
        ),
        "103,752,099 cells",
    ),
    "a prefix": (
        with_rows(
            b'<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            b'r="1048000"><x:c r="XFA1048000"><x:v>1</x:v></x:c></x:row>'
        ),
        "cells, empty ones",
    ),
    "many texts": (
        lambda path: rewritten(
            workbook(path), STYLES, lambda data: data + b"<si><t>a</t></si>" * 9_000
        ),
        "texts or styles",
    ),
    "unpacked": (
        lambda path: rewritten(workbook(path), STYLES, lambda data: data + b" " * 2**20),
        "unpacks to 1,06",
    ),
    "one row without end": (
        with_rows(b"<row>" + b"<c><v>" + b"1" * 2**25 + b"</v></c></row>"),
        "a row of more than",
    ),
    "entities": (
        lambda path: rewritten(workbook(path), SHEET, lambda data: ENTITY + data),
        "declares entities",
    ),
    "UTF-16": (
        lambda path: rewritten(workbook(path), SHEET, lambda data: data.decode().encode("utf-16")),
        "declares entities, or is not UTF-8",
    ),
}


@pytest.mark.sample
@pytest.mark.parametrize("name", share(BOOKS, 5, "workbooks"))
def test_a_workbook_that_takes_more_than_it_weighs(tmp_path, name):
    make, said = BOOKS[name]
    smaller = {"many texts": {"cells": 9_000}, "unpacked": {"unpacked": 10**6}}
    path = make(tmp_path / "a.xlsx")
    assert path.stat().st_size < 6 * 2**20
    before = resource.getrusage(resource.RUSAGE_SELF)
    with pytest.raises((LimitExceeded, IntegrityError), match=said):
        opened(path, "excel", limits=smaller.get(name))
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert after.ru_utime - before.ru_utime < 10
    assert after.ru_maxrss - before.ru_maxrss < 2**20


def test_a_workbook_with_formats_far_away_and_gaps_is_read(tmp_path):
    def edit(sheet):
        sheet.cell(9_000, 16_384).number_format = "0.00"
        sheet.merge_cells("D1:F90")
        sheet["C1"], sheet["C900"] = "c", 7.5

    found = opened(workbook(tmp_path / "a.xlsx", edit), "excel").compute()
    assert found.iloc[898, 2] == 7.5
    with pytest.raises(LimitExceeded, match="2,700 cells"):
        opened(tmp_path / "a.xlsx", "excel", limits={"cells": 2_699})
    assert len(opened(tmp_path / "a.xlsx", "excel", limits={"cells": 200_000})) == 899


def test_what_is_no_workbook_is_said():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(SHEET, "<row><c/></row>")
    check_workbook(buffer.getvalue(), "a.xlsx", Limits())
    for data in (
        b"",
        b"PK",
        buffer.getvalue()[:-30],
        buffer.getvalue().replace(b"<row>", b"<rOw>"),
    ):
        with pytest.raises(IntegrityError, match="not a workbook"):
            check_workbook(data, "a.xlsx", Limits())


REFS = {".zgroup": '{"zarr_format": 2}'}


def refs(more, **document):
    return json.dumps({"version": 1, **document, "refs": REFS | more}).encode()


def test_templates_are_filled_once_and_never_double():
    doubling = {f"t{n}": f"{{{{t{n + 1}}}}}" * 2 for n in range(64)} | {"t64": "a" * 99}
    with pytest.raises(UntrustedInput, match="holds an expression"):
        parse_document(refs({"a/0": ["{{t0}}"]}, templates=doubling), lambda url: url)
    many = {f"t{n}": "https://example.org/" for n in range(20_000)}
    keys = {f"a/{n}": [f"{{{{t{n % 20_000}}}}}x{n}", n, 1] for n in range(20_000)}
    found = parse_document(refs(keys, templates=many), resolver("https://a.b/c", local=False))
    assert found["a/7"] == ("https://example.org/x7", 7, 1)
    spaced = refs({"a/0": ["{{ u }}b"]}, templates={"u": "https://example.org/"})
    assert parse_document(spaced, lambda url: url)["a/0"] == ("https://example.org/b",)


PACKED = {"zstd": numcodecs.Zstd(9).encode, "gzip": gzip.compress}


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_reference_document_is_unpacked_to_so_much(tmp_path, name):
    whole, spaces = bytes(PACKED[name](refs({"a/0": "x"}))), bytes(PACKED[name](b" " * 2**24))
    (tmp_path / "a.json").write_bytes(whole + spaces * 17)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(LimitExceeded, match="more bytes, at most 268,435,456 are taken"):
        opened(tmp_path / "a.json", "kerchunk")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600 * 1024
    with pytest.raises(LimitExceeded, match="at most 1,000 are taken"):
        opened(tmp_path / "a.json", "kerchunk", limits={"unpacked": 1_000})
    assert parse_document(whole + spaces, lambda url: url)["a/0"] == b"x"
    with pytest.raises(IntegrityError, match=r"packed and damaged|no JSON"):
        parse_document(whole[:-9], lambda url: url)


@pytest.mark.parametrize("place", [[-1, 2], [0, 1e400], ["0", 1], [True, 1], [0, 2**70], [[], {}]])
def test_a_reference_with_a_place_that_is_none(place):
    with pytest.raises(IntegrityError, match="offset or length"):
        parse_document(refs({"a/0": ["https://example.org/", *place]}), lambda url: url)


DEEP = {"lists": b"[" * 100_000, "objects": b'{"a":' * 100_000, "number": b"9" * 100_000}
DOORS = {
    "references": lambda data: parse_document(data, lambda url: url),
    "STAC": lambda data: parse(data, "https://example.org/"),
    "ERDDAP": parse_info,
    "Zarr": document,
}


@pytest.mark.sample
@pytest.mark.parametrize(
    ("door", "kind"), share(product(DOORS, [*DEEP, "values"]), 6, "documents of many kinds")
)
def test_no_document_ends_in_a_foreign_error(door, kind):
    data = b"[" + b"1," * 20_000_001 + b"1]" if kind == "values" else DEEP[kind]
    if kind == "values" and door == "STAC":
        data = data[: 8 * 2**20]
    if door == "Zarr" and kind != "values":
        assert document(data) is None
        return
    with pytest.raises(SciknowError):
        DOORS[door](data)


def test_values_of_a_document_are_counted():
    assert read_json(b"[1, 2, {}]", "it", Limits(cells=4)) == [1, 2, {}]
    with pytest.raises(LimitExceeded, match="it has 4 values, at most 3"):
        read_json(b"[1, 2, {}]", "it", Limits(cells=3))


def test_a_table_of_erddap_has_so_many_columns(tmp_path):
    rows = [["variable", f"c{n}", "", "float", ""] for n in range(300_000)]
    names = ["Row Type", "Variable Name", "Attribute Name", "Data Type", "Value"]
    folder = tmp_path / "erddap" / "info" / "t"
    folder.mkdir(parents=True)
    (folder / "index.json").write_text(json.dumps({"table": {"columnNames": names, "rows": rows}}))
    with DataServer(tmp_path) as server:
        way = Distribution(id="a", access_url=f"{server.url}/erddap/tabledap/t", reader="tabledap")
        with pytest.raises(LimitExceeded, match="300,000 columns, at most 16,384"):
            open_distribution(way, base=tmp_path)


def test_a_parquet_file_has_so_many_columns_and_row_groups(tmp_path):
    table = pa.table({f"c{n}": [1] for n in range(17_000)})
    pq.write_table(table, tmp_path / "a.parquet", compression="none")
    with pytest.raises(LimitExceeded, match="17,000 columns"):
        opened(tmp_path / "a.parquet", "parquet")
    pq.write_table(pa.table({"a": np.arange(100)}), tmp_path / "b.parquet", row_group_size=1)
    with pytest.raises(LimitExceeded, match="100 row groups"):
        opened(tmp_path / "b.parquet", "parquet", limits={"chunks": 99})
    assert opened(tmp_path / "b.parquet", "parquet").npartitions >= 1
