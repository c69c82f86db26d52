"""Write docs/reference/python.md from the docstrings of the public names.

python scripts/make_python_reference.py
"""

import inspect
import re
from pathlib import Path

import sciknow

TARGET = Path(__file__).parents[1] / "docs" / "reference" / "python.md"


def reference() -> str:
    """Return the page: one section a public name, with its public methods."""
    head = "# Python\n\nMade from the docstrings by `scripts/make_python_reference.py`.\n"
    names = [name for name in sciknow.__all__ if not name.startswith("_")]
    return "\n".join([head, *(_section(name) for name in names)])


def _section(name):
    value = getattr(sciknow, name)
    parts = [f"## `sk.{name}`\n", _block(value)]
    if inspect.isclass(value) and not issubclass(value, Exception):
        parts += [
            f"### `{name}.{member}`\n\n{_block(inspect.unwrap(content))}"
            for member, content in _members(value).items()
            if not member.startswith("_") and inspect.getdoc(content) and _documented(content)
        ]
    return "\n".join(parts)


def _members(value):
    """Return what a class and our own classes above it define, those above first."""
    own = [kind for kind in value.__mro__ if kind.__module__.startswith("sciknow.")]
    return {name: content for kind in reversed(own) for name, content in vars(kind).items()}


def _documented(content):
    return inspect.isfunction(content) or isinstance(content, property)


def _block(value):
    doc = inspect.getdoc(value) or ""
    signature = ""
    if inspect.isfunction(value):
        # a function as default shows where it lies in memory, which differs each time
        shown = re.sub(r"<function (\S+) at 0x[0-9a-f]+>", r"\1", str(inspect.signature(value)))
        signature = f"{value.__name__}{shown}\n\n"
    return f"```text\n{signature}{doc}\n```\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(reference())
