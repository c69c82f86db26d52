"""Numbers with their measures: one word, in every spelling, in both languages."""

from __future__ import annotations

import pytest

from sciknow.search import Index, build_index, document_of_text
from sciknow.search.language.measure import is_measure, spelled


@pytest.fixture(scope="module")
def maps(tmp_path_factory, embedder, cache):
    folder = tmp_path_factory.mktemp("maps") / "index"
    documents = [
        document_of_text("spelled", "Terrain of 30 metres", "One of two."),
        document_of_text("joined", "Terrain, 30m", "One of two."),
        document_of_text("apart", "Terrain of 30 countries", "Altitudes by country."),
        document_of_text("one", "Level 1 wind of towers", "Speeds, 1 file a day."),
    ]
    build_index(folder, documents, embedder=embedder, cache=cache)
    index = Index.open(folder, embedder)
    yield index
    index.close()


@pytest.mark.parametrize("measure", ["m", "metre", "meters"])
def test_every_spelling_of_a_measure_is_the_same(measure):
    assert is_measure("30", measure)
    assert set(spelled("30", measure)) == set(spelled("30", "m"))


@pytest.mark.parametrize(
    ("first", "second"), [("30", "maps"), ("era5", "m"), ("m", "30"), ("30", "")]
)
def test_other_words_are_no_measure(first, second):
    assert not is_measure(first, second)


@pytest.mark.parametrize("question", ["terrain at 30 m", "30米 地形"])
def test_a_measure_is_found_in_every_spelling_and_only_whole(maps, question):
    found = {hit.id: hit.why for hit in maps.search(question).hits}
    shown = {name: {item.matched for item in why.terms} for name, why in found.items()}
    assert "30 m" in shown["spelled"]
    assert "30 m" in shown["joined"]
    assert "30 m" not in shown["apart"]


@pytest.mark.parametrize("question", ["wind at 1 km", "1公里 风", "NDVI 1公里 风"])
def test_the_number_of_a_grain_alone_is_no_match(maps, question):
    why = next(hit.why for hit in maps.search(question).hits if hit.id == "one")
    assert {item.term for item in why.terms} <= {"wind", "风"}


def test_words_and_measures_beside_each_other_are_each_read_once(maps):
    units = [unit.text for unit in maps.read("NDVI 1公里 NDVI, 1 km 1 km").units]
    assert units.count("ndvi") == 1
    assert units.count("1 km") == 1
    assert [unit.text for unit in maps.read("rain 1 km, snow 1 km").units] == [
        "rain",
        "1 km",
        "snow",
    ]
