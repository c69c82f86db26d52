"""Costs of tables that are read whole, whatever is wanted of them."""

from __future__ import annotations

import dask.dataframe as dd

from sciknow.model.selection import Selection
from sciknow.readers.plans.cost import Cost
from sciknow.readers.protocol import Location


class WholeCosts:
    """Costs of a table that is read whole whatever is wanted of it.

    Parameters
    ----------
    location : Location
        The file.
    packed, plain : int, optional
        Bytes that are read of it, and bytes that they unpack to, where that is not the file.
    """

    def __init__(self, location: Location, packed: int = 0, plain: int = 0) -> None:
        self.location, self.packed, self.plain = location, packed, plain

    def table(self, opened: dd.DataFrame, wanted: Selection) -> Cost | None:
        """Return the cost of the file."""
        if self.packed:
            size = self.packed
        elif self.location.path is not None:
            size = self.location.path.stat().st_size
        else:
            size = self.location.transport.run(self.location.transport.size(self.location.url))
        return Cost(1, size, 1, self.plain or size)
