"""What an embedder is: the door through which any sentence model enters.

Nothing here imports a model library. `sciknow.search.embed.onnx` holds the default,
`sciknow.search.embed.transformer` any sentence-transformers model; `sciknow.testing.embedder` holds
the contract that every implementation has to pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sciknow.progress import Progress

Vectors: TypeAlias = NDArray[np.float32]
"""Rows of unit length, shape (texts, dimensions)."""

MAX_CHARACTERS = 3_000
"""A text is cut here before it is tokenised: tokenizers read the whole text first."""

SCALE = 254.0
"""One unit of a stored byte: a similarity of projected vectors of unit length."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text.

    Parameters
    ----------
    ids : array of int32, shape (tokens,)
        Numbers of the model's vocabulary.
    vectors : array of int8, shape (tokens, width)
        Projected vectors of unit length times `SCALE`, clipped.
    spans : tuple of (int, int)
        Where each token stands in the text; empty for records.
    """

    ids: NDArray[np.int32]
    vectors: NDArray[np.int8]
    spans: tuple[tuple[int, int], ...] = ()


@runtime_checkable
class Embedder(Protocol):
    """A model that turns texts into vectors of unit length."""

    @property
    def name(self) -> str:
        """What people call the model; goes into the manifest."""

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that change whenever the vectors would."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    @property
    def languages(self) -> frozenset[str]:
        """Languages that the model reads (``en``, ``zh``); the bridge serves the others."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return one row of unit length for each question."""

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one row of unit length for each text."""


@runtime_checkable
class TokenEmbedder(Protocol):
    """An embedder that also gives vectors of single tokens (`sciknow.search.index.vectors`)."""

    @property
    def vocabulary(self) -> int:
        """How many different tokens there are."""

    def encode_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        """Return the vectors of some texts and, from the same pass, those of their tokens."""


@runtime_checkable
class WordEmbedder(Protocol):
    """An embedder that can tell words that it was taught whole from misspelt and rare ones."""

    def knows(self, word: str) -> bool:
        """Tell whether a word in small letters is one of its vocabulary."""


@runtime_checkable
class BriskEmbedder(Protocol):
    """An embedder that can read questions faster, not quite as exactly."""

    def brisk(self) -> Embedder:
        """Return the embedder that does; its vectors are compared with those of this one."""
