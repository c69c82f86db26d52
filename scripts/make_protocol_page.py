"""Write docs/reference/protocols.md from the code: source field, model field, what is lost.

python scripts/make_protocol_page.py

The tables are read from the modules of `sciknow.harvest` as they stand. How many recorded answers
come through is kept in ``docs/reference/recorded.json``, which `scripts/count_recorded.py` writes
where the recorded answers are.
"""

import ast
import dataclasses
import importlib
import json
from collections.abc import Iterator
from pathlib import Path

from sciknow.model import Dataset

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "reference" / "protocols.md"
RECORDED = ROOT / "docs" / "reference" / "recorded.json"
HARVEST = ROOT / "src" / "sciknow" / "harvest"

SHARED = {
    "csw": ("iso19115", "dublin_core"),
    "oai_pmh": ("datacite_xml", "iso19115", "dublin_core"),
    "static_stac": ("stac_api",),
}
"""Protocols whose records are mapped by the module of a format, or of another protocol."""

WHOLE = frozenset({"rest", "_rest", "_left"})
"""Functions that return everything that had no place."""

READS = frozenset({"get", "at", "child", "children", "text_of", "local"})
"""Functions whose words are names of fields; those of the module's own are too."""

TABLES = ("_USED", "_COUNTED", "_ELEMENTS", "_FACTS")
"""Tables of fields that are not kept in ``extra``."""

OURS = frozenset({"id", "sector", "sectors", "extra"})
"""Fields of the model that are no field of a source."""

HEAD = """\
# What becomes of a record

Made by `scripts/make_protocol_page.py` from the modules of `sciknow.harvest`: for each
protocol which fields of a source become which field of the model, and what is lost. A name in
the left column is read where it stands in the record, at whatever depth. Nothing is guessed: a
value that has not the form of its field (a date, a DOI, an address, a licence) is not taken.
What a record says beside these fields is kept in `Dataset.extra` and counted in the receipt,
unless a section says otherwise.

## What opens

Recorded answers of real sources, and examples of the specifications, through the same code: how
many records came, how many of them were refused (the receipt says why), how many name an address
at all, a landing page included, and how many name one that a reader takes.

"""


def page() -> str:
    """Return the whole page."""
    parts = [HEAD, *_counts()]
    for name in protocols():
        title = importlib.import_module(f"sciknow.harvest.{name}").PROTOCOL.title
        parts.append(f"\n## {title}\n\n`{name}`. {_first_line(name)}\n")
        modules = SHARED.get(name, (name,))
        for module in modules:
            if module != name:
                parts.append(f"\n### {name}: {module}\n\n{_first_line(module)}\n")
            parts.append(_section(module))
    return "".join(parts)


def protocols() -> list[str]:
    """Return the modules that are a protocol."""
    found = sorted(HARVEST.glob("*.py"))
    return [path.stem for path in found if "\nPROTOCOL = " in path.read_text("utf-8")]


def _counts() -> Iterator[str]:
    told = json.loads(RECORDED.read_text("utf-8"))
    yield "| protocol | from | records | refused | with an address | a reader takes |\n"
    yield "|---|---|--:|--:|--:|--:|\n"
    for row in told:
        numbers = " | ".join(f"{row[key]:,}" for key in ("came", "refused", "ways", "opens"))
        yield f"| `{row['protocol']}` | {row['from']} | {numbers} |\n"
    known = {row["protocol"] for row in told}
    without = sorted(set(protocols()) - known)
    if without:
        yield f"\nNo recorded records: {', '.join(f'`{name}`' for name in without)}.\n"


def _first_line(module: str) -> str:
    text = ast.get_docstring(_Module(module).tree) or ""
    return " ".join(text.partition("\n\n")[0].split())


def _section(module: str) -> str:
    read = _Module(module)
    told = read.fields()
    lines = ["\n| source | model |\n|---|---|\n"]
    rows: dict[str, list[str]] = {}
    for field, names in told.items():
        if field not in OURS and names:
            rows.setdefault(_named(names), []).append(field)
    lines += [f"| {names} | {_named(fields)} |\n" for names, fields in rows.items()]
    filled = {field for field in told if field not in OURS}
    empty = [item.name for item in dataclasses.fields(Dataset)]
    never = [name for name in empty if name not in filled | OURS | {"provenance"}]
    lines.append(f"\nNever filled: {_named(never)}.\n")
    kept = read.kept()
    if kept is not None:
        only = f"only {_named(kept)}" if kept else "nothing"
        lines.append(f"\nLost: whatever else a record says; in `extra` is kept {only}.\n")
    elif left := read.left_out():
        lines.append(f"\nLost: known, and not kept: {_named(left)}.\n")
    return "".join(lines)


def _named(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "nothing"


class _Module:
    """The source of a module: where its `Dataset` is made, and what that reads."""

    def __init__(self, name: str) -> None:
        self.tree = ast.parse((HARVEST / f"{name}.py").read_text("utf-8"))
        body = self.tree.body
        self.functions = {item.name: item for item in body if isinstance(item, ast.FunctionDef)}
        self.constants = {
            item.targets[0].id: item.value
            for item in body
            if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name)
        }

    def fields(self) -> dict[str, list[str]]:
        """Return the names that are read for each field of the model."""
        found: dict[str, list[str]] = {}
        for function in self.functions.values():
            for call in ast.walk(function):
                made = isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
                if not made or call.func.id not in ("Dataset", "replace"):
                    continue
                for given in call.keywords:
                    names = found.setdefault(given.arg, [])
                    if given.arg != "extra":
                        names += self._names(given.value, function, set())
        return {field: list(dict.fromkeys(names)) for field, names in found.items()}

    def _names(self, node: ast.AST, inside: ast.FunctionDef, met: set[str]) -> Iterator[str]:
        """Yield the names that an expression reads, by way of what it is made of."""
        for item in ast.walk(node):
            if isinstance(item, ast.Call):
                yield from self._asked(item)
            elif isinstance(item, ast.Subscript) and _is_text(item.slice):
                yield item.slice.value
            elif isinstance(item, ast.Attribute) and _is_namespace(item.value):
                yield f"{item.value.id.lower()}:{item.attr}"
            elif isinstance(item, ast.Name) and item.id not in met:
                met.add(item.id)
                yield from self._behind(item.id, inside, met)

    def _asked(self, call: ast.Call) -> Iterator[str]:
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name in READS or name in self.functions:
            given = [item.value for item in call.args if _is_text(item) and item.value]
            if given:
                yield ".".join(given) if name in ("at", "text_of", "child") else given[0]

    def _behind(self, name: str, inside: ast.FunctionDef, met: set[str]) -> Iterator[str]:
        if name in self.functions:
            function = self.functions[name]
            yield from self._names(function, function, met)
        elif isinstance(told := self.constants.get(name), ast.Tuple):
            yield from (item.value for item in told.elts if _is_text(item))
        for item in ast.walk(inside):
            if isinstance(item, ast.Assign) and name in _targets(item):
                yield from self._names(item.value, inside, met)

    def kept(self) -> list[str] | None:
        """Return what alone is kept beside the fields of the model; None where all is."""
        found: list[str] = []
        for function in self.functions.values():
            given = [item for item in ast.walk(function) if isinstance(item, ast.keyword)]
            for item in (one.value for one in given if one.arg == "extra"):
                nodes = list(self._reached(item, function))
                called = (
                    getattr(n.func, "attr", getattr(n.func, "id", ""))
                    for n in nodes
                    if isinstance(n, ast.Call)
                )
                if WHOLE & {*called}:
                    return None
                found += [
                    key.value
                    for n in nodes
                    for key in getattr(n, "keys", getattr(n, "elts", ()))
                    if _is_text(key) and key.value
                ]
        return list(dict.fromkeys(found))

    def _reached(
        self, node: ast.AST, inside: ast.FunctionDef, met: frozenset[str] = frozenset()
    ) -> Iterator[ast.AST]:
        """Yield the nodes of an expression, and of what its names stand for."""
        for item in ast.walk(node):
            yield item
            if isinstance(item, ast.Name) and item.id not in met:
                for told in ast.walk(inside):
                    if isinstance(told, ast.Assign) and item.id in _targets(told):
                        yield from self._reached(told.value, inside, met | {item.id})
                yield from ast.walk(self._constant(item.id))

    def left_out(self) -> list[str]:
        """Return the fields that are listed as used although nothing reads them."""
        tables = {id(node) for key in TABLES for node in ast.walk(self._constant(key))}
        listed = {
            name
            for key in TABLES
            for item in ast.walk(self._constant(key))
            if _is_text(item)
            for name in item.value.split()
        }
        trees = (self.tree, ast.parse((HARVEST / "area.py").read_text("utf-8")))
        nodes = (item for tree in trees for item in ast.walk(tree))
        return sorted(listed - {n.value for n in nodes if _is_text(n) and id(n) not in tables})

    def _constant(self, name: str) -> ast.AST:
        return self.constants.get(name, ast.Pass())


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_namespace(node: ast.AST) -> bool:
    """Tell whether a node is a vocabulary of RDF, which is written in capitals."""
    return isinstance(node, ast.Name) and node.id.isupper() and not node.id.startswith("_")


def _targets(node: ast.Assign) -> set[str]:
    return {
        item.id
        for target in node.targets
        for item in ast.walk(target)
        if isinstance(item, ast.Name)
    }


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
