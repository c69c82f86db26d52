"""Opening what was preserved: lazily, with no network, with the ledger knowing where it is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import sciknow.ledger as ledger
import sciknow.preservation as preservation
import sciknow.readers as readers
from sciknow.clock import now
from sciknow.errors import UntrustedInput
from sciknow.formats import installed_formats
from sciknow.hub.keep.card import read_part, read_source
from sciknow.ledger import Source
from sciknow.model import Distribution
from sciknow.model.format import Form
from sciknow.net import redact
from sciknow.readers import As, Opened, Options, Request


def open_preserved(bag: Path | str, *, as_: As | None = None, **options: Unpack[Options]) -> Opened:
    """Open a preserved dataset lazily from its bag; no network is used.

    Parameters
    ----------
    bag : path
        A bag that `Hub.preserve` made, or the folder of a dataset's bags, of which the newest is
        opened.
    as_ : {"dataset", "tree", "table"}, optional
        What it has to be, as of `Hub.open`.
    **options
        ``bbox``, ``period``, ``variables``, ``max_bytes``, ``table_as``, ``deadline``: as of
        `Hub.open`.

    Returns
    -------
    xarray.Dataset, xarray.DataTree or dask.dataframe.DataFrame
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
    return read_copy(bag).open(readers.parse_request(as_, **options))


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A preserved copy of a dataset, or of a part of one.

    Parameters
    ----------
    folder : Path
        The bag.
    source : Source
        The dataset as it was when it was preserved, and what its citation needs.
    opens : Distribution
        How the payload opens, from the bag's folder.
    origin : Distribution
        The way by which it came.
    selection : mapping
        The part; empty for the whole.
    made_at, generation : str
        When the bag was made, and from which generation of the hub.
    """

    folder: Path
    source: Source
    opens: Distribution
    origin: Distribution
    selection: Mapping[str, object]
    made_at: str
    generation: str

    @property
    def as_it_came(self) -> bool:
        """Whether the payload is what the source has, and not a file that was made of it."""
        return bool(readers.reader_for(self.origin).format.name == self.opens.reader)

    def open(self, request: Request, *, checked: str = "", hub: str = "") -> Opened:
        """Open it lazily and write it into the ledger.

        Parameters
        ----------
        request : Request
            What is asked of it.
        checked : str
            When it was last found whole, where that is known.
        hub : str
            Folder of the hub that was asked; empty for the embedded one.
        """
        check_inside(self.folder, self.opens)
        attrs = self._attrs() | ({"sciknow_preserved_whole_at": checked} if checked else {})
        opened = readers.open_way(self.opens, self.folder, attrs, request)
        readers.remember(opened)
        ledger.current().record(
            ledger.Opened(
                source=self.source,
                distribution=self.origin,
                location=str(self.folder / self.opens.access_url),
                bag=str(self.folder.resolve()),
                opened_at=now(),
                generation=self.generation,
                hub=hub,
                selection=request.selection.to_dict(),
                nbytes=readers.memory_of(opened),
                libraries=ledger.library_versions(),
            )
        )
        return opened

    def _attrs(self) -> dict[str, str]:
        publisher = self.source.publisher
        attrs: dict[str, str] = readers.dataset_attrs(
            self.source.dataset,
            publisher=publisher.name.best() if publisher else "",
            publisher_url=publisher.homepage if publisher else "",
        )
        return attrs | {
            "sciknow_generation": self.generation,
            "sciknow_preserved": f"{self.folder.name}, made {self.made_at}",
            "sciknow_preserved_from": redact(self.origin.access_url),
        }


def read_copy(bag: Path | str) -> Copy:
    """Read the card of a bag, or of the newest in a folder of bags.

    Raises
    ------
    NotFound, IntegrityError, InvalidInput
        As of `open_preserved`.
    """
    found = preservation.PreservedBag(bag)
    request = found.card.get("request")
    selection = request.get("selection") if isinstance(request, dict) else None
    return Copy(
        folder=found.folder,
        source=read_source(found.card),
        opens=read_part(found.card, "opens", Distribution),
        origin=read_part(found.card, "origin", Distribution),
        selection=selection if isinstance(selection, dict) else {},
        made_at=str(found.card.get("preserved_at", "")),
        generation=str(found.card.get("generation", "")),
    )


def check_inside(bag: Path, way: Distribution) -> None:
    """Refuse a card, or references, that lead to something other than files of the bag.

    Raises
    ------
    UntrustedInput
        When they do.
    """
    outside = "://" in way.access_url or bool(way.storage_options)
    item = installed_formats().get(way.reader)
    if not outside and item is not None and item.form is Form.DOCUMENT:
        found = readers.list_files(way, base=bag)
        outside = found is None or any("://" in file.url for file in found.files)
    if outside:
        raise UntrustedInput(
            f"the bag {bag} opens something outside itself",
            hint="it was not made by sciknow, or tampered with",
        )
