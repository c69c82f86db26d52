"""Opening a hub: by its folder, or the embedded one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sciknow.errors import NotFound
from sciknow.hub.hub import Hub
from sciknow.hub.store.folder import HubFolder
from sciknow.hub.store.paths import embedded_hub, user_hub

if TYPE_CHECKING:
    from sciknow.search import Embedder


def open_hub(
    path: Path | str | None = None, *, embedder: Embedder | Path | str | None = None
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

    Returns
    -------
    Hub
        Reads the generation that is current now; a later build does not disturb it.

    Raises
    ------
    NotFound
        When the folder holds no hub.

    Examples
    --------
    >>> hub = open_hub()                             # doctest: +SKIP
    >>> hub.search("北极海冰密集度 逐月")             # doctest: +SKIP
    """
    chosen = path or os.environ.get("SCIKNOW_HUB")
    if chosen:
        return Hub(HubFolder(Path(chosen)), embedder=embedder)
    for folder in (embedded_hub(), user_hub()):
        if (folder / "CURRENT").is_file():
            return Hub(HubFolder(folder), embedder=embedder)
    raise NotFound(
        "this installation carries no prebuilt hub",
        hint="make it once with `sciknow build` (a wheel carries it ready-made)",
    )
