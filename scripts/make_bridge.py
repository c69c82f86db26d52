"""Compile the Chinese bridge into the package.

Run it with the ``build`` extra installed::

    python scripts/make_bridge.py [src/sciknow/search/bridge.sqlite]
"""

from __future__ import annotations

import sys
from pathlib import Path

from sciknow.search.bridge_build import compile_bridge

DEFAULT = Path(__file__).parent.parent / "src" / "sciknow" / "search" / "bridge.sqlite"


def main() -> None:
    """Write the bridge to the path given on the command line, or into the package."""
    path = compile_bridge(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
