"""The verb that keeps a dataset: its files as they came, in a bag with fixity."""

from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path

import sciknow.preservation as preservation
import sciknow.readers as readers
import sciknow.wire as wire
from sciknow.errors import DegradedWarning, InvalidInput, SciknowError, SourceUnavailable
from sciknow.formats import format_named
from sciknow.hub.keep.card import info_fields, make_card, opens_of
from sciknow.hub.keep.fetch import Fetching
from sciknow.hub.load.cite import cite
from sciknow.hub.load.open import attrs_of, plan_dataset, source_of, ways_of
from sciknow.hub.store.records import What
from sciknow.hub.store.state import State
from sciknow.model import Dataset, Distribution
from sciknow.model.parse import Where, parse_slug
from sciknow.model.preserved import FileRecord
from sciknow.net import redact
from sciknow.preservation import PreservationPlan, Preserved, PreservedBag, Workspace
from sciknow.progress import Progress, silent
from sciknow.readers import Payload, Request
from sciknow.text import counted


def preserve(
    state: State,
    what: What,
    folder: Path | str,
    distribution: str | None,
    request: Request,
    *,
    dry_run: bool = False,
    despite_terms: bool = False,
    progress: Progress | None = None,
) -> Preserved:
    """Keep a dataset for good; see `Hub.preserve`."""
    dataset, max_bytes = state.records.card(what), request.max_bytes
    parse_slug(dataset.id, Where("what is preserved") / "id")
    notes = preservation.check_terms(dataset, despite=despite_terms)
    if not (dataset.license or dataset.rights or dry_run):
        warnings.warn(f"{dataset.id}: {notes[0]}", DegradedWarning, stacklevel=3)
    tried: list[str] = []
    for way in ways_of(dataset, distribution):
        run = _Run(state, dataset, way, Path(folder) / dataset.id, request, progress or silent)
        try:
            first, plan = run.plan(notes)
        except SourceUnavailable as error:
            if run.space.begun:
                raise
            tried.append(str(error))
            continue
        if dry_run:
            return preservation.Preserved(bag=None, plan=plan, notes=plan.notes)
        return run.preserve(first, plan.check(max_bytes), max_bytes)
    raise SourceUnavailable(
        f"no way to {dataset.id} answers: " + "; ".join(tried), hint="try again later"
    )


class _Run:
    """One way to a dataset, on its way into a bag."""

    def __init__(
        self,
        state: State,
        dataset: Dataset,
        way: Distribution,
        home: Path,
        request: Request,
        progress: Progress,
    ) -> None:
        self.state, self.dataset, self.way, self.home = state, dataset, way, home
        self.selection, self.deadline = request.selection, request.deadline
        self.progress = progress
        self.request = {
            "dataset": dataset.id,
            "distribution": way.id,
            "url": way.access_url,
            "selection": self.selection.to_dict(),
        }
        self.space: Workspace = preservation.Workspace(home, self.request)

    def listing(self) -> Payload | None:
        """Ask which files there are; None where what is kept has to be made."""
        if self.selection:
            return None
        return readers.list_files(self.way, base=self.state.base, deadline=self.deadline)

    def plan(self, notes: tuple[str, ...]) -> tuple[Payload | None, PreservationPlan]:
        """Say what it would take."""
        first = self.listing()
        told = partial(
            preservation.plan_files,
            folder=self.home,
            notes=notes,
            dataset=self.dataset.id,
            distribution=self.way.id,
            url=redact(self.way.access_url),
        )
        present = self.space.present_bytes() if self.space.begun else 0
        if first is not None:
            return first, told(readers.with_sizes(first), present=present)
        wanted = Request(selection=self.selection, deadline=self.deadline)
        cost = plan_dataset(self.state, self.dataset, self.way.id, wanted)
        made = "written as one NetCDF file, since " + (
            "a part is wanted" if self.selection else "the source has no files of its own"
        )
        return None, told((), made=made, made_bytes=cost.memory)

    def preserve(
        self, first: Payload | None, plan: PreservationPlan, max_bytes: int | None
    ) -> Preserved:
        """Bring the files and finish the bag, or go on where a run was broken off."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidInput(
                f"no bags can be kept in {self.home.parent}: {error.strerror}",
                hint="name a folder of yours",
            ) from error
        with preservation.locked(self.home):
            _, name = self.space.journal()
            if name:  # killed while the bag was being given its name
                bag = self.space.appear(name)
                return preservation.Preserved(bag=bag, plan=plan, notes=plan.notes)
            have = self.space.resume()
            older = self._older()
            if not have and first is not None and older and self._same(first, older):
                self.space.clear()
                return preservation.Preserved(
                    bag=older.folder, plan=plan, unchanged=True, notes=plan.notes
                )
            self.space.begin()
            resumed = len(have)
            run = Fetching(
                space=self.space,
                listing=self._listing_now,
                have=have,
                older=_files_of(older),
                budget=wire.Budget(
                    max_bytes, hint="run again with a larger max_bytes: it goes on where it was"
                ),
                progress=self.progress,
            )
            records = run.run(first) if first is not None else [self._made(have)]
            notes = (*plan.notes, *_changes(run, resumed))
            bag, unchanged = self._finish(records, first, notes)
            return preservation.Preserved(
                bag=bag,
                plan=plan,
                fetched=run.fetched,
                fetched_bytes=run.budget.spent,
                resumed=resumed,
                reused=run.reused,
                unchanged=unchanged,
                notes=notes,
            )

    def _listing_now(self) -> Payload:
        found = self.listing()
        if found is None:
            raise SciknowError(f"{self.way.id} has no files any more", hint="run it again")
        return found

    def _older(self) -> PreservedBag | None:
        """Return the newest bag of the same request; None where there is none."""
        for folder in reversed(preservation.bags_of(self.home)):
            try:
                bag = preservation.PreservedBag(folder)
            except SciknowError:
                continue  # damaged, or not ours; an audit says so
            if bag.card.get("request") == self.request:
                return bag
        return None

    def _same(self, first: Payload, older: PreservedBag) -> bool:
        """Tell whether the source states that every file is what the older bag has."""
        known = {record.path: record for record in older.records()}
        must = {file.path for file in first.files if not file.optional}
        if not must <= known.keys() or known.keys() - {file.path for file in first.files}:
            return False
        transport = first.location.transport
        for file in first.files:
            record, state = known.get(file.path), file.state
            if not state.strong:
                told = wire.current_state(transport, file)
                if told is None and record is None:
                    continue
                state = told or state
            if record is None or not state.strong or state.etag != record.etag:
                return False
        return True

    def _made(self, have: dict[str, FileRecord | None]) -> FileRecord:
        """Write what has no files of its own, or of which a part is wanted."""
        path = f"{self.dataset.id}{format_named(readers.WRITTEN_AS).suffixes[0]}"
        if (before := have.get(path)) is not None:
            return before
        attrs = attrs_of(self.state, self.dataset)
        wanted = Request(
            selection=self.selection, deadline=self.deadline, table_as=readers.TableAs.DATASET
        )
        opened = readers.open_way(self.way, self.state.base, attrs, wanted)
        part = self.space.part(path)
        readers.write_copy(opened, part)
        url = self.way.access_url
        record = wire.record_of(part, path, url, f"written as NetCDF from {redact(url)}")
        self.space.keep(path, record)
        return record

    def _finish(
        self, records: list[FileRecord], first: Payload | None, notes: tuple[str, ...]
    ) -> tuple[Path, bool]:
        name = preservation.content_name(records, preservation.today())
        for bag in preservation.bags_of(self.home):
            if bag.name.partition("-")[2] and bag.name[11:] == name[11:]:
                self.space.clear()
                return bag, True
        self.space.purge({record.path: record for record in records})
        card = make_card(
            source_of(self.state, self.dataset),
            cite(self.state, self.dataset),
            self.way,
            opens_of(self.way, first, records),
            request=self.request,
            generation=self.state.manifest.id,
            notes=notes,
        )
        preservation.write_tags(
            self.space.bag,
            records,
            card,
            info_fields(self.dataset, self.state.records.name_of(self.dataset.publisher)),
            references=first.references if first is not None else None,
        )
        return self.space.finish(name), False


def _files_of(older: PreservedBag | None) -> dict[str, tuple[FileRecord, Path]]:
    if older is None:
        return {}
    data = older.folder / preservation.PAYLOAD
    return {record.path: (record, data / record.path) for record in older.records()}


def _changes(run: Fetching, resumed: int) -> list[str]:
    if not run.changed:
        return []
    when = "since the earlier run" if resumed else "while they came"
    names, files = ", ".join(sorted(run.changed)[:3]), counted(len(run.changed), "file")
    return [f"{files} changed at the source {when}, brought anew: {names}"]
