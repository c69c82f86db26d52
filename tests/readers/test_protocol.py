"""Every built-in reader keeps the shipped contract."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from kerchunk.hdf import SingleHdf5ToZarr
from servers.tables import table_of

from sciknow.formats import installed_formats
from sciknow.testing.reader import ReaderCase, ReaderTests


class TestZarr2(ReaderTests):
    @pytest.fixture
    def case(self, folder, sample):
        return ReaderCase("zarr", folder, "v2.zarr", sample)


class TestZarr2Unconsolidated(ReaderTests):
    @pytest.fixture
    def case(self, folder, sample):
        return ReaderCase("zarr", folder, "v2-loose.zarr", sample)


class TestZarr3(ReaderTests):
    @pytest.fixture
    def case(self, folder, sample):
        return ReaderCase("zarr", folder, "v3.zarr", sample)


class TestZarr3Unconsolidated(ReaderTests):
    @pytest.fixture
    def case(self, folder, sample):
        return ReaderCase("zarr", folder, "v3-loose.zarr", sample)


class TestZarrSharded(ReaderTests):
    @pytest.fixture
    def case(self, folder, sample):
        return ReaderCase("zarr", folder, "sharded.zarr", sample)


class TestNetcdfClassic(ReaderTests):
    @pytest.fixture
    def case(self, folder, sample):
        return ReaderCase("netcdf", folder, "classic.nc", sample)


class TestNetcdf64BitOffset(ReaderTests):
    @pytest.fixture
    def case(self, folder, sample):
        return ReaderCase("netcdf", folder, "offset64.nc", sample)


class TestNetcdf4(ReaderTests):
    @pytest.fixture
    def case(self, folder, sample):
        return ReaderCase("netcdf", folder, "four.nc", sample)


class TestKerchunk(ReaderTests):
    @pytest.fixture
    def case(self, folder, sample):
        path = folder / "four.json"
        if not path.exists():
            references = SingleHdf5ToZarr(str(folder / "four.nc")).translate()
            path.write_text(json.dumps(references))
        return ReaderCase("kerchunk", folder, "four.json", sample)


class TestParquet(ReaderTests):
    @pytest.fixture
    def case(self, folder, table):
        return ReaderCase("parquet", folder, "table.parquet", table)


class TestGeoParquet(ReaderTests):
    @pytest.fixture
    def case(self, tmp_path):
        table = table_of(np.linspace(-170, 170, 40), np.linspace(-80, 80, 40))
        pq.write_table(table, tmp_path / "t.geoparquet", row_group_size=10)
        expected = table.drop_columns("bbox").to_pandas()
        expected["geometry"] = shapely.from_wkb(expected["geometry"])
        return ReaderCase("parquet", tmp_path, "t.geoparquet", expected)


class TestCsv(ReaderTests):
    @pytest.fixture
    def case(self, folder, table):
        return ReaderCase("csv", folder, "table.csv", table, {"parse_dates": ["time"]})


class TestZippedCsv(ReaderTests):
    @pytest.fixture
    def case(self, tmp_path, table):
        table.to_csv(tmp_path / "t.csv.zip", index=False)
        return ReaderCase("csv", tmp_path, "t.csv.zip", table, {"parse_dates": ["time"]})


class TestJsonLines(ReaderTests):
    @pytest.fixture
    def case(self, tmp_path, table):
        shown = table.assign(time=table["time"].dt.strftime("%Y-%m-%d %H:%M:%S"))
        shown.to_json(tmp_path / "t.jsonl", orient="records", lines=True)
        return ReaderCase("jsonl", tmp_path, "t.jsonl", table)


class TestExcel(ReaderTests):
    @pytest.fixture
    def case(self, tmp_path, table):
        table.to_excel(tmp_path / "t.xlsx", index=False)
        return ReaderCase("excel", tmp_path, "t.xlsx", table)


def test_every_built_in_keeps_it():
    texts = (path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    held = {name for text in texts for name in re.findall(r'ReaderCase\(\s*"(\w+)"', text)}
    built_in = {
        name
        for name, item in installed_formats().items()
        if item.reader.startswith("sciknow.readers.formats.")
    }
    assert len(built_in) > 10
    assert held == built_in
