"""Whether a dataset may be copied, as far as its card says."""

from __future__ import annotations

from collections.abc import Iterator

from sciknow.errors import InvalidInput
from sciknow.model import Dataset
from sciknow.vocab import AccessRights


def check_terms(dataset: Dataset, *, despite: bool = False) -> tuple[str, ...]:
    """Look at the terms of a dataset before it is copied.

    Parameters
    ----------
    dataset : Dataset
        Its card.
    despite : bool
        The user has the permission that the card does not state.

    Returns
    -------
    tuple of str
        What whoever copies should know; empty where the card states a licence.

    Raises
    ------
    InvalidInput
        When the card says that access is restricted.
    """
    if dataset.access_rights is AccessRights.RESTRICTED and not despite:
        raise InvalidInput(
            f"the card of {dataset.id} says that access is restricted: {_where(dataset)}",
            hint="with the publisher's permission, say so: despite_terms=True, --despite-terms",
        )
    return tuple(_notes(dataset))


def _notes(dataset: Dataset) -> Iterator[str]:
    if dataset.access_rights is AccessRights.RESTRICTED:
        yield "access is restricted; copied on your word that you may"
    if dataset.access_rights is AccessRights.REGISTRATION:
        yield f"the publisher asks for a registration: {_where(dataset)}"
    if not dataset.license and not dataset.rights:
        yield (
            "no licence is stated: whether the copy may be handed on is not known; "
            f"ask the publisher ({_where(dataset)})"
        )
    elif "://" in dataset.license:
        yield f"the publisher's own terms hold, also for the copy: {dataset.license}"
    elif not dataset.license:
        yield f"the publisher's own terms hold, also for the copy: {dataset.rights.best()[:300]}"


def _where(dataset: Dataset) -> str:
    return dataset.rights.best()[:200] or dataset.landing_page or dataset.id
