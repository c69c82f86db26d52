"""From a dataset, an array object or a text to what is like it."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from sciknow.errors import InvalidInput, NotFound
from sciknow.hub.find.hit import Hits, HitVerbs, Record
from sciknow.hub.find.likeness import likeness_of, open_file, origin_of, words_of
from sciknow.hub.find.search import IN_WORDS, hits_of, index_of, parse_question
from sciknow.hub.store.records import KINDS, Records
from sciknow.hub.store.state import State
from sciknow.model import Concept, Dataset, Publication
from sciknow.model.identifier import is_meant
from sciknow.model.parse import check_whole
from sciknow.text import shorten, squeeze


def similar(state: State, verbs: HitVerbs, what: object, kind: str, limit: int) -> Hits:
    """Find what is like a dataset, an array object or a text; see `Hub.similar`."""
    what = open_file(Path(what)) if isinstance(what, PathLike) else what
    if isinstance(what, str):
        check_whole(what, "the text")
    record, like = _known(state.records, what), None
    if record is not None:
        shown = record.id
        own = KINDS[type(record)] == kind and state.records.has(type(record), record.id)
        text = record.id if own else words_of(record)
    elif isinstance(what, str):
        shown = text = squeeze(what)
        if not text:
            raise InvalidInput("similar to what? the text is empty", hint="give words or an id")
    else:
        like = likeness_of(what)
        shown = text = like.text
    wish = like.wish if like and kind in IN_WORDS else None
    results = index_of(state).similar(text, kind=kind, limit=limit, wish=wish)
    asked = parse_question(f"like {shorten(shown, 60)}", kind=kind)
    return hits_of(state, verbs, asked, results, pages=False)


def _known(records: Records, what: object) -> Record | None:
    """Return the record of this hub that is meant, by itself, its id or an array's origin."""
    if isinstance(what, Dataset | Publication | Concept):
        return what
    name = squeeze(what) if isinstance(what, str) else origin_of(what)
    if not name:
        return None
    found = records.get(Dataset, name) or records.get(Publication, name)
    if found is None and isinstance(what, str) and is_meant(name):
        raise NotFound(
            f"no dataset or publication {name!r} in this hub",
            hint="describe in words what it should be like",
        )
    return found
