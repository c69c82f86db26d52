"""The lockfile: which data were used, by which way, and what they were at that moment.

It is TOML in a fixed order: readable, and two of them can be compared line by line. It holds no
credentials and no paths of the machine beyond those of the hub and of preserved copies.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sciknow.errors import InvalidInput, LimitExceeded, NotFound
from sciknow.files import read_regular, write_named
from sciknow.ledger.book import library_versions
from sciknow.ledger.difference import compare
from sciknow.ledger.toml import read_toml, to_toml
from sciknow.model import Distribution
from sciknow.model.fingerprint import Fingerprint
from sciknow.model.identifier import bare
from sciknow.model.parse import Where, parse_slug
from sciknow.model.plain import from_plain, to_plain
from sciknow.text import harmless_in

FORMAT = 1
"""The version of the file's form."""

MOVING = frozenset({"branch", "tag"})
"""Options that name a version which may become another one."""

MAX_BYTES = 8 * 2**20
"""A larger file is not read; that of a thousand datasets has half of it."""

HEAD = """\
# Written by sciknow: the data that were used, and digests that tell whether they are the same.
# Compare with `sciknow verify FILE`; open exactly these with `sciknow open ID --locked FILE`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """One distribution of one dataset, pinned.

    Parameters
    ----------
    id : str
        `Dataset.id`.
    title, doi, version : str
        What the card says.
    distribution, reader, url : str
        The way that was taken.
    bag : str
        The preserved copy that was opened in place of the source: `url` is a path in it.
    options, storage_options : mapping
        How the reader opened it.
    selection : mapping
        ``bbox``, ``period`` and ``variables`` where a part was taken.
    mirrors : tuple of str
        Other addresses of the same bytes, tried in this order.
    hub, generation : str
        Folder of the hub (empty for the embedded one), and its generation.
    locked : datetime
        When the fingerprint was taken, UTC.
    fingerprint : Fingerprint
        What it was then.
    """

    id: str
    distribution: str
    url: str
    locked: datetime
    fingerprint: Fingerprint
    title: str = ""
    doi: str = ""
    version: str = ""
    reader: str = ""
    bag: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    storage_options: Mapping[str, object] = field(default_factory=dict)
    selection: Mapping[str, object] = field(default_factory=dict)
    mirrors: tuple[str, ...] = ()
    hub: str = ""
    generation: str = ""

    def way(self, url: str = "") -> Distribution:
        """Return the distribution that was locked, or the same at another address."""
        return Distribution(
            id=self.distribution,
            access_url=url or self.url,
            reader=self.reader,
            options=self.options,
            storage_options={} if self.bag and not url else self.storage_options,
            offline="://" not in (url or self.url),
        )

    def pinned(self) -> Locked:
        """Return the same with its way leading to the locked snapshot, where there is one."""
        if not self.fingerprint.snapshot:
            return self
        kept = {key: item for key, item in self.options.items() if key not in MOVING}
        return replace(self, options={**kept, "snapshot": self.fingerprint.snapshot})

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it another entry: dataset, distribution, selection, preserved copy."""
        return self.id, self.distribution, to_toml(self.selection), self.bag


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """The content of a lockfile.

    Parameters
    ----------
    dataset : tuple of Locked
        Sorted by id, distribution and selection.
    environment : mapping of str to str
        Versions of Python and of the libraries that took part.
    format : int
        Version of the form.
    """

    dataset: tuple[Locked, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def find(
        self, identifier: str, distribution: str | None = None, selection: object = None
    ) -> Locked:
        """Return the one entry of a dataset.

        Parameters
        ----------
        identifier : str
            Its id or DOI.
        distribution : str, optional
            Which way, where several are locked.
        selection : mapping, optional
            Which part, where several are locked.

        Raises
        ------
        NotFound
            When it is not locked.
        InvalidInput
            When several entries fit.
        """
        names = {identifier, bare(identifier)}
        found = [
            item
            for item in self.dataset
            if (item.id in names or (item.doi and item.doi.lower() in names))
            and distribution in (None, item.distribution)
            and (not selection or _plain(item.selection) == _plain(selection))
        ]
        found = _once(found)
        if not found:
            known = ", ".join(sorted({item.id for item in self.dataset})) or "nothing"
            raise NotFound(
                f"{identifier!r} is not locked like that", hint=f"the file locks {known}"
            )
        if len(found) > 1:
            ways = "; ".join(
                f"{item.distribution} {dict(item.selection)} {item.bag}".rstrip() for item in found
            )
            raise InvalidInput(
                f"{identifier!r} is locked {len(found)} times: {ways}",
                hint="name the distribution, or the part",
            )
        return found[0]


def _once(items: list[Locked]) -> list[Locked]:
    """Return entries without those that pin the same bytes in another place."""
    kept: list[Locked] = []
    for item in items:
        if not any(
            one.key[:3] == item.key[:3] and not compare(one.fingerprint, item.fingerprint).changes
            for one in kept
        ):
            kept.append(item)
    return kept


def _plain(selection: object) -> object:
    if not isinstance(selection, Mapping):
        return selection
    return {
        key: list(value) if isinstance(value, (list, tuple)) else [value]
        for key, value in selection.items()
    }


def environment() -> dict[str, str]:
    """Return the versions of Python and of the libraries that take part in opening data."""
    return {"python": platform.python_version(), **library_versions()}


def make_lock(items: Iterable[Locked]) -> Lock:
    """Put entries in order; of equal ones the last stays."""
    once = {item.key: item for item in items}
    return Lock(dataset=tuple(once[key] for key in sorted(once)), environment=environment())


def write_lock(path: Path, lock: Lock) -> Path:
    """Write a lockfile, whole or not at all.

    Raises
    ------
    InvalidInput
        When the place cannot be written to.
    """
    plain = {"format": lock.format, "environment": dict(sorted(lock.environment.items()))}
    plain["dataset"] = [_entry(item) for item in lock.dataset]
    return write_named(path, HEAD + to_toml(plain))


_ORDER = (
    "id",
    "title",
    "doi",
    "version",
    "distribution",
    "reader",
    "url",
    "bag",
    "mirrors",
    "locked",
    "hub",
    "generation",
    "options",
    "storage_options",
    "selection",
    "fingerprint",
)


def _entry(item: Locked) -> dict[str, object]:
    plain = to_plain(item)
    return {key: plain[key] for key in _ORDER if key in plain}


def read_lock(path: Path | str) -> Lock:
    """Read and check a lockfile.

    Raises
    ------
    NotFound
        When there is no such file.
    InvalidInput
        When it is no lockfile, naming the place.
    """
    return parse_lock(_content(Path(path)), Where(str(path)))


def _content(path: Path) -> dict[str, object]:
    if not path.is_file():
        raise NotFound(f"there is no lockfile {path}", hint="make one with sk.lock()")
    if path.stat().st_size > MAX_BYTES:
        raise InvalidInput(f"{path} has more than {MAX_BYTES:,} bytes, so it is no lockfile")
    try:
        return dict(harmless_in(read_toml(read_regular(path, most=MAX_BYTES).decode())))
    except LimitExceeded as error:
        raise LimitExceeded(f"{path}: {error.message}", hint=error.hint) from None
    except (UnicodeDecodeError, InvalidInput) as error:
        raise InvalidInput(f"{path} is no TOML: {error}", hint="make it again") from None


def parse_lock(plain: Mapping[str, object], where: Where) -> Lock:
    """Check the content of a lockfile.

    Raises
    ------
    InvalidInput
        Naming the place, what was found and what is allowed.
    """
    if plain.get("format") != FORMAT:
        raise (where / "format").refuse(
            repr(plain.get("format", "nothing")), f"{FORMAT}, the form that this version reads"
        )
    found = from_plain(Lock, plain, where)
    for number, item in enumerate(found.dataset):
        parse_slug(item.id, where / "dataset" / number / "id")
    return found
