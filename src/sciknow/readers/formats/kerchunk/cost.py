"""What reading through references costs: they name every length."""

from __future__ import annotations

import zarr

from sciknow.readers.formats.zarr.cost import Sizes, ZarrCosts
from sciknow.readers.formats.zarr.store import ReferenceStore
from sciknow.readers.plans.cost import Costs


def reference_costs(store: ReferenceStore, group: str) -> Costs:
    """Return what reading through references costs."""
    opened = zarr.open_group(store, path=group, mode="r", zarr_format=2)
    return ZarrCosts(opened, Sizes(store.transport, store.references))
