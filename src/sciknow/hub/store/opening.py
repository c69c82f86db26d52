"""Opening a hub: by its folder, the embedded one, or several as one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, overload

from sciknow.hub.hub import Hub
from sciknow.hub.joined import JoinedHubs
from sciknow.hub.store.folder import HubFolder
from sciknow.hub.store.hubs import find_hub
from sciknow.hub.store.paths import embedded_hub, user_hub

if TYPE_CHECKING:
    from sciknow.search import Embedder

Several: TypeAlias = list[str] | list[Path] | list[Path | str] | tuple[Path | str, ...]
"""Folders of hubs that are opened as one."""

_NAMED = {"embedded": embedded_hub, "mine": user_hub}
"""What a hub in a list may be called instead of its folder."""


@overload
def open_hub(
    path: Path | str | None = None,
    *,
    embedder: Embedder | Path | str | None = None,
    verify: bool = False,
) -> Hub: ...
@overload
def open_hub(
    path: Several,
    *,
    embedder: Embedder | Path | str | None = None,
    verify: bool = False,
) -> JoinedHubs: ...
def open_hub(
    path: Path | str | Several | None = None,
    *,
    embedder: Embedder | Path | str | None = None,
    verify: bool = False,
) -> Hub | JoinedHubs:
    """Open a hub for reading, or several as one.

    Parameters
    ----------
    path : path or list of paths, optional
        The hub's folder. When left out: the folder in the environment variable ``SCIKNOW_HUB``,
        else the hub that ships with the package. In a list ``"embedded"`` is the latter, and
        ``"mine"`` the user's own.
    embedder : Embedder, path or str, optional
        The model for questions, by name or folder or itself; it has to be the very one that the
        hub was built with, and is found by its name when left out.
    verify : bool
        Compare every file afresh with its recorded digest, in the background: a verb that comes
        after damage was found raises `IntegrityError`. Without it a file is compared when it is
        first used, and again when its size or times have changed.

    Returns
    -------
    Hub or JoinedHubs
        Reads the generation that is current now; a later build does not disturb it.

    Raises
    ------
    NotFound
        When the folder holds no hub.
    IntegrityError
        When what names or describes its generation is damaged.

    Examples
    --------
    >>> hub = open_hub()                             # doctest: +SKIP
    >>> hub.search("北极海冰密集度 逐月")             # doctest: +SKIP
    """
    if isinstance(path, (list, tuple)):
        return _joined(path, embedder, verify)
    hub = Hub(find_hub(path), embedder=embedder)
    if verify:
        hub._state.whole.watch()
    return hub


def _joined(
    paths: Sequence[Path | str], embedder: Embedder | Path | str | None, verify: bool
) -> JoinedHubs:
    with ExitStack() as opened:
        hubs = []
        for item in paths:
            hub = Hub(_folder(item), embedder=embedder)
            opened.callback(hub.close)
            if verify:
                hub._state.whole.watch()
            hubs.append(hub)
        joined = JoinedHubs(hubs)
        opened.pop_all()
    return joined


def _folder(name: Path | str) -> HubFolder:
    found = _NAMED.get(name) if isinstance(name, str) else None
    return HubFolder(found()) if found is not None else find_hub(name)
