"""Several hubs, searched as one."""

import pytest
from hub.small_source import write_source

import sciknow as sk
from sciknow.errors import InvalidInput, NotFound
from sciknow.testing.hostile import HostileServer, StacDialect


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two hubs: cards, and the same cards with what was harvested."""
    root = tmp_path_factory.mktemp("hubs")
    first = write_source(root / "first")
    sk.build_hub(first).close()
    second = write_source(root / "second")
    sk.build_hub(second).close()
    with HostileServer(StacDialect(), count=3) as server, sk.open_hub(second) as hub:
        hub.harvest(server.address, name="stac")
    return first, second


@pytest.fixture
def hubs(folders):
    with sk.open_hub(list(folders)) as found:
        yield found


def test_a_dataset_that_both_hold_is_found_once(hubs):
    assert len(hubs) == len(list(hubs)) == 6
    ids = [hit.id for hit in hubs.search("sea ice", limit=20)]
    assert len(ids) == len(set(ids)) == 6
    assert ids[0] == "ice-monthly"


def test_hits_come_by_score_and_page_by_page(hubs):
    every = hubs.search("sea surface temperature", limit=6)
    assert [hit.score for hit in every] == sorted((hit.score for hit in every), reverse=True)
    first = hubs.search("sea surface temperature", limit=4)
    assert [hit.id for hit in first] == [hit.id for hit in every[:4]]
    assert [hit.id for hit in first.next()] == [hit.id for hit in every[4:]]


def test_what_only_one_holds_opens_and_cites_from_there(hubs, folders):
    assert hubs.dataset("stac.id-0001").title.best() == "Record 1 记录"
    assert hubs.open("ice-monthly").siconc.ndim == 3
    hit = next(hit for hit in hubs.search("Record 1", limit=6) if hit.id == "stac.id-0001")
    assert "Record 1" in hubs.cite(hit)
    assert [item.asked.source for item in hubs.receipts] == ["stac"]
    with pytest.raises(NotFound, match="no dataset"):
        hubs.dataset("nothing-like-it")


def test_filters_hold_in_every_hub(hubs):
    found = hubs.search("ice", license="CC-BY-NC-4.0", limit=9)
    assert [hit.id for hit in found] == ["sst-daily"]


def test_hubs_have_names_in_a_list(folders, monkeypatch):
    monkeypatch.setenv("SCIKNOW_HUB", str(folders[0]))
    with sk.open_hub(["mine", str(folders[1])]) as found:
        assert [hub.path for hub in found.hubs] == list(folders)


@pytest.mark.parametrize(("paths", "error"), [([], InvalidInput), (["/no/such/hub"], NotFound)])
def test_mistakes_are_told(paths, error):
    with pytest.raises(error):
        sk.open_hub(paths)
