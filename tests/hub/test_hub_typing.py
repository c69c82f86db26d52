"""What the public verbs say they return; mypy reads this file, as it reads the package.

Each line below is checked twice: by mypy, against its comment's type, and here by running it.
"""

import subprocess
import sys
from pathlib import Path

import dask.dataframe as dd
import pytest
import xarray as xr

from sciknow.errors import InvalidInput
from sciknow.model import Distribution
from sciknow.readers import open_distribution

PROGRAM = """
from typing import assert_type

import dask.dataframe as dd
import pandas as pd
import xarray as xr

import sciknow as sk
from sciknow.hub.find.facets import Facets
from sciknow.model import Dataset, Distribution
from sciknow.readers import Opened, Plan, open_distribution


def verbs(hub: sk.Hub, way: Distribution) -> None:
    assert_type(hub.open("a"), xr.Dataset | xr.DataTree | dd.DataFrame)
    assert_type(hub.open("a", as_="dataset", bbox=(0, 0, 1, 1)), xr.Dataset)
    assert_type(hub.open("a", "zarr", as_="tree", locked="sciknow.lock"), xr.DataTree)
    assert_type(hub.open("a", as_="table", copies=["bags"]), dd.DataFrame)
    hits = hub.search("sea ice", limit=3)
    assert_type(hits, sk.Hits)
    assert_type(hits[0].open(), Opened)
    assert_type(hits[0].open(as_="dataset"), xr.Dataset)
    assert_type(hits[0].open(as_="tree"), xr.DataTree)
    assert_type(hits[0].open(as_="table"), dd.DataFrame)
    assert_type(hub.open(hits[0]), Opened)
    assert_type(hits[0].plan(period=("1979", "2020")), Plan)
    assert_type(open_distribution(way, base=".", as_="dataset"), xr.Dataset)
    assert_type(open_distribution(way, base=".", table_as="dataset"), Opened)
    assert_type(hub.combine(["a", "b"]), xr.Dataset)
    assert_type(hub.combine(["a", "b"], open=False), tuple[Plan, ...])
    assert_type(hub.sparql("SELECT * { ?s ?p ?o }"), pd.DataFrame)
    assert_type(hub.facets("sea ice", sector="ocean"), Facets)
    assert_type(hub.dataset("a"), Dataset)
    hub.open("a", as_="cube")  # type: ignore[call-overload]
    hub.open("a", box=(0, 0, 1, 1))  # type: ignore[call-overload]
    hub.search_many(["a"], limits=3)  # type: ignore[call-arg]
"""


def test_mypy_agrees(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores"]
    command += ["--config-file", str(root / "pyproject.toml"), str(program)]
    found = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_as_gives_exactly_one_form(hub):
    assert isinstance(hub.open("ice-monthly", as_="dataset"), xr.Dataset)
    for wrong in ("tree", "table"):
        with pytest.raises(InvalidInput, match=f"is a dataset, not a {wrong}"):
            hub.open("ice-monthly", as_=wrong)
    with pytest.raises(InvalidInput, match="'dataset', 'tree' or 'table'"):
        hub.open("ice-monthly", as_="cube")


def test_a_table_and_a_tree_say_what_they_are(tmp_path):
    (tmp_path / "t.csv").write_text("day,level\n1,2.5\n2,3.5\n")
    table = Distribution(id="t", access_url="t.csv", reader="csv", offline=True)
    assert isinstance(open_distribution(table, base=tmp_path, as_="table"), dd.DataFrame)
    turned = open_distribution(table, base=tmp_path, as_="dataset")
    assert turned["level"].values.tolist() == [2.5, 3.5]
    with pytest.raises(InvalidInput, match=r"t is a table, not a tree.*as_='dataset'"):
        open_distribution(table, base=tmp_path, as_="tree")
    with pytest.raises(InvalidInput, match="give one of them"):
        open_distribution(table, base=tmp_path, as_="table", table_as="dataset")
    groups = xr.DataTree.from_dict({"/north": xr.Dataset({"t": ("x", [1.0, 2.0])})})
    groups.to_netcdf(tmp_path / "g.nc", engine="h5netcdf")
    tree = Distribution(id="g", access_url="g.nc", reader="netcdf", offline=True)
    found = open_distribution(tree, base=tmp_path)
    assert isinstance(found, xr.DataTree)
    assert isinstance(open_distribution(tree, base=tmp_path, as_="tree"), xr.DataTree)
    with pytest.raises(InvalidInput, match="g is a tree, not a dataset"):
        open_distribution(tree, base=tmp_path, as_="dataset")
