"""How far the cards are filled: each field stated, looked for in vain, or not looked at.

A card has no key that says what shape its data have, so the shape is read off what it does say:
the reader or media type of its distributions and its resolution. Where these tell nothing, the
shape is not known, and a field that depends on it may apply or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from knowledge.base import Base, Finding
from sciknow.formats import installed_formats
from sciknow.model import Activity, Dataset
from sciknow.vocab import Sector


def _media_types(table: bool) -> set[str]:
    found = (item for item in installed_formats().values() if item.table is table)
    return {media for item in found for media in item.media_types}


GRIDS = _media_types(False) - {"application/geo+json"}  # which may be shapes as well
TABLES = _media_types(True) | {"application/vnd.ms-excel"}
_MARK = re.compile(r"Looked for, not stated: ([\w., ]+?)\.?(?:;|$)")


def shape(dataset: Dataset) -> frozenset[str]:
    """Return what a card tells of its data's shape: ``grid``, ``table``, both or nothing."""
    forms = {way.media_type for way in dataset.distributions}
    spaced = dataset.resolution.degrees or dataset.resolution.meters
    found = ["grid"] if forms & GRIDS or spaced else []
    return frozenset(found + (["table"] if forms & TABLES else []))


@dataclass(frozen=True)
class Row:
    """One field: whether a card states it, and whether it applies (None: not to be told)."""

    key: str
    words: str
    stated: Callable[[Dataset], bool]
    applies: Callable[[Dataset], bool | None] = lambda _: True


def _placed(item: Dataset) -> bool | None:
    return bool("grid" in shape(item) or item.spatial.bbox or item.spatial.name) or None


def _dated(item: Dataset) -> bool | None:
    return bool("grid" in shape(item) or item.temporal or item.resolution.duration) or None


def _spaced(item: Dataset) -> bool | None:
    return "grid" in shape(item) if shape(item) else None


def _stepped(item: Dataset) -> bool | None:
    """Tell whether it is a series: it has a step, or a period of more than one year."""
    if item.resolution.duration:
        return True
    period = item.temporal
    return period.start[:4] != period.end[:4] if period else None


def _columns(item: Dataset) -> bool | None:
    return bool(shape(item)) or None


def rows(base: Base) -> tuple[Row, ...]:
    """Return the rows of the table; publications stand outside the cards."""
    tied = {name for item in base.knowledge.publications for name in (*item.describes, *item.uses)}
    return (
        Row("spatial.bbox", "box", lambda item: item.spatial.bbox is not None, _placed),
        Row("temporal", "period", lambda item: bool(item.temporal), _dated),
        Row(
            "resolution",
            "spacing",
            lambda item: bool(item.resolution.degrees or item.resolution.meters),
            _spaced,
        ),
        Row(
            "resolution.duration",
            "time step",
            lambda item: bool(item.resolution.duration),
            _stepped,
        ),
        Row("variables", "variables", lambda item: bool(item.variables), _columns),
        Row(
            "variables.units",
            "units",
            lambda item: any(variable.units for variable in item.variables),
            _columns,
        ),
        Row("publications", "publications", lambda item: item.id in tied),
        Row("creators", "creators", lambda item: bool(item.creators)),
        Row("issued", "year issued", lambda item: bool(item.issued)),
        Row("doi", "DOI or CSTR", lambda item: bool(item.doi or item.cstr)),
        Row("license", "licence or terms", lambda item: bool(item.license or item.rights)),
        Row("accrual_periodicity", "update frequency", lambda item: bool(item.accrual_periodicity)),
        Row("grants", "funder or grant", lambda item: bool(item.grants)),
        Row("access_rights", "access level", lambda item: item.access_rights is not None),
    )


def looked_for(dataset: Dataset) -> frozenset[str]:
    """Return the fields that a note says were looked for in a source that does not state them."""
    marks = (_MARK.search(activity.note) for activity in dataset.provenance)
    return frozenset(
        name.strip() for mark in marks if mark for name in mark[1].split(",") if name.strip()
    )


def remark(activity: Activity) -> str:
    """Return what the note of an activity says beside the mark."""
    return _MARK.sub("", activity.note).strip()


def check_marks(base: Base) -> Iterator[Finding]:
    """Find notes "Looked for, not stated" that name no row of the table."""
    keys = {row.key for row in rows(base)}
    for dataset, file in base.cards():
        for name in sorted(looked_for(dataset) - keys):
            text = f"looked for {name}, which is none of {', '.join(sorted(keys))}"
            yield Finding("marks", file, dataset.id, text)


def table(base: Base) -> dict[str, dict[str, dict[str, int]]]:
    """Return row key → sector (and ``all``) → how many cards are in each state."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    names = ("stated", "looked_for", "not_looked_at", "applies", "stated_where", "may_apply")
    marks = {dataset.id: looked_for(dataset) for dataset, _ in base.cards()}
    for row in rows(base):
        counts = {place: dict.fromkeys(names, 0) for place in ("all", *Sector)}
        found[row.key] = counts
        for dataset, _ in base.cards():
            stated, applies = row.stated(dataset), row.applies(dataset)
            state = "looked_for" if row.key in marks[dataset.id] else "not_looked_at"
            for place in filter(None, ("all", dataset.sector)):
                cell = counts[place]
                cell["stated" if stated else state] += 1
                cell["applies"] += applies is True
                cell["stated_where"] += stated and applies is True
                cell["may_apply"] += applies is not False
    return found


def words(base: Base) -> dict[str, str]:
    """Return row key → what the table calls it."""
    return {row.key: row.words for row in rows(base)}
