"""GRIB of both editions: values, hypercubes, single fields over the wire, damaged files.

The messages are written by `samples.gribs`. ecCodes is installed into a folder of its own, as it
must not be in the environment of these tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from amount import draws
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import gribs
from servers.objects import object_server
from servers.web import DataServer, Fault, free_port

from sciknow.errors import (
    IntegrityError,
    InvalidInput,
    MissingDependency,
    SciknowError,
    SourceUnavailable,
)
from sciknow.model import Distribution
from sciknow.model.fingerprint import Strength
from sciknow.readers import open_distribution, plan_distribution, take_fingerprint
from sciknow.readers.formats.grib import process as grib_process
from sciknow.readers.formats.grib import reader as grib
from sciknow.readers.formats.grib.index import parse_index, scan
from sciknow.testing.reader import ReaderCase, ReaderTests
from sciknow.wire import Cache

PACKAGES = ["eccodes", "eccodeslib", "eckitlib", "findlibs"]
ABOVE = {"surface": gribs.ABOVE_GROUND, "level": 2}
WIND = {"parameter": gribs.U_WIND, "surface": gribs.ISOBARIC}


@pytest.fixture(scope="session")
def eccodes(tmp_path_factory):
    """Return the command of an interpreter that has ecCodes."""
    if found := os.environ.get(grib_process.PYTHON):
        return found
    at = tmp_path_factory.mktemp("eccodes")
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", at / "lib"]
    made = subprocess.run([*install, *PACKAGES], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"wheels of eccodes cannot be had here: {made.stderr[-300:]}")
    command = at / "python"
    command.write_text(f'#!/bin/sh\nPYTHONPATH={at / "lib"} exec {sys.executable} "$@"\n')
    command.chmod(0o755)
    return str(command)


@pytest.fixture(autouse=True)
def decoder(eccodes, monkeypatch):
    monkeypatch.setenv(grib_process.PYTHON, eccodes)


@pytest.fixture(scope="session", autouse=True)
def no_decoder_is_left():
    yield
    grib_process.close_idle()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One field; four of one variable; several hypercubes; several fields in one message."""
    at = tmp_path_factory.mktemp("grib")
    (at / "one.grib2").write_bytes(gribs.message2(gribs.values(0)))
    (at / "old.grib1").write_bytes(gribs.message1(gribs.values(9)))
    four = [
        gribs.message2(gribs.values(10 * day + step), date=(2020, 1, day), step=step, **ABOVE)
        for day in (1, 2)
        for step in (0, 6)
    ]
    (at / "four.grib2").write_bytes(b"".join(four))
    wind = [
        gribs.message2(gribs.values(level), level=100 * level, **WIND) for level in (500, 850, 1000)
    ]
    (at / "tree.grib2").write_bytes(b"\r\r\nTTAA00 KWBC 020600\r\r\n".join([*wind, *four]))
    holes = [gribs.values(seed) for seed in (1, 2, 3)]
    for array in holes[:2]:
        array[0, ::3] = np.nan
    more = [(holes[1], {"parameter": gribs.U_WIND}, "before"), (holes[2], WIND, "own")]
    (at / "multi.grib2").write_bytes(gribs.message2(holes[0], extra=more))
    return at


@pytest.fixture
def web(folder):
    with DataServer(folder) as server:
        yield server


def way(url, **options):
    return Distribution(id="x", access_url=url, reader="grib", options=options)


def opened(url, base=".", deadline=20.0, cache=None, **options):
    return open_distribution(way(url, **options), base=base, deadline=deadline, cache=cache)


def expected(array, name="t2m", level=2.0):
    return xr.Dataset(
        {name: (("latitude", "longitude"), array)},
        coords={
            "latitude": gribs.LATS,
            "longitude": gribs.LONS,
            "time": np.datetime64("2020-01-02T06:00", "ns"),
            "step": np.timedelta64(0, "ns"),
            "valid_time": np.datetime64("2020-01-02T06:00", "ns"),
            "heightAboveGround": level,
        },
    )


class TestGrib(ReaderTests):
    @pytest.fixture
    def case(self, folder):
        return ReaderCase("grib", folder, "one.grib2", expected(gribs.values(0)))


def test_edition_1(folder):
    ds = opened("old.grib1", folder)
    np.testing.assert_array_equal(ds["t"].values, gribs.values(9))
    assert ds.attrs["GRIB_edition"] == 1
    assert ds["isobaricInhPa"] == 500
    assert ds["t"].attrs["standard_name"] == "air_temperature"
    np.testing.assert_array_equal(ds["latitude"], gribs.LATS)


def test_times_and_steps_are_dimensions(folder):
    ds = opened("four.grib2", folder)
    assert ds["t2m"].dims == ("time", "step", "latitude", "longitude")
    assert ds["t2m"].data.chunksize == (1, 1, *gribs.SHAPE)
    for day in (1, 2):
        for number, step in enumerate((0, 6)):
            found = ds["t2m"].isel(time=day - 1, step=number)
            np.testing.assert_array_equal(found.values, gribs.values(10 * day + step))
            at = np.datetime64(f"2020-01-0{day}T{6 + step:02}", "ns")
            assert found["valid_time"].values == at
    assert ds["t2m"].attrs["units"] == "K"


def test_a_part_is_what_it_is_of_the_whole(folder):
    lazy = opened("four.grib2", folder)["t2m"]
    whole = lazy.compute()
    for index in (
        {"time": 1},
        {"step": [1, 0], "latitude": slice(5, 1, -2)},
        {"time": -1, "step": 0, "longitude": [3, 1], "latitude": 2},
    ):
        xr.testing.assert_equal(lazy.isel(index).compute(), whole.isel(index))


def test_several_hypercubes_are_a_tree(folder):
    tree = opened("tree.grib2", folder)
    assert set(tree.children) == {"isobaricInhPa", "heightAboveGround"}
    wind = tree["isobaricInhPa"]["u"]
    assert wind["isobaricInhPa"].values.tolist() == [1000, 850, 500]
    for level in (500, 850, 1000):
        np.testing.assert_array_equal(wind.sel(isobaricInhPa=level), gribs.values(level))
    one = opened("tree.grib2", folder, group="heightAboveGround")
    xr.testing.assert_equal(one.compute(), opened("four.grib2", folder).compute())


def test_fields_are_chosen_by_their_keys(folder):
    keys = {"typeOfLevel": "isobaricInhPa", "level": [500, 850]}
    ds = opened("tree.grib2", folder, filter_by_keys=keys)
    assert ds["u"].sizes["isobaricInhPa"] == 2
    with pytest.raises(InvalidInput, match="there are shortName: 2t, u"):
        opened("tree.grib2", folder, filter_by_keys={"shortName": "q"})
    with pytest.raises(InvalidInput, match="it takes a mapping of shortName"):
        opened("tree.grib2", folder, filter_by_keys={"canary": 1})
    with pytest.raises(InvalidInput, match="there are isobaricInhPa, heightAboveGround"):
        opened("tree.grib2", folder, group="none")


def test_fields_of_one_message_and_bitmaps(folder):
    tree = opened("multi.grib2", folder)
    arrays = [gribs.values(seed) for seed in (1, 2, 3)]
    for array in arrays[:2]:
        array[0, ::3] = np.nan
    above = tree["heightAboveGround"]
    np.testing.assert_array_equal(above["t2m"].values, arrays[0])
    np.testing.assert_array_equal(above["u"].values, arrays[1])
    np.testing.assert_array_equal(tree["isobaricInPa"]["u"].values, arrays[2])


def test_two_fields_of_one_place_are_said(tmp_path, folder):
    (tmp_path / "twice.grib2").write_bytes((folder / "one.grib2").read_bytes() * 2)
    with pytest.raises(InvalidInput, match=r"two fields are t2m .*filter_by_keys"):
        opened("twice.grib2", tmp_path)


# over the wire


def write_index(path, kind):
    """Write an index beside a file, as wgrib2 or ECMWF writes it."""
    fetch = path.read_bytes()
    found = scan(lambda low, high: fetch[low:high], len(fetch), None, "x")
    starts = [field.spans[0][0] - 16 for field, _ in found]
    if kind == "idx":
        lines = [f"{n}:{at}:d=2020010206:TMP:x:anl:" for n, at in enumerate(starts, 1)]
    else:
        lines = [f'{{"param": "2t", "_offset": {at}, "_length": 1}}' for at in starts]
    path.with_name(f"{path.name}.{kind}").write_text("\n".join(lines) + "\n")


@pytest.fixture
def large(folder, tmp_path, monkeypatch):
    """Let every remote file be too large to be read whole."""
    monkeypatch.setattr(grib, "SMALL", 0)
    (tmp_path / "four.grib2").write_bytes((folder / "four.grib2").read_bytes())
    return tmp_path


@pytest.mark.parametrize("kind", ["idx", "index", None])
def test_a_field_is_had_without_the_rest(kind, large, folder):
    if kind:
        write_index(large / "four.grib2", kind)
    with DataServer(large) as web:
        plan = plan_distribution(way(f"{web.url}/four.grib2"), base=".", period=("2020-01-02",) * 2)
        asked = [hit.range for hit in web.hits if hit.path == "/four.grib2" and hit.range]
        assert len(asked) == 4
        web.reset()
        part = plan.open()["t2m"].compute()
        assert plan.requests == len(web.hits) == 2
        assert plan.bytes == web.sent < (large / "four.grib2").stat().st_size / 1.9
    whole = opened("four.grib2", folder)["t2m"].isel(time=[1])
    np.testing.assert_array_equal(part.values.ravel(), whole.values.ravel())


@pytest.mark.parametrize("text", ["<!DOCTYPE html><html>", "1:7:x", "nonsense", '{"a": 1}'])
def test_an_index_that_is_none(text, large):
    (large / "four.grib2.idx").write_text(text)
    with DataServer(large) as web:
        if text == "1:7:x":
            with pytest.raises(IntegrityError, match="message at byte 7"):
                opened(f"{web.url}/four.grib2")
        else:
            assert opened(f"{web.url}/four.grib2")["t2m"].sizes["time"] == 2


def test_s3_and_the_cache(folder, tmp_path, monkeypatch):
    cache = Cache(tmp_path)
    with object_server(folder) as endpoint:
        there = Distribution(
            id="x",
            access_url="s3://data/one.grib2",
            reader="grib",
            storage_options={"endpoint_url": endpoint},
        )
        open_distribution(there, base=".", cache=cache).load()
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    ds = open_distribution(there, base=".", cache=cache)
    np.testing.assert_array_equal(ds["t2m"].values, gribs.values(0))


@pytest.mark.parametrize("kind", ["stall", "page", "garbage", "cut"])
def test_trouble(kind, web):
    web.faults.append(Fault(kind))
    with pytest.raises((SourceUnavailable, IntegrityError)) as caught:
        opened(f"{web.url}/one.grib2", deadline=0.8)
    assert caught.value.hint


def test_dead_server():
    with pytest.raises(SourceUnavailable, match="no connection"):
        opened(f"http://127.0.0.1:{free_port()}/a.grib2", deadline=5)


def test_fingerprint_sees_every_byte(folder):
    found = take_fingerprint(way("tree.grib2"), base=folder)
    assert found.strength is Strength.WHOLE
    assert "isobaricInhPa/u" in {item.name for item in found.variables}
    again = take_fingerprint(way("tree.grib2"), base=folder, like=found)
    assert [item.sha256 for item in again.files] == [item.sha256 for item in found.files]


# damage


def test_cut_short(tmp_path):
    whole = gribs.message2(gribs.values(0))
    (tmp_path / "a.grib2").write_bytes(whole + whole[:-9])
    with pytest.raises(IntegrityError, match="message at byte 305: it should have 305 bytes, 296"):
        opened("a.grib2", tmp_path)


def test_no_grib_at_all(tmp_path):
    (tmp_path / "a.grib2").write_bytes(b"GRI" * 5000)
    with pytest.raises(SourceUnavailable, match="no message in it"):
        opened("a.grib2", tmp_path)


@settings(max_examples=draws(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    place=st.integers(0, 304), byte=st.integers(0, 255), message=st.sampled_from([1, 2])
)  # fmt: skip
def test_a_damaged_byte_never_gets_out_as_another_error(place, byte, message, tmp_path):
    make = gribs.message2 if message == 2 else gribs.message1
    data = bytearray(make(gribs.values(0)))
    data[place % len(data)] = byte
    (tmp_path / "a.grib2").write_bytes(data)
    with suppress(SciknowError):
        opened("a.grib2", tmp_path).load()


def test_values_that_no_field_has_are_told_as_damage(tmp_path):
    data = gribs.message1(gribs.values(0))
    wrong = data.replace(gribs.ibm(float(gribs.values(0).min())), bytes.fromhex("7fffffff"), 1)
    assert wrong != data
    (tmp_path / "a.grib2").write_bytes(wrong)
    with pytest.raises(IntegrityError, match=r"no value of anything.*get it again"):
        opened("a.grib2", tmp_path).load()


def test_an_index_of_either_kind():
    assert parse_index(b"1:0:a\n2:50:b\n2.1:50:c\n") == [0, 50]
    assert parse_index(b'{"_offset": 9}\n\n{"_offset": 3}') == [3, 9]
    for wrong in (b"", b"1:-5:a", b"1:x:a", b"{", b"[1]", b'{"_offset": "3"}', b"1:0"):
        assert parse_index(wrong) is None


# the process


def test_eccodes_is_not_loaded_here(folder):
    opened("one.grib2", folder).load()
    assert "eccodes" not in sys.modules
    maps = Path("/proc/self/maps")
    assert not maps.exists() or "eccodes" not in maps.read_text()


def test_a_decoder_that_is_missing_says_what_to_do(folder, monkeypatch):
    grib_process.close_idle()
    for python in ("/nonexistent/python", sys.executable, "/bin/true"):
        monkeypatch.setenv(grib_process.PYTHON, python)
        with pytest.raises(MissingDependency) as caught:
            opened("one.grib2", folder)
        assert grib_process.PYTHON in str(caught.value)


def test_a_decoder_that_dies_is_replaced(folder):
    ds = opened("one.grib2", folder)
    for decoder in grib_process._pool._idle:
        decoder.process.kill()
        decoder.process.wait()
    np.testing.assert_array_equal(ds["t2m"].values, gribs.values(0))


def test_a_decoder_that_hangs_is_stopped(folder, tmp_path, eccodes, monkeypatch):
    grib_process.close_idle()
    slow = tmp_path / "python"
    start = "import sys, json, struct, time; h = json.dumps({'version': 1}).encode()"
    say = "sys.stdout.buffer.write(struct.pack('>IQ', len(h), 0) + h); sys.stdout.flush()"
    code = f"{start}; {say}; time.sleep(60)"
    slow.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{code}"\n')
    slow.chmod(0o755)
    monkeypatch.setenv(grib_process.PYTHON, str(slow))
    with pytest.raises(SourceUnavailable, match="decoding took more than"):
        opened("one.grib2", folder, deadline=1.5)
    monkeypatch.setenv(grib_process.PYTHON, eccodes)
    assert "t2m" in opened("one.grib2", folder)
