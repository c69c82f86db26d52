"""From the name of a model to an embedder."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from sciknow.errors import InvalidInput, MissingDependency
from sciknow.search.embed.embedder import Embedder
from sciknow.search.embed.model_folder import find_model
from sciknow.search.embed.onnx import OnnxEmbedder
from sciknow.search.embed.transformer import SentenceTransformerEmbedder


def load_embedder(model: str | Path | Embedder | None = None, *, verify: bool = False) -> Embedder:
    """Return an embedder.

    Parameters
    ----------
    model : str, Path or Embedder, optional
        A folder or hub name of a sentence-transformers model; the default model when left out;
        an embedder comes back as it is.
    verify : bool
        Hash the default model's files even when an earlier check is on record.

    Raises
    ------
    MissingDependency
        When the model, or sentence-transformers, is not installed; known at once.
    InvalidInput
        When it is no model, or none that can be loaded safely.
    IntegrityError
        When the default model's files are not the published ones.
    """
    if model is None or model == OnnxEmbedder.name:
        return _default(verify)
    if isinstance(model, Embedder):
        return model
    if not isinstance(model, (str, Path)):
        raise InvalidInput(
            f"{type(model).__name__} is no embedder",
            hint="give the name or folder of a sentence-transformers model, or an Embedder",
        )
    find_model(model)  # before torch is imported, which takes seconds
    if find_spec("sentence_transformers") is None:
        raise MissingDependency(
            f"the model {model} needs sentence-transformers",
            hint="run: pip install 'sciknow[models]'",
        )
    return SentenceTransformerEmbedder(model)


@lru_cache(maxsize=2)
def _default(verify: bool) -> OnnxEmbedder:
    return OnnxEmbedder(verify=verify)
