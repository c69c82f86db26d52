"""Which hub is meant: the one that was given, one that a ledger names, or the default one."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from sciknow.errors import NotFound, SciknowError
from sciknow.hub.store.folder import HubFolder
from sciknow.hub.store.paths import embedded_hub, user_hub
from sciknow.hub.store.state import State, open_state


def find_hub(path: Path | str | None = None) -> HubFolder:
    """Return the folder of a hub; of the default one when none is named.

    Raises
    ------
    NotFound
        When there is no default hub.
    """
    chosen = path or os.environ.get("SCIKNOW_HUB")
    if chosen:
        return HubFolder(Path(chosen))
    for folder in (embedded_hub(), user_hub()):
        if _is_hub(folder):
            return HubFolder(folder)
    raise NotFound(
        "this installation carries no prebuilt hub",
        hint="make it once with `sciknow build` (a wheel carries it ready-made)",
    )


def _is_hub(folder: Path) -> bool:
    return (folder / "CURRENT").is_file()


class Hubs:
    """Where verbs without a hub of their own look things up; use it in a ``with`` block.

    Each hub is opened when something is first looked up in it, once, and closed at the end. A
    hub that was given takes the place of every other, and is left open.

    Parameters
    ----------
    given : State, optional
        The hub that was given.
    """

    def __init__(self, given: State | None = None) -> None:
        self._given = given
        self._opened: dict[str | None, State] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def default(self) -> State:
        """Return the hub that was given, else the default one.

        Raises
        ------
        NotFound
            When there is none.
        """
        return self._given or self._open(None)

    def named(self, folder: str) -> State | None:
        """Return the hub that was given, else the one in a folder, else the default; or None.

        Parameters
        ----------
        folder : str
            As a ledger and a lockfile name it: empty for the embedded one.
        """
        if self._given is not None:
            return self._given
        own = str(embedded_hub()) if _is_hub(embedded_hub()) else None
        places = (folder, None) if folder else (own,)
        if folder and not Path(folder).is_absolute():
            places = (None,)  # a ledger writes whole paths: this hub came along with a lockfile
        for place in dict.fromkeys(places):
            try:
                return self._open(place)
            except SciknowError:
                continue
        return None

    def any(self) -> State | None:
        """Return the hub that was given, else the default one; None where there is none."""
        try:
            return self.default()
        except SciknowError:
            return None

    def _open(self, place: str | None) -> State:
        if place not in self._opened:
            state = open_state(find_hub(place))
            self._stack.callback(state.close)
            self._opened[place] = state
        return self._opened[place]
