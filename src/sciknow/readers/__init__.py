"""From a distribution to a lazy xarray object or dask table; a format is a folder.

What a format says of itself, and what reads it, is in `formats`; what is common to all of them in
`plans`, `fingerprints`, `copies` and `probes`.

Nothing heavy is imported here: `registry` and `protocol` are light, and what opens data is
imported when it is first used. Only this room imports zarr, kerchunk and fsspec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciknow._lazy import lazy_names
from sciknow.model.selection import Selection, parse_selection

if TYPE_CHECKING:
    from sciknow.readers.copies.materialise import WRITTEN_AS, write_copy
    from sciknow.readers.copies.payload import Payload, list_files, with_sizes
    from sciknow.readers.fingerprints.fingerprint import take_fingerprint
    from sciknow.readers.opening import (
        open_any,
        open_distribution,
        open_first,
        open_way,
        plan_cheapest,
        plan_dataset,
        plan_distribution,
    )
    from sciknow.readers.part import Opened
    from sciknow.readers.plans.plan import Plan
    from sciknow.readers.probes.probe import probe_distribution
    from sciknow.readers.probes.trial import try_opening
    from sciknow.readers.protocol import Location, Reader
    from sciknow.readers.provenance import Origin, dataset_attrs, memory_of, origin, remember
    from sciknow.readers.request import (
        As,
        Options,
        Request,
        TableAs,
        addresses_of,
        check_options,
        locate,
        parse_budget,
        parse_request,
        reader_for,
    )
    from sciknow.readers.table import to_dataset

__all__ = [
    "WRITTEN_AS",
    "As",
    "Location",
    "Opened",
    "Options",
    "Origin",
    "Payload",
    "Plan",
    "Reader",
    "Request",
    "Selection",
    "TableAs",
    "addresses_of",
    "check_options",
    "dataset_attrs",
    "list_files",
    "locate",
    "memory_of",
    "open_any",
    "open_distribution",
    "open_first",
    "open_way",
    "origin",
    "parse_budget",
    "parse_request",
    "parse_selection",
    "plan_cheapest",
    "plan_dataset",
    "plan_distribution",
    "probe_distribution",
    "reader_for",
    "remember",
    "take_fingerprint",
    "to_dataset",
    "try_opening",
    "with_sizes",
    "write_copy",
]

_HOMES = {
    "WRITTEN_AS": "copies.materialise",
    "Location": "protocol",
    "Opened": "part",
    "Origin": "provenance",
    "Payload": "copies.payload",
    "Plan": "plans.plan",
    "Reader": "protocol",
    "TableAs": "request",
    "dataset_attrs": "provenance",
    "list_files": "copies.payload",
    "locate": "request",
    "memory_of": "provenance",
    "open_any": "opening",
    "open_distribution": "opening",
    "origin": "provenance",
    "parse_budget": "request",
    "parse_request": "request",
    "addresses_of": "request",
    "check_options": "request",
    "As": "request",
    "Options": "request",
    "Request": "request",
    "open_first": "opening",
    "open_way": "opening",
    "plan_cheapest": "opening",
    "plan_dataset": "opening",
    "plan_distribution": "opening",
    "probe_distribution": "probes.probe",
    "reader_for": "request",
    "remember": "provenance",
    "take_fingerprint": "fingerprints.fingerprint",
    "to_dataset": "table",
    "try_opening": "probes.trial",
    "with_sizes": "copies.payload",
    "write_copy": "copies.materialise",
}

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
