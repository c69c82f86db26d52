"""The one local folder whose files a transport may read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sciknow.errors import UntrustedInput
from sciknow.files import check_plain, open_regular
from sciknow.model.preserved import FileVersion
from sciknow.wire.trouble import Absent


def local_path(folder: Path | None, path: str) -> Path:
    """Return a local path below a folder.

    Raises
    ------
    UntrustedInput
        When it leads elsewhere, or to a pipe or a device.
    """
    found = Path(path).resolve()
    if folder is None or not found.is_relative_to(folder.resolve()):
        raise UntrustedInput(
            f"a reference leads to the local file {path[:200]!r}",
            hint=f"only files below {folder} may be read" if folder else "",
        )
    return check_plain(found)


def read_local(
    path: Path, start: int | None = None, end: int | None = None, folder: Path | None = None
) -> bytes:
    """Return some bytes of a file; a negative start counts from its end.

    Parameters
    ----------
    path : Path
        The file.
    start, end : int, optional
        The range, end excluded.
    folder : Path, optional
        What it must lie in, links followed.

    Raises
    ------
    Absent
        When there is none.
    UntrustedInput
        When it is no regular file, or a link that leads out.
    """
    try:
        with open_regular(path, folder) as file:
            if start is not None and start < 0:
                file.seek(max(0, file.seek(0, 2) + start))
                return file.read()
            file.seek(start or 0)
            return file.read() if end is None else file.read(end - (start or 0))
    except OSError as error:
        raise Absent(f"{path}: {error.strerror}", hint="check the path") from error


def local_version(path: Path, precision: str = "seconds") -> FileVersion:
    """Return what the file system says of a file.

    Raises
    ------
    Absent
        When there is none.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise Absent(f"{path}: {error.strerror}", hint="check the path") from error
    if not path.is_file():
        raise Absent(f"{path}: no file", hint="check the path")
    moment = datetime.fromtimestamp(found.st_mtime, UTC).isoformat(timespec=precision)
    return FileVersion(found.st_size, "", moment)
