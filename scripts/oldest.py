"""Print constraints that pin each dependency to the oldest version that pyproject.toml allows.

    python scripts/oldest.py > build/oldest.txt; pip install -c build/oldest.txt -e '.[dev]'

``make test OLDEST=1`` does so in an environment of its own. Needs nothing beyond Python.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
LOWER = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*>=\s*([0-9.]+)")


def constraints() -> dict[str, str]:
    """Return the oldest allowed version of each package that has one."""
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    found: dict[str, str] = {}
    for wanted in (*project["dependencies"], *(item for extra in extras for item in extra)):
        if match := LOWER.match(wanted):
            name, version = match.groups()
            key = tuple(map(int, version.split(".")))
            if name not in found or key > tuple(map(int, found[name].split("."))):
                found[name] = version
    return found


if __name__ == "__main__":
    print("\n".join(f"{name}=={version}" for name, version in sorted(constraints().items())))
