"""Where the bytes of a damaged file may be had: its source, other ways, mirrors."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sciknow.preservation as preservation
import sciknow.readers as readers
import sciknow.wire as wire
from sciknow.errors import InvalidInput, SciknowError
from sciknow.hub.store.hubs import Hubs
from sciknow.model import Dataset, Distribution
from sciknow.model.preserved import FileRecord, SourceFile
from sciknow.net import DEADLINE, parse_url, redact

if TYPE_CHECKING:
    from sciknow.preservation import Origin
    from sciknow.readers import Location
    from sciknow.wire import Budget
    from sciknow.wire.transport import Transport


@dataclass(frozen=True, slots=True)
class Mirrors:
    """Where to look for good bytes, beside what a bag itself names.

    Parameters
    ----------
    places : sequence of str or path
        Addresses and folders.
    private : bool
        Whether what a bag names may lie in a private network.
    hubs : Hubs
        Know other ways to the dataset.
    deadline : float
        Seconds in which a source must answer.
    """

    places: Sequence[str | Path]
    private: bool
    hubs: Hubs
    deadline: float = DEADLINE


class Places:
    """The places where the files of one bag may be had.

    Parameters
    ----------
    bag : Path
        The bag; nothing that it names is trusted.
    mirrors : Mirrors
        What the user names.
    """

    def __init__(self, bag: Path, mirrors: Mirrors) -> None:
        self.bag, self.mirrors = bag, mirrors
        self.records = {one.path: one for one in preservation.read_records(bag)}
        self.card = _card(bag)
        self.fetch = _fetch(bag)
        self._ways: list[dict[str, tuple[SourceFile, Transport]]] | None = None

    def __call__(self, path: str) -> Iterator[Origin]:
        """Yield where a file of the bag may be had, the likeliest first."""
        name = path.removeprefix(f"{preservation.PAYLOAD}/")
        record = self.records.get(name)
        if record is not None and not record.made and "://" in record.url:
            yield self._named(record.url, record)
        if path in self.fetch:
            yield self._named(self.fetch[path], record)
        yield from self._from_hub(name, record)
        for place in self.mirrors.places:
            yield from self._from_mirror(place, path, name, record)

    def _named(self, url: str, record: FileRecord | None) -> Origin:
        """Return an address that the bag names."""

        def bring(target: Path) -> None:
            location = self._location(parse_url(url))
            wire.fetch_file(location.transport, _source(url), target, spend=_at_most(record))

        return redact(url), bring

    def _location(self, url: str) -> Location:
        origin = self.card.get("origin")
        told = origin.get("storage_options") if isinstance(origin, dict) else None
        options = told if isinstance(told, dict) else {}
        web = url.startswith(("http://", "https://"))
        way = Distribution(id="origin", access_url=url, storage_options={} if web else options)
        return readers.locate(
            way,
            base=self.bag,
            deadline=self.mirrors.deadline,
            trusted=False,
            private=self.mirrors.private,
        )

    def _from_hub(self, name: str, record: FileRecord | None) -> Iterator[Origin]:
        for files in self._known_ways():
            found = files.get(name) or (next(iter(files.values())) if len(files) == 1 else None)
            if found is not None:
                yield self._of_way(*found, record)

    @staticmethod
    def _of_way(file: SourceFile, transport: Transport, record: FileRecord | None) -> Origin:
        def bring(target: Path) -> None:
            wire.fetch_file(transport, file, target, spend=_at_most(record))

        return redact(file.named or file.url), bring

    def _known_ways(self) -> list[dict[str, tuple[SourceFile, Transport]]]:
        """Return the files of every way of the same kind that the hub knows."""
        if self._ways is None:
            self._ways = []
            for way, base in self._distributions():
                try:
                    found = readers.list_files(way, base=base, deadline=self.mirrors.deadline)
                except SciknowError:
                    continue  # another mirror that is gone
                if found is not None:
                    transport = found.location.transport
                    self._ways.append({one.path: (one, transport) for one in found.files})
        return self._ways

    def _distributions(self) -> Iterator[tuple[Distribution, Path]]:
        told, opens = self.card.get("dataset"), self.card.get("opens")
        identifier = told.get("id") if isinstance(told, dict) else None
        reader = opens.get("reader") if isinstance(opens, dict) else None
        hub = self.mirrors.hubs.any() if isinstance(identifier, str) and identifier else None
        if hub is None:
            return
        try:
            ways = hub.records.find(Dataset, str(identifier)).distributions
        except SciknowError:
            return
        yield from ((way, hub.base) for way in ways if way.openable and way.reader == reader)

    def _from_mirror(
        self, place: str | Path, path: str, name: str, record: FileRecord | None
    ) -> Iterator[Origin]:
        text = str(place)
        if "://" in text:
            base = text.rstrip("/")
            last = name.rpartition("/")[2]
            urls = [f"{base}/{name}", f"{base}/{path}", f"{base}/{last}"]
            for url in dict.fromkeys([*urls, text] if len(self.records) == 1 else urls):
                way = Distribution(id="mirror", access_url=url)
                yield self._of_mirror(way, record)
            return
        root = Path(text)
        if not root.is_dir():
            raise InvalidInput(f"the mirror {text} is neither an address nor a folder")
        for at in (root / path, root / name, root / self.bag.name / path):
            if at.is_file() and at.resolve() != (self.bag / path).resolve():
                yield str(at), _copy(at)

    def _of_mirror(self, way: Distribution, record: FileRecord | None) -> Origin:
        def bring(target: Path) -> None:
            location = readers.locate(way, base=self.bag, deadline=self.mirrors.deadline)
            file = _source(location.url)
            wire.fetch_file(location.transport, file, target, spend=_at_most(record))

        return redact(way.access_url), bring


def _copy(source: Path) -> Callable[[Path], None]:
    def bring(target: Path) -> None:
        shutil.copyfile(source, target)

    return bring


def _source(url: str) -> SourceFile:
    return SourceFile(path="file", url=url)


def _at_most(record: FileRecord | None) -> Budget:
    """Refuse more bytes than the file had."""
    return wire.Budget(
        None if record is None else record.size,
        over="it has more than the {most} bytes that are recorded",
    )


def _card(bag: Path) -> dict[str, Any]:
    try:
        return preservation.PreservedBag(bag).card
    except SciknowError:
        return {}


def _fetch(bag: Path) -> dict[str, str]:
    path = bag / preservation.FETCH
    if not path.is_file() or path.is_symlink():
        return {}
    try:
        return {name: url for url, _, name in preservation.read_fetch(path)}
    except SciknowError:
        return {}
