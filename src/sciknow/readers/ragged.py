"""Samples of several instances along one dimension (CF 9.3.3 and 9.3.4), cut together.

Of contiguous ragged arrays a variable along the instances counts the samples of each
(``sample_dimension``); of indexed ones a variable along the samples tells the instance of each
(``instance_dimension``). What is cut along the one dimension is cut along the other too, and the
counts and indices are written anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from sciknow.errors import InvalidInput

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Link:
    """The variable that ties samples to instances.

    Parameters
    ----------
    name : str
        The variable.
    instances, samples : str
        Dimensions.
    counts : bool
        Whether it counts the samples of each instance; else it tells the instance of each sample.
    """

    name: str
    instances: str
    samples: str
    counts: bool

    def owners(self, ds: xr.Dataset) -> Index:
        """Return the instance of each sample; -1 for one of none.

        Raises
        ------
        InvalidInput
            When the counts are not those of the samples.
        """
        plain = np.nan_to_num(np.asarray(ds[self.name].values, "f8"), nan=-1.0 + self.counts)
        values: Index = plain.astype(np.intp)
        if not self.counts:
            return values
        size, total = ds.sizes[self.samples], int(values.sum())
        if values.min(initial=0) < 0 or total > size:
            raise InvalidInput(
                f"the counts {self.name!r} add up to {total:,}, but there are {size:,} samples "
                f"along {self.samples!r}, so nothing tells of which {self.instances!r} they are",
                hint="open the data whole; only their publisher can mend the counts",
            )
        none = np.full(size - total, -1)
        return np.concatenate([np.repeat(np.arange(len(values)), values), none])


def links(ds: xr.Dataset) -> list[Link]:
    """Return what ties samples to instances, the widest first: trajectories before profiles."""
    found = []
    for name, item in ds.variables.items():
        said = {**item.encoding, **item.attrs}
        samples, instances = said.get("sample_dimension"), said.get("instance_dimension")
        if item.ndim == 1 and samples in ds.dims:
            found.append(Link(str(name), str(item.dims[0]), str(samples), True))
        elif item.ndim == 1 and instances in ds.dims:
            found.append(Link(str(name), str(instances), str(item.dims[0]), False))
    return sorted(found, key=lambda link: any(link.instances == one.samples for one in found))


def beside(ds: xr.Dataset, part: xr.Dataset) -> dict[str, xr.DataArray]:
    """Return the links of samples that some variables are, and the coordinates of instances."""
    found: dict[str, xr.DataArray] = {}
    dims = set(part.dims)
    for link in reversed(links(ds)):
        if link.samples in dims:
            dims.add(link.instances)
            found |= {
                str(name): item
                for name, item in ds.coords.items()
                if set(item.dims) <= {link.instances} and item.ndim
            }
            found[link.name] = ds[link.name]
    return {name: item for name, item in found.items() if name not in part.variables}


def follow(ds: xr.Dataset, at: Mapping[str, Index]) -> dict[str, Index]:
    """Cut samples where their instances are cut; those of an instance stay together."""
    found = dict(at)
    for link in links(ds):
        if link.instances in found:
            owners, wanted = link.owners(ds), found[link.instances]
            kept = found.get(link.samples, np.arange(len(owners)))
            kept = kept[np.isin(owners[kept], wanted)]
            if link.counts:
                place = {int(one): number for number, one in enumerate(wanted)}
                kept = kept[np.argsort([place[int(one)] for one in owners[kept]], kind="stable")]
            found[link.samples] = kept
    return found


def numbered(ds: xr.Dataset, at: Mapping[str, Index]) -> dict[str, Any]:
    """Return the counts and indices of what is left."""
    found: dict[str, Any] = {}
    for link in links(ds):
        if link.instances not in at and (not link.counts or link.samples not in at):
            continue
        owners, old = link.owners(ds), ds[link.name]
        kept = owners[at[link.samples]] if link.samples in at else owners
        wanted = at.get(link.instances, np.arange(ds.sizes[link.instances]))
        place = {int(one): number for number, one in enumerate(wanted)}
        if link.counts:
            held = [place[one] for one in kept.tolist() if one in place]
            new = np.bincount(held, minlength=len(wanted))
            found[link.name] = (link.instances, new.astype(old.dtype), old.attrs)
        else:
            new = np.array([place[int(one)] for one in kept])
            found[link.name] = (link.samples, new.astype(old.dtype), old.attrs)
    return found
