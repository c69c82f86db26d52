"""Files on disk: atomic writes, digests, durable renames, locks between processes.

Everything that sciknow writes goes through here, so that a process killed at any moment leaves
either the old file or the new one.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

import platformdirs

from sciknow.errors import InvalidInput, NotFound, SciknowError, UntrustedInput
from sciknow.text import squeeze

try:
    import fcntl
except ImportError:  # Windows: `lock` takes its own way there
    fcntl = None  # type: ignore[assignment]

_NOT_A_LINK = getattr(os, "O_NOFOLLOW", 0)
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""Opening a pipe waits for who writes into it, unless this is said."""

_FAR = 2**31 - 2
"""Where Windows locks a byte: behind the end of the file, since a lock there keeps readers out."""
_PAUSE = 0.02
"""Seconds between two tries for a lock where the system cannot wait for it."""


def cache_folder() -> Path:
    """Return the user's cache folder: ``SCIKNOW_CACHE``, or the system's place."""
    own = os.environ.get("SCIKNOW_CACHE")
    return Path(own) if own else Path(platformdirs.user_cache_dir("sciknow", appauthor=False))


def data_folder() -> Path:
    """Return the folder of the user's own hub and history, in the system's place."""
    return Path(platformdirs.user_data_dir("sciknow", appauthor=False))


def sha256_bytes(data: bytes) -> str:
    """Return the SHA-256 digest of some bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """Return the SHA-256 digest of a file's bytes as 64 hexadecimal digits."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests_of(path: Path, algorithms: Iterable[str]) -> dict[str, str]:
    """Return digests of a file by several algorithms, read once; a link is not followed."""
    hashes = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}
    with os.fdopen(os.open(path, os.O_RDONLY | _NOT_A_LINK | _AT_ONCE), "rb") as file:
        while piece := file.read(2**20):
            for one in hashes.values():
                one.update(piece)
    return {name: one.hexdigest() for name, one in hashes.items()}


def open_regular(path: Path, folder: Path | None = None) -> BufferedReader:
    """Open a file that somebody else may have made: a regular one, without waiting for anybody.

    Parameters
    ----------
    path : Path
        The file.
    folder : Path, optional
        What it must lie in, links followed; without it a link leads wherever it does.

    Raises
    ------
    OSError
        When there is none, or it may not be read.
    UntrustedInput
        For a pipe, a device or a folder, and for a link that leads out of the folder.
    """
    real = path.resolve()
    if folder is not None and not real.is_relative_to(folder.resolve()):
        raise UntrustedInput(
            f"{path} is a link that leads out of {folder}", hint="put the file itself there"
        )
    refused = UntrustedInput(f"{path} is no regular file", hint="only regular files are read")
    if not stat.S_ISREG(real.stat().st_mode):  # some cannot even be opened
        raise refused
    handle = os.open(real, os.O_RDONLY | _AT_ONCE | _NOT_A_LINK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise refused
    return os.fdopen(handle, "rb")


def check_plain(path: Path) -> Path:
    """Refuse what is neither a file nor a folder, for libraries that open a path themselves.

    Raises
    ------
    UntrustedInput
        For a pipe, a socket or a device.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return path  # whoever opens it says what is wrong
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise UntrustedInput(f"{path} is no regular file", hint="only regular files are read")
    return path


def read_regular(path: Path, folder: Path | None = None, *, most: int = -1) -> bytes:
    """Return the bytes of such a file, *most* of them where that is given.

    Raises
    ------
    OSError, UntrustedInput
        As of `open_regular`.
    """
    with open_regular(path, folder) as file:
        return file.read(most)


def append_line(path: Path, line: bytes, *, durable: bool = False, follow: bool = True) -> None:
    """Append a line that other processes append to as well; one torn by a crash is ended first.

    Parameters
    ----------
    path : Path
        The file, made when missing.
    line : bytes
        Without its end.
    durable : bool
        Whether it shall survive a power cut.
    follow : bool
        Whether the file may be a link.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | (0 if follow else _NOT_A_LINK)
    handle = os.open(path, flags, 0o644)
    try:
        lock(handle)
        size = os.fstat(handle).st_size
        torn = False
        if size > 0:
            os.lseek(handle, size - 1, os.SEEK_SET)
            torn = os.read(handle, 1) != b"\n"
        os.write(handle, (b"\n" if torn else b"") + line + b"\n")
        if durable:
            os.fsync(handle)
    finally:
        os.close(handle)


def write_atomic(path: Path, data: bytes | str) -> None:
    """Write a file so that it appears whole or not at all, and survives a power cut.

    Parameters
    ----------
    path : Path
        Where the file shall be; its folder is made when missing.
    data : bytes or str
        The content; text is written as UTF-8.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    content = data.encode() if isinstance(data, str) else data
    scratch = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with scratch.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_named(path: Path, data: bytes | str) -> Path:
    """Write a file that the user has named, as `write_atomic` does, and return its path.

    Raises
    ------
    InvalidInput
        When the place cannot be written to.
    """
    try:
        write_atomic(path, data)
    except OSError as error:
        raise InvalidInput(
            f"{path} cannot be written: {error.strerror}",
            hint="name a file in a folder of yours, on a disk with room",
        ) from error
    return path


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turn what writing below a folder says of a disk into one error; what was written goes.

    Raises
    ------
    SciknowError
        For a full disk, a quota, a limit on the size of files, a folder that is not ours.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise SciknowError(
            f"{getattr(error, 'filename', None) or place} cannot be written: {squeeze(why)[:300]}",
            hint="see that the disk has room and files may be so large (`df`, `ulimit -f`), then "
            "try again; what was there before is as it was",
        ) from error


def sync_folder(folder: Path) -> None:
    """Make a folder's own entries (new names, renames) durable; Windows does so by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make what was written into a file durable."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_tree(folder: Path) -> None:
    """Make every file and folder below a folder, and the folder itself, durable."""
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            sync_folder(path)
        elif path.is_file():
            sync_file(path)
    sync_folder(folder)


def files_below(folder: Path) -> Iterator[Path]:
    """Yield every regular file below a folder, sorted by its path."""
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def inside(folder: Path, relative: str) -> Path:
    """Return the real path of a file or folder that must lie inside a folder.

    Raises
    ------
    UntrustedInput
        When the path, or a link on the way, leads out of the folder.
    NotFound
        When there is nothing.
    """
    root = folder.resolve()
    path = (root / relative).resolve()
    if not path.is_relative_to(root):
        raise UntrustedInput(f"{relative}: leads out of {folder}, allowed is a path inside it")
    if not path.exists():
        raise NotFound(f"{relative}: there is no such file or folder in {folder}")
    for below, names, files in os.walk(path):
        for name in (*names, *files):
            link = Path(below, name)
            if link.is_symlink() and not link.resolve().is_relative_to(root):
                raise UntrustedInput(
                    f"{link}: found a link that leads out of {folder}, allowed is one inside it"
                )
    return path


def lock(handle: int, *, wait: bool = True) -> None:
    """Lock an open file for this process; the kernel drops the lock when it is closed.

    Raises
    ------
    BlockingIOError
        When another process holds it and this one does not wait.
    """
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        return
    import msvcrt

    while True:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            return
        except OSError as error:
            if not wait:
                raise BlockingIOError(error.errno, "another process holds the lock") from error
        time.sleep(_PAUSE)


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold an advisory lock on a file for as long as the block runs.

    The kernel drops the lock when the process dies, however it dies.

    Raises
    ------
    SciknowError
        When another process holds the lock.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            lock(handle, wait=False)
        except BlockingIOError:
            raise SciknowError(
                f"another process is writing to {path.parent}",
                hint="wait for it to end, then try again",
            ) from None
        yield
    finally:
        os.close(handle)
