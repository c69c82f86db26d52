"""Opening a hub: by its folder, or the embedded one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sciknow.hub.hub import Hub
from sciknow.hub.store.hubs import find_hub

if TYPE_CHECKING:
    from sciknow.search import Embedder


def open_hub(
    path: Path | str | None = None,
    *,
    embedder: Embedder | Path | str | None = None,
    verify: bool = False,
) -> Hub:
    """Open a hub for reading.

    Parameters
    ----------
    path : path, optional
        The hub's folder. When left out: the folder in the environment variable ``SCIKNOW_HUB``,
        else the hub that ships with the package.
    embedder : Embedder, path or str, optional
        The model for questions, by name or folder or itself; it has to be the very one that the
        hub was built with, and is found by its name when left out.
    verify : bool
        Compare every file afresh with its recorded digest, in the background: a verb that comes
        after damage was found raises `IntegrityError`. Without it a file is compared when it is
        first used, and again when its size or times have changed.

    Returns
    -------
    Hub
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
    hub = Hub(find_hub(path), embedder=embedder)
    if verify:
        hub._state.whole.watch()
    return hub
