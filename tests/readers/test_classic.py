"""The NetCDF classic reader against scipy, over random layouts and selections."""

from __future__ import annotations

import struct
from contextlib import suppress

import numpy as np
import pytest
import xarray as xr
from amount import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import netcdf_file

from sciknow.errors import IntegrityError
from sciknow.readers.formats.netcdf.classic import ClassicStore, read_header
from sciknow.wire.rangefile import LocalFile

TYPES = ["i1", "i2", "i4", "f4", "f8"]


def write(path, variables, records, version=1):
    with netcdf_file(path, "w", version=version) as file:
        file.createDimension("time", None)
        for name, size in (("y", 3), ("x", 5)):
            file.createDimension(name, size)
        file.title = "a title"
        file.numbers = np.array([1.5, 2.5])
        random = np.random.default_rng(3)
        for name, (kind, dims) in variables.items():
            made = file.createVariable(name, kind, dims)
            made.units = "K"
            shape = [{"time": records, "y": 3, "x": 5}[dim] for dim in dims]
            made[:] = random.integers(-90, 90, shape).astype(kind)
    return path


VARIABLES = st.dictionaries(
    st.text("abcdefg", min_size=1, max_size=6),
    st.tuples(
        st.sampled_from(TYPES),
        st.sampled_from([("time",), ("time", "x"), ("time", "y", "x"), ("y", "x"), ("x",)]),
    ),
    min_size=1,
    max_size=5,
)


def some(draw, size):
    kind = draw(st.sampled_from(["slice", "list", "int", "all"]))
    if kind == "all" or not size:
        return slice(None)
    if kind == "int":
        return draw(st.integers(0, size - 1))
    if kind == "list":
        return draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=4))
    low = draw(st.integers(0, size - 1))
    return slice(low, draw(st.integers(low, size)), draw(st.integers(1, 3)))


@settings(deadline=None, max_examples=draws(40))
@given(
    data=st.data(),
    variables=VARIABLES,
    records=st.integers(1, 6),
    version=st.sampled_from([1, 2]),
)
def test_every_selection_equals_scipys(tmp_path_factory, data, variables, records, version):
    path = write(tmp_path_factory.mktemp("c") / "a.nc", variables, records, version)
    ours = xr.open_dataset(ClassicStore(LocalFile(path)), engine="store")
    theirs = xr.open_dataset(path, engine="scipy")
    with theirs:
        xr.testing.assert_identical(ours.load(), theirs.load())
        name = data.draw(st.sampled_from(sorted(variables)))
        fresh = xr.open_dataset(ClassicStore(LocalFile(path)), engine="store")[name]
        chosen = {dim: some(data.draw, size) for dim, size in fresh.sizes.items()}
        xr.testing.assert_equal(fresh.isel(chosen), theirs[name].isel(chosen))


def test_shared_sample_equals_scipys(shared_data):
    path = shared_data / "arrays" / "eraint_uvz.nc"
    with xr.open_dataset(path, engine="scipy", mask_and_scale=False) as theirs:
        store = ClassicStore(LocalFile(path))
        ours = xr.open_dataset(store, engine="store", mask_and_scale=False)
        xr.testing.assert_identical(ours.load(), theirs.load())


def cdf5(values):
    """Write a CDF-5 file by hand: one variable of 64-bit integers along one dimension."""

    def text(value):
        data = value.encode()
        return struct.pack(">Q", len(data)) + data + b"\0" * (-len(data) % 4)

    absent = struct.pack(">IQ", 0, 0)
    head = b"CDF\x05" + struct.pack(">Q", 0)
    head += struct.pack(">IQ", 10, 1) + text("x") + struct.pack(">Q", len(values)) + absent
    head += struct.pack(">IQ", 11, 1) + text("a") + struct.pack(">QQ", 1, 0) + absent
    size = 8 * len(values)
    begin = len(head) + 4 + 8 + 8
    head += struct.pack(">IQQ", 10, size, begin)
    return head + np.asarray(values, ">i8").tobytes()


def test_cdf5(tmp_path):
    values = [1, -2, 2**60, 7]
    (tmp_path / "a.nc").write_bytes(cdf5(values))
    ds = xr.open_dataset(ClassicStore(LocalFile(tmp_path / "a.nc")), engine="store")
    np.testing.assert_array_equal(ds["a"].values, values)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9, 0.999])
def test_cut_file_is_refused(cut, folder):
    data = (folder / "classic.nc").read_bytes()
    data = data[: int(len(data) * cut)]
    with pytest.raises(IntegrityError, match="ends"):
        read_header(lambda low, high: data[low:high], len(data))


@settings(deadline=None, max_examples=draws(200))
@given(place=st.integers(0, 400), value=st.integers(0, 255))
def test_damaged_header_never_hangs_or_leaks(folder, place, value):
    data = bytearray((folder / "classic.nc").read_bytes())
    data[place] = value
    with suppress(IntegrityError):  # and nothing else
        _, layouts = read_header(lambda low, high: bytes(data[low:high]), len(data))
        assert all(layout.begin < len(data) for layout in layouts)
