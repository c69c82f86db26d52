"""Building a hub: from catalogues, Turtle and harvests, or from plain texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sciknow.errors import InvalidInput
from sciknow.hub.hub import Hub
from sciknow.hub.make.generation import Plan, build_generation, make
from sciknow.hub.store.folder import HubFolder
from sciknow.model import Dataset, LangString
from sciknow.progress import Progress, silent
from sciknow.search import Embedder, document_of_text, load_embedder
from sciknow.vocab import Sector

_LONE = re.compile(r"[\ud800-\udfff]")
"""Half a character, which no file takes."""


def build_hub(
    source: Path | str | None = None,
    target: Path | str | None = None,
    *,
    sectors: Sequence[Sector | str] | None = None,
    model: str | Embedder | None = None,
    archive: bool = True,
    progress: Progress | None = None,
) -> Hub:
    """Build a hub's new generation from a folder, and serve it.

    Parameters
    ----------
    source : path, optional
        Folder with ``catalogs/`` and ``knowledge_graph/``; what ships with the package when left
        out.
    target : path, optional
        The hub's folder; *source* itself when left out, or the user's own hub when both are.
    sectors : sequence of Sector, optional
        Build a node of these sectors only.
    model : str or Embedder, optional
        A sentence-transformers model (folder or hub name); the default model when left out.
    archive : bool
        Keep the input files in the hub's archive.
    progress : callable, optional
        Called with (stage, done, total).

    Returns
    -------
    Hub
        Opened on the new generation; on the old one when nothing has changed.

    Raises
    ------
    InvalidInput
        When a record breaks a rule; the old generation goes on serving.
    """
    folder = build_generation(
        source, target, sectors=sectors, model=model, archive=archive, progress=progress
    )
    return Hub(folder, embedder=model if isinstance(model, Embedder) else None)


def build_from_texts(
    texts: Iterable[Mapping[str, object]],
    target: Path | str,
    *,
    model: str | Embedder | None = None,
    progress: Progress | None = None,
) -> Hub:
    """Build a hub from plain texts, for collections that are no catalogue.

    Parameters
    ----------
    texts : iterable of mappings
        ``id`` and ``title`` or ``text`` (all str), and ``metadata`` (a mapping, kept as it is).
    target : path
        The hub's folder.
    model, progress
        As in `build_hub`.

    Returns
    -------
    Hub
        ``search``, ``dataset`` and iteration work; there is no graph. A hit's ``dataset`` has
        the text as its description and the metadata as ``extra``.

    Raises
    ------
    InvalidInput
        For a text without id or content, or two with the same id; nothing is written.
    """
    rows: dict[str, tuple[str, str, str, dict[str, object]]] = {}
    if isinstance(texts, (str, Mapping)) or not isinstance(texts, Iterable):
        raise InvalidInput(
            f"texts have to be several mappings, not {type(texts).__name__}",
            hint='write [{"id": "a", "title": "…", "text": "…"}]',
        )
    for number, text in enumerate(texts):
        row = _text_row(number, text)
        if row[0] in rows:
            raise InvalidInput(f"two texts have the id {row[0]!r}", hint="give each its own")
        rows[row[0]] = row
    folder = HubFolder(Path(target))
    plan = Plan(
        kind="texts",
        source="",
        objects=[
            Dataset(id=name, title=LangString(title), description=LangString(text), extra=extra)
            for name, title, text, extra in rows.values()
        ],
        documents=[document_of_text(*row) for row in rows.values()],
        counts={"texts": len(rows)},
    )
    make(folder, plan, load_embedder(model, verify=True), progress or silent)
    return Hub(folder, embedder=model if isinstance(model, Embedder) else None)


def _text_row(number: int, row: Mapping[str, object]) -> tuple[str, str, str, dict[str, object]]:
    if not isinstance(row, Mapping):
        raise InvalidInput(f"text {number} is no mapping", hint="give id, title, text, metadata")
    name, title, text = (row.get(key) or "" for key in ("id", "title", "text"))
    if not (isinstance(name, str) and isinstance(title, str) and isinstance(text, str)):
        raise InvalidInput(f"text {number}: id, title and text must be str")
    title, text = _LONE.sub("", title), _LONE.sub("", text)
    if not name.strip() or not (title or text).strip():
        raise InvalidInput(f"text {number} has no id, or neither title nor text")
    metadata = row.get("metadata") or {}
    try:
        json.dumps([name, metadata], ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            f"text {number}: id or metadata cannot be kept as JSON: {error}",
            hint="give strings, numbers, lists and mappings of them",
        ) from error
    if not isinstance(metadata, Mapping):
        raise InvalidInput(f"text {number}: metadata is no mapping", hint='write {"year": 2020}')
    return name, title, text, dict(metadata)
