"""The lockfile: readable, the same for the same content, checked when read, used to open."""

import json
import shutil
import subprocess
import sys
import tomllib
import warnings
from dataclasses import replace
from datetime import UTC, datetime

import html5lib
import pytest
import xarray as xr
from amount import draws
from click.testing import CliRunner
from drifting import flip, sample, table, to_netcdf, to_zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from servers.forbidden import counting_port

import sciknow as sk
from sciknow.cli.main import main
from sciknow.errors import (
    IntegrityError,
    InvalidInput,
    NotFound,
    SourceUnavailable,
    UntrustedInput,
)
from sciknow.hub import embedded_hub
from sciknow.hub.store.hubs import Hubs
from sciknow.ledger import Lock, Locked, Report, Status, Verdict, make_lock, read_lock, write_lock
from sciknow.ledger.toml import to_toml
from sciknow.model.fingerprint import FileState, Fingerprint, Strength, VariableState
from sciknow.text import harmless

MOMENT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(harmless)
SCALAR = st.one_of(
    TEXT, st.integers(-(2**62), 2**62), st.booleans(), st.floats(allow_nan=False), st.just(MOMENT)
)
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=draws(200), deadline=None)
@given(st.dictionaries(TEXT, VALUE, max_size=5))
def test_toml_reads_back_as_it_was(content):
    assert tomllib.loads(to_toml(content)) == content


def test_toml_has_no_form_for_objects():
    with pytest.raises(InvalidInput, match="set has no form in TOML"):
        to_toml({"a": {1, 2}})


HASH = st.text("0123456789abcdef", min_size=64, max_size=64)
PLAIN = st.one_of(TEXT, st.integers(0, 9), st.floats(allow_nan=False), st.booleans())
ATTRS = st.dictionaries(TEXT, PLAIN, max_size=3)
VARIABLE = st.builds(
    VariableState,
    name=TEXT,
    dtype=TEXT,
    dims=st.lists(TEXT, max_size=3).map(tuple),
    shape=st.lists(st.integers(0, 10**9), max_size=3).map(tuple),
    attrs=ATTRS,
    layout=HASH,
    values=HASH,
    chunks=st.dictionaries(TEXT, HASH, max_size=3),
)
FILE = st.builds(
    FileState,
    name=TEXT,
    size=st.integers(0, 2**50),
    sha256=HASH,
    ranges=st.dictionaries(TEXT, HASH, max_size=2),
    etag=TEXT,
)
PRINT = st.builds(
    Fingerprint,
    strength=st.sampled_from(Strength),
    metadata=HASH,
    attrs=ATTRS,
    variables=st.lists(VARIABLE, max_size=2).map(tuple),
    files=st.lists(FILE, max_size=2).map(tuple),
    listing=HASH,
    count=st.integers(0, 99),
)
LOCKED = st.builds(
    Locked,
    id=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,11}", fullmatch=True),
    title=TEXT,
    distribution=TEXT,
    url=TEXT,
    reader=TEXT,
    locked=st.just(MOMENT),
    fingerprint=PRINT,
    mirrors=st.lists(TEXT, max_size=2).map(tuple),
    options=ATTRS,
    selection=st.fixed_dictionaries({}, optional={"bbox": st.lists(st.integers(), max_size=4)}),
)


@settings(max_examples=draws(60), deadline=None)
@given(items=st.lists(LOCKED, max_size=3))
def test_a_lock_reads_back_as_it_was(items, tmp_path_factory):
    path = tmp_path_factory.mktemp("lock") / "a.lock"
    lock = make_lock(items)
    write_lock(path, lock)
    assert read_lock(path) == lock


def one(**fields):
    given = {
        "id": "ice",
        "distribution": "ice-zarr",
        "url": "data/ice.zarr",
        "reader": "zarr",
        "locked": MOMENT,
        "fingerprint": Fingerprint(strength=Strength.WHOLE),
    }
    return Locked(**{**given, **fields})


def test_the_order_does_not_depend_on_the_order_of_opening(tmp_path):
    items = [one(id="b"), one(id="a"), one(id="a", distribution="other")]
    first = write_lock(tmp_path / "1", make_lock(items)).read_bytes()
    second = write_lock(tmp_path / "2", make_lock(reversed(items))).read_bytes()
    assert first == second


def test_equal_openings_are_locked_once():
    assert len(make_lock([one(), one(), one(selection={"period": ["1979", "1980"]})]).dataset) == 2


def test_find():
    lock = Lock(
        dataset=(
            one(doi="10.1234/Ice"),
            one(id="sst", distribution="a"),
            one(id="sst", distribution="b"),
            one(id="sst", distribution="b", selection={"period": ["1979", "1980"]}),
        )
    )
    assert lock.find("https://doi.org/10.1234/ICE").id == "ice"
    assert lock.find("sst", "a").distribution == "a"
    assert lock.find("sst", "b", {"period": ("1979", "1980")}).selection
    with pytest.raises(NotFound, match="the file locks ice, sst"):
        lock.find("tides")
    with pytest.raises(InvalidInput, match="locked 3 times"):
        lock.find("sst")


BROKEN = {
    "no TOML": ("= 3", "is no TOML"),
    "no format": ("a = 1", "found 'nothing'"),
    "later format": ("format = 99", "found 99"),
    "no list": ("format = 1\ndataset = 3", "key dataset: found 3"),
    "no id": ("format = 1\n[[dataset]]\nurl = 'x'", "key dataset.0: found no id"),
    "number as id": ("format = 1\n[[dataset]]\nid = 3", "dataset.0.id: found 3, allowed is a text"),
    "date": (
        "format = 1\n[[dataset]]\nid='a'\ndistribution='a'\nurl='a'\nlocked='soon'",
        "dataset.0.locked: found 'soon', allowed is a date and time",
    ),
    "strength": (
        "format = 1\n[[dataset]]\nid='a'\ndistribution='a'\nurl='a'\n"
        "locked=2026-01-01T00:00:00Z\nfingerprint={strength='very'}",
        "allowed is one of whole, part, sampled",
    ),
    "shape": (
        "format = 1\n[[dataset]]\nid='a'\ndistribution='a'\nurl='a'\n"
        "locked=2026-01-01T00:00:00Z\nfingerprint={strength='whole', variables=[{name='a', "
        "shape=['x']}]}",
        "variables.0.shape.0: found 'x', allowed is a whole number",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_lockfile_is_refused_where_it_breaks(tmp_path, name):
    text, expected = BROKEN[name]
    (tmp_path / "a.lock").write_text(text)
    with pytest.raises(InvalidInput) as caught:
        sk.verify(tmp_path / "a.lock")
    assert expected in str(caught.value)


def test_a_missing_lockfile_is_said(tmp_path):
    with pytest.raises(NotFound, match="there is no lockfile"):
        sk.verify(tmp_path / "none.lock")


HOSTILE = {
    "a path outside": ({"url": "../../../../etc/passwd", "reader": "csv"}, UntrustedInput),
    "a credential": ({"storage_options": {"key": "x", "secret": "y"}}, UntrustedInput),
    "another scheme": ({"url": "ftp://example.org/a.zarr"}, UntrustedInput),
    "an unknown option": ({"options": {"backend_kwargs": "x"}}, InvalidInput),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_lockfile_is_data_from_outside(tmp_path, hub, name):
    fields, error = HOSTILE[name]
    write_lock(tmp_path / "a.lock", make_lock([one(**fields)]))
    with pytest.raises(error):
        sk.verify(tmp_path / "a.lock", hub=hub)


# lock, verify and open through the hub


def test_lock_what_was_opened_and_verify_it(hub, tmp_path):
    with sk.session():
        hub.open("ice-monthly", period=("1979", "1979"))
        path = sk.lock(tmp_path / "a.lock")
    (item,) = read_lock(path).dataset
    assert item.generation == hub.manifest.id
    assert item.hub == str(hub.path)
    assert item.doi == "10.1234/ice"
    assert item.fingerprint.strength is Strength.WHOLE
    report = sk.verify(path)  # finds the hub by what the lockfile says
    assert report.ok
    assert report.summary == "1 unchanged"


def test_lock_ids_and_hits(hub, tmp_path):
    hits = hub.search("monthly sea ice", openable=True)
    for what in ("ice-monthly", ["10.1234/ice"], hits[0], [hub.dataset("ice-monthly")]):
        path = sk.lock(tmp_path / "a.lock", what, hub=hub)
        assert [item.id for item in read_lock(path).dataset] == ["ice-monthly"]


def test_nothing_is_written_when_something_cannot_be_locked(hub, tmp_path):
    with sk.session(), pytest.raises(InvalidInput, match="nothing was opened"):
        sk.lock(tmp_path / "a.lock")
    with pytest.raises(NotFound):
        sk.lock(tmp_path / "a.lock", ["ice-monthly", "tides"], hub=hub)
    with pytest.raises(InvalidInput, match="int is nothing"):
        sk.lock(tmp_path / "a.lock", [3], hub=hub)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_said(hub, tmp_path):
    with pytest.raises(InvalidInput, match="cannot be written"):
        sk.lock(tmp_path, "ice-monthly", hub=hub)


def test_locking_again_changes_nothing_but_the_moment(hub, tmp_path):
    first = sk.lock(tmp_path / "a.lock", "ice-monthly", hub=hub).read_text().splitlines()
    second = sk.lock(tmp_path / "b.lock", "ice-monthly", hub=hub).read_text().splitlines()
    differ = [a for a, b in zip(first, second, strict=True) if a != b]
    assert all(line.startswith("locked = ") for line in differ)


def test_open_exactly_what_is_locked(hub, tmp_path):
    with sk.session():
        part = hub.open("ice-monthly", period=("1979", "1979"), variables=["siconc"])
        path = sk.lock(tmp_path / "a.lock")
    with sk.session() as book:
        again = hub.open("ice-monthly", locked=path)
    xr.testing.assert_equal(again, part)
    assert next(iter(book)).selection == {"period": ["1979", "1979"], "variables": ["siconc"]}


@pytest.fixture
def changed(hub, tmp_path):
    """Return a lockfile of data that have changed since, and mend them afterwards."""
    path = sk.lock(tmp_path / "a.lock", "ice-monthly", hub=hub)
    chunk = hub.base / "data" / "ice.zarr" / "siconc" / "0.0.0"
    before = chunk.read_bytes()
    flip(chunk)
    yield path
    chunk.write_bytes(before)


def test_open_locked_refuses_what_has_changed(hub, changed):
    with sk.session() as book:
        with pytest.raises(IntegrityError, match=r"chunk changed: siconc/0\.0\.0"):
            hub.open("ice-monthly", locked=changed)
        assert not len(book)
    hub.open("ice-monthly")


def test_open_locked_refuses_what_is_gone(hub, tmp_path):
    path = sk.lock(tmp_path / "a.lock", "ice-monthly", hub=hub)
    lock = read_lock(path)
    gone = replace(lock.dataset[0], url="data/none.zarr", distribution="none")
    write_lock(path, replace(lock, dataset=(gone,)))
    hub_without = sk.verify(path, hub=hub)
    assert hub_without.ok  # the hub knows another way to the same bytes, and it is noted
    assert "not where it was locked" in hub_without[0].notes[0]
    stranger = replace(gone, id="tides", mirrors=("data/none2.zarr",))
    write_lock(path, replace(lock, dataset=(stranger,)))
    with pytest.raises(SourceUnavailable, match=r"tried data/none.zarr: .*tried data/none2.zarr"):
        hub.open("tides", locked=path)


def test_the_report_for_people_and_programs(hub, changed):
    report = sk.verify(changed, hub=hub)
    assert not report.ok
    text = repr(report)
    assert text.startswith("1 changed\nchanged  ice-monthly  ice-monthly-zarr\n")
    assert "chunk changed: siconc/0.0.0" in text
    assert "since: after 20" in text
    plain = report.to_dict()
    assert plain["datasets"][0]["changes"][0]["what"] == "siconc/0.0.0"
    html5lib.HTMLParser(strict=True).parseFragment(str(report._repr_html_()))


def test_hostile_names_are_escaped_in_the_report():
    item = one(title="<script>alert(1)</script>", id="<img src=x>")
    tried = (("http://x/<b>", "<i>no</i>"),)
    report = Report([Verdict(locked=item, status=Status.GONE, tried=tried)], notes=["<u>"])
    html = str(report._repr_html_())
    html5lib.HTMLParser(strict=True).parseFragment(html)
    for tag in ("<script", "<img", "<b>x", "<i>", "<u>"):
        assert tag not in html
    assert report[0:1] == (report[0],)


def test_the_embedded_hub_stays_itself_when_another_is_in_use(node, tmp_path, monkeypatch):
    if not (embedded_hub() / "CURRENT").is_file():
        pytest.skip("this checkout has no embedded hub; make it with sciknow build --embedded")
    with sk.session(), sk.open_hub(embedded_hub()) as own:
        own.open("nile-annual-flow")
        path = sk.lock(tmp_path / "a.lock")
    assert read_lock(path).dataset[0].hub == ""
    monkeypatch.setenv("SCIKNOW_HUB", str(node))
    assert sk.verify(path).ok


# the commands


@pytest.fixture
def command(node, monkeypatch):
    """Return a function that runs a command in this process."""
    monkeypatch.setenv("SCIKNOW_HUB", str(node))

    def call(*arguments, code=0):
        result = CliRunner().invoke(main, [str(item) for item in arguments])
        assert result.exit_code == code, result.output
        return result

    return call


def test_the_commands(command, hub, tmp_path):
    path = tmp_path / "a.lock"
    assert "locked 1 dataset in" in command("lock", "ice-monthly", "-o", path).stderr
    assert "unchanged  ice-monthly" in command("verify", path).stdout
    assert "siconc" in command("open", "ice-monthly", "--locked", path).stdout
    chunk = hub.base / "data" / "ice.zarr" / "siconc" / "0.0.0"
    before = chunk.read_bytes()
    flip(chunk)
    try:
        drift = command("verify", path, "--json", code=1)
        assert json.loads(drift.stdout)["ok"] is False
        assert "1 changed" in drift.stderr.splitlines()[-1]
        refused = command("open", "ice-monthly", "--locked", path, code=1)
        assert "chunk changed: siconc/0.0.0" in refused.stderr
    finally:
        chunk.write_bytes(before)


def test_verify_without_a_lockfile_looks_at_the_hub(command, node, tmp_path):
    assert "files whole" in command("verify", "--hub", node).stderr
    assert json.loads(command("verify", "--hub", node, "--json").stdout)["ok"]
    assert "there is no lockfile" in command("verify", tmp_path / "none", code=1).stderr


def test_a_process_ends_with_1_on_drift(node, hub, changed):
    result = subprocess.run(
        [sys.executable, "-m", "sciknow", "verify", changed, "--hub", node],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr


# other readers and versions


def test_two_locks_of_the_same_data_in_two_places_are_the_same(place, tmp_path):
    """Two machines with copies of the data get the same digests."""
    for folder in ("one", "two"):
        (place / folder).mkdir()
        to_zarr(sample(), place / folder / "a.zarr")
        to_netcdf(sample(), place / folder / "a.nc", engine="scipy")
        table().to_csv(place / folder / "a.csv", index=False)
    for file in ("a.zarr", "a.nc", "a.csv"):
        first = place.lock(place.way(f"one/{file}")).fingerprint
        second = place.lock(place.way(f"two/{file}")).fingerprint
        assert first == second
        assert first.modified == ""


def test_a_lock_taken_locally_holds_over_the_wire(place):
    from servers.web import DataServer

    to_zarr(sample(), place / "a.zarr")
    to_netcdf(sample(), place / "a.nc")
    to_netcdf(sample(), place / "classic.nc", engine="scipy", format="NETCDF3_CLASSIC")
    table().to_parquet(place / "a.parquet", index=False)
    with DataServer(place.folder) as server:
        for file in ("a.zarr", "a.nc", "classic.nc", "a.parquet"):
            place.mirrors = (f"{server.url}/{file}",)
            place.lock(place.way(file))
            (place / file).rename(place / "away")
            (place / "away").rename(place / file)
            place.lock(place.way(file), url=f"{place.name}/none")
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                verdict = place.verify()
            assert verdict.ok, verdict.details


@pytest.mark.parametrize("field", ["url", "mirrors", "storage_options"])
@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f000001", "inner.example.org"])
def test_a_stranger_s_lockfile_leads_nobody_inside(field, host, place, names, monkeypatch):
    monkeypatch.delenv("SCIKNOW_PRIVATE")
    to_netcdf(sample(), place / "a.nc")
    with counting_port() as (port, came):
        inside = f"http://{host}:{port}"
        told = {
            "url": {"url": f"{inside}/a.nc"},
            "mirrors": {"mirrors": (f"{inside}/a.nc",)},
            "storage_options": {"url": "s3://b/a.nc", "storage_options": {"endpoint_url": inside}},
        }[field]
        place.lock(place.way("a.nc"), **told)
        if field == "mirrors":
            (place / "a.nc").unlink()
            tried = dict(place.verify().tried)
            assert any("private network" in why for why in tried.values())
        else:
            for ask in (
                place.verify,
                lambda: place.hub.open("ice-monthly", locked=place.lockfile),
            ):
                place.lock(place.way("a.nc"), id="ice-monthly", **told)
                with pytest.raises(UntrustedInput, match="private network"):
                    ask()
        assert came == []


def test_a_hub_that_came_along_with_a_lockfile_is_not_asked(place, tmp_path, monkeypatch):
    to_netcdf(sample(), place / "a.nc")
    shutil.copytree(place.hub._state.folder.root, tmp_path / "hub", symlinks=True)
    monkeypatch.chdir(tmp_path)
    with Hubs() as hubs:
        found = hubs.named("hub")
        assert found is None or found.folder.root.resolve() != (tmp_path / "hub").resolve()
        found = hubs.named(str(tmp_path / "hub"))
        assert found is not None
        assert found.folder.root == tmp_path / "hub"


@pytest.mark.parametrize("wrong", ["../../x", "/etc/x", "a b", ""])
def test_a_lockfile_pins_no_id_that_is_no_slug(wrong, place):
    to_netcdf(sample(), place / "a.nc")
    place.lock(place.way("a.nc"), id=wrong)
    with pytest.raises(InvalidInput, match="an id of"):
        read_lock(place.lockfile)
