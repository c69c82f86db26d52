"""The python blocks of a page: some run, some are modules that others import."""

import re
from pathlib import Path

BLOCK = re.compile(r"(<!-- not run: [^\n]+ -->\n)?```python\n(.*?)```", re.DOTALL)
MODULE = re.compile(r"# ([a-z_/]+\.py)\b")


def blocks_of(page: Path) -> list[str]:
    """Return the blocks that run, or are imported, in their order."""
    return [code for skipped, code in BLOCK.findall(page.read_text()) if not skipped]


def write_module(code: str, folder: Path) -> bool:
    """Write a block that names a module in its first line below a folder; tell whether it does."""
    named = MODULE.match(code)
    if named is not None:
        path = folder / named[1]
        path.parent.mkdir(exist_ok=True)
        path.write_text(code)
    return named is not None
