"""Vectors that were computed once, kept by model and text.

One SQLite file serves many processes: a writer waits for another, a process killed at any moment
loses at most its last batch, and a damaged file is set aside and begun anew. The rollback journal
is used on purpose: write-ahead logging does not work on network file systems, where home folders
of computing centres lie.
"""

from __future__ import annotations

import hashlib
import sqlite3
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from sciknow.errors import DegradedWarning, SciknowError
from sciknow.files import cache_folder
from sciknow.progress import Progress
from sciknow.search.embed.embedder import Embedder, TokenEmbedder, Tokens

T = TypeVar("T")
Entry: TypeAlias = tuple[NDArray[np.float16], Tokens | None]
"""A text's vector, and its tokens where the model gives them."""

_SCHEMA = """
create table if not exists vectors (
    model blob not null, text blob not null, vector blob not null, ids blob, tokens blob,
    primary key (model, text)
) without rowid
"""
_WAIT_SECONDS = 60.0
_BATCH = 256
"""Texts per transaction: what a killed process can lose at most."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """What a model made of some texts.

    Parameters
    ----------
    vectors : array of float16, shape (texts, dimensions)
        Rows of unit length.
    tokens : list of Tokens, or None
        One a text, where the model gives them.
    computed : int
        How many texts the model had to read.
    """

    vectors: NDArray[np.float16]
    tokens: list[Tokens] | None
    computed: int


class EmbeddingCache:
    """Vectors by (model digest, text digest) in one SQLite file.

    Parameters
    ----------
    path : Path, optional
        The file; by default ``embeddings.sqlite`` in the user's cache folder.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> EmbeddingCache(Path(folder.name) / "cache.sqlite").count()
    0
    >>> folder.cleanup()
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or cache_folder() / "embeddings.sqlite"

    def encode(
        self, embedder: Embedder, texts: Sequence[str], progress: Progress | None = None
    ) -> Encoded:
        """Return a vector for each text, computing only those that are not kept yet.

        Parameters
        ----------
        embedder : Embedder
            The model.
        texts : sequence of str
            What to embed; equal texts are embedded once.
        progress : callable, optional
            Told how many of the texts are done.
        """
        keys = [text_key(text) for text in texts]
        rows = {key: row for row, key in enumerate(keys)}
        try:
            kept = self._kept(embedder, list(rows))
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:  # damaged behind its first page
            self._begin_anew(error).close()
            kept = {}
        missing = [row for key, row in rows.items() if key not in kept]
        for chunk, entries in self._compute(embedder, texts, missing, progress):
            kept.update((keys[row], entry) for row, entry in zip(chunk, entries, strict=True))
        return _gathered([kept[key] for key in keys], embedder.dimensions, len(missing))

    def count(self) -> int:
        """Return how many vectors are kept."""
        with self._open() as database:
            total: int = database.execute("select count(*) from vectors").fetchone()[0]
        return total

    def _kept(self, embedder: Embedder, keys: list[bytes]) -> dict[bytes, Entry]:
        found: dict[bytes, Entry] = {}
        model, form = bytes.fromhex(embedder.digest), _Form(embedder)
        with self._open() as database:
            for chunk in _chunks(keys, 500):
                marks = ",".join("?" * len(chunk))
                query = (
                    "select text, vector, ids, tokens from vectors "
                    f"where model = ? and text in ({marks})"
                )
                for key, *blobs in database.execute(query, (model, *chunk)):
                    entry = form.read(*blobs)
                    if entry is not None:
                        found[key] = entry
        return found

    def _compute(
        self,
        embedder: Embedder,
        texts: Sequence[str],
        missing: list[int],
        progress: Progress | None,
    ) -> Iterator[tuple[list[int], list[Entry]]]:
        # Texts of like length together: less padding, and an honest estimate of what is left.
        order = sorted(missing, key=lambda row: len(texts[row]))
        done = 0
        for chunk in _chunks(order, _BATCH):
            entries = compute([texts[row] for row in chunk], embedder)
            self._keep(embedder, [texts[row] for row in chunk], entries)
            yield chunk, entries
            done += len(chunk)
            if progress is not None:
                progress("embed", done, len(order))

    def _keep(self, embedder: Embedder, texts: list[str], entries: list[Entry]) -> None:
        model = bytes.fromhex(embedder.digest)
        records = [
            (model, text_key(text), *_blobs(entry))
            for text, entry in zip(texts, entries, strict=True)
        ]
        with self._open() as database, database:
            database.executemany("insert or replace into vectors values (?, ?, ?, ?, ?)", records)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            database = _connect(self.path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise SciknowError(
                    f"the embedding cache {self.path} cannot be opened: {error}",
                    hint="give another path, or free the disk",
                ) from error
            database = self._begin_anew(error)
        with closing(database):
            yield database

    def _begin_anew(self, error: Exception) -> sqlite3.Connection:
        aside = self.path.with_suffix(".damaged")
        self.path.replace(aside)
        warnings.warn(
            DegradedWarning(
                f"the embedding cache {self.path} is damaged ({error}); it was moved to {aside} "
                "and texts are embedded again"
            ),
            stacklevel=2,
        )
        return _connect(self.path)


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_WAIT_SECONDS)
    try:
        database.execute(_SCHEMA)
    except BaseException:
        database.close()
        raise
    return database


def encode_texts(
    embedder: Embedder,
    texts: Sequence[str],
    cache: EmbeddingCache | None = None,
    progress: Progress | None = None,
) -> Encoded:
    """Embed texts, through a cache where there is one."""
    if cache is not None and texts:
        return cache.encode(embedder, texts, progress)
    entries: list[Entry] = []
    for chunk in _chunks(list(texts), _BATCH):
        entries += compute(chunk, embedder)
        if progress is not None:
            progress("embed", len(entries), len(texts))
    return _gathered(entries, embedder.dimensions, len(texts))


def compute(texts: Sequence[str], embedder: Embedder) -> list[Entry]:
    """Let the model read some texts."""
    if isinstance(embedder, TokenEmbedder):
        vectors, tokens = embedder.encode_with_tokens(texts)
        return [(row.astype(np.float16), item) for row, item in zip(vectors, tokens, strict=True)]
    return [(row.astype(np.float16), None) for row in embedder.encode_documents(texts)]


def _gathered(entries: Sequence[Entry], dimensions: int, computed: int) -> Encoded:
    vectors = np.array([vector for vector, _ in entries], np.float16).reshape(-1, dimensions)
    tokens = [item for _, item in entries if item is not None]
    return Encoded(vectors, tokens if len(tokens) == len(entries) else None, computed)


def _blobs(entry: Entry) -> tuple[bytes, bytes | None, bytes | None]:
    vector, tokens = entry
    if tokens is None:
        return vector.tobytes(), None, None
    return vector.tobytes(), tokens.ids.tobytes(), tokens.vectors.tobytes()


class _Form:
    """What a kept entry of one model has to look like."""

    def __init__(self, embedder: Embedder) -> None:
        self._size = embedder.dimensions * 2
        self._tokens = isinstance(embedder, TokenEmbedder)

    def read(self, vector: bytes, ids: bytes | None, tokens: bytes | None) -> Entry | None:
        """Return the entry, or None when it has to be computed again."""
        if len(vector) != self._size or (self._tokens and (ids is None or tokens is None)):
            return None
        row = np.frombuffer(vector, np.float16)
        if ids is None or tokens is None:
            return row, None
        numbers = np.frombuffer(ids, np.int32)
        width = len(tokens) // max(len(numbers), 1)
        return row, Tokens(numbers, np.frombuffer(tokens, np.int8).reshape(-1, max(width, 1)))


def text_key(text: str) -> bytes:
    """Return the 16 bytes that a text is kept under (BLAKE2b)."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _chunks(items: list[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
