"""Cards are compared with the records that they name; a difference needs a note."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sciknow.model import (
    Activity,
    Agent,
    Dataset,
    Distribution,
    LangString,
    PeriodOfTime,
    Resolution,
    SpatialCoverage,
    Variable,
)
from sciknow.vocab import AccessRights, Sector

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
from knowledge.answers import READERS, answered, read_datacite, records, registry_of  # noqa: E402
from knowledge.base import Base, read_base  # noqa: E402
from knowledge.compared import compare_all  # noqa: E402
from knowledge.record import Record, compare  # noqa: E402
from knowledge.registry_files import (  # noqa: E402
    AWS,
    EarthEngineCatalog,
    OpenDataRegistry,
    earth_engine_record,
)
from knowledge.repositories import PublicRepositories  # noqa: E402

from sciknow.graph.knowledge import Knowledge  # noqa: E402

SHARED = Path(os.environ.get("SCIKNOW_SHARED_DATA", ROOT.parent / "shared" / "data"))
CATALOG = Path(os.environ.get("SCIKNOW_EARTHENGINE_CATALOG", ROOT.parent / "earthengine-catalog"))
RECORD = """
Name: Multi-Scale Ultra High Resolution (MUR) Sea Surface Temperature (SST)
Description: A global daily 1 km dataset on a 0.01 degree grid.
Documentation: https://podaac.jpl.nasa.gov/dataset/MUR-JPL-L4-GLOB-v4.1
Contact: podaac@podaac.jpl.nasa.gov
ManagedBy: "[Farallon Institute](https://faralloninstitute.org)"
UpdateFrequency: The temporal extent of the store is 2002-06-01 to 2020-01-20.
Tags: [oceans]
License: "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)"
Resources:
  - {Description: Zarr, ARN: "arn:aws:s3:::mur-sst/zarr-v1", Region: us-west-2, Type: S3 Bucket}
"""
FIELDS = (
    "title.en", "publisher", "landing_page", "license", "access_rights", "doi", "spatial",
    "temporal", "resolution", "accrual_periodicity", "version", "issued", "variables",
    "distributions",
)  # fmt: skip
READ = Activity(source=f"{AWS}mur.yaml", accessed="2026-11-24", fields=FIELDS)
CARD = Dataset(
    id="mur-sst",
    title=LangString("Multi-scale Ultra High Resolution (MUR) Sea Surface Temperature (SST)"),
    sector=Sector.OCEAN,
    publisher="farallon-institute",
    landing_page="https://podaac.jpl.nasa.gov/dataset/MUR-JPL-L4-GLOB-v4.1",
    license="CC-BY-4.0",
    access_rights=AccessRights.OPEN,
    version="4.1",
    spatial=SpatialCoverage(bbox=(-180, -90, 180, 90)),
    temporal=PeriodOfTime("2002-06-01", "2020-01-20"),
    resolution=Resolution(0.01, None, "P1D"),
    distributions=(Distribution(id="a", access_url="s3://mur-sst/zarr-v1"),),
    provenance=(READ,),
)


def base(*cards):
    return Base(
        datasets={card.id: (card, "ocean.yaml") for card in cards},
        knowledge=Knowledge(
            agents=(
                Agent(id="farallon-institute", name=LangString("Farallon Institute")),
                Agent(id="nasa", name=LangString("National Aeronautics Administration")),
            )
        ),
    )


@pytest.fixture
def registry(tmp_path):
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "mur.yaml").write_text(RECORD, encoding="utf-8")
    return OpenDataRegistry(tmp_path)


def test_a_card_like_its_record_does_not_differ(registry):
    found = compare_all(base(CARD), registry)
    assert [str(item) for item in found.differences] == []
    assert (found.cards, found.fields, found.absent) == (1, len(FIELDS), 0)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": LangString("MUR SST")}, "title 'MUR SST', the record has"),
        ({"publisher": "nasa"}, "publisher nasa"),
        ({"landing_page": "https://podaac.jpl.nasa.gov/other"}, "stands nowhere in the record"),
        ({"license": "CC-BY-3.0"}, "license CC-BY-3.0"),
        ({"license": "CC-BY-NC-4.0"}, "license CC-BY-NC-4.0"),
        ({"doi": "10.5067/ghgmr-4fj04"}, "doi 10.5067/ghgmr-4fj04 stands nowhere"),
        ({"spatial": SpatialCoverage(bbox=(-180, -72, 180, 72))}, "box edges -72, 72"),
        ({"temporal": PeriodOfTime("2003")}, "temporal.start 2003"),
        ({"resolution": Resolution(0.05, None, "P1D")}, "resolution 0.05 degrees"),
        ({"resolution": Resolution(0.01, None, "P1M")}, "resolution.duration P1M"),
        ({"accrual_periodicity": "P1W"}, "accrual_periodicity P1W"),
        ({"version": "4.2"}, "version 4.2"),
        ({"issued": "2015"}, "issued 2015"),
        ({"variables": (Variable(name="analysed_sst"),)}, "variable analysed_sst"),
        (
            {"distributions": (Distribution(id="a", access_url="s3://other/zarr"),)},
            "bucket other stands nowhere",
        ),
    ],
)
def test_a_difference_is_found_and_a_note_explains_it(registry, change, expected):
    card = replace(CARD, **change)
    found = compare_all(base(card), registry)
    assert [item for item in found.differences if expected in item.text], found
    noted = replace(card, provenance=(replace(READ, note="Two sources disagree."),))
    left = [str(item) for item in compare_all(base(noted), registry).differences]
    assert bool(left) == ("title" in change), left


def test_only_what_was_read_there_is_compared(registry):
    card = replace(CARD, version="4.2", provenance=(replace(READ, fields=("publisher",)),))
    assert compare_all(base(card), registry).differences == []


def test_a_record_that_is_not_there_is_counted(registry):
    card = replace(CARD, provenance=(replace(READ, source=f"{AWS}gone.yaml"),))
    assert compare_all(base(card), registry).absent == 1


def test_a_bucket_whose_reader_pays_is_not_open(registry):
    file = registry.folder / "datasets" / "mur.yaml"
    paid = RECORD.replace("Type: S3 Bucket", "Type: S3 Bucket, RequesterPays: true")
    file.write_text(paid, encoding="utf-8")
    found = compare_all(base(CARD), registry)
    assert ["access_rights" in item.text for item in found.differences] == [True]


EARTH = {
    "title": "CHIRPS",
    "license": "proprietary",
    "extent": {
        "spatial": {"bbox": [[-180, -50, 180, 50]]},
        "temporal": {"interval": [["1981-01-01T00:00:00Z", "2021-01-01T00:00:00Z"]]},
    },
    "gee:interval": {"type": "cadence", "unit": "day", "interval": 1},
    "summaries": {"gsd": [5566], "eo:bands": [{"name": "precipitation", "gee:units": "mm/d"}]},
    "sci:doi": "10.1234/CHIRPS",
}
GOOD = replace(
    CARD,
    title=LangString("CHIRPS"),
    doi="10.1234/chirps",
    spatial=SpatialCoverage(bbox=(-180, -50, 180, 50)),
    temporal=PeriodOfTime("1981", "2020"),
    resolution=Resolution(None, 5566, "P1D"),
    variables=(Variable(name="precipitation", units="mm d-1"),),
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"spatial": SpatialCoverage(bbox=(-180, -60, 180, 60))}, ["spatial.bbox"]),
        ({"temporal": PeriodOfTime("1982", "2020")}, ["temporal"]),
        ({"temporal": PeriodOfTime("1981", "2021")}, []),
        ({"temporal": PeriodOfTime("1981", "2019")}, ["temporal"]),
        ({"resolution": Resolution(None, 1000, "P1D")}, ["resolution"]),
        ({"resolution": Resolution(None, 5566, "P1M")}, ["resolution.duration"]),
        ({"doi": "10.1234/other"}, ["doi"]),
        ({"variables": (Variable(name="precip"),)}, ["variables"]),
        ({"variables": (Variable(name="precipitation", units="K"),)}, ["variables"]),
    ],
)
def test_what_a_record_states_in_a_place_of_its_own_is_compared_there(change, expected):
    record = earth_engine_record("https://example.org/x", EARTH)
    asked = {"title.en", "spatial", "temporal", "resolution", "doi", "variables"}
    found = list(compare(replace(GOOD, **change), record, asked, base(GOOD)))
    assert [name for name, _ in found] == expected, found


def test_an_answer_of_datacite_is_a_record():
    answer = {
        "data": {
            "attributes": {
                "doi": "10.1594/PANGAEA.836178",
                "titles": [{"title": "Sea ice"}],
                "rightsList": [{"rightsIdentifier": "cc-by-4.0"}],
            }
        }
    }
    [record] = read_datacite(answer)
    assert (record.doi, record.title) == ("10.1594/pangaea.836178", "Sea ice")
    card = replace(CARD, doi=record.doi, license="CC0-1.0", title=LangString("Sea ice"))
    found = dict(compare(card, record, {"title.en", "doi", "license"}, base(card)))
    assert list(found) == ["license"]
    assert list(read_datacite({"data": [{"id": "x"}]})) == []


SNAPSHOT = """
meta:
  origin:
    title: Housing prices
    producer: OECD
    date_published: 2025-06-20
    citation_full: OECD, Analytical house prices indicators, 2025.
    license: {name: CC BY 4.0, url: "https://www.oecd.org/terms"}
"""
PLACE = "https://github.com/owid/etl/blob/master/snapshots/oecd/housing.csv.dvc"


@pytest.fixture
def repositories(tmp_path):
    folder = tmp_path / "owid" / "etl"
    file = folder / "snapshots" / "oecd" / "housing.csv.dvc"
    file.parent.mkdir(parents=True)
    file.write_text(SNAPSHOT, encoding="utf-8")
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *arguments], check=True)
    return PublicRepositories(tmp_path)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"title": LangString("Rents")}, ["title 'Rents' stands nowhere"]),
        ({"license": "CC-BY-NC-4.0"}, ["license CC-BY-NC-4.0"]),
        ({"issued": "2024"}, ["issued 2024 stands nowhere"]),
        ({"resolution": Resolution(None, None, "P1M")}, ["resolution.duration P1M"]),
    ],
)
def test_a_card_is_compared_with_a_file_of_a_public_repository(repositories, change, expected):
    told = Activity(
        source=PLACE,
        accessed="2026-12-01",
        fields=("title.en", "license", "issued", "resolution"),
    )
    card = replace(CARD, title=LangString("Housing prices"), issued="2025", provenance=(told,))
    card = replace(card, **{"resolution": Resolution()} | change)
    found = compare_all(base(card), repositories).differences
    assert len(found) == len(expected), found
    assert all(part in item.text for part, item in zip(expected, found, strict=True))


def test_a_repository_that_is_not_here_is_named(repositories):
    told = Activity(source="https://github.com/a/b/blob/main/c", accessed="2026-12-01", fields=())
    found = compare_all(base(replace(CARD, provenance=(told,))), repositories)
    assert (found.absent, repositories.lacking) == (1, {"a/b"})
    assert not repositories.covers(f"{AWS}mur.yaml")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"doi": "10.5067/ghgmr-4fj04"}, "CMR"),
        ({"landing_page": "https://zenodo.org/records/1"}, "Zenodo"),
        ({"doi": "10.7910/dvn/abc"}, "Dataverse"),
        ({"landing_page": "https://x.noaa.gov/erddap/griddap/y"}, "ERDDAP"),
        ({"doi": "10.1594/pangaea.1"}, "DataCite"),
        ({"landing_page": "https://www.noaa.gov/x"}, ""),
    ],
)
def test_a_card_waits_for_one_registry(tmp_path, change, name):
    card = replace(CARD, landing_page="https://www.noaa.gov/y")
    card = replace(card, **change)
    assert registry_of(card) == name
    assert answered(base(card), tmp_path).waiting == ({name: 1} if name else {})


def test_a_recorded_answer_is_compared_and_a_difference_found(tmp_path):
    attributes = {"doi": "10.1594/PANGAEA.836178", "titles": [{"title": "Sea ice"}]}
    answer = {"data": {"attributes": attributes}}
    (tmp_path / "answer.json").write_text(json.dumps(answer), encoding="utf-8")
    card = replace(CARD, doi="10.1594/pangaea.836178", title=LangString("Ice"))
    found = answered(base(card), tmp_path)
    assert ["title" in item.text for item in found.differences if "title " in item.text] == [True]
    assert (found.cards, found.read, found.waiting) == (1, {"DataCite": 1}, {})


def test_a_use_that_no_source_states_is_found(registry):
    said = "A global daily 1 km dataset on a 0.01 degree grid."
    more = "It is widely used for fisheries, corals and forecasts of hurricanes."
    told = replace(READ, fields=("description",))
    for text, expected in ((said, []), (f"{said} {more}", [f"no source says: {more}"])):
        card = replace(CARD, description=LangString(text), provenance=(told,))
        assert [item.text for item in compare_all(base(card), registry).differences] == expected
    elsewhere = replace(told, source="https://example.org/page")
    card = replace(card, provenance=(told, elsewhere))
    assert compare_all(base(card), registry).differences == []


def test_what_is_absent_is_skipped_with_a_reason(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            str(ROOT / "scripts" / "compare_registries.py"),
            *("--aws", str(tmp_path / "a")),
            *("--earthengine", str(tmp_path / "b")),
            *("--answers", str(tmp_path / "c")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"OpenDataRegistry: skipped, no folder {tmp_path / 'a'}" in done.stdout
    assert f"EarthEngineCatalog: skipped, no repository {tmp_path / 'b'}" in done.stdout
    assert f"recorded answers: skipped, no folder {tmp_path / 'c'}" in done.stdout
    assert "cards wait for a network" in done.stdout


@pytest.mark.skipif(not (SHARED / "registry").is_dir(), reason="the shared test data are not here")
def test_the_cards_agree_with_the_registry_of_open_data():
    found = compare_all(read_base(ROOT), OpenDataRegistry(SHARED / "registry"))
    assert found.cards > 250
    assert [str(item) for item in found.differences] == []


@pytest.mark.skipif(not CATALOG.exists(), reason="no clone of Earth Engine's catalogue is here")
def test_the_cards_agree_with_earth_engines_catalogue():
    pytest.importorskip("rjsonnet", reason="evaluates the records")
    found = compare_all(read_base(ROOT), EarthEngineCatalog(CATALOG))
    assert found.cards > 50
    assert [str(item) for item in found.differences] == []


@pytest.mark.skipif(not (SHARED / "records").is_dir(), reason="the shared test data are not here")
def test_recorded_answers_of_each_registry_are_read():
    seen = {}
    for name, record in records(SHARED / "records"):
        assert isinstance(record, Record)
        seen.setdefault(name, record)
    assert set(seen) == set(READERS)
    assert all(record.title for record in seen.values())
