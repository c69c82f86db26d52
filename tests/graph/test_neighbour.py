"""What the graph joins to a dataset."""

import pytest

from sciknow.errors import NotFound
from sciknow.graph import GraphStore, related, to_quads, write_store
from sciknow.model import (
    Agent,
    Concept,
    Dataset,
    Grant,
    LangString,
    Publication,
    Relation,
    RelationKind,
    Variable,
)

ICE = "urn:sciknow:dataset:ice"


def last(iri: str) -> str:
    return iri.replace("/", ":").rpartition(":")[2]


@pytest.fixture
def small(tmp_path):
    def dataset(name, theme, **more):
        return Dataset(id=name, title=LangString(en=name.upper(), zh="数据"), theme=theme, **more)

    datasets = [
        dataset(
            "ice",
            ("conc", "extent"),
            publisher="noaa",
            creators=("noaa",),
            grants=(Grant(funder="nsf", name=LangString(en="MEaSUREs")),),
            variables=(Variable(name="t", standard_name="air_temperature"),),
        ),
        dataset("snow", ("conc",)),
        dataset("sst", ("conc", "extent")),
        dataset("far", ()),
    ]

    def concept(name, **more):
        return Concept(id=name, pref_label=LangString(en=name, zh="概念"), **more)

    concepts = [
        concept("cryosphere"),
        concept("conc", broader=("cryosphere",)),
        concept("extent", broader=("cryosphere",)),
        concept("air", standard_names=("air_temperature",)),
    ]

    def paper(name, **ties):
        return Publication(id=f"10.1/{name}", doi=f"10.1/{name}", title=LangString(en=name), **ties)

    papers = [
        paper("about", describes=("ice",)),
        paper("both", uses=("ice", "snow")),
        paper("two", uses=("ice", "snow", "far")),
    ]
    agents = [
        Agent(id="noaa", name=LangString(en="NOAA")),
        Agent(id="nsf", name=LangString(en="NSF")),
    ]
    write_store(tmp_path / "g", to_quads(datasets, concepts, papers, agents))
    with GraphStore.open(tmp_path / "g") as store:
        yield store


def test_each_tie_is_named_and_counted(small):
    found = {(item.kind, last(item.iri), item.how): item for item in related(small, ICE)}
    assert set(found) == {
        ("publication", "about", "describes it"),
        ("publication", "both", "uses it"),
        ("publication", "two", "uses it"),
        ("concept", "conc", "theme"),
        ("concept", "extent", "theme"),
        ("concept", "cryosphere", "broader than a theme"),
        ("concept", "air", "stands for a variable"),
        ("agent", "noaa", "publisher"),
        ("agent", "noaa", "creator"),
        ("funder", "nsf", "funder"),
        ("dataset", "snow", "shares publications"),
        ("dataset", "far", "shares publications"),
        ("dataset", "sst", "shares concepts"),
        ("dataset", "snow", "shares concepts"),
    }
    assert found["dataset", "snow", "shares publications"].count == 2
    assert found["dataset", "snow", "shares publications"].via == "both; two"
    assert found["dataset", "sst", "shares concepts"].count == 2
    assert found["funder", "nsf", "funder"].via == "MEaSUREs"
    assert found["concept", "air", "stands for a variable"].via == "air_temperature"
    assert found["dataset", "sst", "shares concepts"].label_zh == "数据"


def test_the_closest_come_first_and_the_limit_holds(small):
    ties = [item for item in related(small, ICE, limit=1) if item.kind == "dataset"]
    assert [(item.how, item.iri.rpartition(":")[2]) for item in ties] == [
        ("shares publications", "snow"),
        ("shares concepts", "sst"),
    ]


def test_an_unknown_dataset_is_not_found(small):
    with pytest.raises(NotFound, match="knows no"):
        related(small, "urn:sciknow:dataset:nothing")


def test_real_datasets_have_neighbours(store, datasets):
    found = related(store, datasets[0].iri)
    assert {"concept", "dataset"} <= {item.kind for item in found}
    assert all(item.label for item in found)


def test_versions_and_parts_are_seen_from_both_ends(tmp_path):
    change = LangString(en="a finer grid", zh="格网更细")
    tie = Relation(RelationKind.REPLACED_BY, "new", change)
    part = Relation(RelationKind.PART_OF, "old")
    datasets = [
        Dataset(id="old", title=LangString(en="Old"), relations=(tie,)),
        Dataset(id="new", title=LangString(en="New")),
        Dataset(id="piece", title=LangString(en="Piece"), relations=(part,)),
    ]
    write_store(tmp_path / "g", to_quads(datasets, (), (), ()))
    with GraphStore.open(tmp_path / "g") as store:
        old = {(n.kind, last(n.iri), n.how, n.via) for n in related(store, datasets[0].iri)}
        new = {(n.kind, last(n.iri), n.how, n.via) for n in related(store, datasets[1].iri)}
    assert old == {
        ("dataset", "new", "replaced by", "a finer grid"),
        ("dataset", "piece", "has a part", ""),
    }
    assert new == {("dataset", "old", "replaces", "a finer grid")}
