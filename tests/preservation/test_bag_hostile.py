"""Bags made by somebody who means no good: nothing outside them is read, written or fetched."""

import hashlib
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers.web import DataServer

import sciknow
from sciknow.errors import UntrustedInput
from sciknow.preservation import manifest
from sciknow.preservation.naming import check_path, decode_path, encode_path

EVIL = [
    "../outside",
    "data/../../outside",
    "/etc/passwd",
    "~/secret",
    "C:\\windows",
    "data\\..\\..\\outside",
    "data//x",
    "./../x",
    "data/%0A/../../x",
    "",
]


def digest(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def bag(tmp_path):
    place = tmp_path / "evil"
    (place / "data").mkdir(parents=True)
    (place / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (place / "data" / "a").write_bytes(b"a")
    (place / "manifest-sha256.txt").write_text(f"{digest(b'a')}  data/a\n")
    return place


def add(bag, line, name="manifest-sha256.txt"):
    with (bag / name).open("a") as file:
        file.write(line + "\n")


def damages(bag, **options):
    return {str(one.damage) for one in sciknow.audit(bag, **options)[0].problems}


@pytest.mark.parametrize("path", EVIL)
def test_paths_out_of_the_bag(bag, tmp_path, path):
    (tmp_path / "outside").write_bytes(b"secret")
    add(bag, f"{digest(b'secret')}  {path}")
    report = sciknow.audit(bag, repair=True)
    assert not report.ok
    assert {str(one.damage) for one in report[0].problems} <= {"unsafe", "invalid", "missing"}
    assert (tmp_path / "outside").read_bytes() == b"secret"


@pytest.mark.parametrize("path", [path for path in EVIL if path != "data/%0A/../../x"])
def test_such_paths_are_refused(path):
    with pytest.raises(UntrustedInput):
        check_path(path.removeprefix("./"))


def test_links_are_never_followed(bag, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "s").write_bytes(b"secret")
    (bag / "data" / "file").symlink_to(secret / "s")
    (bag / "data" / "folder").symlink_to(secret)
    add(bag, f"{digest(b'secret')}  data/file")
    add(bag, f"{digest(b'secret')}  data/folder/s")
    add(bag, f"{digest(b'other')}  data/folder/t")
    report = sciknow.audit(bag, repair=True, mirrors=[tmp_path])
    assert {(str(one.damage), one.path) for one in report[0].problems} == {
        ("unsafe", "data/file"),
        ("unsafe", "data/folder/s"),
        ("unsafe", "data/folder/t"),
        ("unexpected", "data/folder"),
    }
    assert list(secret.iterdir()) == [secret / "s"]


def test_special_files_are_not_read(bag):
    os.mkfifo(bag / "data" / "pipe")
    add(bag, f"{digest(b'')}  data/pipe")
    assert damages(bag) == {"unsafe"}


def test_a_manifest_that_is_a_link_or_a_pipe(bag):
    os.mkfifo(bag / "manifest-sha512.txt")
    (bag / "tagmanifest-md5.txt").symlink_to("/dev/zero")
    assert not sciknow.audit(bag).ok


def test_huge_manifests(bag, monkeypatch):
    monkeypatch.setattr(manifest, "MAX_ENTRIES", 10)
    for at in range(20):
        add(bag, f"{digest(b'a')}  data/{at}")
    assert "invalid" in damages(bag)
    (bag / "manifest-sha256.txt").write_bytes(b"a" * 10_000_000)
    assert "invalid" in damages(bag)


def test_a_huge_tag_file(bag):
    (bag / "bagit.txt").write_bytes(b"BagIt-Version: 1.0\n" + b" " * 2**21)
    assert "changed" in damages(bag)


@pytest.mark.parametrize(
    "text", ["", "BagIt-Version: 9.9\nTag-File-Character-Encoding: UTF-8\n", "\xff\xfe", "x: y"]
)
def test_other_declarations(bag, text):
    (bag / "bagit.txt").write_text(text, encoding="latin-1")
    assert not sciknow.audit(bag).ok


def test_manifests_that_contradict(bag):
    add(bag, f"{digest(b'b')}  data/a")
    (bag / "manifest-sha512.txt").write_text("")
    (bag / "manifest-crc32.txt").write_text("00  data/a\n")
    assert "invalid" in damages(bag)


def test_what_is_elsewhere_is_not_fetched_unasked(bag, tmp_path):
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "b").write_bytes(b"bbb")
    with DataServer(tmp_path / "web") as server:
        (bag / "fetch.txt").write_text(f"{server.url}/b 3 data/b\n")
        add(bag, f"{digest(b'bbb')}  data/b")
        assert damages(bag) == {"missing"}
        assert not server.hits
        report = sciknow.audit(bag, repair=True)
        assert "private network" in report[0].problems[0].tried[0]
        assert not server.hits
        assert sciknow.audit(bag, repair=True, private=True).ok
    assert (bag / "data" / "b").read_bytes() == b"bbb"


@pytest.mark.parametrize(
    "url",
    ["file:///etc/hostname", "/etc/hostname", "ftp://x/y", "http://u:p@x.org/", "data:,x", "x"],
)
def test_evil_addresses(bag, url):
    add(bag, f"{digest(b'b')}  data/b")
    (bag / "fetch.txt").write_text(f"{url} - data/b\n")
    report = sciknow.audit(bag, repair=True, private=True)
    assert not report.ok
    assert not (bag / "data" / "b").exists()


def test_fetch_that_writes_elsewhere(bag, tmp_path):
    (bag / "fetch.txt").write_text("https://example.org/x 1 ../outside\n")
    assert "invalid" in damages(bag, repair=True)
    assert not (tmp_path / "outside").exists()


def test_html_of_hostile_names(bag):
    (bag / "data" / "<script>alert(1)<\u202e").write_bytes(b"x")
    page = sciknow.audit(bag).page()
    assert "<script>" not in page
    assert "\u202e" not in page


def test_a_card_that_leads_elsewhere(bag):
    for opens in ({"id": "x", "access_url": "https://example.org/x.nc", "reader": "netcdf"},
                  {"id": "x", "access_url": "../../secret.nc", "reader": "netcdf"},
                  {"id": "x"}, None):  # fmt: skip
        card = {
            "format": 1,
            "dataset": {"id": "x", "title": {"en": "x"}},
            "origin": {"id": "x", "access_url": "https://example.org/x.nc"},
            "opens": opens,
        }
        text = json.dumps(card)
        (bag / "card.json").write_text(text)
        line = f"{digest(text.encode())}  card.json\n"
        (bag / "tagmanifest-sha256.txt").write_text(line)
        with pytest.raises((UntrustedInput, sciknow.InvalidInput)):
            sciknow.open_preserved(bag)


def test_references_that_lead_elsewhere(bag):
    refs = {".zgroup": '{"zarr_format": 2}', "a/0": ["http://127.0.0.1:9/secret", 0, 4]}
    card = {
        "format": 1,
        "dataset": {"id": "x", "title": {"en": "x"}},
        "origin": {"id": "x", "access_url": "https://example.org/x.json"},
        "opens": {"id": "x", "access_url": "references.json", "reader": "kerchunk"},
    }
    texts = {"card.json": json.dumps(card), "references.json": json.dumps({"refs": refs})}
    for name, text in texts.items():
        (bag / name).write_text(text)
        add(bag, f"{digest(text.encode())}  {name}", "tagmanifest-sha256.txt")
    with pytest.raises(UntrustedInput, match="outside itself"):
        sciknow.open_preserved(bag)
    (bag / "references.json").write_text("{}")
    with pytest.raises(sciknow.IntegrityError, match="not as it was written"):
        sciknow.open_preserved(bag)


def test_a_repair_writes_through_no_link(bag, tmp_path):
    place = tmp_path / "elsewhere"
    place.mkdir()
    (bag.parent / f".mending-{bag.name}").symlink_to(place)
    (bag / "data" / "a").write_bytes(b"b")
    good = tmp_path / "good" / "data"
    good.mkdir(parents=True)
    (good / "a").write_bytes(b"a")
    assert sciknow.audit(bag, repair=True, mirrors=[tmp_path / "good"]).ok
    assert not list(place.iterdir())


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1))
def test_paths_come_back_from_a_manifest(path):
    written = encode_path(path)
    assert "\n" not in written
    assert "\r" not in written
    assert decode_path(written) == path
