"""What came in, as it came: compressed, content-addressed, with a journal for each run.

::

    archive/harvest/
    ├── objects/<2 digits>/<sha256>.gz       the body of an answer
    └── <source>/<run>/journal.jsonl         what was asked, in order, and which body answered
                      /ids.gz                the ids that came, in the order in which they came
                      /receipt.json          once the run is over

A run may be killed at any moment: what stands in its journal is there and is not asked for again,
a line or a body that was torn is asked for anew. The receipt appears last. Replaying a journal
brings the same records without a network.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import secrets
import zlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sciknow.clock import stamp
from sciknow.errors import (
    IntegrityError,
    LimitExceeded,
    NotFound,
    SciknowError,
    SourceUnavailable,
    UntrustedInput,
)
from sciknow.files import append_line, exclusive_lock, sync_folder, write_atomic
from sciknow.model.plain import from_plain, to_plain
from sciknow.model.receipt import Asked, Receipt
from sciknow.net import redact
from sciknow.wire.request import Answer, Request
from sciknow.wire.retry import Meter
from sciknow.wire.trouble import Absent, Denied

_LEVEL = 3
_HEADERS = (
    *("content-type", "date", "link", "etag", "last-modified"),
    *("cmr-hits", "cmr-search-after"),
)
"""Headers of an answer that are kept: the others say nothing of the records or their pages."""
_ERRORS: dict[str, type[SciknowError]] = {
    kind.__name__: kind
    for kind in (Absent, Denied, IntegrityError, LimitExceeded, SourceUnavailable, UntrustedInput)
}
JOURNAL, RECEIPT, IDS = "journal.jsonl", "receipt.json", "ids.gz"


class Archive:
    """The harvests of a hub.

    Parameters
    ----------
    root : Path
        The folder; made by the first harvest.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.objects = root / "objects"

    @contextmanager
    def writing(self, asked: Asked) -> Iterator[Run]:
        """Give the run that a harvest writes: the one that was broken off, else a new one.

        Raises
        ------
        SciknowError
            When another process harvests the same source.
        """
        folder = self.root / asked.source
        with exclusive_lock(folder / ".lock"):
            yield self._unfinished(folder, asked) or self._new(folder, asked)

    def _unfinished(self, folder: Path, asked: Asked) -> Run | None:
        for path in reversed(_runs(folder)):
            run = Run(self, path)
            if run.finished:
                return None
            if run.asked == asked:
                return run
        return None

    def _new(self, folder: Path, asked: Asked) -> Run:
        began = stamp()
        name = "".join(char for char in began.partition("+")[0] if char.isalnum()) + "Z"
        path, number = folder / name, 1
        while path.exists():
            number += 1
            path = folder / f"{name}-{number}"
        path.mkdir(parents=True)
        line = json.dumps({"asked": to_plain(asked), "began": began}, ensure_ascii=False)
        write_atomic(path / JOURNAL, line + "\n")
        return Run(self, path)

    def sources(self) -> list[str]:
        """Return the names of the sources that something came from."""
        found = (path.parent.parent.name for path in self.root.glob(f"*/*/{RECEIPT}"))
        return sorted(set(found))

    def runs(self, source: str) -> list[Run]:
        """Return the finished runs of a source, the oldest first."""
        found = (Run(self, path) for path in _runs(self.root / source))
        return [run for run in found if run.finished]

    def damages(self) -> Iterator[str]:
        """Yield a line for each body that a journal names and that is missing or has changed."""
        for source in self.sources():
            for run in self.runs(source):
                for digest in run.digests:
                    try:
                        self.get(digest)
                    except IntegrityError as error:
                        yield error.message

    def put(self, body: bytes) -> str:
        """Keep a body and return its digest; one that is there whole is not written again."""
        digest = hashlib.sha256(body).hexdigest()
        path = self.path(digest)
        if not path.exists() or not self._is_whole(digest):
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch = path.with_name(f".{digest}.{os.getpid()}.{secrets.token_hex(4)}")
            scratch.write_bytes(gzip.compress(body, _LEVEL, mtime=0))
            os.replace(scratch, path)
        return digest

    def get(self, digest: str) -> bytes:
        """Return a body.

        Raises
        ------
        IntegrityError
            When it is missing or damaged.
        """
        path = self.path(digest)
        try:
            body = gzip.decompress(path.read_bytes())
        except (OSError, EOFError, zlib.error) as error:
            raise IntegrityError(
                f"{path} is missing or damaged: {error}", hint="harvest the source again"
            ) from None
        if hashlib.sha256(body).hexdigest() != digest:
            raise IntegrityError(f"{path} has changed", hint="harvest the source again")
        return body

    def _is_whole(self, digest: str) -> bool:
        try:
            self.get(digest)
        except IntegrityError:
            return False
        return True

    def path(self, digest: str) -> Path:
        """Return where the body of a digest lies."""
        return self.objects / digest[:2] / f"{digest}.gz"


class Run:
    """One harvest of one source, in its folder.

    Parameters
    ----------
    archive : Archive
        Where the bodies lie.
    folder : Path
        Its own folder.
    """

    def __init__(self, archive: Archive, folder: Path) -> None:
        self.archive, self.folder = archive, folder
        head, *self._lines = _lines(folder / JOURNAL)
        self.asked = from_plain(Asked, head["asked"])
        self.began = str(head["began"])

    @property
    def finished(self) -> bool:
        """Whether it has a receipt."""
        return (self.folder / RECEIPT).is_file()

    @property
    def receipt(self) -> Receipt:
        """The receipt.

        Raises
        ------
        NotFound
            When the run is not over.
        """
        try:
            return from_plain(Receipt, json.loads((self.folder / RECEIPT).read_bytes()))
        except FileNotFoundError:
            raise NotFound(
                f"{self.folder} has no receipt: the harvest was broken off",
                hint="harvest the source again; it goes on where it was",
            ) from None

    @property
    def wire(self) -> dict[str, int]:
        """What went over the wire: requests, retries, bytes."""
        return {
            name: sum(int(line.get(name, 0)) for line in self._lines)
            for name in ("requests", "retries", "bytes")
        }

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of the bodies, each once."""
        return tuple(dict.fromkeys(line["sha256"] for line in self._lines if "sha256" in line))

    @property
    def answers(self) -> str:
        """Digest of all bodies in their order."""
        told = "\n".join(str(line.get("sha256", "")) for line in self._lines)
        return hashlib.sha256(told.encode()).hexdigest()

    def replayed(self) -> Replay:
        """Return what hands the answers out again; failures fail again where the run is over."""
        return Replay(self.archive, self._lines, failures=self.finished)

    def keep(self, request: Request, outcome: Answer | SciknowError, spent: Meter) -> None:
        """Write into the journal what a request brought."""
        line: dict[str, Any] = {"key": key_of(request), "address": redact(request.address)}
        if isinstance(outcome, Answer):
            headers = {name: value for name in _HEADERS if (value := outcome.header(name))}
            line |= {"url": outcome.url, "status": outcome.status, "headers": headers}
            line["sha256"] = self.archive.put(outcome.body)
        else:
            line |= {"error": type(outcome).__name__, "message": outcome.message}
            line["hint"] = outcome.hint
        line |= {"requests": spent.requests, "retries": spent.retries, "bytes": spent.bytes}
        self._lines.append(line)
        append_line(self.folder / JOURNAL, json.dumps(line, ensure_ascii=False).encode())

    def forget_failures(self) -> None:
        """Drop failures from the journal: a run that goes on tries again."""
        self._lines = [line for line in self._lines if "error" not in line]

    @contextmanager
    def listing(self) -> Iterator[Callable[[Iterable[str]], None]]:
        """Give what writes down the ids that come; a run that goes on writes all of them anew."""
        scratch = self.folder / f".{IDS}"
        with gzip.open(scratch, "wt", _LEVEL, encoding="utf-8") as file:
            yield lambda names: file.writelines(json.dumps(name) + "\n" for name in names)
        with scratch.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(scratch, self.folder / IDS)

    def finish(self, receipt: Receipt) -> None:
        """Make everything durable, then write the receipt."""
        folders = set()
        for digest in self.digests:
            path = self.archive.path(digest)
            folders.add(path.parent)
            with path.open("rb") as file:
                os.fsync(file.fileno())
        for folder in folders:
            sync_folder(folder)
        body = json.dumps(to_plain(receipt), ensure_ascii=False, indent=1)
        write_atomic(self.folder / RECEIPT, body)

    def ids(self) -> Iterator[str]:
        """Yield the ids that came."""
        with gzip.open(self.folder / IDS, "rt", encoding="utf-8") as lines:
            yield from (str(json.loads(line)) for line in lines)


class Replay:
    """Hands out what a journal holds, each answer once, the same question in its old order.

    Parameters
    ----------
    failures : bool
        Whether a request that failed fails again.
    """

    def __init__(
        self, archive: Archive, lines: Iterable[Mapping[str, Any]], *, failures: bool
    ) -> None:
        self._archive = archive
        self._waiting: dict[str, deque[Mapping[str, Any]]] = defaultdict(deque)
        for line in lines:
            if failures or "error" not in line:
                self._waiting[str(line["key"])].append(line)

    def find(self, request: Request) -> Answer | None:
        """Return the answer to a request; None where the journal has none (any more).

        Raises
        ------
        SciknowError
            What it failed with at the time.
        """
        waiting = self._waiting.get(key_of(request))
        if not waiting:
            return None
        line = waiting.popleft()
        if "error" in line:
            kind = _ERRORS.get(str(line["error"]), SourceUnavailable)
            raise kind(str(line["message"]), hint=str(line.get("hint", "")))
        headers = {name.title(): value for name, value in line["headers"].items()}
        body = self._archive.get(str(line["sha256"]))
        return Answer(str(line["url"]), int(line["status"]), headers, body)


def key_of(request: Request) -> str:
    """Return what a request is known by in a journal; no secret can be read from it."""
    method, address, _, body = request.key
    return hashlib.sha256(repr((method, address, body)).encode()).hexdigest()


def _runs(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob(f"*/{JOURNAL}"))


def _lines(path: Path) -> list[dict[str, Any]]:
    """Read a journal; a line that a crash has torn is left out."""
    found = []
    for line in path.read_bytes().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    if not found or "asked" not in found[0]:
        raise IntegrityError(f"{path} is damaged", hint="remove its folder and harvest again")
    return found
