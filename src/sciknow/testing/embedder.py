"""The contract of an embedder, as tests to inherit.

>>> class TestMyEmbedder(EmbedderTests):                                    # doctest: +SKIP
...     @pytest.fixture
...     def embedder(self): return MyEmbedder(...)
"""

from __future__ import annotations

import numpy as np
import pytest

from sciknow.search.embed.embedder import Embedder, TokenEmbedder


class EmbedderTests:
    """What every embedder must do; inherit and give a fixture ``embedder``."""

    @pytest.fixture
    def embedder(self) -> Embedder:
        """Return the embedder under test."""
        pytest.fail("the class that inherits gives a fixture `embedder`")

    def test_it_says_what_it_is(self, embedder: Embedder) -> None:
        """Name, digest, dimensions and languages are there and well formed."""
        assert isinstance(embedder, Embedder)
        assert embedder.name
        assert len(bytes.fromhex(embedder.digest)) == 32
        assert embedder.dimensions > 0
        assert embedder.languages <= {"en", "zh"}

    @pytest.mark.parametrize("kind", ["encode_queries", "encode_documents"])
    def test_rows_have_unit_length(self, embedder: Embedder, kind: str) -> None:
        """One row a text, float32, of length one."""
        rows = getattr(embedder, kind)(["sea ice", "wheat yield in China", "x" * 20_000])
        assert rows.shape == (3, embedder.dimensions)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)

    def test_no_texts_give_no_rows(self, embedder: Embedder) -> None:
        """An empty list is no error."""
        assert embedder.encode_documents([]).shape == (0, embedder.dimensions)

    @pytest.mark.parametrize("text", ["", " ", "\x00", "🙂", "海冰", "a" * 5])
    def test_any_text_has_finite_numbers(self, embedder: Embedder, text: str) -> None:
        """Odd texts give numbers too."""
        assert np.isfinite(embedder.encode_documents([text])).all()

    def test_company_does_not_change_a_text(self, embedder: Embedder) -> None:
        """A text's vector does not depend on its batch, nor on the order."""
        texts = ["ocean currents", "a much longer text about rice yields " * 20, "CO2"]
        together = embedder.encode_documents(texts)
        alone = np.concatenate([embedder.encode_documents([text]) for text in texts])
        np.testing.assert_allclose(together, alone, atol=1e-4)

    def test_near_texts_are_near(self, embedder: Embedder) -> None:
        """Like meanings lie nearer than unlike ones."""
        ask = embedder.encode_queries(["rain measured from space"])[0]
        near, far = embedder.encode_documents(["satellite precipitation", "medieval manuscripts"])
        assert ask @ near > ask @ far

    def test_progress_ends_at_the_total(self, embedder: Embedder) -> None:
        """Progress counts up to the number of texts."""
        steps: list[tuple[str, int, int]] = []
        embedder.encode_documents(["a", "b", "c"], lambda *step: steps.append(step))
        assert steps[-1] == ("embed", 3, 3)

    def test_tokens_come_from_the_same_pass(self, embedder: Embedder) -> None:
        """Where tokens are given, their vectors match the text and the embedding is the same."""
        if not isinstance(embedder, TokenEmbedder):
            pytest.skip("this embedder gives no tokens")
        texts = ["sea ice extent", "rice"]
        rows, tokens = embedder.encode_with_tokens(texts)
        np.testing.assert_allclose(rows, embedder.encode_documents(texts), atol=1e-5)
        for item, text in zip(tokens, texts, strict=True):
            assert len(item.ids) == len(item.vectors) == len(item.spans)
            assert item.ids.max() < embedder.vocabulary
            assert {text[start:stop] for start, stop in item.spans} == set(text.split())
