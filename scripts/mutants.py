"""Change a room in one small place after another, and count the changes that no test notices.

    python scripts/mutants.py graph/guard.py            # 40 changes of one module
    python scripts/mutants.py ledger --count 200 --seed 7 --wide

ROOM is a folder or a file below src/sciknow. A copy is changed, never the tree. Of each change the
module's own test file runs (the one named after it, else its guard in ``tests/guards.tsv``), with
``--wide`` then all tests of the room; a change that they let pass has survived and is printed. The
seed is printed, too: it draws the same changes of the same sources again. Runs on POSIX.
"""

from __future__ import annotations

import argparse
import ast
import copy
import csv
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "sciknow"
TESTS = ROOT / "tests"
LIMIT = 600.0
"""Seconds until tests that do not end count as a change that was noticed."""

OTHER: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip


def left_alone(tree: ast.Module) -> set[int]:
    """Return the nodes that no behaviour hangs on: texts for people and types."""
    skipped: list[ast.AST] = []
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()) | ast.JoinedStr() | ast.Import() | ast.ImportFrom():
                skipped.append(node)
            case ast.If() if "TYPE_CHECKING" in ast.unparse(node.test):
                skipped.append(node)
            case ast.AnnAssign(annotation=kind) | ast.arg(annotation=kind) if kind:
                skipped.append(kind)
            case ast.FunctionDef(returns=kind) | ast.AsyncFunctionDef(returns=kind) if kind:
                skipped.append(kind)
    return {id(inner) for node in skipped for inner in ast.walk(node)}


def changed(node: ast.AST) -> ast.AST | None:  # noqa: C901  # a table, in the form of cases
    """Return a node with another meaning, or None where there is none to be had."""
    match node:
        case ast.Compare(ops=[operator, *_]) if type(operator) in OTHER:
            node.ops[0] = OTHER[type(operator)]()
        case ast.BoolOp(op=operator) | ast.BinOp(op=operator) if type(operator) in OTHER:
            node.op = OTHER[type(operator)]()
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            return operand
        case ast.Constant(value=bool(value)):
            node.value = not value
        case ast.Constant(value=int(value) | float(value)):
            node.value = value + 1
        case ast.Constant(value=str(value)) if value and " " not in value:
            node.value = value + "x"
        case ast.If(test=test) | ast.IfExp(test=test):
            node.test = ast.UnaryOp(ast.Not(), test)
        case ast.Return(value=value) if value and ast.unparse(value) != "None":
            node.value = ast.Constant(None)
        case ast.Break() | ast.Continue():
            return ast.Continue() if isinstance(node, ast.Break) else ast.Break()
        case ast.Raise() | ast.Expr(value=ast.Call() | ast.Await() | ast.Yield()):
            return ast.Pass()
        case _:
            return None
    return node


class Swap(ast.NodeTransformer):
    """Puts the change of one node in its place."""

    def __init__(self, target: ast.AST) -> None:
        self.target = target

    def visit(self, node: ast.AST) -> ast.AST:
        """Change the node, or look within it."""
        return changed(node) or node if node is self.target else self.generic_visit(node)


def places(path: Path) -> Iterator[tuple[Path, int]]:
    """Yield each place of a module that can be changed, as the number of a node."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped = left_alone(tree)
    for number, node in enumerate(list(ast.walk(tree))):
        if id(node) not in skipped and changed(copy.copy(node)) is not None:
            yield path, number


def mutant(path: Path, number: int) -> tuple[str, str]:
    """Return a module's text with one change, and what stood there."""
    tree = ast.parse(path.read_text("utf-8"))
    node = list(ast.walk(tree))[number]
    told = f"{path.relative_to(SOURCE)}:{node.lineno} {type(node).__name__}: "
    told += ast.unparse(node).split("\n")[0][:90]
    return ast.unparse(ast.fix_missing_locations(Swap(node).visit(tree))), told


def tests_of(path: Path, wide: bool) -> list[str]:
    """Return the narrowest tests of a module, then those of its room where they are wanted."""
    room = path.relative_to(SOURCE).parts[0]
    own = sorted(TESTS.rglob(f"test_{path.stem}.py"))
    own = [test for test in own if room in test.parts] or own[:1]
    table = TESTS / "guards.tsv"
    if not own and table.is_file():
        rows = csv.DictReader(table.open(encoding="utf-8"), delimiter="\t")
        name = path.relative_to(SOURCE).as_posix()
        own = [ROOT / row["guard"] for row in rows if row["module"] == name != "none"]
    found = [*own[:1], *([TESTS / room] if wide or not own else [])]
    return [str(test) for test in found if test.exists()]


def passes(tests: str, sources: Path) -> bool:
    """Run tests on a copy of the sources in a child, and return whether they pass in time."""
    import pytest

    child = os.fork()
    if not child:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for handle in range(3):
            os.dup2(null, handle)
        os.chdir(ROOT)
        sys.path.insert(0, str(sources))
        os.environ["PYTHONPATH"] = str(sources)
        os._exit(int(pytest.main(["-x", "-q", "-p", "no:randomly", tests])))
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.1)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def main() -> None:
    """Change, run, count."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("room", type=Path)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--wide", action="store_true", help="the room's tests, too")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    asked = parser.parse_args()
    at = SOURCE / asked.room
    files = [at] if at.is_file() else [p for p in sorted(at.rglob("*.py")) if p.name[0] != "_"]
    everywhere = [place for path in files for place in places(path)]
    drawn = random.Random(asked.seed).sample(everywhere, min(asked.count, len(everywhere)))
    print(
        f"{len(drawn)} of {len(everywhere)} places of {asked.room}, seed {asked.seed}", flush=True
    )
    import numpy, pandas, xarray  # noqa: E401, F401, I001  # once, for all children

    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        other = Path(shutil.copytree(SOURCE, Path(folder) / "src" / "sciknow"))
        for name in ("catalogs", "knowledge_graph"):
            Path(folder, name).symlink_to(ROOT / name)
        for tests in sorted({tests for path, _ in drawn for tests in tests_of(path, asked.wide)}):
            if not passes(tests, other.parent):
                raise SystemExit(f"{tests} fails before anything is changed")
        for path, number in drawn:
            text, told = mutant(path, number)
            target = other / path.relative_to(SOURCE)
            target.write_text(text, "utf-8")
            lives = all(passes(tests, other.parent) for tests in tests_of(path, asked.wide))
            shutil.copyfile(path, target)
            survived += lives
            print(f"{'SURVIVED' if lives else 'noticed '} {told}", flush=True)
    print(f"{survived} of {len(drawn)} survived, seed {asked.seed}")


if __name__ == "__main__":
    main()
