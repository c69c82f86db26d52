"""Whether an HDF5 file holds all of its data itself.

HDF5 can keep values, links and parts of virtual datasets in other files, and reads them from this
machine, whoever wrote the file and wherever it came from. A file that does is refused before any of
it is followed: links are looked at, not resolved, and datasets by what they were created with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import h5py

from sciknow.errors import UntrustedInput
from sciknow.net import redact

_LINKS = 16
"""Soft links that may lead to one another."""


class Inside:
    """The check of one open file.

    Parameters
    ----------
    file : h5py.File
        The file.
    url : str
        Its address, for messages.
    """

    def __init__(self, file: Any, url: str) -> None:
        self.file, self.url = file, url

    def check(self, group: str = "", *, whole: bool = False) -> None:
        """Check a group and all above it.

        Parameters
        ----------
        group : str
            Its path; the top where it is empty.
        whole : bool
            Whether what is below the group will be read as well.

        Raises
        ------
        UntrustedInput
            When something of it lies in another file.
        """
        at: Any = self.file
        for name in filter(None, group.split("/")):
            self._members(at, deep=False)
            at = self._member(at, name, _LINKS)
            if not isinstance(at, h5py.Group):
                return  # whoever opens it says that there is no such group
        self._members(at, deep=whole)

    def _members(self, group: Any, *, deep: bool) -> None:
        waiting, seen = [group], set[object]()
        while waiting:
            at = waiting.pop()
            place = h5py.h5o.get_info(at.id).addr
            if place in seen:
                continue
            seen.add(place)
            for item in self._items(at):
                if isinstance(item, h5py.Dataset):
                    self._check_dataset(item)
                elif deep and isinstance(item, h5py.Group):
                    waiting.append(item)

    def _items(self, group: Any) -> Iterator[Any]:
        yield from (self._member(group, name, _LINKS) for name in group)

    def _member(self, group: Any, name: str, left: int) -> Any:
        """Return a member; None where there is none."""
        try:
            kind = group.id.links.get_info(name.encode("utf-8", "surrogateescape")).type
        except (KeyError, RuntimeError):
            return None
        if kind == h5py.h5l.TYPE_HARD:
            return group[name]
        if kind != h5py.h5l.TYPE_SOFT:
            raise self._refusal(f"the link {group.name.rstrip('/')}/{name}")
        path = group.get(name, getlink=True).path
        at: Any = self.file if path.startswith("/") else group
        for part in path.split("/"):
            if part in ("", "."):
                continue
            if left == 0 or not isinstance(at, h5py.Group):
                return None
            at = self._member(at, part, left - 1)
        return at

    def _check_dataset(self, dataset: Any) -> None:
        made = dataset.id.get_create_plist()
        if made.get_layout() == h5py.h5d.VIRTUAL or made.get_external_count():
            raise self._refusal(f"the dataset {dataset.name}")

    def _refusal(self, what: str) -> UntrustedInput:
        return UntrustedInput(
            f"{redact(self.url)} keeps {what} in another file",
            hint="only what lies in the file itself is read; h5repack or its maker can join them",
        )
