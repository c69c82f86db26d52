"""Costs of images: which tiles or strips each dask block reads, from the files' own tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from sciknow.readers.formats.geotiff.image import Image, Span
from sciknow.readers.formats.geotiff.mosaic import Mosaic
from sciknow.readers.plans.cost import Cost, pick, split
from sciknow.readers.selection import Index

BLOCKS = 4096
"""Dask blocks that are looked at where a part touches more of them."""

Spans = Callable[[Sequence[Index]], Iterable[Span]]
"""Return the byte ranges that are read for one block."""


class ImageCosts:
    """Costs of the variables of one file.

    Parameters
    ----------
    images : mapping
        Name of a variable → the image, and the band that it is (None for all of them).
    """

    def __init__(self, images: Mapping[str, tuple[Image, int | None]]) -> None:
        self.images = images

    def cost(
        self, name: str, index: Sequence[Index], blocks: Sequence[Sequence[int]]
    ) -> Cost | None:
        """Return the cost of a part of a variable."""
        if name not in self.images:
            return None
        image, band = self.images[name]
        if band is not None:
            index, blocks = [np.array([band]), *index], [[image.shape[0]], *blocks]
        if len(index) != len(image.shape):
            return None
        found = of_blocks(index, blocks, image.spans)
        chunks = math.prod(map(len, image.axes(index)))
        return Cost(found.requests, found.bytes, chunks, chunks * image.unpacked, found.exact)


class MosaicCosts:
    """Costs of the variables of a mosaic: the sum of what each image costs.

    Parameters
    ----------
    mosaics : mapping
        Name of a variable → its mosaic.
    free : set of str
        Variables whose values are at hand.
    """

    def __init__(self, mosaics: Mapping[str, Mosaic], free: frozenset[str] = frozenset()) -> None:
        self.mosaics, self.free = mosaics, free

    def cost(
        self, name: str, index: Sequence[Index], blocks: Sequence[Sequence[int]]
    ) -> Cost | None:
        """Return the cost of a part of a variable."""
        if name in self.free:
            return Cost()
        found = self.mosaics.get(name)
        if found is None or len(index) != len(found.shape):
            return None
        parts = list(found.parts(index))
        chunks = sum(len(item.piece.image.places(item.index)) for item in parts)
        decoded = sum(
            len(item.piece.image.places(item.index)) * item.piece.image.unpacked for item in parts
        )
        cost = of_blocks(index, blocks, found.spans)
        return Cost(cost.requests, cost.bytes, chunks, decoded, cost.exact)


def of_blocks(index: Sequence[Index], blocks: Sequence[Sequence[int]], spans: Spans) -> Cost:
    """Return requests and bytes of a part, each dask block read by itself.

    Of very many blocks some are looked at, and the rest is estimated from them.
    """
    lists = [split(at, sizes) for at, sizes in zip(index, blocks, strict=True)]
    total = math.prod(map(len, lists))
    looked = pick([range(len(item)) for item in lists], BLOCKS)
    found = [
        high - low
        for at in looked
        for low, high in spans([item[number] for item, number in zip(lists, at, strict=True)])
    ]
    share = total / len(looked) if looked else 0.0
    return Cost(round(share * len(found)), round(share * sum(found)), exact=len(looked) == total)
