"""Hubs of plain texts: other people's collections."""

import pytest

import sciknow

TEXTS = [
    {
        "id": "CNN/Daily Mail",
        "title": "News",
        "text": "Articles with summaries.",
        "metadata": {"year": 2015},
    },
    {"id": "sst", "title": "Sea surface temperature", "text": "Daily fields from satellites."},
    {"id": "冰", "title": "海冰数据", "text": "逐月的北极海冰密集度。"},
]


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    with sciknow.build_from_texts(TEXTS, tmp_path_factory.mktemp("texts")) as hub:
        yield hub


def test_questions_find_texts_in_both_languages(texts):
    assert texts.search("ocean warmth")[0].id == "sst"
    assert texts.search("北极海冰")[0].id == "冰"
    hit = texts.search("news summaries")[0]
    assert hit.id == "CNN/Daily Mail"
    assert hit.dataset.extra == {"year": 2015}


def test_there_is_no_graph_and_it_says_so(texts):
    with pytest.raises(sciknow.InvalidInput, match="has no graph"):
        texts.sparql("ASK {}")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"id": "a", "title": "x"}, {"id": "a", "title": "y"}], "two texts have the id 'a'"),
        ([{"title": "x"}], "text 0 has no id"),
        ([{"id": "a"}], "neither title nor text"),
        ([{"id": 3, "title": "x"}], "must be str"),
        (["a"], "text 0 is no mapping"),
    ],
)
def test_bad_texts_are_refused_and_nothing_is_written(rows, message, tmp_path):
    with pytest.raises(sciknow.InvalidInput, match=message):
        sciknow.build_from_texts(rows, tmp_path / "hub")
    assert not (tmp_path / "hub" / "CURRENT").exists()


def test_an_empty_collection_is_a_hub_that_finds_nothing(tmp_path):
    with sciknow.build_from_texts([], tmp_path / "hub") as hub:
        assert list(hub.search("anything")) == []


RUSSIAN = [
    {"id": "ice", "title": "Морской лёд Арктики", "text": "Протяжённость морского льда"},
    {"id": "снег", "title": "", "text": "Глубина снега", "metadata": {"year": "2015"}},
    {"id": "dune", "title": "Dune \ud800 field", "text": ""},
]


@pytest.mark.parametrize("texts", [[], RUSSIAN[:1], RUSSIAN])
def test_a_hub_of_few_records_or_another_language_answers(tmp_path, texts):
    with sciknow.build_from_texts(texts, tmp_path / "hub") as hub:
        for question in ("лед", "sea ice", "海冰", "?"):
            hits = hub.search(question, explain=True)
            assert len(hits) == hits.total == len(texts)
            hits._repr_html_().encode()
        assert len(hub.similar("sea ice")) == len(texts)
        assert len(hub.search("x").next()) == 0
        assert hub.facets().total == len(texts)
        if len(texts) > 1:
            assert hub.search("морской лед")[0].id == "ice"
            assert hub.search("снег", period=("2016", None)).filtered == {"period": 1}


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (5, "several mappings"),
        ("abc", "several mappings"),
        ({"id": "a"}, "several mappings"),
        ([{"id": " ", "title": "x"}], "no id"),
        ([{"id": "a", "title": "\ud800"}], "neither title nor text"),
        ([{"id": "\ud800", "title": "x"}], "kept as JSON"),
        ([{"id": "a", "title": "x", "metadata": 5}], "no mapping"),
        ([{"id": "a", "title": "x", "metadata": {"a": {1}}}], "kept as JSON"),
        ([{"id": "a", "title": "x", "metadata": {"a": float("nan")}}], "kept as JSON"),
    ],
)
def test_texts_that_cannot_be_kept_are_refused(tmp_path, texts, said):
    with pytest.raises(sciknow.InvalidInput, match=said):
        sciknow.build_from_texts(texts, tmp_path / "hub")
    assert not (tmp_path / "hub").exists()


def test_a_hub_opens_with_the_model_it_was_built_with_alone(tmp_path):
    sciknow.build_from_texts(TEXTS, tmp_path / "hub").close()
    with sciknow.open_hub(tmp_path / "hub", embedder="all-MiniLM-L6-v2") as hub:
        assert hub.search("ocean warmth")[0].id == "sst"
    for model, said in (("nobody/nothing", "hf download"), (5, "no embedder")):
        with (
            sciknow.open_hub(tmp_path / "hub", embedder=model) as hub,
            pytest.raises(sciknow.SciknowError, match=said),
        ):
            hub.search("ocean warmth")
