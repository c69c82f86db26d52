"""Find out which test file guards each module: ``tests/guards.tsv``, and print branch coverage.

    python scripts/guards.py               # rooms whose tests, or what they reach, have changed
    python scripts/guards.py ledger graph  # the tests of these rooms
    python scripts/guards.py --table       # the table of what has been run, nothing run anew

A room is a folder of tests/, ``house`` stands for the files beside them. Each runs once under
coverage, its processes too; the measurements, by test file, stay in ``build/guards``. The guard of
a module is the file that runs most of the statements within its functions; among those that run
nearly as many it is the one named after the module, else the one that runs least of the rest.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from coverage import Coverage, CoverageData
from coverage.exceptions import CoverageException

HERE = Path(__file__).parent
ROOT = HERE.parent
SOURCE = ROOT / "src" / "sciknow"
KEPT = ROOT / "build" / "guards"
TARGET = ROOT / "tests" / "guards.tsv"
LEAST = 30
"""Modules with more statements than this have a guard."""
NEARLY = 0.85
SHARE = 0.25
"""The share of the statements within functions that a guard runs at least."""
UNSEEN = {
    "demo.py": "tests/test_wheel.py",
    "graph/worker.py": "tests/graph/test_store.py",
    "readers/formats/grib/worker.py": "tests/readers/test_grib.py",
}
"""Guards of what runs where nothing is measured: from a wheel, without files, in other Pythons."""

HOUSE = "house"
SLOW = ("amount", "architecture", "benchmarks", "binder", "generated", "wheel")
"""Tests of the house that guard no module."""

Lines = dict[str, set[int]]


def pytest_runtest_protocol(item: object) -> None:
    """Tell coverage, here and in processes started from here, which test file is at work."""
    name = item.path.relative_to(ROOT).as_posix()  # type: ignore[attr-defined]
    measuring = Coverage.current()
    if measuring.get_option("run:context") != name:
        measuring.switch_context(name)
        measuring.set_option("run:context", name)
        os.environ["COVERAGE_PROCESS_CONFIG"] = measuring.config.serialize()


def statements(tree: ast.Module) -> int:
    """Return how many statements a module has, docstrings left out."""
    return sum(
        isinstance(node, ast.stmt)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in ast.walk(tree)
    )


def within_functions(tree: ast.Module) -> set[int]:
    """Return the first lines of the statements that do not run when a module is imported."""
    return {
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(ast.Module(function.body, []))
        if isinstance(node, ast.stmt)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    }


def modules() -> Iterator[tuple[str, int, set[int]]]:
    """Yield each module's path, how many statements it has, and the lines within its functions."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        yield path.relative_to(SOURCE).as_posix(), statements(tree), within_functions(tree)


def rooms() -> list[str]:
    """Return the rooms that have tests."""
    return [HOUSE, *sorted({path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")})]


def tests_of(room: str) -> list[Path]:
    """Return the test files of a room."""
    if room != HOUSE:
        return sorted((ROOT / "tests" / room).rglob("test_*.py"))
    found = sorted((ROOT / "tests").glob("test_*.py"))
    return [path for path in found if path.stem.removeprefix("test_") not in SLOW]


def reached(file: Path) -> dict[str, Lines]:
    """Return the lines of each module that each test file has run, by a measurement."""
    data, found = CoverageData(str(file)), defaultdict(lambda: defaultdict(set))
    data.read()
    for name in data.measured_files():
        if Path(name).is_relative_to(SOURCE) and Path(name).is_file():
            module = Path(name).relative_to(SOURCE).as_posix()
            for line, tests in data.contexts_by_lineno(name).items():
                for test in filter(None, tests):
                    found[test][module].add(line)
    return found


def is_new(room: str) -> bool:
    """Return whether the tests of a room, or a module that they reach, have changed since."""
    file = KEPT / f"{room}.coverage"
    if not file.is_file():
        return True
    since = file.stat().st_mtime
    used = {SOURCE / module for lines in reached(file).values() for module in lines}
    return any(path.stat().st_mtime > since for path in (*tests_of(room), *used))


def is_whole(part: Path) -> bool:
    """Return whether a measurement can be read: a process that was killed may leave half of one."""
    try:
        CoverageData(str(part)).read()
    except CoverageException:
        return False
    return True


def run(room: str) -> str:
    """Run the tests of a room under coverage, keep the measurement, and return how they ended."""
    file, parts = KEPT / f"{room}.coverage", KEPT / f"{room}.parts"
    parts.mkdir(parents=True, exist_ok=True)
    tool = [sys.executable, "-m", "coverage"]
    measured = [f"--source={SOURCE}", f"--data-file={parts / 'part'}"]
    plain = ["-q", "-m", "", "-p", "no:nbmake", "-p", "guards", "--durations=0"]
    plain += ["-o", "addopts=--import-mode=importlib", "-o", f"pythonpath=tests {HERE}"]
    tests = [*tool, "run", *measured, "-m", "pytest", *plain, *map(str, tests_of(room))]
    done = subprocess.run(tests, cwd=ROOT, capture_output=True, text=True, check=False)
    (KEPT / f"{room}.log").write_text(done.stdout + done.stderr, "utf-8")
    file.unlink(missing_ok=True)
    whole = [part for part in sorted(parts.iterdir()) if is_whole(part)]
    gather = [*tool, "combine", "--quiet", f"--data-file={file}", *map(str, whole)]
    subprocess.run(gather, cwd=ROOT, check=True)
    shutil.rmtree(parts)
    return f"{room}: {done.stdout.strip().splitlines()[-1]}"


def table() -> str:
    """Return the table of the modules and their guards."""
    runs: dict[str, Lines] = {}
    for room in rooms():
        if (KEPT / f"{room}.coverage").is_file():
            runs |= reached(KEPT / f"{room}.coverage")
    runs = {test: lines for test, lines in runs.items() if (ROOT / test).is_file()}
    weight = {test: sum(map(len, lines.values())) for test, lines in runs.items()}
    rows = ["module\tstatements\tguard\tpercent\n"]
    for module, size, inner in modules():
        if size <= LEAST or not inner:
            continue
        shares = {test: len(lines.get(module, set()) & inner) for test, lines in runs.items()}
        best = max(shares.values(), default=0)
        near = [test for test, share in shares.items() if share and share >= NEARLY * best]
        noun = Path(module).stem if Path(module).stem != "__init__" else Path(module).parent.name
        near.sort(key=lambda test: (f"test_{noun}.py" != Path(test).name, weight[test], test))
        share = shares[near[0]] / len(inner) if near else 0.0
        guard = near[0] if share >= SHARE else UNSEEN.get(module, "none")
        rows.append(f"{module}\t{size}\t{guard}\t{100 * share:.0f}\n")
    return "".join(rows)


def branches() -> float:
    """Return the percentage of lines and branches that the runs reach together."""
    whole = Coverage(data_file=str(KEPT / "all.coverage"), config_file=str(ROOT / "pyproject.toml"))
    kept = [KEPT / f"{room}.coverage" for room in rooms()]
    whole.combine([str(path) for path in kept if path.is_file()], keep=True)
    with open(os.devnull, "w") as nothing:
        return whole.report(file=nothing)


def main() -> None:
    """Run what is asked for, write the table, and print the coverage."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("rooms", nargs="*", metavar="ROOM", choices=[*rooms(), []])
    parser.add_argument("--table", action="store_true", help="run nothing")
    parser.add_argument("--at-once", type=int, default=2, help="rooms that run beside each other")
    asked = parser.parse_args()
    KEPT.mkdir(parents=True, exist_ok=True)
    wanted = [] if asked.table else asked.rooms or [room for room in rooms() if is_new(room)]
    with ThreadPoolExecutor(asked.at_once) as pool:
        for ended in pool.map(run, wanted):
            print(ended, flush=True)
    TARGET.write_text(table(), "utf-8")
    print(f"branch coverage {branches():.1f} %")


if __name__ == "__main__":
    main()
