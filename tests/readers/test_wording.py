"""Names and attributes of what was opened: no form or format hands on what steers a terminal."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sciknow.model import Distribution
from sciknow.readers import open_distribution

EVIL = "\x1b[2J\x9b\u202e\u200b\U000e0041\r\x08"
SHOWN = "[2J"


def clean_of(opened):
    """Return every name and attribute of an opened object as one text."""
    if isinstance(opened, xr.DataTree):
        return "".join(node.path + clean_of(node.to_dataset()) for node in opened.subtree)
    if isinstance(opened, xr.Dataset):
        parts = [opened, *opened.variables.values()]
        return str([list(item.attrs.items()) for item in parts]).replace("\\", "\\\\") + "".join(
            map(str, [*opened.variables, *opened.dims, *(x for i in parts for x in i.attrs)])
        )
    return "".join(map(str, opened.columns))


def hostile():
    ds = xr.Dataset({f"sst{EVIL}": (f"x{EVIL}", np.arange(3.0)), "plain": (f"x{EVIL}", [1, 2, 3])})
    ds[f"sst{EVIL}"].attrs = {"units": f"K{EVIL}", f"odd{EVIL}": 1, "list": [f"a{EVIL}", "b"]}
    ds.attrs = {"title": f"ice{EVIL}", "history": "plain"}
    return ds


def opened(path, reader, **options):
    way = Distribution(id="a", access_url=path.name, reader=reader, options=options)
    return open_distribution(way, base=path.parent)


def written(kind, folder):
    frame = pd.DataFrame({f"a{EVIL}": [1, 2], "b": ["x", "y"]})
    path = folder / f"a.{kind}"
    if kind == "zarr":
        hostile().to_zarr(path, zarr_format=2)
    elif kind == "tree":
        path = folder / "tree.nc"
        xr.DataTree.from_dict({"/": xr.Dataset(), f"/g{EVIL}": hostile()}).to_netcdf(path)
    elif kind == "nc":
        path = folder / "a.h5"
        hostile().to_netcdf(path, engine="h5netcdf")
    elif kind == "csv":
        frame.columns = [name.replace("\r", "") for name in frame.columns]  # there it ends a line
        frame.to_csv(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    elif kind == "jsonl":
        frame.to_json(path, orient="records", lines=True)
    return path


READERS = {"zarr": "zarr", "nc": "netcdf", "csv": "csv", "parquet": "parquet", "jsonl": "jsonl"}


@pytest.mark.parametrize("kind", [*READERS, "tree"])
def test_no_format_hands_on_what_steers(tmp_path, kind):
    found = opened(written(kind, tmp_path), READERS.get(kind, "netcdf"))
    told = clean_of(found)
    assert not any(char in told for char in EVIL.replace(SHOWN, ""))
    if kind in ("zarr", "nc"):
        name = f"sst{SHOWN}"
        assert found[name].values.tolist() == [0, 1, 2]
        assert found[name].attrs["units"] == f"K{SHOWN}"
        assert found.attrs["title"] == f"ice{SHOWN}"
        assert found["plain"].dims == (f"x{SHOWN}",)
    elif kind != "tree":
        assert found.compute()[f"a{SHOWN}"].tolist() == [1, 2]


def test_names_that_become_one_stay_two(tmp_path):
    (tmp_path / "a.csv").write_text("a,a\u200b,a\u202e,\u200b\n1,2,3,4\n")
    found = opened(tmp_path / "a.csv", "csv").compute()
    assert found.iloc[0].to_dict() == {"a": 1, "a_2": 2, "a_3": 3, "unnamed": 4}


def test_what_is_harmless_is_the_same_object(tmp_path):
    ds = xr.Dataset({"海冰": ("x", [1.0])}, attrs={"title": "cafe\u0301", "n": np.arange(2)})
    ds.to_zarr(tmp_path / "a.zarr", zarr_format=2)
    found = opened(tmp_path / "a.zarr", "zarr")
    assert list(found.data_vars) == ["海冰"]
    assert found.attrs["title"] == "cafe\u0301"
