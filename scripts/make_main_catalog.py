"""Write ``catalogs/main.yaml``: one Intake entry for each sector's file.

Run it after adding a file: ``python scripts/make_main_catalog.py [FOLDER]``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sciknow.catalogs import main_text
from sciknow.files import write_atomic

CATALOGS = Path(__file__).parents[1] / "catalogs"


def main(folder: Path) -> None:
    """Write the main catalogue of a folder."""
    write_atomic(folder / "main.yaml", main_text(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CATALOGS)
