"""Sources in a hub: harvested, joined, merged, refreshed, and the same again offline."""

import json

import pytest
from click.testing import CliRunner
from hub.small_source import write_source

import sciknow as sk
from sciknow.cli import main
from sciknow.hub.store.folder import HubFolder
from sciknow.model import Dataset
from sciknow.testing.hostile import CkanDialect, Fault, HostileServer, OaiDialect, StacDialect
from sciknow.testing.hostile.server import made_up

DOI = {"id-0000": "10.1234/ICE", "id-0001": "10.1234/shared"}


class WithDoi(StacDialect):
    """Collections of which the first has the DOI of a card, and the second of another source."""

    def _row(self, row):
        told = super()._row(row)
        return told | {"sci:doi": DOI[row.id]} if row.id in DOI else told


class CkanWithDoi(CkanDialect):
    def _row(self, row):
        told = super()._row(row)
        if row.id == "id-0003":
            return told | {"resources": [{"url": "http://127.0.0.1:9/a.csv", "format": "CSV"}]}
        return told | {"doi": "https://doi.org/10.1234/shared"} if row.id == "id-0002" else told


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = write_source(tmp_path_factory.mktemp("hub") / "hub")
    sk.build_hub(root).close()
    return root


@pytest.fixture(scope="module")
def joined(folder):
    with HostileServer(WithDoi(), count=4) as a, HostileServer(CkanWithDoi(), count=4) as b:
        with sk.open_hub(folder) as hub:
            hub.harvest(b.address, name="portal", build=False)
        with sk.open_hub(folder) as hub:
            hub.harvest(a.address, name="stac")
    with sk.open_hub(folder) as hub:
        yield hub


def test_what_came_is_found_beside_the_cards(joined):
    assert len(joined) == 3 + 4 + 4 - 2
    assert joined.dataset("stac.id-0003").title.best() == "Record 3 记录"
    assert any(hit.dataset.id.startswith("stac.") for hit in joined.search("Record 3"))
    assert joined.manifest.counts["sources"] == 2


def test_records_merge_by_identifier_and_both_stay_in_the_graph(joined):
    kept = joined.dataset("stac.id-0000")
    assert kept.id == "ice-monthly"
    assert kept.extra["merged"] == ["stac.id-0000"]
    assert joined.dataset("stac.id-0001").id == "portal.id-0002"
    rows = joined.sparql(
        "SELECT ?graph ?title WHERE { GRAPH ?graph { <urn:sciknow:dataset:stac.id-0000> "
        "<http://purl.org/dc/terms/title> ?title } }"
    )
    assert list(rows["graph"]) == ["urn:sciknow:graph:harvest:stac"]
    same = joined.sparql("SELECT ?a ?b WHERE { ?a <http://www.w3.org/2002/07/owl#sameAs> ?b }")
    found = {(a.rpartition(":")[2], b.rpartition(":")[2]) for a, b in same.itertuples(index=False)}
    assert found >= {("stac.id-0000", "ice-monthly"), ("stac.id-0001", "portal.id-0002")}


def test_a_source_is_a_graph_with_the_activity_that_made_it(joined):
    rows = joined.sparql(
        "SELECT ?used ?said WHERE { <urn:sciknow:graph:harvest:stac> "
        "<http://www.w3.org/ns/prov#wasGeneratedBy> ?run . "
        "?run <http://www.w3.org/ns/prov#used> ?used ; "
        "<http://www.w3.org/2000/01/rdf-schema#comment> ?said }"
    )
    assert rows["used"][0].endswith("/stac")
    assert rows["said"][0] == "stac: 4 records, complete: yes"


def test_a_way_that_a_source_names_leads_nowhere_inside(joined):
    assert not any(way.harvested for way in joined.dataset("tides").distributions)
    (way,) = joined.dataset("portal.id-0003").distributions
    assert way.harvested
    with pytest.raises(sk.UntrustedInput, match="private network"):
        joined.open("portal.id-0003", deadline=2)


def test_receipts_are_kept_with_what_was_merged(joined):
    receipts = {item.asked.source: item for item in joined.receipts}
    assert receipts["stac"].merged == {
        "stac.id-0000": "ice-monthly",
        "stac.id-0001": "portal.id-0002",
    }
    assert receipts["portal"].merged == {}


def test_a_build_replays_the_archive_to_the_same_generation(joined, folder, monkeypatch):
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    with sk.build_hub(folder) as again:
        assert again.manifest.id == joined.manifest.id
    assert joined.verify() == []


def test_a_damaged_answer_is_noticed(tmp_path):
    root = write_source(tmp_path / "hub")
    sk.build_hub(root).close()
    with HostileServer(StacDialect(), count=2) as server, sk.open_hub(root) as hub:
        hub.harvest(server.address, name="stac", build=False)
        next((root / "archive" / "harvest" / "objects").rglob("*.gz")).write_bytes(b"gone")
        assert [line.rpartition("/")[2].partition(".gz")[1] for line in hub.verify()] == [".gz"]


def test_vanished_records_stay_and_say_so_and_deleted_ones_go(tmp_path):
    root = tmp_path / "hub"
    with HostileServer(OaiDialect(), count=4) as server:
        run = CliRunner().invoke
        told = [server.address, "--name", "oai", "--into", str(root)]
        assert run(main, ["harvest", *told, "--no-build"]).exit_code == 0
        server.rows = made_up(3)
        result = run(main, ["harvest", *told, "--json"])
        assert result.exit_code == 0, result.output
    (receipt,) = json.loads(result.stdout)
    assert receipt["unseen"] == ["id-0003"]
    with sk.open_hub(root) as hub:
        assert len(hub) == 4
        assert "last_seen" in hub.dataset("oai.id-0003").extra
        assert "last_seen" not in hub.dataset("oai.id-0002").extra


def test_a_second_harvest_asks_since_the_last(tmp_path):
    root = tmp_path / "hub"
    with HostileServer(OaiDialect(), count=3) as server:
        told = ["harvest", server.address, "--name", "oai", "--into", str(root), "--no-build"]
        assert CliRunner().invoke(main, told).exit_code == 0
        server.asked.clear()
        result = CliRunner().invoke(main, [*told, "--since", "last"])
        assert result.exit_code == 0, "that nothing has changed is no failure"
        assert "records   0 of 0 declared" in result.output
    assert any("from=2020-03-01" in asked for asked in server.asked)
    assert HubFolder(root).archive.is_dir()


@pytest.mark.parametrize(
    ("fault", "more"), [(Fault.EMPTY, []), (Fault.NONE, ["--since", "2030-01-01T00:00"])]
)
def test_that_nothing_came_is_a_failure(fault, more, tmp_path):
    with HostileServer(OaiDialect(), fault, count=3) as server:
        told = ["harvest", server.address, "--into", str(tmp_path / "hub"), *more]
        result = CliRunner().invoke(main, told)
    assert result.exit_code == 1
    assert ("nothing came" in result.output) is not bool(more)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["no-such-source"], "no source 'no-such-source' is registered"),
        (["http://127.0.0.1:9/oai"], "no connection"),
        (["http://127.0.0.1:9/", "--since", "yesterday"], "is no date"),
        (["http://127.0.0.1:9/", "--limit", "0"], "at least 1"),
        (["http://127.0.0.1:9/", "--protocol", "gopher"], "no protocol 'gopher'"),
        (["ftp://example.org/"], "scheme 'ftp'"),
    ],
)
def test_mistakes_are_told_in_one_line(options, said, tmp_path):
    result = CliRunner().invoke(main, ["harvest", *options, "--into", str(tmp_path)])
    assert result.exit_code == 1
    assert said in result.output


def test_merging_needs_an_identifier(joined):
    titles = [item.title.best() for item in joined if item.id.endswith("id-0003")]
    assert titles == ["Record 3 记录"] * 2
    assert {item.id for item in joined if isinstance(item, Dataset)} >= {
        "stac.id-0003",
        "portal.id-0003",
    }


@pytest.mark.parametrize("what", ["imos", "https://example.org/oai"])
def test_no_network_is_said_at_once(what, tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    result = CliRunner().invoke(main, ["harvest", what, "--into", str(tmp_path)])
    assert result.exit_code == 1
    assert f"the source {what} is not asked for, since sciknow is offline" in result.output
    assert not (tmp_path / "archive").exists()
