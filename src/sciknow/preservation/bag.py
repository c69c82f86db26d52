"""A preserved dataset as a bag: written, and read back.

A bag of ours has beside its payload ``card.json`` (the record, its citation, the way it came and
the way it opens) and ``files.jsonl`` (of each file: where from, when, validators, digests).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sciknow.clock import now
from sciknow.errors import IntegrityError, InvalidInput, NotFound, SciknowError
from sciknow.files import digests_of, sha256_bytes, sha256_file, sync_tree, write_atomic
from sciknow.model.plain import from_plain
from sciknow.model.preserved import FileRecord
from sciknow.preservation.manifest import WRITTEN, manifest_text, read_manifest
from sciknow.preservation.naming import PAYLOAD, regular
from sciknow.preservation.tags import BAGIT, DECLARATION, INFO, info_text
from sciknow.text import human_bytes
from sciknow.version import __version__

CARD, FILES, REFERENCES = "card.json", "files.jsonl", "references.json"
FORMAT = 1
SOFTWARE = f"sciknow {__version__}"
MAX_CARD = 16 * 2**20


def payload_text(records: Iterable[FileRecord], algorithm: str) -> str:
    """Return the payload manifest by one algorithm."""
    return manifest_text({f"{PAYLOAD}/{one.path}": getattr(one, algorithm) for one in records})


def content_name(records: Sequence[FileRecord], day: str) -> str:
    """Return the name of a bag: the day and the beginning of the digest of its payload."""
    return f"{day}-{sha256_bytes(payload_text(records, 'sha256').encode())[:12]}"


def write_tags(
    bag: Path,
    records: Sequence[FileRecord],
    card: Mapping[str, object],
    info: Sequence[tuple[str, str]],
    *,
    references: Mapping[str, object] | None = None,
) -> None:
    """Write everything but the payload of a bag, and make all of it durable.

    Parameters
    ----------
    bag : Path
        The folder; ``data/`` is filled already.
    records : sequence of FileRecord
        Its files.
    card : mapping
        What `card.make_card` made.
    info : sequence of (str, str)
        Fields of ``bag-info.txt`` beside those that are counted here.
    references : mapping, optional
        References into the payload, where it opens through some.
    """
    ordered = sorted(records, key=lambda one: one.path)
    lines = (json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in ordered)
    tags = {
        BAGIT: DECLARATION,
        INFO: info_text([*info, *_counted(ordered)]),
        CARD: json.dumps(card, ensure_ascii=False, indent=2) + "\n",
        FILES: "".join(lines),
        **{f"manifest-{name}.txt": payload_text(ordered, name) for name in WRITTEN},
    }
    if references:
        tags[REFERENCES] = json.dumps(references)
    for name, text in tags.items():
        write_atomic(bag / name, text)
    for algorithm in WRITTEN:
        write_atomic(bag / f"tagmanifest-{algorithm}.txt", tag_text(bag, tags, algorithm))
    sync_tree(bag)


def tag_text(bag: Path, names: Iterable[str], algorithm: str) -> str:
    """Return the tag manifest by one algorithm."""
    return manifest_text({name: digests_of(bag / name, [algorithm])[algorithm] for name in names})


def _counted(records: Sequence[FileRecord]) -> list[tuple[str, str]]:
    total = sum(one.size for one in records)
    return [
        ("Bagging-Date", today()),
        ("Bag-Size", human_bytes(total)),
        ("Payload-Oxum", f"{total}.{len(records)}"),
        ("Bag-Software-Agent", SOFTWARE),
    ]


def today() -> str:
    """Return the day in UTC as an ISO date."""
    return now().date().isoformat()


class PreservedBag:
    """A bag that sciknow made, opened for reading.

    Parameters
    ----------
    folder : path
        The bag, or a folder of bags of one dataset, of which the newest is taken.

    Raises
    ------
    NotFound
        When there is none.
    IntegrityError
        When its card is not the one that its tag manifest names.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = newest(Path(folder))
        self.card = self._card()

    def _card(self) -> dict[str, Any]:
        path = self.folder / CARD
        if regular(self.folder, CARD) is None or path.stat().st_size > MAX_CARD:
            raise InvalidInput(
                f"{self.folder} was not made by sciknow: it has no {CARD}",
                hint="`sciknow audit` checks any bag; only ours open",
            )
        tags, _ = read_manifest(self.folder / "tagmanifest-sha256.txt", "sha256")
        for name in (CARD, REFERENCES):
            there = regular(self.folder, name) is not None
            if tags.get(name) != (sha256_file(self.folder / name) if there else None):
                raise IntegrityError(
                    f"{self.folder / name} is not as it was written",
                    hint="`sciknow audit` says what has changed",
                )
        found = json.loads(path.read_bytes())
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise InvalidInput(f"{path} has the format {found.get('format')!r}, known is {FORMAT}")
        return found

    @property
    def name(self) -> str:
        """The name of the bag's folder."""
        return self.folder.name

    def records(self) -> list[FileRecord]:
        """Return what is recorded of each file; empty where that is damaged."""
        return read_records(self.folder)


def read_records(bag: Path) -> list[FileRecord]:
    """Return what a bag of ours records of each file; empty where there is nothing readable."""
    try:
        if regular(bag, FILES) is None:
            return []
        lines = (bag / FILES).read_bytes().splitlines()
        return [from_plain(FileRecord, json.loads(line)) for line in lines]
    except (SciknowError, OSError, ValueError):
        return []


def is_bag(folder: Path) -> bool:
    """Tell whether a folder is, or was, a bag."""
    return (folder / BAGIT).is_file() or any(folder.glob("manifest-*.txt"))


def bags_of(home: Path) -> list[Path]:
    """Return the bags that lie in a folder, oldest first."""
    if not home.is_dir():
        return []
    found = [path for path in home.iterdir() if path.is_dir() and path.name[0] != "."]
    return sorted(filter(is_bag, found), key=lambda path: (path.name[:10], path.stat().st_mtime))


def newest(folder: Path, wanted: Callable[[Path], bool] = lambda _: True) -> Path:
    """Return a bag itself, or the newest one in a folder of bags.

    Raises
    ------
    NotFound
        When there is none.
    """
    if is_bag(folder):
        return folder
    found = [path for path in bags_of(folder) if wanted(path)]
    if not found:
        inner = [at.name for at in sorted(folder.glob("*")) if at.is_dir() and bags_of(at)][:5]
        hint = f"there are some in its folders {', '.join(inner)}: name one" if inner else ""
        raise NotFound(
            f"there is no bag in {folder}", hint=hint or "make one with `sciknow preserve`"
        )
    return found[-1]
