"""Bringing the files of a distribution into a bag in the making, all of one version."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import sciknow.wire as wire
from sciknow.errors import IntegrityError, SciknowError
from sciknow.files import sha256_file
from sciknow.model.preserved import FileRecord, FileVersion, SourceFile
from sciknow.progress import Progress

if TYPE_CHECKING:
    from sciknow.preservation import Workspace
    from sciknow.readers import Payload
    from sciknow.wire import Budget

T = TypeVar("T")

AT_ONCE = 8
ROUNDS = 3
"""How often files that changed while others came are fetched again."""


@dataclass(slots=True)
class Fetching:
    """One run.

    Parameters
    ----------
    space : Workspace
        The bag in the making.
    listing : callable
        Asks the source which files there are; called again at the end.
    have : dict
        Path → what an earlier run brought; None where the source had nothing.
    older : mapping
        Path → (record, file) of an older bag.
    budget : Budget
        Of bytes.
    progress : callable
        Told what is done.
    """

    space: Workspace
    listing: Callable[[], Payload]
    have: dict[str, FileRecord | None]
    older: Mapping[str, tuple[FileRecord, Path]]
    budget: Budget
    progress: Progress
    fetched: int = 0
    reused: int = 0
    changed: set[str] = field(default_factory=set)

    def run(self, first: Payload) -> list[FileRecord]:
        """Bring what is missing, then see that nothing has changed meanwhile.

        Returns
        -------
        list of FileRecord
            Every file of the payload.

        Raises
        ------
        IntegrityError
            When the source keeps changing: no bag is made of two versions.
        """
        self._bring(first, [file for file in first.files if file.path not in self.have])
        self._forget({file.path for file in first.files})
        for _ in range(ROUNDS):
            now = self.listing()
            self._forget({file.path for file in now.files})
            stale = self._each("checked", now.files, partial(self._differs, now))
            stale_files = [file for file, differs in stale if differs]
            if not stale_files or not self._bring(now, stale_files):
                return [record for record in self.have.values() if record is not None]
        raise IntegrityError(
            f"the source keeps changing: {', '.join(sorted(self.changed)[:3])}",
            hint="what came is kept; try again when the publisher has finished",
        )

    def _forget(self, wanted: set[str]) -> None:
        for path in [path for path in self.have if path not in wanted]:
            self.space.forget(path)
            del self.have[path]
            self.changed.add(path)

    def _differs(self, payload: Payload, file: SourceFile) -> bool:
        if file.path not in self.have:
            return True
        record = self.have[file.path]
        state: FileVersion | None = file.state
        if not file.state.etag:
            state = wire.current_state(payload.location.transport, file)
        if record is None or state is None:
            return (record is None) != (state is None)
        return not record.state.same(state)

    def _bring(self, payload: Payload, files: list[SourceFile]) -> bool:
        """Bring files; tell whether any is new, or not what it was."""
        done = self._each("files", files, partial(self._one, payload))
        differs = False
        for file, record in done:
            before = self.have.get(file.path)
            known = file.path in self.have
            same = record == before or (
                record is not None and before is not None and record.sha256 == before.sha256
            )
            if known and not same:
                self.changed.add(file.path)
            differs |= not (known and same)
            self.have[file.path] = record
        return differs

    def _one(self, payload: Payload, file: SourceFile) -> FileRecord | None:
        transport = payload.location.transport
        if (record := self._reuse(payload, file)) is not None:
            self.reused += 1
        else:
            try:
                part = self.space.part(file.path)
                record = wire.fetch_file(transport, file, part, spend=self.budget)
                self.fetched += 1
            except FileNotFoundError:  # the readers' way to say that the source has nothing
                if not file.optional:
                    raise
        self.space.keep(file.path, record)
        return record

    def _reuse(self, payload: Payload, file: SourceFile) -> FileRecord | None:
        """Take a file from an older bag where the source states that it is still the same."""
        if file.path in self.have or file.path not in self.older:
            return None
        record, path = self.older[file.path]
        if not record.state.strong:
            return None
        state: FileVersion | None = file.state
        if not file.state.strong:
            state = wire.current_state(payload.location.transport, file)
        if (
            state is None
            or not state.strong
            or (state.etag, state.size)
            != (
                record.etag,
                record.size,
            )
        ):
            return None
        part = self.space.part(file.path)
        shutil.copyfile(path, part)
        return record if sha256_file(part) == record.sha256 else None

    def _each(
        self, stage: str, files: Iterable[SourceFile], work: Callable[[SourceFile], T]
    ) -> list[tuple[SourceFile, T]]:
        wanted = list(files)
        done: list[tuple[SourceFile, T]] = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            futures = {pool.submit(work, file): file for file in wanted}
            try:
                for future in as_completed(futures):
                    done.append((futures[future], future.result()))
                    self.progress(stage, len(done), len(wanted))
            except BaseException as error:
                self.budget.stopped.set()
                for future in futures:
                    future.cancel()
                if isinstance(error, OSError) and not isinstance(error, SciknowError):
                    raise SciknowError(
                        f"{self.space.root} cannot be written to: {error}",
                        hint="what came is kept; mend that, then run again",
                    ) from error
                raise
        return done
