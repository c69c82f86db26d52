"""A locked part: what it holds is seen whole, and what happens elsewhere is only told."""

import numpy as np
import pytest
import xarray as xr
import zarr
from drifting import edit_json, flip, sample, table, to_netcdf, to_zarr
from servers.web import DataServer
from small_source import write_source

import sciknow as sk
from sciknow.ledger import ChangeKind as Kind
from sciknow.ledger import Status
from sciknow.model.fingerprint import Strength
from sciknow.readers import take_fingerprint
from sciknow.readers.fingerprints import files as fingerprint_files
from sciknow.readers.fingerprints import part as fingerprint_part

STEPS = 260  # more chunks than are read whole
JUNE = {"period": ["2000-06-01", "2000-06-10"], "variables": ["sst"]}
INSIDE, OUTSIDE, FIRST = "155.0.0", "100.0.0", "0.0.0"


def long(steps=STEPS):
    return sample(steps).chunk(time=1)


def store(at, ds=None, chunks=(1, 4, 8)):
    to_zarr(long() if ds is None else ds, at, encoding={"sst": {"chunks": chunks}})


@pytest.fixture
def locked(place):
    store(place / "a.zarr")
    item = place.lock(place.way("a.zarr"), selection=JUNE)
    assert item.fingerprint.strength is Strength.PART
    return place


def kinds(verdict):
    return {change.kind for change in verdict.changes}


def test_the_part_is_seen_whole_where_the_rest_is_sampled(locked):
    assert locked.verify().status is Status.UNCHANGED
    flip(locked / "a.zarr" / "sst" / INSIDE, 40)
    verdict = locked.verify()
    assert verdict.status is Status.CHANGED
    assert kinds(verdict) <= {Kind.VALUES, Kind.DAMAGED}


def test_new_values_in_the_part_are_named(locked):
    with xr.open_zarr(locked / "a.zarr", chunks=None) as ds:
        part = ds[["sst"]].isel(time=slice(154, 155)).load() + 1
    part.drop_vars(["time", "lat", "lon"]).to_zarr(
        locked / "a.zarr", region={"time": slice(154, 155)}
    )
    verdict = locked.verify()
    assert [str(change) for change in verdict.changes] == [
        "values changed: sst (in the locked part)"
    ]


@pytest.mark.parametrize("chunk", [OUTSIDE, FIRST])
def test_a_chunk_elsewhere_is_no_change_of_the_part(locked, chunk):
    flip(locked / "a.zarr" / "sst" / chunk, 40)
    verdict = locked.verify()
    assert verdict.status is Status.UNCHANGED
    assert any("outside the locked part" in note for note in verdict.notes) == (chunk == FIRST)


def test_an_extended_record_leaves_the_part_as_it_was(locked):
    more = sample(STEPS + 20).isel(time=slice(STEPS, None))
    more.to_zarr(locked / "a.zarr", append_dim="time", consolidated=True, zarr_format=2)
    verdict = locked.verify()
    assert verdict.status is Status.UNCHANGED
    assert any("outside the locked part: extended: time" in note for note in verdict.notes)


def test_units_of_the_part_are_part_of_it(locked):
    def other(plain):
        plain["units"] = "degC"

    edit_json(locked / "a.zarr" / "sst" / ".zattrs", other)
    zarr.consolidate_metadata(str(locked / "a.zarr"), zarr_format=2)
    assert kinds(locked.verify()) == {Kind.METADATA}


def test_units_of_another_variable_are_not(locked):
    def other(plain):
        plain["units"] = "100"

    edit_json(locked / "a.zarr" / "count" / ".zattrs", other)
    zarr.consolidate_metadata(str(locked / "a.zarr"), zarr_format=2)
    verdict = locked.verify()
    assert verdict.status is Status.UNCHANGED
    assert any("count.units" in note for note in verdict.notes)


def test_a_record_cut_before_the_part(locked):
    store(locked / "a.zarr", long(100))
    verdict = locked.verify()
    assert verdict.status is Status.CHANGED
    assert "removed: the locked part (nothing lies inside it now)" in str(verdict.changes[0])


def test_a_step_missing_inside_the_part(locked):
    ds = long()
    store(locked / "a.zarr", ds.isel(time=[*range(154), *range(155, STEPS)]))
    assert Kind.CUT in kinds(locked.verify())


def test_other_chunks_hold_the_same_part(locked):
    store(locked / "a.zarr", sample(STEPS), chunks=(10, 4, 8))
    verdict = locked.verify()
    assert verdict.status is Status.UNCHANGED
    assert any("chunks or packing" in note for note in verdict.notes)


def test_a_box_across_the_seam(place):
    store(place / "a.zarr")
    box = {"bbox": [-50.0, -30.0, 50.0, 70.0]}
    item = place.lock(place.way("a.zarr"), selection=box)
    sst = next(part for part in item.fingerprint.part if part.name == "sst")
    assert sst.shape == (STEPS, 3, 3)
    assert place.verify().status is Status.UNCHANGED


@pytest.mark.parametrize("whole", [True, False])
def test_a_large_file_over_http(place, monkeypatch, whole):
    monkeypatch.setattr(fingerprint_files, "WHOLE_BYTES", 1000)
    if not whole:
        monkeypatch.setattr(fingerprint_part, "PART_BYTES", 100)
    to_netcdf(sample(STEPS), place / "a.nc")
    with DataServer(place.folder) as server:
        item = place.lock(place.way("a.nc", server.url), selection=JUNE)
        assert item.fingerprint.strength is (Strength.PART if whole else Strength.SAMPLED)
        assert place.verify().status is Status.UNCHANGED
        ds = sample(STEPS)
        ds["sst"][154] += 1
        to_netcdf(ds, place / "a.nc")
        assert place.verify().status is Status.CHANGED


def test_groups_of_a_tree(place):
    tree = xr.DataTree.from_dict({"/north": sample(20), "/south": sample(20, seed=8)})
    tree.to_zarr(place / "a.zarr", zarr_format=2)
    part = {"period": ["2000-01-03", "2000-01-05"], "variables": ["north/sst"]}
    item = place.lock(place.way("a.zarr"), selection=part)
    assert {state.name for state in item.fingerprint.part} == {
        "north/sst",
        "north/time",
        "north/lat",
        "north/lon",
    }
    assert place.verify().status is Status.UNCHANGED


def test_a_part_of_a_table_is_judged_with_the_whole(place):
    table().to_csv(place / "a.csv", index=False)
    item = place.lock(place.way("a.csv"), selection={"variables": ["value"]})
    assert item.fingerprint.part == ()
    assert place.verify().status is Status.UNCHANGED


def test_nothing_to_lock_lies_in_the_part(place):
    store(place / "a.zarr")
    way = place.way("a.zarr")
    found = take_fingerprint(
        way, base=place.hub.base, selection={"period": ["1990-01-01", "1990-02-01"]}
    )
    assert found.part == ()
    assert found.strength is Strength.SAMPLED


def test_a_locked_part_opens_although_the_record_has_grown(tmp_path):
    node = write_source(tmp_path / "node")
    at = node / "catalogs" / "data" / "ice.zarr"
    with sk.build_hub(node) as hub:
        with sk.session():
            kept = hub.open("ice-monthly", period=("1979-01", "1979-06"))
            sk.lock(tmp_path / "a.lock", hub=hub)
        before = kept["siconc"].values
        with xr.open_zarr(at, chunks=None) as ds:
            more = ds.load()
        more["time"] = more["time"] + np.timedelta64(366 * 3, "D")
        more.to_zarr(at, append_dim="time", consolidated=True)
        again = hub.open("ice-monthly", locked=tmp_path / "a.lock")
        np.testing.assert_array_equal(again["siconc"].values, before)


def test_a_locked_part_holds_the_stations_of_its_samples(place):
    ds = xr.Dataset(
        {"t": ("obs", np.arange(4.0)), "size": ("at", [3, 1], {"sample_dimension": "obs"})},
        {
            "lat": ("at", [0.0, 50.0], {"units": "degrees_north"}),
            "lon": ("at", [0.0, 50.0], {"units": "degrees_east"}),
        },
    )
    ds.to_netcdf(place / "a.nc", engine="h5netcdf")
    part = {"bbox": [-10.0, -10.0, 10.0, 10.0], "variables": ["t"]}
    item = place.lock(place.way("a.nc"), selection=part)
    assert {state.name for state in item.fingerprint.variables} == {"t", "size", "lat", "lon"}
    assert place.verify().status is Status.UNCHANGED
    moved = ds.assign_coords(lat=("at", [1.0, 50.0], ds.lat.attrs))
    moved.to_netcdf(place / "a.nc", engine="h5netcdf")
    assert place.verify().status is Status.CHANGED
