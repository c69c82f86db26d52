"""HDF5 files that keep something in other files are refused before that is looked for."""

from __future__ import annotations

import os

import h5py
import numpy as np
import pytest
from h5py import h5d, h5p, h5s, h5t
from servers.web import DataServer

from sciknow.errors import UntrustedInput
from sciknow.model import Distribution
from sciknow.readers import open_distribution, take_fingerprint
from sciknow.readers.formats.netcdf.inside import Inside

FAR = h5s.UNLIMITED


def growing(file, source):
    """Add a virtual dataset that is as long as its source, which HDF5 opens to tell."""
    here, there = (h5s.create_simple((1,), (FAR,)) for _ in range(2))
    for space in (here, there):
        space.select_hyperslab((0,), (1,), (1,), (FAR,))
    made = h5p.create(h5p.DATASET_CREATE)
    made.set_virtual(here, source.encode(), b"x", there)
    h5d.create(file.id, b"x", h5t.NATIVE_INT64, h5s.create_simple((1,), (FAR,)), made)


def virtual(file, source):
    layout = h5py.VirtualLayout((4,), "i8")
    layout[:] = h5py.VirtualSource(source, "x", (4,))
    file.create_virtual_dataset("x", layout)


def link(file, source):
    file["x"] = h5py.ExternalLink(source, "/x")


def soft(file, source):
    file["hidden/e"] = h5py.ExternalLink(source, "/x")
    file["x"] = h5py.SoftLink("/hidden/e")


def softer(file, source):
    soft(file, source)
    del file["x"]
    file["hidden/s"] = h5py.SoftLink("e")
    file["x"] = h5py.SoftLink("/hidden/./s")


def linked_group(file, source):
    file["x"] = h5py.ExternalLink(source, "/")


KINDS = {
    "stored outside": lambda file, source: file.create_dataset(
        "x", (4,), "i4", external=[(source, 0, 16)]
    ),
    "stored in two": lambda file, source: file.create_dataset(
        "x", (8,), "i4", external=[(source, 0, 16), (source, 0, 16)]
    ),
    "an external link": link,
    "a soft link to one": soft,
    "a soft link to a soft link": softer,
    "a group elsewhere": linked_group,
    "virtual": virtual,
    "virtual and growing": growing,
}


@pytest.fixture
def pipe(tmp_path):
    """Return a pipe: whoever opens it waits for ever."""
    os.mkfifo(tmp_path / "pipe")
    return str(tmp_path / "pipe")


def made(path, kind, source):
    with h5py.File(path, "w") as file:
        file.create_dataset("there", data=np.arange(4.0))
        KINDS[kind](file, source)
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("served", [True, False], ids=["web", "local"])
def test_what_lies_elsewhere_is_refused(kind, served, pipe, tmp_path):
    (tmp_path / "data").mkdir()
    made(tmp_path / "data" / "a.h5", kind, pipe)
    with DataServer(tmp_path / "data") as web:
        url = f"{web.url}/a.h5" if served else "a.h5"
        way = Distribution(id="x", access_url=url, reader="netcdf")
        with pytest.raises(UntrustedInput, match="another file"):
            open_distribution(way, base=tmp_path / "data", deadline=5)


@pytest.mark.parametrize("kind", ["stored outside", "a soft link to one", "virtual and growing"])
def test_a_group_that_is_named_is_looked_at_and_all_above_it(kind, pipe, tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("a/b/there", data=np.arange(4.0))
        file.create_dataset("c/d/there", data=np.arange(4.0))
        KINDS[kind](file.create_group("a/b/deep"), pipe) if kind == "stored outside" else None
        if kind == "a soft link to one":
            file["e"] = h5py.ExternalLink(pipe, "/x")
            file["a/b/x"] = h5py.SoftLink("/e")
        elif kind == "virtual and growing":
            growing(file["a"], pipe)
    way = Distribution(id="x", access_url="a.h5", reader="netcdf")
    with pytest.raises(UntrustedInput, match="another file"):
        open_distribution(way, base=tmp_path)  # groups alone: all are read
    if kind != "stored outside":
        way = Distribution(id="x", access_url="a.h5", reader="netcdf", options={"group": "a/b"})
        with pytest.raises(UntrustedInput, match="another file"):
            open_distribution(way, base=tmp_path)


def test_references_of_a_set_and_fingerprints_are_made_of_whole_files_only(pipe, tmp_path):
    for name in ("a", "b"):
        made(tmp_path / f"{name}.h5", "stored outside", pipe)
    for options in ({}, {"virtual": True, "concat_dim": "phony_dim_0"}):
        way = Distribution(id="x", access_url="*.h5", reader="netcdf", options=options)
        with pytest.raises(UntrustedInput, match="another file"):
            open_distribution(way, base=tmp_path)
    way = Distribution(id="x", access_url="a.h5", reader="netcdf")
    with pytest.raises(UntrustedInput, match="another file"):
        take_fingerprint(way, base=tmp_path, selection={"variables": ["there"]})


def test_links_within_a_file_are_followed(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("there", data=np.arange(4.0))
        file["soft"] = h5py.SoftLink("/there")
        file["hard"] = file["there"]
        file["gone"] = h5py.SoftLink("/nowhere/x")
        file["ring"] = h5py.SoftLink("/ring")
        file["group/top"] = file["/"]  # goes round
        Inside(file, "a.h5").check(whole=True)
        Inside(file, "a.h5").check("group/top/group")
        del file["gone"], file["ring"], file["group"]
    way = Distribution(id="x", access_url="a.h5", reader="netcdf")
    found = open_distribution(way, base=tmp_path)
    assert found["soft"].values.tolist() == found["hard"].values.tolist() == [0, 1, 2, 3]
