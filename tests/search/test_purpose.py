"""What is asked for and what it is wanted for, in both languages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow.search import Index, build_index, document_of_text
from sciknow.search.rank import weights as rank
from sciknow.search.wish.purpose import asked_for, find_unwanted


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (
            "I'm training a deep network for nowcasting and need archives of weather radar",
            "archives of weather radar",
        ),
        ("predict floods: need daily river discharge", "daily river discharge"),
        ("We need hourly ozone in cities to validate a model", "hourly ozone in cities"),
        ("studying plankton, looking for ocean colour of the 1990s", "ocean colour of the 1990s"),
        ("训练短临预报模型,需要长时间序列的天气雷达数据", "长时间序列的天气雷达数据"),
        ("为了估算碳储量，想找森林生物量分布图", "森林生物量分布图"),
        ("全球海表流场数据,用于模拟漂浮垃圾", "全球海表流场数据"),
    ],
)
def test_what_is_asked_for_is_found(question, asked):
    assert question[slice(*asked_for(question))] == asked


@pytest.mark.parametrize(
    "question",
    [
        "global elevation model at 30 m",
        "I want to build a model that detects ships",
        "We propose a method to train a neural network",
        "Exploring the need for an updated research data set",
        "Women with a lower birth weight are more likely to develop breast cancer",
        "供需关系 中国",
        "不需要注册的降水数据",
        "我需要降水数据",
        "need",
        "需要",
        "",
    ],
)
def test_a_question_without_a_purpose_stays_whole(question):
    assert asked_for(question) is None


@given(st.text(alphabet="need to train:,需要 训练数据用于.", max_size=60))
def test_a_part_lies_within_the_question_and_says_something(question):
    part = asked_for(question)
    if part is not None:
        start, end = part
        assert 0 <= start < end <= len(question)
        assert question[start:end].strip() == question[start:end]


RADAR, MODEL, ARCHIVE = (
    "training a precipitation nowcasting model, need archives of weather radar",
    "A deep network for nowcasting of precipitation, trained and ready. Model weights.",
    "Weather radar archive. Reflectivity of all stations in the country.",
)


@pytest.fixture(scope="module")
def pair(tmp_path_factory, embedder, cache):
    folder = tmp_path_factory.mktemp("pair") / "index"
    documents = [
        document_of_text("model", "Precipitation nowcasting model", MODEL),
        document_of_text("radar", "Radar archive", ARCHIVE),
    ]
    build_index(folder, documents, embedder=embedder, cache=cache)
    index = Index.open(folder, embedder)
    yield index
    index.close()


def test_words_of_the_purpose_count_less(pair):
    question = pair.read(RADAR)
    assert question.core == "archives of weather radar"
    weight = {unit.text: unit.weight for unit in question.units}
    assert weight["radar"] == weight["archives"] == 1
    assert weight["nowcasting"] == weight["training"] == rank.PURPOSE
    (meant,) = pair.mean([question])
    spans = zip(meant.tokens.spans, meant.weights, strict=True)
    inside = {question.english[start:end]: weight for (start, end), weight in spans}
    assert inside["radar"] == 1
    assert inside["training"] == rank.PURPOSE
    assert np.linalg.norm(meant.vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("question", [RADAR, "训练短临预报模型,需要天气雷达数据"])
def test_what_is_asked_for_comes_before_what_it_is_wanted_for(pair, question):
    assert [hit.id for hit in pair.search(question).hits] == ["radar", "model"]


def test_a_question_asked_alone_and_among_others_is_read_alike(pair):
    questions = [pair.read(text) for text in ("radar", RADAR, "nowcasting")]
    together = pair.mean(questions)
    for question, meant in zip(questions, together, strict=True):
        (alone,) = pair.mean([question])
        assert alone.vector @ meant.vector == pytest.approx(1, abs=1e-4)
        assert (alone.weights is None) == (meant.weights is None)


@pytest.mark.parametrize("claim", ["IFN does not play a role in mice", "it has not improved sleep"])
def test_a_claim_that_denies_wants_something_all_the_same(claim):
    assert find_unwanted(claim) == ((), [])
