"""The hub's folder: generations beside each other, one of them current.

::

    hub/
    ├── CURRENT                  the id of the generation that serves
    ├── generations/<id>/        manifest.json, records.sqlite, search/, graph/
    └── archive/                 what came in, content-addressed, with a receipt for each build

A build writes a folder of its own, makes it durable, renames it to its id and only then swaps
``CURRENT``: whatever moment a process is killed at, ``CURRENT`` names a whole generation.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sciknow.errors import IntegrityError, NotFound, SciknowError
from sciknow.files import exclusive_lock, sync_folder, sync_tree, write_atomic
from sciknow.hub.store.manifest import NAME, damages, read_manifest
from sciknow.text import clean

_SCRATCH = ".building-"
_LONGEST = 255
"""Bytes of the longest name that a folder may have."""
_IDENTIFIER = re.compile(r"\w[\w-]{0,99}", re.ASCII)
"""What a generation may be called."""


class HubFolder:
    """A folder that holds generations.

    Parameters
    ----------
    root : Path
        The hub's folder; made by the first build.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.generations = root / "generations"
        self.archive = root / "archive"

    def current(self) -> Path:
        """Return the folder of the generation that serves.

        Raises
        ------
        NotFound
            When the folder holds no hub, or not the generation that is named.
        IntegrityError
            When ``CURRENT`` is damaged.
        """
        try:
            with (self.root / "CURRENT").open("rb") as file:
                name = file.read(_LONGEST + 1).decode().strip()
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound(
                f"{self.root} holds no hub", hint="make one with `sciknow build`"
            ) from None
        except (OSError, ValueError) as error:
            raise IntegrityError(
                f"{self.root}/CURRENT cannot be read: {error}",
                hint="build the hub again with `sciknow build`",
            ) from None
        if not _IDENTIFIER.fullmatch(name):
            raise IntegrityError(
                f"{self.root}/CURRENT holds {clean(name)[:60]!r}, expected the id of a generation",
                hint="build the hub again with `sciknow build`",
            )
        path = self.generations / name
        if not (path / NAME).is_file():
            raise NotFound(
                f"{self.root}/CURRENT names generation {name!r}, which is not there",
                hint="build the hub again with `sciknow build`",
            )
        return path

    @contextmanager
    def building(self) -> Iterator[Path]:
        """Give an empty scratch folder for one build; left-overs of killed builds are cleared.

        Raises
        ------
        SciknowError
            When another process is building in this hub.
        """
        self.generations.mkdir(parents=True, exist_ok=True)
        with exclusive_lock(self.root / ".build.lock"):
            for stale in self.generations.glob(f"{_SCRATCH}*"):
                shutil.rmtree(stale, ignore_errors=True)
            scratch = self.generations / f"{_SCRATCH}{os.getpid()}-{secrets.token_hex(4)}"
            scratch.mkdir()
            try:
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)

    def publish(self, scratch: Path, identifier: str) -> Path:
        """Make a finished scratch folder the current generation.

        A generation is never replaced in place: one that was built again because it was damaged
        stands beside it as ``<id>-2``.
        """
        sync_tree(scratch)
        target, number = self.generations / identifier, 1
        while target.exists():
            number += 1
            target = self.generations / f"{identifier}-{number}"
        os.rename(scratch, target)
        sync_folder(self.generations)
        self.serve(target)
        return target

    def serve(self, generation: Path) -> None:
        """Make a whole generation the current one."""
        write_atomic(self.root / "CURRENT", generation.name + "\n")

    def whole(self, identifier: str) -> Path | None:
        """Return the folder of an undamaged generation with this id; None without one."""
        for path in self.all():
            if path.name.split("-")[0] == identifier:
                with suppress(SciknowError, OSError):  # a damaged one is built anew
                    manifest = read_manifest(path)
                    if manifest.id == identifier and not any(damages(path, manifest)):
                        return path
        return None

    def all(self) -> list[Path]:
        """Return the folder of every whole generation, oldest first."""
        found = [path.parent for path in self.generations.glob(f"*/{NAME}")]
        return sorted(
            (path for path in found if not path.name.startswith(_SCRATCH)),
            key=lambda path: (path / NAME).stat().st_mtime_ns,
        )

    def prune(self, keep: int = 1) -> list[str]:
        """Remove old generations; the current one and the newest *keep* others stay.

        Returns
        -------
        list of str
            The ids that were removed.
        """
        with exclusive_lock(self.root / ".build.lock"):
            current = self.current()
            others = [path for path in self.all() if path != current]
            doomed = others[: max(0, len(others) - keep)]
            for path in doomed:
                retired = self.generations / f"{_SCRATCH}retired-{path.name}"
                os.rename(path, retired)
                shutil.rmtree(retired)
            return [path.name for path in doomed]
