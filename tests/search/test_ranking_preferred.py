"""What comes first among records that are as good."""

from __future__ import annotations

import pytest

from sciknow.errors import InvalidInput
from sciknow.search import Filters, build_index
from sciknow.search.index.document import Document
from sciknow.search.rank.index import Index


@pytest.fixture
def index(tmp_path, embedder, cache):
    title = {"title": "Snow depth of the Alps"}
    records = [
        Document(id="a-plain", fields=title, start=19900101, end=19991231),
        Document(id="b-opens", fields=title, openable=True),
        Document(id="c-current", fields=title, start=19900101, grows=True),
        Document(id="d-open", fields=title, license="CC0-1.0", license_class="open"),
        Document(
            id="e-all",
            fields=title,
            openable=True,
            start=19900101,
            grows=True,
            license="CC0-1.0",
            license_class="open",
        ),
        Document(id="f-better", fields={"title": "Snow depth of the Alps in January"}),
    ]
    build_index(tmp_path / "index", records, embedder=embedder, cache=cache)
    opened = Index.open(tmp_path / "index", embedder)
    yield opened
    opened.close()


def test_among_equals_what_opens_is_current_and_is_open_comes_first(index):
    hits = index.search("snow depth of the Alps").hits
    ids = [hit.id for hit in hits]
    assert ids[0] == "e-all"
    assert ids.index("a-plain") > max(ids.index(name) for name in ("b-opens", "c-current"))
    assert hits[0].why.preferred == ("opens", "current", "open")
    assert ("preferred", "opens, current, open") in list(hits[0].why.lines())
    assert hits[0].why.to_dict()["preferred"] == ["opens", "current", "open"]
    assert 0 < hits[0].why.shares["preferred"] < 0.05


def test_what_is_better_stays_first(index):
    assert index.search("snow depth of the Alps in January").hits[0].id == "f-better"


def test_it_is_chosen_and_switched_off(index):
    only = index.search("snow depth of the Alps", filters=Filters.of(prefer="opens")).hits
    assert {hit.id for hit in only[:2]} == {"b-opens", "e-all"}
    off = index.search("snow depth of the Alps", filters=Filters.of(prefer=None)).hits
    assert [hit.id for hit in off[:5]] == ["a-plain", "b-opens", "c-current", "d-open", "e-all"]
    assert off[0].why.preferred == ()
    assert "preferred" not in off[0].why.shares
    with pytest.raises(InvalidInput, match="unknown prefer 'new'"):
        Filters.of(prefer="new")
