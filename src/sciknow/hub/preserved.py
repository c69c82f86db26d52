"""Opening what was preserved: lazily, with no network, with the ledger knowing where it is from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sciknow.errors import UntrustedInput
from sciknow.hub.cardfile import read_part, source_of
from sciknow.hub.rooms import ledger, preservation, readers
from sciknow.model import Distribution
from sciknow.net import redact


def open_preserved(bag: Path | str, **options: Any) -> Any:
    """Open a preserved dataset lazily from its bag; no network is used.

    Parameters
    ----------
    bag : path
        A bag that `Hub.preserve` made, or the folder of a dataset's bags, of which the newest is
        opened.
    **options
        ``bbox``, ``period``, ``variables``, ``max_bytes``, ``table_as``, ``deadline``: as of
        `Hub.open`.

    Returns
    -------
    xarray.Dataset or dask.dataframe.DataFrame
        On dask; attrs say where the bytes came from, and the ledger cites the dataset itself.

    Raises
    ------
    NotFound
        When there is no bag.
    IntegrityError
        When its card has been changed. The payload is checked by `audit`, not here.
    UntrustedInput
        When it leads outside itself.
    """
    found = preservation.PreservedBag(bag)
    source, way = source_of(found.card), read_part(found.card, "opens", Distribution)
    origin = read_part(found.card, "origin", Distribution)
    _check_inside(found.folder, way)
    publisher = source.publisher
    attrs = readers.dataset_attrs(
        source.dataset,
        publisher=publisher.name.best() if publisher else "",
        publisher_url=publisher.homepage if publisher else "",
    ) | {
        "sciknow_generation": str(found.card.get("generation", "")),
        "sciknow_preserved": f"{found.name}, made {found.card.get('preserved_at', '')}",
        "sciknow_preserved_from": redact(origin.access_url),
    }
    opened = readers.open_distribution(way, base=found.folder, attrs=attrs, **options)
    readers.remember(opened)
    ledger.current().record(
        ledger.Opened(
            source=source,
            distribution=origin,
            location=str(found.folder / way.access_url),
            opened_at=ledger.now(),
            generation=str(found.card.get("generation", "")),
            selection=ledger.selection_of(options),
            nbytes=readers.memory_of(opened),
            libraries=ledger.library_versions(),
        )
    )
    return opened


def _check_inside(bag: Path, way: Distribution) -> None:
    """Refuse a card, or references, that lead to something other than files of the bag."""
    outside = "://" in way.access_url or bool(way.storage_options)
    if not outside and way.reader == "kerchunk":
        found = readers.list_files(way, base=bag)
        outside = found is None or any("://" in file.url for file in found.files)
    if outside:
        raise UntrustedInput(
            f"the bag {bag} opens something outside itself",
            hint="it was not made by sciknow, or tampered with",
        )
