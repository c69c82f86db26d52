import pytest


def alternatives(question):
    return {unit.text: [choice.text for choice in unit.alternatives] for unit in question.units}


def test_words_stand_for_themselves(index):
    read = index.read("the extent of wheat fields")
    assert alternatives(read) == {"extent": ["extent"], "wheat": ["wheat"], "fields": ["fields"]}
    assert (read.language, read.english) == ("en", "the extent of wheat fields")


def test_a_compound_is_read_in_parts_and_whole(index):
    unit = index.read("ERA5-Land").units[0]
    assert [choice.terms for choice in unit.alternatives] == [("era5", "land"), ("era5land",)]


def test_a_label_brings_the_other_labels_of_its_concept(index):
    read = index.read("pack ice")
    assert [match.concept for match in read.concepts] == ["sea-ice"]
    assert "sea ice" in alternatives(read)["pack"]


def test_a_longer_label_hides_the_shorter_within(index):
    assert [m.concept for m in index.read("sea surface temperature").concepts] == ["sst"]
    assert [m.concept for m in index.read("海冰").concepts] == ["sea-ice"]


@pytest.mark.parametrize("text", ["浮冰的范围", "浮冰的範圍"])
def test_chinese_words_have_renderings_and_themselves(index, text):
    read = index.read(text)
    assert alternatives(read)["浮冰"][:2] == ["浮冰", "sea ice"]
    assert read.language == "zh"
    assert read.english.startswith("sea ice")


def test_mixed_scripts_keep_their_latin_words(index):
    assert "xco2" in alternatives(index.read("XCO2 柱浓度"))
    assert index.read("HRRR 3公里预报").english == "HRRR 3 km forecast"


def test_repeated_words_count_once(index):
    assert len(index.read("ice ice ice").units) == 1
    assert len(index.read("小麦 小麦").units) == 1


def test_the_pair_that_joins_two_words_counts_only_beside_a_word(index):
    word = index.read("浮冰密集").units[0].alternatives[0]
    assert (word.terms, word.beside) == (("浮冰",), ("冰密",))
    assert "冰密" in index.read("浮冰密集").terms
