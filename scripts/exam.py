"""The two exams in bounded form: are values right, and what does a probe of each door bring about.

    python scripts/exam.py                 # runs what tests/exam.tsv names, prints two tables
    python scripts/exam.py --page          # also writes them into docs/explanation/trust.md
    python scripts/exam.py --only probes   # one of the two

`tests/exam.tsv` names for each subject (a kind of value, a door) and form (format, part) the tests
that ask it. An effect is a probe whose test fails: something other than the right answer or one
clear error.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "tests" / "exam.tsv"
PAGE = ROOT / "docs" / "explanation" / "trust.md"
HEADS = {
    "values": ("kind of value", "form", "asked", "right", "wrong", "skipped", "seconds"),
    "probes": ("door", "part", "probes", "without effect", "effects", "skipped", "seconds"),
}
BEGIN, END = "<!-- figures of make exam -->", "<!-- end of figures -->"


class Row(NamedTuple):
    """What one subject came to."""

    exam: str
    subject: str
    form: str
    asked: int
    right: int
    wrong: int
    skipped: int
    seconds: int


def run(asked: dict[str, str], most: int) -> Row:
    """Run the tests of a subject, for so many seconds at most; what was not reached is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        began = datetime.now(UTC)
        try:
            subprocess.run(
                [*command, f"--junitxml={report}", *asked["tests"].split()],
                cwd=ROOT,
                timeout=most,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"},
                check=False,
            )
            suite = next(ElementTree.parse(report).iter("testsuite")).attrib
        except (subprocess.TimeoutExpired, OSError, ElementTree.ParseError, StopIteration):
            suite = {"tests": "1", "errors": "1"}
        seconds = int((datetime.now(UTC) - began).total_seconds())
    total, skipped = int(suite["tests"]), int(suite.get("skipped", 0))
    wrong = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    place = (asked["exam"], asked["subject"], asked["form"])
    return Row(*place, total - skipped, total - skipped - wrong, wrong, skipped, seconds)


def table(exam: str, rows: list[Row]) -> str:
    """Return one exam's figures as a table, the sums last."""
    own = [row for row in rows if row.exam == exam]
    sums = [sum(row[at] for row in own) for at in range(3, 8)]
    lines = [list(map(str, row[1:])) for row in own] + [["all", "", *map(str, sums)]]
    head = HEADS[exam]
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *lines])


def write_page(text: str) -> None:
    """Put the figures where the page has them."""
    page = PAGE.read_text("utf-8")
    found = re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{text}\n{END}", page, flags=re.DOTALL)
    PAGE.write_text(found, "utf-8")


def main() -> int:
    """Run, print, and tell by the exit code whether there was any effect or wrong value."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--page", action="store_true", help="write the figures into the page")
    parser.add_argument("--only", choices=HEADS, help="one of the two exams")
    parser.add_argument("--most", type=int, default=240, help="seconds that a subject may take")
    options = parser.parse_args()
    with TABLE.open(newline="", encoding="utf-8") as file:
        asked = [row for row in csv.DictReader(file, delimiter="\t")]
    rows = []
    for row in asked:
        if options.only in (None, row["exam"]):
            rows.append(run(row, options.most))
            print("\t".join(map(str, rows[-1])), file=sys.stderr, flush=True)
    exams = [exam for exam in HEADS if options.only in (None, exam)]
    day = f"Measured on {datetime.now(UTC).date()}, {os.cpu_count()} cores."
    text = "\n\n".join([day, *(table(exam, rows) for exam in exams)])
    print(text)
    if options.page:
        write_page(text)
    return int(any(row.wrong for row in rows))


if __name__ == "__main__":
    sys.exit(main())
