"""What starting costs: CPU seconds and memory of whole processes, as ratios in one run.

    python benchmarks/startup.py [--json]

Each command runs as a process of its own, in turn with the things one would use instead
(``import sentence_transformers``, ``import xarray``); medians of the operating system's own
accounting (user + system seconds, peak resident memory). One thread.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

ROUNDS = 5
COMMANDS = {
    "python -c pass": "pass",
    "import sciknow": "import sciknow",
    "import xarray": "import xarray",
    "import sentence_transformers": "import sentence_transformers",
    "sciknow search (en)": "SEARCH monthly sea surface temperature",
    "sciknow search (zh)": "SEARCH 北极海冰密集度 逐月",
    "open a hub of 10,000 entries": "OPEN",
}
SEARCH = "from sciknow.cli import main; main(['search', {question!r}])"
OPEN = "import sciknow; hub = sciknow.open_hub({path!r}); hub.dataset('dataset-09999')"


def run(code: str) -> tuple[float, float]:
    """Run Python code in a process; return its CPU seconds and peak memory in MB."""
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        os.environ.update(OMP_NUM_THREADS="1", HF_HUB_OFFLINE="1")
        os.execv(sys.executable, [sys.executable, "-c", code])
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"failed: {code}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def big_hub(folder: Path) -> str:
    """Build a hub of 10,000 catalogue entries, without vectors of interest, and return its path."""
    from sciknow.hub.testing import synthetic_hub

    return str(synthetic_hub(folder, 10_000))


def code_of(command: str, hub: str) -> str:
    """Return the Python code of a command in the table."""
    if command.startswith("SEARCH "):
        return SEARCH.format(question=command.removeprefix("SEARCH "))
    return OPEN.format(path=hub) if command == "OPEN" else command


def main() -> None:
    """Measure, print the table, and fail above the committed limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        hub = big_hub(Path(folder))
        measured: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
        for turn in range(ROUNDS + 1):
            for name, command in COMMANDS.items():
                figures = run(code_of(command, hub))
                if turn:
                    measured[name].append(figures)
    table = {
        name: {
            "cpu_s": round(statistics.median(cpu for cpu, _ in rows), 3),
            "peak_mb": round(statistics.median(peak for _, peak in rows)),
        }
        for name, rows in measured.items()
    }
    base = table["python -c pass"]["cpu_s"]
    for row in table.values():
        row["over_python_s"] = round(row["cpu_s"] - base, 3)
        row["vs_sentence_transformers"] = round(
            row["cpu_s"] / table["import sentence_transformers"]["cpu_s"], 3
        )
        row["vs_xarray"] = round(row["cpu_s"] / table["import xarray"]["cpu_s"], 3)
    print(json.dumps(table, indent=2) if wanted.json else text_of(table))


def text_of(table: dict[str, dict[str, float]]) -> str:
    """Return the figures as a table for people."""
    head = ("", "CPU s", "over python", "MB", "/ sentence_transformers", "/ xarray")
    rows = [
        (
            name,
            f"{row['cpu_s']:.2f}",
            f"{row['over_python_s']:.2f}",
            f"{row['peak_mb']:.0f}",
            f"{row['vs_sentence_transformers']:.3f}",
            f"{row['vs_xarray']:.2f}",
        )
        for name, row in table.items()
    ]
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True))
        for row in [head, *rows]
    )


if __name__ == "__main__":
    main()
