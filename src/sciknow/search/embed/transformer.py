"""Any sentence-transformers model, from a folder or from what the machine has downloaded.

This is the only module of the room that imports torch, and it does so when a model is loaded.
Models are never fetched here, never allowed to bring code of their own, and only read from
safetensors.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sciknow.files import files_below, sha256_bytes, sha256_file
from sciknow.progress import Progress
from sciknow.search.arrays import unit
from sciknow.search.embed.embedder import MAX_CHARACTERS, Vectors
from sciknow.search.embed.model_folder import find_model

_CHINESE = ("multilingual", "bge-m3", "-zh", "chinese", "e5-", "gte-", "qwen", "labse", "xlm")
"""Parts of the names of models that read Chinese; a configuration may say so itself."""
_BATCH = 32


class SentenceTransformerEmbedder:
    """A sentence-transformers model.

    Parameters
    ----------
    model : str or Path
        A folder, or a hub name that is already on this machine.
    languages : iterable of str, optional
        Languages that the model reads; guessed from its tokenizer when left out.

    Raises
    ------
    MissingDependency
        When there is no such folder and the machine has no copy.
    InvalidInput
        When the model has no safetensors weights, or asks to run code of its own.
    """

    def __init__(self, model: str | Path, *, languages: Sequence[str] | None = None) -> None:
        self.name = str(model)
        folder = find_model(model)
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when its libraries are imported
        from sentence_transformers import SentenceTransformer  # seconds, and torch with it

        self._model = SentenceTransformer(
            str(folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
        self.dimensions = len(self._model.encode(["size"], show_progress_bar=False)[0])
        self.digest = model_digest(folder)
        self.languages = frozenset(languages or _languages(folder, self.name))
        self._prompts: Mapping[str, str | None] = dict(self._model.prompts or {})

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of some questions, with the model's own prompt for questions."""
        return self._encode(texts, "query", None)

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return the vectors of some texts, with the model's own prompt for documents."""
        kind = "document" if "document" in self._prompts else "passage"
        return self._encode(texts, kind, progress)

    def _encode(self, texts: Sequence[str], kind: str, progress: Progress | None) -> Vectors:
        cut = [text[:MAX_CHARACTERS] for text in texts]
        prompt = self._prompts.get(kind) or None
        rows: Any = self._model.encode(
            cut, prompt=prompt, batch_size=_BATCH, convert_to_numpy=True, show_progress_bar=False
        )
        if progress is not None:
            progress("embed", len(texts), len(texts))
        return unit(rows.reshape(len(texts), self.dimensions))


def model_digest(folder: Path) -> str:
    """Return the digest of a model's weights and of every file that shapes its vectors."""
    wanted = (".safetensors", ".json", ".txt", ".model")
    lines = [
        f"{path.relative_to(folder)} {sha256_file(path)}"
        for path in files_below(folder)
        if path.suffix in wanted
    ]
    return sha256_bytes("\n".join(lines).encode())


def _languages(folder: Path, name: str) -> set[str]:
    low = f"{name} {folder.name}".lower()
    return {"en", "zh"} if any(part in low for part in _CHINESE) else {"en"}
