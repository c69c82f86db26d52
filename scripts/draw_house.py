"""Draw the rooms of the house from their imports: ``docs/images/house.svg``.

    python scripts/draw_house.py

A room is a folder of src/sciknow; what lives there is the first line of its docstring, what it
uses are its imports, late and type-only ones too. It stands above all that it uses. Single files
that use no room are the ground. Needs nothing beyond Python.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "sciknow"
TARGET = ROOT / "docs" / "images" / "house.svg"
GROUND = "ground"
WIDTH, BOX, GAP, LINE, LETTERS, PER_ROW = 1160, 220, 10, 16, 30, 5
COLORS = ("#eeeeee", "#dff0d8", "#dbe9f6", "#fbe5d0", "#f4dbe9")

Uses = Mapping[str, frozenset[str]]


def imports(path: Path) -> Iterator[str]:
    """Yield the room of each of our own modules that a file imports, wherever it does so."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "sciknow":
                names = [f"sciknow.{alias.name}" for alias in node.names]
        yield from (name.split(".")[1] for name in names if name.startswith("sciknow."))


def rooms() -> tuple[Uses, dict[str, str]]:
    """Return what each room uses, and what lives there; the ground is one of them."""
    parts = {
        path.stem: path
        for path in sorted(SOURCE.iterdir())
        if (path / "__init__.py").is_file() or path.suffix == ".py"
    }
    del parts["__init__"], parts["__main__"]
    used = {
        name: {
            target
            for file in ([path] if path.is_file() else sorted(path.rglob("*.py")))
            for target in imports(file)
            if target in parts and target != name
        }
        for name, path in parts.items()
    }
    ground = {name for name, path in parts.items() if path.is_file()}
    while high := {name for name in ground if used[name] - ground}:
        ground -= high
    uses = {
        name: frozenset(GROUND if target in ground else target for target in targets)
        for name, targets in used.items()
        if name not in ground
    }
    homes = {name: path for name, path in parts.items() if name not in ground}
    lives = {name: first_line(path) for name, path in homes.items()}
    return {GROUND: frozenset(), **uses}, {GROUND: ", ".join(sorted(ground)), **lives}


def first_line(path: Path) -> str:
    """Return the first line of a module's or package's docstring."""
    text = (path if path.is_file() else path / "__init__.py").read_text("utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").split("\n")[0]


def storeys(uses: Uses) -> list[list[str]]:
    """Return the rooms of each storey, from the ground up.

    Raises
    ------
    ValueError
        When rooms use one another.
    """
    left, found, below = dict(uses), [[GROUND]], {GROUND}
    del left[GROUND]
    while left:
        ready = sorted(name for name, targets in left.items() if targets <= below)
        if not ready:
            raise ValueError(f"rooms that use one another: {', '.join(sorted(left))}")
        found.append(ready)
        below.update(ready)
        for name in ready:
            del left[name]
    return found


def told(name: str, uses: Uses, lives: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the lines of a room's box below its name, each with its class."""
    wide = LETTERS if name != GROUND else 6 * LETTERS
    others = ", ".join(sorted(uses[name] - {GROUND}))
    lines = [("lives", line) for line in textwrap.wrap(lives[name], wide)]
    return lines + [("uses", line) for line in textwrap.wrap(others and f"uses {others}", wide)]


def box(
    x: float, y: float, size: tuple[float, float], name: str, lines: list[tuple[str, str]]
) -> list[str]:
    """Return one room as SVG."""
    wide, high = size
    parts = [f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" rx="6" class="room"/>']
    parts.append(f'<text x="{x + 10:g}" y="{y + 20:g}" class="name">{escape(name)}</text>')
    for number, (kind, line) in enumerate(lines, 1):
        at = y + 20 + LINE * number
        parts.append(f'<text x="{x + 10:g}" y="{at:g}" class="{kind}">{escape(line)}</text>')
    return parts


def drawing() -> str:
    """Return the picture, the highest storey first."""
    uses, lives = rooms()
    parts: list[str] = []
    y, floors = 30.0, storeys(uses)
    for number, names in reversed(list(enumerate(floors))):
        top = y
        for at in range(0, len(names), PER_ROW):
            row = names[at : at + PER_ROW]
            texts = {name: told(name, uses, lives) for name in row}
            wide = BOX if row != [GROUND] else WIDTH - 2 * GAP
            high = 32 + LINE * max(map(len, texts.values()))
            x = (WIDTH - len(row) * wide - (len(row) - 1) * GAP) / 2
            for name in row:
                parts += box(x, y + GAP, (wide, high), name, texts[name])
                x += wide + GAP
            y += high + GAP
        color = COLORS[number % len(COLORS)]
        band = f'<rect y="{top:g}" width="{WIDTH}" height="{y - top + GAP:g}" fill="{color}"/>'
        parts.insert(0, band)
        y += 2 * GAP
    head = "Each room uses only rooms that stand below it, and the ground."
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y:g}" '
        f'font-family="sans-serif" font-size="12" fill="#222222">\n'
        "<style>.room{fill:#ffffff;stroke:#777777}.name{font-size:15px;font-weight:bold}"
        ".uses{fill:#666666;font-style:italic}</style>\n"
        f'<rect width="{WIDTH}" height="{y:g}" fill="#ffffff"/>\n{body}\n'
        f'<text x="{GAP}" y="20" font-size="14">{head}</text>\n</svg>\n'
    )


if __name__ == "__main__":
    TARGET.write_text(drawing(), "utf-8")
