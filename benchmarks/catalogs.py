"""Time to read catalogue files: sciknow's loader against plain YAML and plain Intake.

Usage: ``python benchmarks/catalogs.py [CARDS ...]`` (400 and 10,000 by default). Prints processor
seconds and ratios; each reading runs in a process of its own. ``--json`` prints JSON, ``--tiny``
reads 20 cards, for the tests.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from sciknow.catalogs import format_file, read_file
from sciknow.model import Catalog

CODE = """
import resource, sys, time
{load}
path = sys.argv[1]
start = time.process_time()
{run}
seconds = time.process_time() - start
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
WAYS = {
    "sciknow.catalogs.read_file": ("from sciknow.catalogs import read_file", "read_file(path)"),
    "yaml.CSafeLoader": ("import yaml", "yaml.load(open(path, 'rb'), yaml.CSafeLoader)"),
    "intake.open_catalog": ("import intake", "intake.open_catalog(path)"),
}


def many(source: Path, count: int) -> str:
    """Return a catalogue of *count* cards, each a copy of the first with a reader in *source*."""
    catalog = read_file(source)
    model = next(item for item in catalog.datasets if item.openable)
    copies = tuple(
        replace(
            model,
            id=f"d{number}",
            distributions=tuple(
                replace(way, id=f"{way.id}-{number}") for way in model.distributions
            ),
        )
        for number in range(count)
    )
    return format_file(Catalog(sector=catalog.sector, title=catalog.title, datasets=copies))


def measure(path: Path, load: str, run: str) -> tuple[float, float]:
    """Return processor seconds and peak MiB of one reading in a fresh process."""
    code = CODE.format(load=load, run=run)
    answer = subprocess.run(
        [sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True
    )
    seconds, memory = answer.stdout.split()
    return float(seconds), float(memory)


def main(counts: list[int], *, as_json: bool) -> None:
    """Measure every way for every size."""
    source = Path(__file__).parents[1] / "catalogs" / "ocean.yaml"
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            path = Path(folder) / "many.yaml"
            path.write_text(many(source, count), encoding="utf-8")
            for name, (load, run) in WAYS.items():
                seconds, memory = measure(path, load, run)
                rows.append(
                    {
                        "cards": count,
                        "megabytes": round(path.stat().st_size / 1e6, 1),
                        "reader": name,
                        "cpu_seconds": round(seconds, 3),
                        "peak_mib": round(memory),
                    }
                )
    base = {row["cards"]: row["cpu_seconds"] for row in rows if "sciknow" in row["reader"]}
    for row in rows:
        row["ratio"] = round(row["cpu_seconds"] / base[row["cards"]], 2)
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    print(f"{'cards':>6} {'MB':>6} {'reader':28} {'CPU s':>8} {'MiB':>6} {'ratio':>6}")
    for row in rows:
        print(
            f"{row['cards']:>6} {row['megabytes']:>6} {row['reader']:28} "
            f"{row['cpu_seconds']:>8} {row['peak_mib']:>6} {row['ratio']:>6}"
        )


if __name__ == "__main__":
    sizes = [int(item) for item in sys.argv[1:] if item.isdigit()]
    main([20] if "--tiny" in sys.argv else sizes or [400, 10_000], as_json="--json" in sys.argv)
