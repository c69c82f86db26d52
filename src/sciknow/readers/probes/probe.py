"""One look at a distribution: does it answer, how fast, and with what the catalogue says.

A light look is one request for the first bytes of the one document that opening starts with; a
deep one opens the distribution with its reader as well and reads one chunk. Nothing here raises
for what a source does: every trouble is an `Outcome`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sciknow.errors import SciknowError
from sciknow.formats import (
    format_named,
    format_of_media_type,
    installed_formats,
)
from sciknow.model import Distribution
from sciknow.model.content import DATA, Content
from sciknow.model.fingerprint import Strength
from sciknow.model.format import Form, Format
from sciknow.model.probe import Outcome, Probe
from sciknow.net import Deadline
from sciknow.readers.fileset import is_set, members
from sciknow.readers.fingerprints.sample import WHOLE_BYTES
from sciknow.readers.probes.ask import Ask
from sciknow.readers.probes.glance import Glance, glance
from sciknow.readers.probes.outcome import Missed, missed
from sciknow.readers.protocol import Location
from sciknow.readers.request import locate
from sciknow.text import counted
from sciknow.wire.retry import PROBE, Tries

LIGHT = 20.0
"""Seconds that a light look may take in all."""

DEEP = 60.0
"""Seconds that opening, and then reading, may take in a deep look."""

Trial = Callable[[Distribution, "Path | str | None", float], "Missed | None"]

AGAIN = frozenset({Outcome.SERVER_ERROR, Outcome.BUSY, Outcome.UNREACHABLE})


def probe_distribution(
    distribution: Distribution,
    *,
    base: Path | str | None,
    deadline: float | None = None,
    deep: Trial | None = None,
) -> Probe:
    """Look at one way to a dataset; a page about it is a way without a reader.

    Parameters
    ----------
    distribution : Distribution
        The way.
    base : Path or str
        The catalogue's folder, from which local paths start.
    deadline : float, optional
        Seconds for the request; in a deep look also for opening, and again for reading.
    deep : callable, optional
        Opens it, where it has a reader, and says what is wrong: `trial.try_opening`, which is
        handed in since it imports what opens data.

    Returns
    -------
    Probe
        Whatever happened.
    """
    at = datetime.now(UTC)
    seconds = deadline if deadline is not None else DEEP if deep else LIGHT
    Deadline.after(seconds)
    url = distribution.access_url
    item = installed_formats().get(distribution.reader)
    found, problem = _look(item, distribution, base, seconds)
    deeper = deep is not None and distribution.openable and problem is None
    if deep is not None and deeper:
        problem = deep(distribution, base, seconds)
    is_file = item is not None and item.form is Form.FILE
    size = found.size if is_file or not distribution.openable else None
    probe = Probe(
        outcome=Outcome.MOVED if found.moved_to else Outcome.OK,
        at=at,
        url=url,
        deep=deeper,
        latency=found.latency or None,
        size=size,
        etag=found.etag,
        modified=found.modified,
        moved_to=found.moved_to,
        strength=_strength(size) if is_file else "",
    )
    if problem is None:
        return probe
    return replace(probe, outcome=problem.outcome, detail=problem.detail)


def _look(
    item: Format | None, distribution: Distribution, base: Path | str | None, seconds: float
) -> tuple[Glance, Missed | None]:
    """Take a light look, and say what is wrong."""
    try:
        location = locate(distribution, base=base, deadline=seconds)
        lacking = _lacking(distribution.reader)
        asks = _asks(item, distribution, location)
        found = location.transport.run(_first_of(location, asks, seconds))
        return found, lacking or _cut_short(item, found)
    except Exception as error:
        return Glance(), missed(error)


def _cut_short(item: Format | None, found: Glance) -> Missed | None:
    """Say what a file lacks, where its first bytes tell how long it must be."""
    lacks = item.missing_bytes(found.head, found.size) if item is not None else 0
    if not lacks:
        return None
    return Missed(Outcome.CONTENT, f"a file cut short: {counted(lacks, 'byte')} missing at its end")


def _lacking(reader: str) -> Missed | None:
    """Say what a reader needs that is not installed."""
    try:
        if reader:
            format_named(reader).check_requirements()
    except SciknowError as error:
        return missed(error)
    return None


def _asks(item: Format | None, distribution: Distribution, location: Location) -> Sequence[Ask]:
    if item is None:
        return [Ask(location.url, _free_form(distribution.media_type), _is_store(location))]
    if item.asks is not None:
        return item.asks(location, distribution.options)
    if item.form is Form.FOLDER:
        return [Ask(location.url, listing=True)]
    options = distribution.options if "files" in item.options else {}
    return _file_or_set(location, options, item.content)


def _file_or_set(location: Location, options: Mapping[str, object], content: Content) -> list[Ask]:
    """Ask for a file; of a set for its first member, or for the folder's listing."""
    if not is_set(location, options):
        return [Ask(location.url, content)]
    if options.get("files") or location.path:
        return [Ask(members(location, options)[0], content)]
    return [Ask(location.url.rpartition("/")[0] + "/", listing=True)]


def _free_form(media_type: str) -> Content | None:
    """Tell what comes of a way without a reader: anything, but no page where data are named."""
    known = format_of_media_type(media_type) if media_type else None
    if known is not None and known.content.text:
        return known.content
    any_page = not media_type or "html" in media_type or media_type.startswith("text/")
    return None if any_page else DATA


def _is_store(location: Location) -> bool:
    return location.path is not None or not location.url.startswith(("http://", "https://"))


async def _first_of(location: Location, asks: Sequence[Ask], seconds: float) -> Glance:
    """Return the first of several that is there; else what is wrong with the first.

    One that refuses counts before one that is not there.
    """
    problems: list[Missed] = []
    async with asyncio.timeout(seconds):
        for ask in asks:
            try:
                return await _tried(location, ask, Deadline.after(seconds))
            except Missed as problem:
                if problem.outcome not in (Outcome.GONE, Outcome.FORBIDDEN):
                    raise
                problems.append(problem)
    raise min(problems, key=lambda item: item.outcome is not Outcome.FORBIDDEN)


async def _tried(location: Location, ask: Ask, deadline: Deadline) -> Glance:
    tries = Tries(PROBE, deadline)
    while True:
        try:
            found = await glance(location.transport, ask.url, listing=ask.listing)
            break
        except TimeoutError:
            raise
        except Exception as error:
            problem = missed(error)
            passing = problem.outcome in AGAIN
            pause = tries.pause(problem.detail, wait=problem.wait, passing=passing)
            if pause is None:
                raise problem from error
            await asyncio.sleep(pause)
    wrong = ask.content.wrong(found.head) if ask.content and not ask.listing else ""
    if wrong:
        raise Missed(Outcome.CONTENT, wrong)
    return found


def _strength(size: int | None) -> str:
    """Tell what fingerprint a lock would take of a file, by its size."""
    if size is None:
        return ""
    return str(Strength.WHOLE if size <= WHOLE_BYTES else Strength.SAMPLED)
