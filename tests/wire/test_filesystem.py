"""The transport as a file system of fsspec's."""

from __future__ import annotations

import pickle

import fsspec
import pytest
from servers.objects import object_server
from servers.web import DataServer

from sciknow.wire import Absent, Transport
from sciknow.wire.filesystem import TransportFileSystem


@pytest.fixture
def served(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.csv").write_bytes(b"a,b\n1,2\n")
    with DataServer(tmp_path, listing=True) as server:
        yield server


def test_files_and_folders(served):
    system, top = TransportFileSystem(Transport()), f"{served.url}/sub"
    told = system.info(f"sciknow://{top}/a.csv")
    assert told == {"name": f"{top}/a.csv", "size": 8, "type": "file"}
    assert system.ls(top, detail=False) == [f"{top}/a.csv"]
    assert system.ls(served.url)[0]["type"] == "directory"
    assert system.ls(top)[0] == {"name": f"{top}/a.csv", "size": 0, "type": "file"}
    assert system.unstrip_protocol(f"{top}/") == f"sciknow://{top}"
    assert system.cat_file(f"{top}/a.csv", 2, 5) == b"b\n1"
    assert system.cat_file(f"{top}/a.csv") == b"a,b\n1,2\n"
    with pytest.raises(Absent):
        system.info(f"{served.url}/none")
    assert system.ls(f"{served.url}/none") == []


def test_libraries_open_files_through_it(served):
    address = f"sciknow://{served.url}/sub/a.csv"
    with fsspec.open(address, transport=Transport()) as file:
        assert file.read() == b"a,b\n1,2\n"
    system = pickle.loads(pickle.dumps(TransportFileSystem(Transport(deadline=9))))
    assert system.transport == Transport(deadline=9)
    assert system.__dask_tokenize__() == TransportFileSystem(Transport()).__dask_tokenize__()


def test_a_folder_of_a_store_has_members(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.csv").write_bytes(b"a,b\n1,2\n")
    with object_server(tmp_path, "listed") as endpoint:
        transport = Transport(storage_options={"endpoint_url": endpoint}, trusted=True)
        system, top = TransportFileSystem(transport), "s3://listed/sub"
        assert system.info(top) == {"name": top, "size": 0, "type": "directory"}
        assert system.ls(top) == [{"name": f"{top}/a.csv", "size": 8, "type": "file"}]
