"""Compare every card with the registry's own record, field by field.

Usage::

    python scripts/compare_registries.py --aws ../shared/data/registry
    python scripts/compare_registries.py --earthengine earthengine-catalog   # a clone of it
    python scripts/compare_registries.py --repositories clones               # clones/<owner>/<name>
    python scripts/compare_registries.py --answers ../shared/data/records    # recorded answers

Exit code 1 when a card differs from its record and no note of its provenance explains it. What is
not here is skipped, with the reason; for registries that only a network reaches it says how many
cards wait for one.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from knowledge.answers import READERS, answered
from knowledge.base import read_base
from knowledge.compared import Compared, compare_all
from knowledge.registry_files import EarthEngineCatalog, OpenDataRegistry
from knowledge.repositories import PublicRepositories

ROOT = Path(__file__).parents[1]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--aws", type=Path, default=ROOT.parent / "shared/data/registry")
    parser.add_argument("--earthengine", type=Path, default=ROOT.parent / "earthengine-catalog")
    parser.add_argument("--repositories", type=Path, default=ROOT.parent / "repositories")
    parser.add_argument("--answers", type=Path, default=ROOT.parent / "shared/data/records")
    parser.add_argument("--explained", action="store_true", help="print what notes explain too")
    return parser.parse_args()


def main() -> int:
    """Compare, print, and return the exit code."""
    asked = arguments()
    base = read_base(asked.root)
    wrong = 0
    for registry in (
        OpenDataRegistry(asked.aws),
        EarthEngineCatalog(asked.earthengine),
        PublicRepositories(asked.repositories),
    ):
        name = type(registry).__name__
        if registry.missing:
            print(f"{name}: skipped, {registry.missing}")
            continue
        found = compare_all(base, registry)
        wrong += len(found.differences)
        print_registry(name, found, explained=asked.explained)
    if not asked.answers.is_dir():
        print(f"recorded answers: skipped, no folder {asked.answers}")
    found = answered(base, asked.answers)
    wrong += len(found.differences)
    print_registry("recorded answers", found, explained=asked.explained)
    for name in READERS:
        read = f"{name}: {found.read[name]} recorded answers read"
        print(f"{read}, {found.waiting[name]} cards wait for a network")
    return 1 if wrong else 0


def print_registry(name: str, found: Compared, *, explained: bool) -> None:
    """Print the differences, then the counts."""
    for item in [*found.differences, *(found.explained if explained else [])]:
        print(item)
    counts = f"{len(found.differences)} differ, {len(found.explained)} differ and are explained"
    print(f"{name}: {found.cards} cards, {found.fields} fields compared; {counts}", end="")
    print(f", {found.absent} records not there")


if __name__ == "__main__":
    raise SystemExit(main())
