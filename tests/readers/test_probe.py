"""One look at a distribution, against servers that answer, fail, move and lie."""

import subprocess
import sys

import pytest
from servers.dap import dap_server
from servers.web import Fault, free_port

from sciknow import formats
from sciknow.model import Distribution
from sciknow.model.content import DATA, is_page
from sciknow.model.fingerprint import Strength
from sciknow.model.probe import Outcome
from sciknow.readers import probe_distribution, try_opening
from sciknow.wire import retry


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(retry, "PACE", 0.02)


def look(url, folder, reader="", deep=False, deadline=5.0, **fields):
    way = Distribution(id="x", access_url=url, reader=reader, **fields)
    trial = try_opening if deep else None
    return probe_distribution(way, base=folder, deep=trial, deadline=deadline)


FORMATS = {
    "four.nc": "netcdf",
    "classic.nc": "netcdf",
    "v2.zarr": "zarr",
    "v2-loose.zarr": "zarr",
    "v3.zarr": "zarr",
    "table.csv": "csv",
    "table.parquet": "parquet",
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("place", ["web", "s3", "local"])
def test_every_format_answers_from_everywhere(name, place, web, s3, folder):
    url = {"web": f"{web.url}/{name}", "s3": f"s3://data/{name}", "local": name}[place]
    options = {"anon": True, "endpoint_url": s3} if place == "s3" else {}
    found = look(url, folder, FORMATS[name], storage_options=options)
    assert (found.outcome, found.detail) == (Outcome.OK, "")
    assert found.latency > 0
    assert not found.deep
    if not name.endswith(".zarr"):
        assert found.size == (folder / name).stat().st_size
        assert found.strength == Strength.WHOLE
    if place != "local":
        assert found.etag
    if place == "web":
        assert web.sent < 1100  # a kilobyte, and the words of a server that lacks a document


@pytest.mark.parametrize("name", ["four.nc", "v2.zarr", "table.csv", "table.parquet"])
def test_deep_reads_one_chunk_and_no_more(name, web, folder):
    found = look(f"{web.url}/{name}", folder, FORMATS[name], deep=True)
    assert (found.outcome, found.deep) == (Outcome.OK, True)
    chunks = [path for path in web.paths() if "/sst/" in path and ".z" not in path.split("/")[-1]]
    assert len(chunks) <= 1


def test_deep_finds_what_a_glance_can_not(web, folder):
    web.faults = [Fault("status", r"/sst/\d", 403), Fault("status", r"/index/\d", 403)]
    assert look(f"{web.url}/v2.zarr", folder, "zarr").outcome is Outcome.OK
    assert look(f"{web.url}/v2.zarr", folder, "zarr", deep=True).outcome is Outcome.FORBIDDEN


def test_references_and_opendap(web, folder, sample, tmp_path):
    (tmp_path / "set.json").write_text('{"version": 1, "refs": {}}')
    assert look("set.json", tmp_path, "kerchunk").outcome is Outcome.OK
    (tmp_path / "set.json").write_text("refs")
    assert look("set.json", tmp_path, "kerchunk").outcome is Outcome.CONTENT
    with dap_server(sample[["index"]].drop_vars("time")) as server:
        assert look(server.url, folder, "opendap").outcome is Outcome.OK
        assert look(server.url + ".html", folder, "opendap", deep=True).outcome is Outcome.OK
        assert next(path for path, _ in server.sent).endswith(".dds")
    web.answers["/dap.dds"] = lambda path: ("text/plain", b"Error { code = 404; }")
    assert look(f"{web.url}/dap", folder, "opendap").outcome is Outcome.CONTENT


FAILURES = {
    "absent": (None, Outcome.GONE, "HTTP 404"),
    "gone": (Fault("status", status=410), Outcome.GONE, "HTTP 410"),
    "forbidden": (Fault("status", status=403), Outcome.FORBIDDEN, "HTTP 403"),
    "login": (Fault("status", status=401), Outcome.FORBIDDEN, "HTTP 401"),
    "error": (Fault("status", status=500), Outcome.SERVER_ERROR, "HTTP 500"),
    "teapot": (Fault("status", status=418), Outcome.SERVER_ERROR, "HTTP 418"),
    "busy": (Fault("status", status=429), Outcome.BUSY, "HTTP 429"),
    "later": (Fault("status", headers={"Retry-After": "3600"}), Outcome.BUSY, "HTTP 503"),
    "stall": (Fault("stall"), Outcome.TIMEOUT, "no answer in time"),
    "drip": (Fault("drip"), Outcome.TIMEOUT, "no answer in time"),
    "page": (Fault("page"), Outcome.CONTENT, "a web page instead of NetCDF"),
    "cut": (Fault("cut", "four.nc"), Outcome.CONTENT, "cut short"),
    "reset": (Fault("reset"), Outcome.UNREACHABLE, "closed without an answer"),
    "garbage": (Fault("garbage"), Outcome.UNREACHABLE, "not HTTP"),
    "scheme": (Fault("redirect", location="ftp://a/b"), Outcome.REFUSED, "scheme 'ftp'"),
    "ring": (Fault("redirect", location="/ring"), Outcome.SERVER_ERROR, "redirects"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_each_failure_is_told_apart(name, web, folder):
    fault, outcome, words = FAILURES[name]
    web.faults = [fault] if fault else []
    path = "four.nc" if name == "cut" else f"{name}.nc"
    found = look(f"{web.url}/{path}", folder, "netcdf", deadline=0.6)
    assert (found.outcome, found.latency) == (outcome, None)
    assert words in found.detail
    assert found.detail.isprintable()


def test_failures_below_http(web, folder):
    port = free_port()
    closed = look(f"http://127.0.0.1:{port}/a", folder, "csv")
    tls = look(web.url.replace("http", "https") + "/four.nc", folder, "netcdf")
    nowhere = look("http://nowhere.invalid/a", folder, "csv")
    assert [item.outcome for item in (closed, tls, nowhere)] == [
        Outcome.UNREACHABLE,
        Outcome.TLS,
        Outcome.NO_SUCH_HOST,
    ]


def test_object_stores_fail_as_plainly(s3, folder):
    def at(url, endpoint=s3, reader=""):
        return look(url, folder, reader, storage_options={"endpoint_url": endpoint}).outcome

    assert at("s3://data/none.nc", reader="netcdf") is Outcome.GONE
    assert at("s3://data/v2") is Outcome.OK
    assert at("s3://data/nothing/") is Outcome.GONE
    assert at("s3://no-such-bucket/") is Outcome.GONE
    assert at("s3://data/", "http://nowhere.invalid") is Outcome.NO_SUCH_HOST
    assert at("s3://data/", f"http://127.0.0.1:{free_port()}") is Outcome.UNREACHABLE


@pytest.mark.parametrize(
    ("status", "location", "moved"),
    [
        (301, "/four.nc", "/four.nc"),
        (308, "/four.nc", "/four.nc"),
        (302, "/four.nc", ""),
        (301, "/old.nc/", ""),
    ],
)
def test_what_has_moved_for_good_is_told(status, location, moved, web, folder):
    web.faults = [Fault("status", "/old.nc$", status, headers={"Location": location})]
    if location == "/old.nc/":
        web.answers["/old.nc/"] = lambda path: ("x/y", (folder / "four.nc").read_bytes())
    found = look(f"{web.url}/old.nc", folder, "netcdf")
    assert found.outcome is (Outcome.MOVED if moved else Outcome.OK)
    assert found.moved_to == (web.url + moved if moved else "")


def test_a_move_to_other_content_is_a_failure(web, folder):
    web.answers["/sorry"] = lambda path: ("text/html", b"<!-- hi -->\n<HTML lang=en>")
    web.faults = [Fault("status", "/old.nc$", 301, headers={"Location": "/sorry"})]
    assert look(f"{web.url}/old.nc", folder, "netcdf").outcome is Outcome.CONTENT


def test_sets_of_files_answer_by_one_of_them(web, folder):
    both = {"files": ["four.nc", "gone.nc"]}
    assert look(f"{web.url}/", folder, "netcdf", options=both).outcome is Outcome.OK
    assert look("f*.nc", folder, "netcdf").outcome is Outcome.OK
    assert look("x*.nc", folder, "netcdf").outcome is Outcome.CONTENT
    assert look(f"{web.url}/f*.nc", folder, "netcdf").outcome is Outcome.GONE
    web.listing = True
    assert look(f"{web.url}/f*.nc", folder, "netcdf").outcome is Outcome.OK


def test_servers_without_ranges_send_no_more_than_is_read(web, folder):
    web.ranges = False
    assert look(f"{web.url}/four.nc", folder, "netcdf").size == (folder / "four.nc").stat().st_size


def test_pages_answer_with_anything(web, folder):
    web.answers["/about"] = lambda path: ("text/html", b"<!DOCTYPE html><title>x</title>")
    url = f"{web.url}/about"
    assert look(url, folder).outcome is Outcome.OK
    assert look(url, folder, media_type="text/html").outcome is Outcome.OK
    assert look(url, folder, media_type="application/zip").outcome is Outcome.CONTENT
    assert look(url, folder, media_type="text/csv").outcome is Outcome.CONTENT


def test_a_failure_that_passes_is_none(web, folder):
    web.faults = [Fault("status", "four", 500, times=1)]
    assert look(f"{web.url}/four.nc", folder, "netcdf").outcome is Outcome.OK


def test_what_is_never_asked(folder, web):
    assert look("../outside.nc", folder, "netcdf").outcome is Outcome.REFUSED
    assert look("file:///etc/hostname", folder, "csv").outcome is Outcome.REFUSED
    assert look("gopher://a/b", folder).outcome is Outcome.REFUSED
    secret = {"key": "AKIA", "secret": "s"}
    assert look("s3://b/k", folder, "zarr", storage_options=secret).outcome is Outcome.REFUSED
    assert look("none.nc", folder, "netcdf").outcome is Outcome.GONE
    assert look(f"{web.url}/four.nc", folder, "no-such-reader").outcome is Outcome.READER_MISSING


@pytest.mark.parametrize(
    ("form", "head", "fine"),
    [
        ("netcdf", b"\0" * 512 + b"\x89HDF\r\n\x1a\n", True),
        ("netcdf", b"", False),
        ("csv", b"\xef\xbb\xbfa,b", True),
        ("csv", b"a\0b", False),
        ("csv", b"\xff\xfea\0", True),
        ("csv", b"\x1f\x8b\x08\0", True),
        ("grib", b"TTAAii\r\r\nGRIB\0", True),
        ("geotiff", b"II*\0", True),
        ("jsonl", b"\n {}", True),
        ("excel", b"<html>", False),
        ("unheard-of", b"\1\2", True),
    ],
)
def test_first_bytes(form, head, fine):
    known = formats.installed_formats().get(form)
    assert ((known.content if known else DATA).wrong(head) == "") is fine


def test_pages_are_known_by_their_start():
    assert is_page(b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC>')
    assert not is_page(b"<?xml version='1.0'?><kml>")
    assert not is_page(b"header,html")


def test_a_light_look_imports_nothing_that_opens_data():
    code = (
        "import sys; from sciknow.model import Distribution; "
        "from sciknow.readers import probe_distribution; "
        "way = Distribution(id='x', access_url='a.csv', reader='csv'); "
        "probe_distribution(way, base='.'); "
        "print(sorted({'xarray', 'dask', 'zarr', 'pandas', 'numpy'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
