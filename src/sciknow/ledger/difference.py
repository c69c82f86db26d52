"""Two fingerprints of one distribution: what has changed between them.

The structure is compared first, since it says most; then chunks and values, variable by variable;
then the bytes of files. A difference of bytes that leaves every value and attribute as it was is
no change, where all of them have been seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sciknow.model.fingerprint import FileState, Fingerprint, Strength, VariableState
from sciknow.text import counted, shorten


class ChangeKind(StrEnum):
    """What has changed."""

    ADDED = "variable added"
    REMOVED = "variable removed"
    RENAMED = "variable renamed"
    DTYPE = "type changed"
    EXTENDED = "extended"
    CUT = "cut"
    DIMENSIONS = "dimensions changed"
    METADATA = "metadata changed"
    LAYOUT = "chunks or packing changed"
    CHUNK = "chunk changed"
    VALUES = "values changed"
    BYTES = "bytes changed"
    FILES = "files added or removed"
    REFERENCES = "references changed"
    SNAPSHOT = "another snapshot"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Parameters
    ----------
    kind : ChangeKind
        Of what sort.
    what : str
        Where: a variable, a chunk, a dimension, an attribute, a file.
    detail : str
        From what to what.
    """

    kind: ChangeKind
    what: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two fingerprints differ in.

    Parameters
    ----------
    changes : tuple of Change
        Empty where the data are the same, as far as they were seen.
    notes : tuple of str
        Differences that are no change of the data, and what the changes come to.
    """

    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()


SHOWN = 5
"""Chunks of a variable, or changes outside the locked part, that are named one by one."""

SAMPLED = "part:"
"""Before the digest of values that were not all seen."""


def compare(before: Fingerprint, now: Fingerprint) -> Comparison:
    """Tell what has changed.

    Parameters
    ----------
    before : Fingerprint
        The locked one.
    now : Fingerprint
        One taken with ``like=before``, so that the same parts were read.
    """
    found = _compare_whole(before, now)
    return _compare_part(before, now, found) if before.part else found


def _compare_part(before: Fingerprint, now: Fingerprint, found: Comparison) -> Comparison:
    """Keep what concerns the locked part; what changed outside it becomes a note."""
    own = [*_part_changes(before, now)]
    inside = [item for item in found.changes if _concerns(item, before, now)]
    outside = [item for item in found.changes if item not in inside]
    if not own and any(item.values.startswith(SAMPLED) for item in before.part):
        return found
    notes = [f"outside the locked part: {item}" for item in outside[:SHOWN]]
    if len(outside) > SHOWN:
        notes.append(f"outside the locked part: {len(outside) - SHOWN:,} more changes")
    return Comparison(tuple(dict.fromkeys((*own, *inside))), (*found.notes, *notes))


def _part_changes(before: Fingerprint, now: Fingerprint) -> Iterator[Change]:
    if not now.part:
        yield Change(ChangeKind.REMOVED, "the locked part", "nothing lies inside it now")
        return
    new = {item.name: item for item in now.part}
    for old in before.part:
        item = new.get(old.name)
        if item is None:
            yield Change(ChangeKind.REMOVED, old.name, "in the locked part")
        elif old.shape != item.shape or old.dims != item.dims:
            yield from _sizes({old.name: old}, new)
        elif old.dtype != item.dtype:
            yield Change(ChangeKind.DTYPE, old.name, f"{old.dtype} → {item.dtype}")
        elif old.values != item.values:
            yield Change(ChangeKind.VALUES, old.name, "in the locked part")


def _concerns(change: Change, before: Fingerprint, now: Fingerprint) -> bool:
    """Tell whether a change of the whole is one of the part: what its attributes say."""
    if change.kind is ChangeKind.DAMAGED:
        return True
    if change.kind is not ChangeKind.METADATA:
        return False
    if change.what in before.attrs or change.what in now.attrs:
        return True
    known = {item.name for item in before.variables}
    owner = max((name for name in known if change.what.startswith(f"{name}.")), key=len, default="")
    return not owner or owner in {item.name for item in before.part}


def _compare_whole(before: Fingerprint, now: Fingerprint) -> Comparison:
    old = {item.name: item for item in before.variables}
    new = {item.name: item for item in now.variables}
    changes = [*_names(old, new), *_sizes(old, new)]
    both = [(old[name], new[name]) for name in old if name in new]
    for first, second in both:
        changes += _kinds(first, second)
        changes += _contents(first, second)
    changes += _attributes("", before.attrs, now.attrs)
    for first, second in both:
        changes += _attributes(first.name, first.attrs, second.attrs)
    changes += _listings(before, now)
    notes: list[str] = []
    for change in _bytes(before, now, bool(changes)):
        if change.kind is ChangeKind.BYTES and _acquitted(before, now, changes):
            notes.append(f"{change.what or 'the file'} was written anew; every value is the same")
        elif change.kind is ChangeKind.EXTENDED or not changes:
            changes.append(change)
    if not changes and before.metadata != now.metadata:
        changes.append(Change(ChangeKind.METADATA, "metadata documents"))
    if changes and all(change.kind is ChangeKind.METADATA for change in changes):
        notes.append("metadata only: the values that were digested are the same")
    notes += _stated(before, now) if not changes else []
    if before.snapshot != now.snapshot:
        moved = f"{before.snapshot or 'none'} → {now.snapshot or 'none'}"
        if not changes and before.strength is now.strength is Strength.WHOLE:
            notes.append(f"another snapshot, {moved}; every value is the same")
        else:
            changes.insert(0, Change(ChangeKind.SNAPSHOT, "the version", moved))
    return Comparison(tuple(dict.fromkeys(changes)), tuple(notes))


def _names(old: Mapping[str, VariableState], new: Mapping[str, VariableState]) -> Iterator[Change]:
    gone, come = [n for n in old if n not in new], [n for n in new if n not in old]
    for name in list(gone):
        match = next((other for other in come if _alike(old[name], new[other])), None)
        if match is not None:
            gone.remove(name)
            come.remove(match)
            yield Change(ChangeKind.RENAMED, name, f"now {match}")
    yield from (Change(ChangeKind.REMOVED, name) for name in gone)
    yield from (Change(ChangeKind.ADDED, name) for name in come)


def _alike(old: VariableState, new: VariableState) -> bool:
    if (old.dtype, old.shape, old.layout) != (new.dtype, new.shape, new.layout):
        return False
    if old.values or new.values:
        return old.values == new.values
    if old.chunks and new.chunks:
        return dict(old.chunks) == dict(new.chunks)
    return bool(old.shape) and len(old.shape) == len(new.shape)


def _sizes(old: Mapping[str, VariableState], new: Mapping[str, VariableState]) -> Iterator[Change]:
    """Yield each dimension that has grown or shrunk, once."""
    seen: dict[tuple[str, int, int], list[str]] = {}
    for name, item in old.items():
        other = new.get(name)
        if other is None or len(item.shape) != len(other.shape):
            continue
        names = item.dims or tuple(f"dimension {at}" for at in range(len(item.shape)))
        for dim, first, second in zip(names, item.shape, other.shape, strict=False):
            if first != second:
                seen.setdefault((dim, first, second), []).append(name)
    for (dim, first, second), names_ in seen.items():
        kind = ChangeKind.EXTENDED if second > first else ChangeKind.CUT
        yield Change(kind, dim, f"{first} → {second} in {shorten(', '.join(names_), 80)}")


def _kinds(old: VariableState, new: VariableState) -> Iterator[Change]:
    if old.dtype != new.dtype:
        yield Change(ChangeKind.DTYPE, old.name, f"{old.dtype} → {new.dtype}")
    if old.dims != new.dims or len(old.shape) != len(new.shape):
        detail = f"{' × '.join(old.dims)} → {' × '.join(new.dims)}"
        yield Change(ChangeKind.DIMENSIONS, old.name, detail)
    if old.layout != new.layout and old.dtype == new.dtype:
        yield Change(ChangeKind.LAYOUT, old.name)


def _contents(old: VariableState, new: VariableState) -> Iterator[Change]:
    if old.values and new.values and old.values != new.values and old.dtype == new.dtype:
        yield Change(ChangeKind.VALUES, old.name)
    keys = [key for key in old.chunks if new.chunks.get(key) != old.chunks[key]]
    for key in keys[:SHOWN]:
        yield Change(ChangeKind.CHUNK, f"{old.name}/{key}", _chunk_detail(new.chunks.get(key)))
    if len(keys) > SHOWN:
        yield Change(ChangeKind.CHUNK, old.name, f"{len(keys):,} of {len(old.chunks):,} seen")


def _chunk_detail(now: str | None) -> str:
    return "gone" if now in (None, "", "gone") else ""


def _attributes(
    name: str, old: Mapping[str, object], new: Mapping[str, object]
) -> Iterator[Change]:
    where = f"{name}." if name else ""
    for key in sorted({*old, *new}):
        if key not in new:
            yield Change(ChangeKind.METADATA, where + key, "attribute removed")
        elif key not in old:
            yield Change(ChangeKind.METADATA, where + key, f"attribute added: {_show(new[key])}")
        elif old[key] != new[key] or type(old[key]) is not type(new[key]):
            detail = f"{_show(old[key])} → {_show(new[key])}"
            yield Change(ChangeKind.METADATA, where + key, detail)


def _show(value: object) -> str:
    return shorten(repr(value), 60)


def _listings(before: Fingerprint, now: Fingerprint) -> Iterator[Change]:
    if before.listing == now.listing:
        return
    if before.count or now.count:
        yield Change(
            ChangeKind.FILES, "the set", f"{before.count:,} → {counted(now.count, 'file')}"
        )
    elif not (before.strength is Strength.WHOLE and _chunks(before) == _chunks(now)):
        yield Change(ChangeKind.REFERENCES, "the reference document")


def _chunks(of: Fingerprint) -> dict[str, dict[str, str]]:
    return {item.name: dict(item.chunks) for item in of.variables}


def _bytes(before: Fingerprint, now: Fingerprint, explained: bool) -> Iterator[Change]:
    new = {item.name: item for item in now.files}
    for old in before.files:
        item = new.get(old.name)
        if item is None:
            yield Change(ChangeKind.FILES, old.name, "gone")
        elif old.sha256 and item.prefix == old.sha256:
            detail = f"{counted(item.size - old.size, 'byte')} appended, all before unchanged"
            if not explained:
                yield Change(ChangeKind.EXTENDED, old.name or "the file", detail)
        elif not _same_file(old, item):
            yield Change(ChangeKind.BYTES, old.name, _file_detail(old, item))


def _same_file(old: FileState, new: FileState) -> bool:
    if old.size != new.size:
        return False
    if old.sha256:
        return old.sha256 == new.sha256
    return dict(old.ranges) == dict(new.ranges)


def _file_detail(old: FileState, new: FileState) -> str:
    if old.size != new.size:
        return f"{old.size:,} → {new.size:,} bytes"
    ranges = [key for key in old.ranges if new.ranges.get(key) != old.ranges[key]]
    return f"in bytes {', '.join(ranges[:SHOWN])}" if ranges else f"{new.size:,} bytes as before"


def _acquitted(before: Fingerprint, now: Fingerprint, changes: list[Change]) -> bool:
    """Tell whether other bytes are the same data: every value was digested, then and now."""
    seen = all(
        item.values and not item.values.startswith(SAMPLED)
        for item in (*before.variables, *now.variables)
    )
    return not changes and bool(before.variables) and seen and before.strength is Strength.WHOLE


def _stated(before: Fingerprint, now: Fingerprint) -> Iterator[str]:
    """Yield what the source states otherwise, of files that were not seen whole."""
    new = {item.name: item for item in now.files}
    for old in before.files:
        item = new.get(old.name)
        if item is None or old.sha256:
            continue
        for what, first, second in (
            ("ETag", old.etag, item.etag),
            ("object version", old.version, item.version),
        ):
            if first and second and first != second:
                yield (
                    f"{old.name or 'the file'}: the {what} is another, size and "
                    f"{len(old.ranges)} sampled ranges are the same"
                )
