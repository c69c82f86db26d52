"""Run every benchmark, and write their tables into ``docs/reference/benchmarks.md``.

    python benchmarks/run.py                  # all of them (`make bench`)
    python benchmarks/run.py startup search   # some
    python benchmarks/run.py --page           # puts the tables into the page

``--tiny`` runs each in its smallest form, as the tests do; its figures mean nothing. Exits with 1
when a benchmark misses what it promises.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "reference" / "benchmarks.md"
BENCHMARKS = ("startup", "catalogs", "load", "search", "quality", "asks", "held")


def table(name: str, *, tiny: bool) -> tuple[str, bool]:
    """Run a benchmark; return the table that it prints, and whether it keeps what it promises."""
    command = [sys.executable, str(HERE / f"{name}.py"), *(["--tiny"] if tiny else [])]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=False)
    return done.stdout.rstrip("\n"), done.returncode == 0


def section(name: str, text: str) -> str:
    """Return what stands between the marks of a benchmark."""
    day = datetime.datetime.now(datetime.UTC).date()
    machine = (
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    )
    return f"```text\n{text}\n```\n\nMeasured on {day}: {machine}.\n"


def in_page(page: str, name: str, text: str) -> str:
    """Put a section between its marks."""
    marks = rf"(<!-- benchmark {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)"
    found = re.sub(marks, lambda match: match[1] + text + match[2], page, flags=re.DOTALL)
    if found == page and text not in page:
        raise SystemExit(f"{PAGE.name} has no marks for {name}")
    return found


def main() -> int:
    """Run what is asked for, print it, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--page", action="store_true")
    asked = parser.parse_args()
    if asked.page and asked.tiny:
        parser.error("the figures of a tiny run say nothing: leave one of --page and --tiny out")
    missed = []
    for name in asked.names or BENCHMARKS:
        text, kept = table(name, tiny=asked.tiny)
        print(f"== {name}\n{text}\n", flush=True)
        missed += [] if kept else [name]
        if asked.page:
            PAGE.write_text(in_page(PAGE.read_text("utf-8"), name, section(name, text)), "utf-8")
    if missed:
        print(f"missed: {', '.join(missed)}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
