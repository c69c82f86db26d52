"""Atomic writes and locks between processes, with real processes and real kills."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from sciknow.errors import SciknowError, UntrustedInput
from sciknow.files import (
    append_line,
    cache_folder,
    check_plain,
    digests_of,
    exclusive_lock,
    files_below,
    open_regular,
    read_regular,
    sha256_bytes,
    sha256_file,
    write_atomic,
)
from sciknow.readers.formats.netcdf import virtual
from sciknow.wire import Cache

WRITER = """
import sys
from pathlib import Path
from sciknow.files import write_atomic
number = 0
while True:
    number += 1
    write_atomic(Path(sys.argv[1]), f"{number}" * 200_000)
    print(number, flush=True)
"""
HOLDER = """
import sys, time
from pathlib import Path
from sciknow.files import exclusive_lock
with exclusive_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_writer_leaves_a_whole_file(tmp_path):
    target = tmp_path / "deep" / "file.txt"
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE, text=True
        ) as writer:
            for _ in range(3):
                writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)
        content = target.read_text()
        number = content[: len(content) // 200_000]
        assert content == number * 200_000


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path):
    target = tmp_path / "file"
    write_atomic(target, "old")
    with pytest.raises(TypeError):
        write_atomic(target, 3)
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_digests_agree_with_hashlib(tmp_path):
    write_atomic(tmp_path / "a", b"abc")
    expected = hashlib.sha256(b"abc").hexdigest()
    assert sha256_file(tmp_path / "a") == sha256_bytes(b"abc") == expected


def test_a_lock_is_exclusive_and_dies_with_its_process(tmp_path):
    lock = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(SciknowError, match="another process"), exclusive_lock(lock):
            pass
        holder.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while True:
        try:
            with exclusive_lock(lock):
                return
        except SciknowError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_files_below_is_sorted_and_skips_folders(tmp_path):
    for name in ("b/c", "a", "b/a"):
        write_atomic(tmp_path / name, name)
    assert [path.relative_to(tmp_path).as_posix() for path in files_below(tmp_path)] == [
        "a",
        "b/a",
        "b/c",
    ]


HIDDEN = """
import errno, os, pkgutil, subprocess, sys, types
import fcntl as real

sys.modules.update(fcntl=None, resource=None)  # importing them fails, as on Windows
import sciknow
from sciknow import files
"""
WINDOWS = (
    HIDDEN
    + """
def locking(handle, mode, count):
    assert mode == msvcrt.LK_NBLCK
    try:
        real.lockf(handle, real.LOCK_EX | real.LOCK_NB, count, os.lseek(handle, 0, os.SEEK_CUR))
    except BlockingIOError:
        raise PermissionError(errno.EACCES, "locked") from None

msvcrt = sys.modules["msvcrt"] = types.SimpleNamespace(LK_NBLCK=2, locking=locking)
"""
)
HELD_THERE = """
with files.exclusive_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_every_module_is_imported_where_fcntl_and_resource_are_missing():
    code = HIDDEN + (
        "names = [m.name for m in pkgutil.walk_packages(sciknow.__path__, 'sciknow.')]\n"
        "for name in names:\n"
        "    if not name.endswith(('__main__', '.worker', '.job')):  # run in other processes\n"
        "        __import__(name)\n"
        "print(len(names))"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 200


def test_locks_and_lines_where_there_is_no_fcntl(tmp_path):
    code = WINDOWS + "from pathlib import Path\n" + HELD_THERE
    command = [sys.executable, "-c", code, str(tmp_path / "lock")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as holder:
        assert holder.stdout.readline() == "held\n"
        tried = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert "another process is writing" in tried.stderr
        waiting = WINDOWS + (
            "handle = os.open(sys.argv[1], os.O_RDWR); print('asks', flush=True)\n"
            "files.lock(handle); print('has it', flush=True)"
        )
        with subprocess.Popen([*command[:2], waiting, command[3]], **pipes) as other:
            assert other.stdout.readline() == "asks\n"
            holder.stdin.close()
            assert other.stdout.readline() == "has it\n"
    assert (tmp_path / "lock").stat().st_size == 0
    lines = WINDOWS + (
        "from pathlib import Path; at = Path(sys.argv[1]); at.write_bytes(b'torn')\n"
        "files.append_line(at, b'one', durable=True); files.append_line(at, b'two', follow=False)"
    )
    subprocess.run([sys.executable, "-c", lines, str(tmp_path / "lines")], check=True)
    assert (tmp_path / "lines").read_bytes() == b"torn\none\ntwo\n"


def test_everything_kept_lies_where_the_user_says(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKNOW_CACHE", str(tmp_path))
    for folder in (cache_folder(), Cache().folder, virtual.folder()):
        assert folder == tmp_path or folder.parent == tmp_path


def test_a_torn_line_is_ended_before_the_next(tmp_path):
    path = tmp_path / "lines"
    append_line(path, b"one", durable=True)
    with path.open("ab") as file:
        file.write(b"to")
    append_line(path, b"three")
    assert path.read_bytes() == b"one\nto\nthree\n"
    (tmp_path / "link").symlink_to(path)
    append_line(tmp_path / "link", b"four")
    with pytest.raises(OSError, match="symbolic"):
        append_line(tmp_path / "link", b"five", follow=False)
    assert path.read_bytes().endswith(b"three\nfour\n")


def test_digests_are_those_of_the_file_and_no_link_is_followed(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"sea ice" * 300_000)
    found = digests_of(path, ["sha256", "sha512", "md5"])
    assert found == {name: hashlib.new(name, path.read_bytes()).hexdigest() for name in found}
    assert found["sha256"] == sha256_file(path)
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(OSError, match="symbolic"):
        digests_of(tmp_path / "link", ["sha256"])


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "link", "socket"])
def test_what_is_no_regular_file_of_its_folder_is_not_opened(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    path = tmp_path / "in" / "a"
    with socket.socket(socket.AF_UNIX) as made:
        {
            "pipe": lambda: os.mkfifo(path),
            "device": lambda: path.symlink_to("/dev/zero"),
            "folder": path.mkdir,
            "link": lambda: path.symlink_to("../secret"),
            "socket": lambda: made.bind("in/a"),
        }[kind]()
    with pytest.raises(UntrustedInput, match=r"regular|leads out"):
        open_regular(path, path.parent)
    if kind in ("pipe", "socket", "device"):
        with pytest.raises(UntrustedInput):
            check_plain(path)
        with pytest.raises(UntrustedInput):
            sha256_file(path)
    if kind == "link":
        assert read_regular(path) == b"secret"
        assert read_regular(path, tmp_path, most=3) == b"sec"


def test_what_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "no")
    assert check_plain(tmp_path / "no") == tmp_path / "no"
