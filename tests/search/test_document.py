import pytest
from small_collection import AGENTS, CONCEPTS, DATASETS, PUBLICATIONS, documents

from sciknow.errors import InvalidInput
from sciknow.search import Document, document_of, document_of_text
from sciknow.search.index.document import embedded_text
from sciknow.search.index.prior import mentions, names_of


@pytest.fixture
def ice():
    return document_of(DATASETS[0], CONCEPTS, PUBLICATIONS, AGENTS)


def test_a_dataset_keeps_its_words_by_field(ice):
    assert "两极海冰指数" in ice.fields["title"]
    assert {"sea ice", "海冰", "pack ice", "ice", "ocean"} <= set(
        ice.fields["concepts"].split(" \n")
    )
    assert "passive microwave" in ice.fields["publications"]
    assert "NOAA" in ice.fields["publisher"]


def test_a_dataset_keeps_its_columns(ice):
    assert (ice.start, ice.end, ice.grows) == (19781101, 20201231, False)
    assert (ice.meters, ice.duration) == (25_000, "P1M")
    assert (ice.license_class, ice.openable, ice.offline) == ("open", True, True)
    assert {"siconc", "sea_ice_area_fraction", "海冰密集度", "海冰"} <= set(ice.variables)


def test_an_open_end_means_that_it_grows():
    assert document_of(DATASETS[1], CONCEPTS).grows


def test_variables_take_the_coverage_of_their_dataset():
    variable = next(item for item in documents() if item.kind == "variable")
    assert (variable.parent, variable.start) == ("sea-ice-index", 19781101)


def test_the_model_reads_english_where_there_is_some(ice):
    assert embedded_text(ice).startswith("Sea ice index of both poles. Monthly extent")
    assert "海" not in embedded_text(ice)
    assert embedded_text(document_of_text("a", "海冰")) == "海冰"


def test_plain_texts_keep_metadata_and_read_tags_and_year():
    text = document_of_text("a", "T", "x", {"tags": ["one", 2], "year": 1999, "more": [1]})
    assert text.fields == {"title": "T", "keywords": "one", "description": "x"}
    assert (text.start, text.end, text.metadata["more"]) == (19990101, 19991231, [1])


@pytest.mark.parametrize(
    "wrong", [{"id": ""}, {"id": "a", "kind": "thing"}, {"id": "a", "fields": {"body": "x"}}]
)
def test_wrong_documents_are_refused(wrong):
    with pytest.raises(InvalidInput):
        Document(**wrong)


def test_names_are_titles_and_acronyms():
    assert names_of("Global Forecast System (GFS)") == {"gfs", "global forecast system gfs"}
    assert names_of("A sentence that is much too long to be used as a name") == set()


def test_a_record_counts_more_when_others_name_it():
    texts = [
        document_of_text("a", "ImageNet", "Pictures."),
        document_of_text("b", "Other", "A part of ImageNet with boxes."),
        document_of_text("c", "Third", "Like ImageNet; ImageNet twice."),
        document_of_text("d", "Fourth", "Nothing."),
    ]
    standing = mentions(texts)
    assert standing[0] == pytest.approx(1.0986, abs=1e-3)  # two others
    assert standing[1:].tolist() == [0, 0, 0]
