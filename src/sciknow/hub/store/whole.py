"""Whether a generation's files are the ones that were written: checked when each part is opened."""

from __future__ import annotations

import threading
from pathlib import Path

from sciknow.digest import unlike
from sciknow.errors import IntegrityError
from sciknow.hub.store.manifest import Manifest, damages

REBUILD = "build the hub again with `sciknow build`; the one of a package: install it again"
"""What helps against damage."""
_SHOWN = 3


class Whole:
    """The files of one generation, held against its manifest.

    Parameters
    ----------
    generation : Path
        Its folder.
    manifest : Manifest
        What it says of itself.
    """

    def __init__(self, generation: Path, manifest: Manifest) -> None:
        self._generation = generation
        self._manifest = manifest
        self._checked: set[str] = set()
        self._damages: list[str] = []

    def check(self, part: str) -> None:
        """Make sure that a part is as it was written; each is looked at once.

        Parameters
        ----------
        part : str
            A file or a folder of the generation.

        Raises
        ------
        IntegrityError
            Naming the files that are missing or changed.
        """
        if self._damages:
            raise self._damaged(self._damages)
        if part in self._checked:
            return
        files = {
            name: digest
            for name, (digest, _) in self._manifest.files.items()
            if name == part or name.startswith(f"{part}/")
        }
        wrong = unlike(self._generation, files)
        if wrong:
            raise self._damaged(
                [f"{name} is {'changed' if now else 'missing'}" for name, now in wrong.items()]
            )
        self._checked.add(part)

    def watch(self) -> threading.Thread:
        """Compare every file afresh in the background; what is found ends the next verb."""
        thread = threading.Thread(target=self._compare, name="sciknow-verify", daemon=True)
        thread.start()
        return thread

    def _compare(self) -> None:
        try:
            self._damages = list(damages(self._generation, self._manifest))
        except OSError as error:
            self._damages = [f"not readable: {error}"]

    def _damaged(self, lines: list[str]) -> IntegrityError:
        more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
        return IntegrityError(
            f"{self._generation} is damaged: {', '.join(lines[:_SHOWN])}{more}", hint=REBUILD
        )
