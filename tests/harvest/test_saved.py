"""Saved answers in the network's place."""

import json
import zipfile

import pytest

from sciknow.errors import InvalidInput, NotFound, UntrustedInput
from sciknow.harvest.archive import Archive
from sciknow.harvest.run import harvest
from sciknow.harvest.saved import saved_answers
from sciknow.model.receipt import Asked, Complete
from sciknow.testing.hostile import OaiDialect, Query
from sciknow.testing.hostile.dialect import Listing, Shown
from sciknow.testing.hostile.server import made_up
from sciknow.wire.request import Request

ADDRESS = "https://example.org/oai"


@pytest.fixture
def folder(tmp_path):
    dialect, query = OaiDialect(), Query(ADDRESS, "/oai", {})
    identify = dialect.read(Query(ADDRESS, "/oai", {"verb": "Identify"})).body
    formats = dialect.read(Query(ADDRESS, "/oai", {"verb": "ListMetadataFormats"})).body
    page = dialect.write(query, Shown(made_up(3), Listing(0), None, 3))
    asked = f"{ADDRESS}?until=2020-03-01&verb=ListRecords&metadataPrefix=oai_dc"
    (tmp_path / "a.xml").write_bytes(identify)
    (tmp_path / "b.xml").write_bytes(formats)
    (tmp_path / "c.xml").write_bytes(page)
    index = {
        "a.xml": f"{ADDRESS}?verb=Identify",
        "b.xml": {"address": f"{ADDRESS}?verb=ListMetadataFormats", "media_type": "text/xml"},
        "c.xml": asked,
    }
    (tmp_path / "index.json").write_text(json.dumps(index))
    return tmp_path


def zipped(folder):
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.glob("*.*ml"):
            archive.write(file, file.name)
        archive.write(folder / "index.json", "index.json")
    return path


@pytest.mark.parametrize("form", [lambda folder: folder, zipped], ids=["folder", "zip"])
def test_a_harvest_from_files_is_like_one_from_the_network(folder, form, tmp_path):
    asked = Asked(source="case", address=ADDRESS, protocol="oai_pmh")
    receipt = harvest(asked, Archive(tmp_path / "archive"), answers=saved_answers(form(folder)))
    assert (receipt.complete, receipt.distinct) == (Complete.YES, 3), receipt.because


def test_what_was_not_saved_is_absent(folder, tmp_path):
    (folder / "c.xml").unlink()
    asked = Asked(source="case", address=ADDRESS, protocol="oai_pmh")
    receipt = harvest(asked, Archive(tmp_path / "archive"), answers=saved_answers(folder))
    assert receipt.complete is Complete.NO
    assert "c.xml" in receipt.because


@pytest.mark.parametrize(
    ("index", "error"),
    [
        ("[", InvalidInput),
        ("[]", InvalidInput),
        ('{"a.xml": {"adress": "https://example.org"}}', InvalidInput),
        (None, NotFound),
    ],
)
def test_an_index_is_checked(index, error, tmp_path):
    if index is not None:
        (tmp_path / "index.json").write_text(index)
    with pytest.raises(error):
        saved_answers(tmp_path)


def test_a_file_outside_the_folder_is_refused(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret").write_text("x")
    (inner / "index.json").write_text('{"../secret": "https://example.org/a"}')
    with pytest.raises(UntrustedInput):
        saved_answers(inner)(Request("https://example.org/a"))
