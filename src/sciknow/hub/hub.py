"""The hub: the verbs a user types, one module for each group of them."""

from __future__ import annotations

from sciknow.hub.check.checking import Checking
from sciknow.hub.combine.combining import Combining
from sciknow.hub.find.finding import Finding
from sciknow.hub.keep.keeping import Keeping
from sciknow.hub.walk.walking import Walking


class Hub(Finding, Walking, Combining, Checking, Keeping):
    """A knowledge base opened for reading; made by `open_hub`.

    Any number of processes read a hub at once, also while another builds a new generation: an open
    hub keeps the generation that it was opened on. Its records are looked up in
    `sciknow.hub.store.lookup`, datasets found in `sciknow.hub.find.finding`, opened and cited in
    `sciknow.hub.load.loading`, several of them combined in `sciknow.hub.combine.combining`;
    `sciknow.hub.walk.walking` has the knowledge graph, and `sciknow.hub.check.checking` asks the
    sources whether they still answer; `sciknow.hub.keep.keeping` keeps copies for good.

    Parameters
    ----------
    folder : HubFolder
        Where the hub lies.
    embedder : Embedder, path or str, optional
        The model for questions; the default model when left out.
    """
