"""What a disk may show after a power cut: a run's calls are recorded, and states rebuilt from them.

`record` runs a command under strace and keeps the calls that change a folder. `Disk` plays the
first of them and writes a state that a disk may show after the power went just there:

- Names (files made, renamed, linked, removed) that no flush of their folder has made durable are
  done or undone: none, all, a first part of them, or any of them.
- Bytes that no flush of their file has made durable are there, lost, short, or zero.

The model is one of whole files: bytes come from what a file held in the end, so a page that was
written twice shows its later form. Files that were removed in the end hold zeros.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

CALLS = (
    "openat,creat,write,writev,pwrite64,pwritev,sendfile,copy_file_range,lseek,truncate,ftruncate,"
    "fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir"
)
_LINE = re.compile(r"(\d+) +(?:<\.\.\. (\w+) resumed>)?(.*)", re.DOTALL)
_CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+)(?:<(.*?)>)?", re.DOTALL)
_HANDLE = re.compile(r"(\d+|AT_FDCWD)<(.*?)>")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Call:
    """One call: what it did, to which path (or from one to another), and how far it wrote."""

    name: str
    path: str
    other: str = ""
    size: int = 0


def can_record():
    """Tell whether calls can be recorded here."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        return False
    tried = subprocess.run(["strace", "-f", "-e", "trace=none", "true"], capture_output=True)
    return tried.returncode == 0


def record(code, folder, *arguments):
    """Run Python code under strace; return the calls that changed what lies in a folder."""
    log = Path(folder).with_name("calls.txt")
    traced = ["strace", "-f", "-y", "-s", "0", "-o", str(log), "-e", f"trace={CALLS}"]
    command = [*traced, sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)]
    subprocess.run(command, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    return list(_calls(log.read_text(errors="replace"), os.path.realpath(folder)))


def _whole_lines(text):
    begun = {}
    for line in text.splitlines():
        pid, resumed, rest = _LINE.fullmatch(line).groups()
        if rest.endswith("<unfinished ...>"):
            begun[pid] = rest.removesuffix("<unfinished ...>")
        elif resumed:
            yield begun.pop(pid, "") + rest
        else:
            yield rest


def _calls(text, folder):
    places = {}  # (handle, path) → where the next write goes
    for line in _whole_lines(text):
        found = _CALL.match(line)
        if found is None or int(found[3]) < 0:
            continue
        for call in _read(found, places):
            if call.path.startswith(folder) or call.other.startswith(folder):
                yield call


def _read(found, places):
    name, said, answer = found[1], found[2], int(found[3])
    handles, texts = _HANDLE.findall(said), _TEXT.findall(said)
    if name in ("openat", "creat"):
        path = found[4] or ""
        places[answer, path] = 0
        if "O_APPEND" in said:
            places[answer, path] = -1
        if "O_CREAT" in said or name == "creat":
            yield Call("make", path)
        if "O_TRUNC" in said or name == "creat":
            yield Call("cut", path)
    elif name == "lseek":
        places[int(handles[0][0]), handles[0][1]] = answer
    elif name in ("write", "writev", "sendfile", "copy_file_range", "pwrite64", "pwritev"):
        key = (int(handles[-1 if name == "copy_file_range" else 0][0]), handles[0][1])
        if name.startswith("pw"):
            yield Call("write", key[1], size=int(said.rsplit(", ", 1)[1]) + answer)
            return
        at = places.get(key, -1)
        places[key] = at if at < 0 else at + answer
        yield Call("append" if at < 0 else "write", key[1], size=answer if at < 0 else at + answer)
    elif name in ("ftruncate", "truncate"):
        path = handles[0][1] if handles else texts[0]
        yield Call("cut", path, size=int(said.rsplit(", ", 1)[1]))
    elif name in ("fsync", "fdatasync"):
        yield Call("flush", handles[0][1])
    else:
        yield from _names(name, texts, handles)


def _names(name, texts, handles):
    at = [base for _, base in handles]
    paths = [
        text if text.startswith("/") or not at else f"{at[min(number, len(at) - 1)]}/{text}"
        for number, text in enumerate(texts)
    ]
    if name.startswith("mkdir"):
        yield Call("folder", paths[0])
    elif name.startswith("rename"):
        yield Call("rename", paths[0], paths[1])
    elif name.startswith("link"):
        yield Call("link", paths[0], paths[1])
    else:
        yield Call("remove", paths[0])


@dataclass
class File:
    """Bytes of a file: how many were written, and how many of them are durable."""

    size: int = 0
    durable: int = 0
    source: Path | None = None


@dataclass
class Disk:
    """A folder and what happens to it, call by call.

    Parameters
    ----------
    before : Path
        A copy of the folder from before the first call.
    after : Path
        The folder as it is after the last.
    calls : list of Call
        All of them.
    """

    before: Path
    after: Path
    calls: list
    tree: dict = field(default_factory=dict)
    names: list = field(default_factory=list)

    def play(self, count):
        """Play the first calls."""
        self.names, self.tree = [], {"": None}
        for path in sorted(self.before.rglob("*")):
            name = path.relative_to(self.before).as_posix()
            size = 0 if path.is_dir() else path.stat().st_size
            self.tree[name] = None if path.is_dir() else File(size, size, path)
        self.first, self.sure = dict(self.tree), set()
        for call in self.calls[:count]:
            self._do(call)
        self._find_bytes(self.calls[count:])

    def _inside(self, path):
        root = os.path.realpath(self.after)
        return os.path.relpath(path, root) if path.startswith(root) else ""

    def _do(self, call):
        path, other = self._inside(call.path), self._inside(call.other) if call.other else ""
        path = "" if path == "." else path
        if call.name == "flush":
            self._flush(path)
        elif call.name in ("write", "append", "cut"):
            file = self.tree.get(path)
            if file is not None:
                grown = file.size + call.size if call.name == "append" else call.size
                file.size = call.size if call.name == "cut" else max(file.size, grown)
                file.durable = min(file.durable, file.size)
        elif call.name != "make" or path not in self.tree:
            held = self.tree[path] if path in self.tree else File()
            change = (call.name, path, other, held)
            self.names.append(change)
            _apply(self.tree, change)

    def _flush(self, path):
        file = self.tree.get(path)
        if file is not None:
            file.durable = file.size
            return
        for number, (_, here, there, _) in enumerate(self.names):
            if path in {_parent(here), _parent(there or here)}:
                self.sure.add(number)

    def _find_bytes(self, left):
        """Play the rest to learn where each file's bytes lie in the end."""
        rest = Disk(self.before, self.after, [], dict(self.tree), list(self.names))
        rest.sure = set()
        files = [(file, file.size, file.durable) for file in self.tree.values() if file]
        for call in left:
            rest._do(call)
        for name, file in rest.tree.items():
            if file is not None and (self.after / name).is_file():
                file.source = self.after / name
        for file, size, durable in files:
            file.size, file.durable = size, durable

    def states(self, count, random, many):
        """Yield trees of what may be there after a power cut after the first calls."""
        self.play(count)
        open_ = [number for number in range(len(self.names)) if number not in self.sure]
        for number in range(many):
            how = ("none", "all", "first", "any")[number % 4]
            chosen = set(open_ if how == "all" else ())
            if how == "first":
                chosen = set(open_[: random.randrange(len(open_) + 1)])
            elif how == "any":
                chosen = {one for one in open_ if random.random() < 0.5}
            tree = dict(self.first)
            for at, change in enumerate(self.names):
                if at in self.sure or at in chosen:
                    _apply(tree, change)
            yield tree

    def write(self, tree, folder, random, how):
        """Write one state into a new folder."""
        folder.mkdir(parents=True)
        for name in sorted(tree):
            file, path = tree[name], folder / name
            if file is None:
                path.mkdir(exist_ok=True)
            elif path.parent.is_dir():
                path.write_bytes(_bytes(file, random, how))


def _bytes(file, random, how):
    data = file.source.read_bytes() if file.source and file.source.is_file() else b""
    data = data[: file.size].ljust(file.size, b"\0")
    if file.durable >= file.size:
        return data
    how = random.choice(("there", "lost", "short", "zero")) if how == "any" else how
    if how == "short":
        return data[: random.randrange(file.durable, file.size)]
    if how == "zero":
        return data[: file.durable].ljust(file.size, b"\0")
    return data if how == "there" else data[: file.durable]


def _parent(path):
    return path.rpartition("/")[0]


def _apply(tree, change):
    """Do what a change of names does, as far as what it needs is there."""
    name, path, other, file = change
    if name == "folder" and _parent(path) in tree:
        tree.setdefault(path, None)
    elif name == "make" and _parent(path) in tree:
        tree[path] = file
    elif name == "link" and path in tree and _parent(other) in tree:
        tree[other] = tree[path]
    elif name == "remove":
        for inner in [key for key in tree if key == path or key.startswith(f"{path}/")]:
            del tree[inner]
    elif name == "rename" and path in tree and _parent(other) in tree:
        moved = [key for key in tree if key == path or key.startswith(f"{path}/")]
        for key in [key for key in tree if key.startswith(f"{other}/")]:
            del tree[key]
        for key in moved:
            tree[other + key[len(path) :]] = tree.pop(key)
    elif name == "rename" and file is not None and _parent(other) in tree:
        tree[other] = file  # its new folder was flushed, the one where it was made was not
