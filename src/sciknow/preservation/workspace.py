"""A bag in the making: what has come, kept so that a run that was broken off goes on.

Beside the finished bags of a dataset lies ``.partial-<way>/`` with the payload so far, the part
of the file that is coming, and a journal: a line for each file that came whole, written before
the file is put in its place. A process killed between any two steps leaves a state from which the
next one goes on.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from sciknow.errors import IntegrityError, SciknowError
from sciknow.files import (
    exclusive_lock,
    files_below,
    sha256_bytes,
    sha256_file,
    sync_folder,
    write_atomic,
)
from sciknow.model.plain import from_plain
from sciknow.model.preserved import FileRecord
from sciknow.preservation.naming import PAYLOAD

PARTIAL = ".partial-"
LOCK = ".lock"

Journal = dict[str, FileRecord | None]
"""Path → the file that came; None where the source had none."""


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the folder of a dataset's bags for one process at a time.

    Raises
    ------
    SciknowError
        When another process preserves or repairs there.
    """
    with exclusive_lock(home / LOCK):
        yield


class Workspace:
    """A bag in the making.

    Parameters
    ----------
    home : Path
        The folder of the dataset's bags.
    request : mapping
        What is asked for: dataset, distribution, address, selection. Another request has
        another workspace.
    """

    def __init__(self, home: Path, request: Mapping[str, object]) -> None:
        text = json.dumps(request, sort_keys=True, default=str)
        self.home = home
        self.root = home / f"{PARTIAL}{sha256_bytes(text.encode())[:12]}"
        self.bag = self.root / "bag"
        self._journal = self.root / "journal.jsonl"
        self._request = text
        self._lock = threading.Lock()

    @property
    def begun(self) -> bool:
        """Whether an earlier run has left something."""
        return self._journal.exists()

    def begin(self) -> None:
        """Make the folders; nothing that is there is touched."""
        (self.bag / PAYLOAD).mkdir(parents=True, exist_ok=True)
        (self.root / "parts").mkdir(exist_ok=True)
        if not self.begun:
            write_atomic(self.root / "request.json", self._request)
            write_atomic(self._journal, "")

    def part(self, path: str) -> Path:
        """Return where a file lies while it comes."""
        return self.root / "parts" / sha256_bytes(path.encode("utf-8", "surrogateescape"))[:32]

    def target(self, path: str) -> Path:
        """Return where a file of the payload lies."""
        return self.bag / PAYLOAD / path

    def present_bytes(self) -> int:
        """Count the bytes of payload and parts that are here."""
        found = (self.root / "parts", self.bag / PAYLOAD)
        return sum(
            path.stat().st_size for top in found for path in top.rglob("*") if path.is_file()
        )

    def keep(self, path: str, record: FileRecord | None) -> None:
        """Write down that a file came whole (or is not at the source) and put it in its place."""
        self._append({"path": path, "file": None if record is None else asdict(record)})
        if record is not None:
            self._place(path)

    def _place(self, path: str) -> None:
        target = self.target(path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self.part(path), target)
        except (NotADirectoryError, IsADirectoryError, FileExistsError) as error:
            raise SciknowError(
                f"{path} is a file and a folder at once at the source",
                hint="its keys cannot be kept as files",
            ) from error

    def _append(self, entry: Mapping[str, object]) -> None:
        line = json.dumps(entry, ensure_ascii=True) + "\n"
        with self._lock, self._journal.open("ab") as file:
            file.write(line.encode())

    def forget(self, path: str) -> None:
        """Drop a file: it is not of the version that is wanted, or not wanted any more."""
        self._append({"path": path, "dropped": True})
        self.target(path).unlink(missing_ok=True)

    def purge(self, wanted: Mapping[str, object]) -> None:
        """Remove what lies in the payload and is not wanted: left by a run that was killed."""
        top = self.bag / PAYLOAD
        for path in list(files_below(top)):
            if path.relative_to(top).as_posix() not in wanted:
                path.unlink()

    def journal(self) -> tuple[Journal, str]:
        """Return what came, and the name under which the bag was about to be finished."""
        found: Journal = {}
        name = ""
        with suppress(FileNotFoundError):
            for line in self._journal.read_bytes().splitlines():
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue  # a line that was being written when the process was killed
                name = str(entry.get("finished", "")) if "finished" in entry else name
                if entry.get("dropped"):
                    found.pop(entry["path"], None)
                elif "path" in entry:
                    told = entry["file"]
                    found[entry["path"]] = None if told is None else from_plain(FileRecord, told)
        return found, name

    def resume(self) -> Journal:
        """Return what came in earlier runs and is still whole; the rest is dropped.

        Every file is read again: after a power cut a file may be shorter than its name says.
        """
        found, _ = self.journal()
        whole: Journal = {}
        for path, record in found.items():
            if record is None or self._whole(path, record):
                whole[path] = record
            else:
                self.forget(path)
        return whole

    def _whole(self, path: str, record: FileRecord) -> bool:
        target, part = self.target(path), self.part(path)
        if not target.exists() and part.exists() and part.stat().st_size == record.size:
            if sha256_file(part) != record.sha256:
                return False
            self._place(path)  # killed between the journal and the move
            return True
        return (
            target.is_file()
            and target.stat().st_size == record.size
            and sha256_file(target) == record.sha256
        )

    def finish(self, name: str) -> Path:
        """Give the finished bag its name; it appears whole or not at all."""
        self._append({"finished": name})
        with self._journal.open("rb") as file:
            os.fsync(file.fileno())
        return self.appear(name)

    def appear(self, name: str) -> Path:
        """Do the last steps of finishing, also after a run that was killed among them.

        Raises
        ------
        IntegrityError
            When the name is taken by something else.
        """
        final = self.home / name
        if self.bag.exists():
            if final.exists():
                raise IntegrityError(f"{final} is there already", hint="nothing is overwritten")
            os.rename(self.bag, final)
            sync_folder(self.home)
        self.clear()
        return final

    def clear(self) -> None:
        """Remove the workspace."""
        shutil.rmtree(self.root, ignore_errors=True)


def unfinished(folder: Path) -> list[Path]:
    """Return the workspaces that runs have left below a folder of bags."""
    return sorted(path for path in folder.glob(f"{PARTIAL}*") if path.is_dir())
