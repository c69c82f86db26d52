"""Keeping: from a dataset to a bag of its files that lasts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sciknow.hub.keep.fetching import Progress, silent
from sciknow.hub.keep.preserving import preserve
from sciknow.hub.load.loading import Loading
from sciknow.model import Dataset
from sciknow.net import DEADLINE

if TYPE_CHECKING:
    from sciknow.preservation import Preserved


class Keeping(Loading):
    """Preserving the datasets of a hub."""

    def preserve(
        self,
        what: str | Dataset,
        folder: Path | str,
        distribution: str | None = None,
        *,
        bbox: Sequence[float] | None = None,
        period: Sequence[str] | None = None,
        variables: Sequence[str] | str | None = None,
        max_bytes: int | None = None,
        dry_run: bool = False,
        despite_terms: bool = False,
        deadline: float = DEADLINE,
        progress: Progress = silent,
    ) -> Preserved:
        """Keep a dataset for good: its files as they came, in a BagIt bag with fixity.

        The bag appears whole or not at all, as ``<folder>/<dataset>/<day>-<digest>/``, beside the
        older ones, which are never touched. A run that was broken off, however, goes on when the
        same is asked for again; what came is not fetched twice, and no bag is made of two
        versions of the source.

        Parameters
        ----------
        what : str or Dataset
            A dataset, its id or its DOI.
        folder : path
            Where bags lie.
        distribution : str, optional
            Which way; the first that answers when left out, those on this machine first.
        bbox, period, variables : optional
            Only this part, as of `open`; it is written as one NetCDF file.
        max_bytes : int, optional
            Refuse more bytes than this, before one moves where the sizes are known.
        dry_run : bool
            Say what it would take, and fetch nothing.
        despite_terms : bool
            You have the permission that the card says is needed.
        deadline : float
            Seconds in which a source must answer, and go on sending.
        progress : callable, optional
            Called with the stage, what is done of it, and how much there is.

        Returns
        -------
        Preserved
            The bag, the plan, and what came from where; its notes say what the terms are.

        Raises
        ------
        NotFound
            When the dataset has no way that opens.
        InvalidInput
            When its card says that access is restricted.
        LimitExceeded
            When it is more than *max_bytes*, or than the disk has room for.
        SourceUnavailable
            When the source does not answer; run it again and it goes on.
        IntegrityError
            When the source keeps changing while it is copied.
        """
        return preserve(
            self,
            what,
            folder,
            distribution,
            bbox=bbox,
            period=period,
            variables=variables,
            max_bytes=max_bytes,
            dry_run=dry_run,
            despite_terms=despite_terms,
            deadline=deadline,
            progress=progress,
        )
