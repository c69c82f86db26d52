"""The contract of an index, as tests to inherit: what holds for any model and any collection.

>>> class TestWithMyModel(IndexTests):                                      # doctest: +SKIP
...     @pytest.fixture
...     def embedder(self): return MyEmbedder(...)
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from sciknow.errors import InvalidInput
from sciknow.search import Filters, Index, build_index, document_of_text
from sciknow.search.embed.embedder import Embedder

TEXTS = {
    "ice": ("Sea ice extent", "Monthly area of the frozen ocean seen by satellites."),
    "rain": ("Rainfall by radar", "Half-hourly precipitation over land."),
    "genome": ("Genomes of rice", "Whole sequences of three thousand varieties."),
    "wheat": ("中国小麦产量", "各省小麦播种面积和产量的年度统计。"),
}


class IndexTests:
    """What every index must do; inherit and give a fixture ``embedder``."""

    @pytest.fixture
    def embedder(self) -> Embedder:
        """Return the model under test."""
        pytest.fail("the class that inherits gives a fixture `embedder`")

    @pytest.fixture
    def index(self, embedder: Embedder, tmp_path: Path) -> Index:
        """Return an index of four texts."""
        documents = [document_of_text(name, *text) for name, text in TEXTS.items()]
        build_index(tmp_path / "index", documents, embedder=embedder)
        return Index.open(tmp_path / "index", embedder)

    @pytest.mark.parametrize(
        ("question", "best"),
        [("sea ice", "ice"), ("rainfall", "rain"), ("rice genome", "genome"), ("小麦", "wheat")],
    )
    def test_words_find_their_text(self, index: Index, question: str, best: str) -> None:
        """The text that holds the words comes first."""
        assert index.search(question).hits[0].id == best

    def test_every_hit_explains_itself(self, index: Index) -> None:
        """Shares add up to one and no term is named that is not there."""
        for hit in index.search("satellites over rice").hits:
            assert sum(hit.why.shares.values()) == pytest.approx(1)
            text = " ".join(hit.record.fields.values()).lower()
            assert all(item.matched in text for item in hit.why.terms)

    def test_an_equal_question_is_answered_equally(self, index: Index) -> None:
        """Nothing depends on what was asked before."""
        first = [(hit.id, hit.score) for hit in index.search("radar").hits]
        index.search("something else")
        assert [(hit.id, hit.score) for hit in index.search("radar").hits] == first

    def test_a_filter_that_nothing_fits_leaves_nothing_known(self, index: Index) -> None:
        """Texts without a licence are kept and marked, none is openable."""
        unstated = Filters.of(license="open", unstated="mark")
        assert len(index.search("rice", filters=unstated).hits) == len(TEXTS)
        assert index.search("rice", filters=Filters.of(license="open")).hits == ()
        assert index.search("rice", filters=Filters.of(openable=True)).hits == ()

    def test_another_model_is_refused(self, index: Index) -> None:
        """An index opens only with the model that made it."""

        class Other:
            name, digest, dimensions, languages = "other", "00" * 32, 2, frozenset({"en"})

        with pytest.raises(InvalidInput, match="build it again"):
            Index.open(index.folder, cast(Embedder, Other()))
