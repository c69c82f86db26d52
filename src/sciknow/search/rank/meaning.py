"""What the sentence model makes of questions: one vector each, and tokens where it gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sciknow.search.arrays import unit
from sciknow.search.embed.embedder import BriskEmbedder, Embedder, TokenEmbedder, Tokens
from sciknow.search.rank import weights
from sciknow.search.rank.question import Question
from sciknow.search.rank.ranking import Meant

LARGE = 50_000
"""Beyond so many records a question may be read briskly: their scan is not exact either."""


def reader(embedder: Embedder, records: int) -> Embedder:
    """Return what reads the questions to a collection: the brisk one beyond `LARGE` records."""
    if records > LARGE and isinstance(embedder, BriskEmbedder):
        return embedder.brisk()
    return embedder


def read_meaning(embedder: Embedder, questions: Sequence[Question]) -> list[Meant]:
    """Let the sentence model read questions, all in one pass.

    Of a question that tells its purpose, what it asks for is read a second time, alone: the
    vector is the mean of both, and the tokens of the purpose count less.
    """
    cores = [row for row, question in enumerate(questions) if question.core]
    texts = [question.english or question.text for question in questions]
    texts += [questions[row].core for row in cores]
    meant = _read(embedder, texts)
    for row, core in zip(cores, meant[len(questions) :], strict=True):
        whole = meant[row]
        vector = unit(whole.vector + core.vector)
        meant[row] = replace(whole, vector=vector, weights=_weights(questions[row], whole.tokens))
    return meant[: len(questions)]


def _read(embedder: Embedder, texts: Sequence[str]) -> list[Meant]:
    if isinstance(embedder, TokenEmbedder):
        vectors, tokens = embedder.encode_with_tokens(texts)
        return [Meant(row, item) for row, item in zip(vectors, tokens, strict=True)]
    return [Meant(row) for row in embedder.encode_queries(texts)]


def _weights(question: Question, tokens: Tokens | None) -> NDArray[np.float64] | None:
    """Return what each token counts: 1 within what is asked for, less in the purpose."""
    if tokens is None:
        return None
    start = question.english.rfind(question.core)
    end = start + len(question.core)
    inside = [start <= first and last <= end for first, last in tokens.spans]
    return np.where(np.array(inside, bool), 1.0, weights.PURPOSE)
