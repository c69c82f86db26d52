"""What a dataset is known by, wherever its record stands; titles are no part of it."""

from __future__ import annotations

from collections.abc import Iterator

from sciknow.model.dataset import Dataset


def keys_of(dataset: Dataset) -> Iterator[str]:
    """Yield what tells that two records are of one dataset: DOI, CSTR, addresses that open."""
    if dataset.doi:
        yield f"doi {dataset.doi}"
    if dataset.cstr:
        yield f"cstr {dataset.cstr.lower()}"
    for way in dataset.distributions:
        if way.openable and "://" in way.access_url:
            yield f"at {way.access_url.rstrip('/')} {sorted(way.options.items())}"
