"""Build an index: a new folder with everything that a question needs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sciknow.errors import InvalidInput
from sciknow.model import Concept
from sciknow.progress import Progress
from sciknow.search.arrays import save_array
from sciknow.search.embed.cache import EmbeddingCache, encode_texts
from sciknow.search.embed.embedder import Embedder, TokenEmbedder
from sciknow.search.embed.onnx import OnnxEmbedder
from sciknow.search.index.columns import build_columns
from sciknow.search.index.document import FIELDS, KINDS, Document, embedded_text, titled_text
from sciknow.search.index.lexical import build_lexical
from sciknow.search.index.prior import mentions
from sciknow.search.index.store import FORMAT, StoreWriter
from sciknow.search.index.vectors import build_titles, build_tokens, build_vectors
from sciknow.search.language.analysis import VERSION, fold
from sciknow.search.language.bridge import Bridge, bridge_path, glossed, open_bridge
from sciknow.search.wish.format import format_words
from sciknow.text import has_han

COMPLETED = "dataset"
"""The kind whose store completes what someone types."""
_GLOSSED = 1_500
"""Characters of a record without English that are rendered word by word."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did.

    Parameters
    ----------
    counts : dict of str to int
        Kind → records.
    embedded : int
        Texts that the model had to read; the others came from the cache.
    """

    counts: dict[str, int]
    embedded: int


def build_index(
    folder: Path,
    documents: Iterable[Document],
    *,
    embedder: Embedder,
    cache: EmbeddingCache | None = None,
    concepts: Mapping[str, Concept] | None = None,
    progress: Progress | None = None,
) -> Built:
    """Write an index into a new folder.

    Parameters
    ----------
    folder : Path
        Must not exist yet, or be empty.
    documents : iterable of Document
        The records; ids are unique within a kind.
    embedder : Embedder
        The sentence model.
    cache : EmbeddingCache, optional
        Vectors of earlier builds.
    concepts : mapping of str to Concept, optional
        The hub's concepts by id: labels in both languages, and the way up.
    progress : callable, optional
        Called with (step, done, total); steps are ``words`` and ``embed``.

    Raises
    ------
    InvalidInput
        When the folder holds something, or two records of a kind have the same id.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InvalidInput(f"{folder} is not empty", hint="give a new folder")
    kinds = _by_kind(documents)
    known = dict(concepts or {})
    bridge = open_bridge() if _any_han(kinds) or _any_han_labels(known) else None
    embedded = sum(
        _build_kind(folder / kind, items, known, embedder, cache, bridge, progress)
        for kind, items in kinds.items()
    )
    counts = {kind: len(items) for kind, items in kinds.items()}
    folder.mkdir(parents=True, exist_ok=True)
    settings = json.dumps(_settings(embedder, counts), indent=1, ensure_ascii=False)
    (folder / "settings.json").write_text(settings, "utf-8")
    return Built(counts, embedded)


def _settings(embedder: Embedder, counts: Mapping[str, int]) -> dict[str, object]:
    return {
        "format": FORMAT,
        "analysis": VERSION,
        "fields": FIELDS,
        "counts": counts,
        "formats": format_words(),
        "model": {
            "name": embedder.name,
            "digest": embedder.digest,
            "dimensions": embedder.dimensions,
            "languages": sorted(embedder.languages),
            "default": isinstance(embedder, OnnxEmbedder),
        },
    }


def _by_kind(documents: Iterable[Document]) -> dict[str, list[Document]]:
    kinds: dict[str, dict[str, Document]] = {}
    for item in documents:
        same = kinds.setdefault(item.kind, {})
        if item.id in same:
            raise InvalidInput(f"two records of kind {item.kind} have the id {item.id!r}")
        same[item.id] = item
    return {kind: list(kinds[kind].values()) for kind in KINDS if kind in kinds}


def _any_han(kinds: Mapping[str, Sequence[Document]]) -> bool:
    return any(
        has_han(text) for items in kinds.values() for one in items for text in one.fields.values()
    )


def _any_han_labels(concepts: Mapping[str, Concept]) -> bool:
    return any(concept.pref_label.zh for concept in concepts.values())


def _build_kind(
    folder: Path,
    documents: list[Document],
    concepts: Mapping[str, Concept],
    embedder: Embedder,
    cache: EmbeddingCache | None,
    bridge: Bridge | None,
    progress: Progress | None,
) -> int:
    folder.mkdir(parents=True)
    ready = [_prepared(item, bridge, "zh" in embedder.languages) for item in documents]
    build_lexical(folder, _reported((item.fields for item in ready), len(ready), progress))
    save_array(folder, "standing", mentions(ready))
    build_columns(folder, documents)
    with StoreWriter(folder / "store.sqlite") as store:
        for item in documents:
            store.add(item)
        store.add_concepts(concepts)
        store.add_members(documents, concepts)
        if folder.name == COMPLETED:
            store.add_completions(_completions(documents, concepts))
    encoded = encode_texts(embedder, [_meant(item) for item in ready], cache, progress)
    build_vectors(folder, encoded.vectors, np.ones(len(ready), np.int64))
    if encoded.tokens is not None and isinstance(embedder, TokenEmbedder):
        build_tokens(folder, encoded.tokens, embedder.vocabulary)
    titles = [_titled(item, bridge) for item in ready]
    return encoded.computed + build_titles(folder, titles, embedder, cache)


def _prepared(document: Document, bridge: Bridge | None, native: bool) -> Document:
    """Return a record in simplified characters, with English renderings where it has none."""
    if bridge is None or not any(map(has_han, document.fields.values())):
        return document
    fields = {name: bridge.simplify(text) for name, text in document.fields.items()}
    lines = [line for name in ("title", "description") for line in fields.get(name, "").split("\n")]
    if not native and all(has_han(line) for line in lines if line.strip()):
        fields["gloss"] = glossed([" ".join(lines)[:_GLOSSED]], bridge)
    return replace(document, fields=fields)


def _meant(document: Document) -> str:
    """Return what the sentence model reads of a prepared record."""
    return document.fields.get("gloss") or embedded_text(document)


def _titled(document: Document, bridge: Bridge | None) -> str:
    """Return the title of a prepared record as the sentence model reads it."""
    text = titled_text(document)
    return glossed([text], bridge) if "gloss" in document.fields else text


def _reported(
    texts: Iterable[Mapping[str, str]], total: int, progress: Progress | None
) -> Iterator[Mapping[str, str]]:
    for done, text in enumerate(texts, 1):
        yield text
        if progress is not None and (done % 500 == 0 or done == total):
            progress("words", done, total)


def _completions(
    documents: Sequence[Document], concepts: Mapping[str, Concept]
) -> Iterator[tuple[str, str, str, float]]:
    """Yield what a prefix can be completed to: concepts weigh by how much is about them."""
    used: dict[str, int] = {}
    for item in documents:
        for name in item.concepts:
            used[name] = used.get(name, 0) + 1
    for concept in concepts.values():
        for label in concept.labels():
            yield fold(label), label, "concept", 2.0 + used.get(concept.id, 0)
    for item in documents[:50_000]:
        for title in filter(None, map(str.strip, item.title.split("\n"))):
            yield from ((form, title, item.kind, 1.0) for form in _beginnings(title))
        for name in item.variables:
            yield fold(name), name, "variable", 1.5
    for item in documents[:50_000]:
        for name in item.publisher_names:
            yield fold(name), name, "publisher", 1.2


def _beginnings(title: str) -> Iterator[str]:
    """Yield a title from its first word on, and from each of the next few."""
    words = fold(title).split()
    yield from (" ".join(words[place:])[:80] for place in range(min(len(words), 6)))


def index_digest(
    documents: Iterable[Document],
    embedder: Embedder,
    concepts: Mapping[str, Concept] | None = None,
) -> str:
    """Return the digest of everything that an index would be made from.

    Two builds with the same digest answer alike, although engine files differ. Where a record is
    Chinese, the dictionary that renders it counts too.
    """
    digest = hashlib.sha256(f"{FORMAT} {VERSION} {embedder.digest}".encode())
    chinese = False
    for document in documents:
        digest.update(repr(document).encode())
        chinese = chinese or any(map(has_han, document.fields.values()))
    if chinese and (path := bridge_path()) is not None:
        digest.update(Bridge(path).digest.encode())
    for name in sorted(concepts or {}):
        digest.update(repr((concepts or {})[name]).encode())
    return digest.hexdigest()
