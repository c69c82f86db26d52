"""Preserved copies that stand in for a dataset when its sources do not answer."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sciknow.preservation as preservation
from sciknow.errors import (
    DegradedWarning,
    InvalidInput,
    SciknowError,
    SourceUnavailable,
)
from sciknow.hub.keep.copy import Copy, read_copy
from sciknow.model.selection import selection_text
from sciknow.readers import Opened, Request

Folders = Path | str | Sequence[Path | str]
"""A folder of bags, as `Hub.preserve` fills it, or several of them."""


@dataclass(frozen=True, slots=True)
class Copies:
    """The preserved copies of one dataset.

    Parameters
    ----------
    dataset : str
        Its id.
    folders : tuple of Path
        Where bags lie: archives as `Hub.preserve` fills them, the bags of one dataset, or a bag.
    distribution : str, optional
        Only copies that came by this way.
    """

    dataset: str
    folders: tuple[Path, ...]
    distribution: str | None = None

    def __call__(self, selection: Mapping[str, object], tried: list[str]) -> Iterator[Copy]:
        """Yield those that hold a part, the newest first; say of the others why not.

        Parameters
        ----------
        selection : mapping
            The part; empty for the whole.
        tried : list of str
            Why a copy will not do is appended here.
        """
        for folder in self._bags():
            try:
                copy = read_copy(folder)
            except SciknowError as error:
                tried.append(f"copy {folder}: {error.message}")
                continue
            if copy.source.dataset.id != self.dataset:
                continue
            if self.distribution not in (None, copy.origin.id):
                tried.append(f"copy {folder}: it came by {copy.origin.id}")
            elif copy.selection and dict(copy.selection) != dict(selection):
                part = selection_text(copy.selection)
                tried.append(f"copy {folder}: it holds a part only ({part})")
            else:
                yield copy

    def _bags(self) -> list[Path]:
        found = [bag for folder in self.folders for bag in _bags_in(folder, self.dataset)]
        return sorted(dict.fromkeys(found), key=lambda bag: bag.name, reverse=True)

    def open(self, request: Request, *, hub: str, since: str = "") -> Opened:
        """Open the newest copy that an audit calls whole.

        Parameters
        ----------
        request : Request
            What is asked of it.
        hub : str
            Name of the hub, for the ledger.
        since : str
            Why a copy is opened and not the source, for the warning; empty for none.

        Raises
        ------
        SourceUnavailable
            When there is none; says of each why not.
        """
        tried: list[str] = []
        for copy in self(request.selection.to_dict(), tried):
            try:
                checked = preservation.check_whole(copy.folder)
                opened = copy.open(request, checked=checked, hub=hub)
            except SciknowError as error:
                if isinstance(error, InvalidInput):
                    raise  # what was asked for is wrong, whatever is opened
                tried.append(f"copy {copy.folder}: {error.message}")
                continue
            if since:
                warnings.warn(
                    f"{self.dataset} was opened from the copy of {copy.made_at} in "
                    f"{copy.folder}, since {since}",
                    DegradedWarning,
                    stacklevel=4,
                )
            return opened
        places = ", ".join(map(str, self.folders))
        told = "; ".join(tried) or f"there is no copy of {self.dataset} in {places}"
        raise SourceUnavailable(told, hint="make one with `sciknow preserve`")


def _bags_in(folder: Path, identifier: str) -> list[Path]:
    """Return the bags of a dataset in an archive; else those that the folder itself is or has."""
    own: list[Path] = preservation.bags_of(folder / identifier)
    if own:
        return own
    return [folder] if preservation.is_bag(folder) else preservation.bags_of(folder)
