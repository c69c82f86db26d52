"""Check the knowledge base for mistakes, and print its figures.

Usage::

    python scripts/check_knowledge.py                    # everything, as text
    python scripts/check_knowledge.py ocean meteorology  # findings of files named so only
    python scripts/check_knowledge.py --json             # for programs
    python scripts/check_knowledge.py --markdown         # the figures as tables
    python scripts/check_knowledge.py --page             # puts them into the documentation

Exit code 1 when something is wrong; notes (things to look at) do not count. ``--root`` names
another folder with ``catalogs/`` and ``knowledge_graph/``, ``--no-notes`` leaves notes out.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from knowledge.base import Finding, read_base
from knowledge.checks import check_all
from knowledge.figures import as_markdown, as_text, figures, in_page

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "what-the-hub-knows.md"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("files", nargs="*", help="parts of file names to report on")
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--page", action="store_true", help=f"write them into {PAGE.name}")
    parser.add_argument("--no-notes", action="store_true")
    return parser.parse_args()


def main() -> int:
    """Check, print, and return the exit code."""
    asked = arguments()
    base = read_base(asked.root)
    found = list(check_all(base))
    if asked.files:
        found = [item for item in found if any(part in item.file for part in asked.files)]
    if asked.no_notes:
        found = [item for item in found if not item.note]
    wrong = [item for item in found if not item.note]
    numbers = figures(base)
    if asked.json:
        print(json.dumps({"findings": [asdict(item) for item in found], "figures": numbers}))
    elif asked.markdown:
        print(as_markdown(numbers))
    elif asked.page:
        PAGE.write_text(in_page(PAGE.read_text(encoding="utf-8"), numbers), encoding="utf-8")
    else:
        print_text(found, as_text(numbers))
    return 1 if wrong else 0


def print_text(found: list[Finding], numbers: str) -> None:
    """Print findings file by file, then the figures."""
    for item in sorted(found, key=lambda item: (item.file, item.record, item.note)):
        print(item)
    counts = Counter((item.check, item.note) for item in found)
    print()
    for (check, note), count in sorted(counts.items()):
        print(f"{check:16} {count:>5} {'notes' if note else 'wrong'}")
    print()
    print(numbers)


if __name__ == "__main__":
    raise SystemExit(main())
