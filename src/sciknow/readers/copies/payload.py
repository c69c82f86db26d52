"""Which files a distribution is made of: what has to be copied to have all of it.

A format's own ``payload`` says so; without one, what is a file, or a set of files, is just that.
What a server makes on request has no files of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from sciknow.errors import InvalidInput, LimitExceeded
from sciknow.model import Distribution
from sciknow.model.format import Form
from sciknow.model.preserved import FileVersion, SourceFile
from sciknow.net import DEADLINE
from sciknow.readers.copies.members import MAX_FILES, UNKNOWN, Member, Members, of_file_or_set
from sciknow.readers.protocol import Location
from sciknow.readers.request import CATALOG_DIR, locate, reader_for
from sciknow.text import counted
from sciknow.wire.download import current_state

ASKED = 500
"""Files whose size is asked for one by one, for a plan."""

AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The files of a distribution, and how their copies open.

    Parameters
    ----------
    files : tuple of SourceFile
        Sorted by path.
    opens : str
        The address of the copy below the folder of the copies, as a reader takes it.
    location : Location
        Where the originals are.
    listed : bool
        Whether the source itself said which files there are.
    references : mapping
        Of references: a document that leads to the copies; empty otherwise.
    """

    files: tuple[SourceFile, ...]
    opens: str
    location: Location
    listed: bool = True
    references: Mapping[str, object] = field(default_factory=dict)

    @property
    def known_bytes(self) -> int:
        """The bytes of all files of which the size is known."""
        return sum(item.state.size or 0 for item in self.files)


def list_files(
    distribution: Distribution, *, base: Path | str | None, deadline: float = DEADLINE
) -> Payload | None:
    """Tell which files a distribution is made of.

    Parameters
    ----------
    distribution : Distribution
        The way.
    base : Path or str
        The catalogue's folder, from which local paths start.
    deadline : float
        Seconds for each request, retries included.

    Returns
    -------
    Payload or None
        None when there are none: a server makes the answers, or the format is one whose files
        cannot be told apart.

    Raises
    ------
    SourceUnavailable
        When the source does not answer, or does not say what files it has.
    LimitExceeded
        When there are more files than are copied.
    """
    reader = reader_for(distribution)
    make = getattr(reader, "payload", None)
    if make is None and reader.format.form is not Form.FILE:
        return None
    reader.format.check_options(distribution.options)
    location = locate(distribution, base=base, deadline=deadline)
    found = _whole((make or of_file_or_set)(location, distribution.options), location)
    if not found.files or len(found.files) > MAX_FILES:
        raise LimitExceeded(
            f"{distribution.id} is made of {counted(len(found.files), 'file')}",
            hint=f"1 to {MAX_FILES:,} are copied; name a part with bbox, period or variables",
        )
    return found


def with_sizes(found: Payload, *, most: int = ASKED) -> tuple[SourceFile, ...]:
    """Return the files of a payload with the sizes that the source says.

    Of a large payload whose source lists no sizes only a few are asked for; the others stay
    unknown.

    Raises
    ------
    SourceUnavailable
        When the source does not answer.
    """
    unknown = [item for item in found.files if item.state.size is None][:most]
    transport = found.location.transport
    with ThreadPoolExecutor(AT_ONCE) as pool:
        states = pool.map(lambda item: current_state(transport, item), unknown)
        told = {item.path: state for item, state in zip(unknown, states, strict=True)}
    return tuple(
        replace(item, state=told.get(item.path) or item.state)
        for item in found.files
        if item.path not in told or told[item.path] is not None or not item.optional
    )


def _whole(found: Members, location: Location) -> Payload:
    """Return the files with their names checked, written as the catalogue would, and sorted."""
    named = _naming(location)
    files = [
        SourceFile(
            path=_checked(item.path),
            url=item.url,
            named=named(item.url),
            state=_state(item, location),
            optional=item.optional,
        )
        for item in found.files
    ]
    return Payload(
        files=tuple(sorted(files, key=lambda item: item.path)),
        opens=found.opens,
        location=location,
        listed=found.listed,
        references=found.references,
    )


def _state(item: Member, location: Location) -> FileVersion:
    if item.state != UNKNOWN or "://" in item.url:
        return item.state
    there = Path(item.url).is_file()
    return FileVersion(location.transport.local(item.url).stat().st_size if there else None)


def _checked(path: str) -> str:
    parts = path.split("/")
    bad = any(part in ("", ".", "..") or len(part.encode()) > 240 for part in parts)
    if bad or any(ord(char) < 32 for char in path):
        raise InvalidInput(
            f"the source has a file of the name {path[:200]!r}", hint="it cannot be kept under it"
        )
    return path


def _naming(location: Location) -> Callable[[str], str]:
    """Return what writes a local path as the catalogue would, free of this machine's folders."""
    folder = location.transport.folder

    def named(url: str) -> str:
        if "://" in url or folder is None:
            return ""
        return f"{CATALOG_DIR}/{Path(url).resolve().relative_to(folder.resolve()).as_posix()}"

    return named
