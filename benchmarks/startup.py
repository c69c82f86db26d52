"""What starting costs: CPU seconds and memory of whole processes, as ratios in one run.

    python benchmarks/startup.py [--json]
    python benchmarks/startup.py --tiny      # one round, a small hub, no limits: for the tests

Each command runs as a process of its own, in turn with the things one would use instead
(``import sentence_transformers``, ``import xarray``); medians of the operating system's own
accounting (user + system seconds, peak resident memory). One thread.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
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
LIMITS = [
    ("import sciknow", "over_python_s", 0.1),
    ("sciknow search (en)", "cpu_s", 0.9),
    ("sciknow search (zh)", "cpu_s", 0.9),
    ("sciknow search (en)", "peak_mb", 300),
    ("sciknow search (zh)", "peak_mb", 300),
    ("open a hub of 10,000 entries", "cpu_s", 0.3),
]
"""(command, figure, limit): what the project promises."""
SEARCH = "from sciknow.cli import main; main(['search', {question!r}])"
OPEN = "import sciknow; hub = sciknow.open_hub({path!r}); hub.dataset('dataset-00009')"
TINY = 50


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


CARD = """\
    dataset-{number:05d}:
      title: {{en: "Synthetic dataset {number}"}}
      description: {{en: "Record {number} of a catalogue that is only there to be opened."}}
      publisher: nobody
      landing_page: "https://example.org/{number}"
      theme: [thing]
      distributions: [{{id: way-{number:05d}}}]
      provenance: [{{source: "https://example.org/", accessed: 2026-11-24, fields: [title]}}]
"""
HEAD = "version: 2\nmetadata:\n  sector: {sector}\n  title: {{en: Synthetic}}\n  datasets:\n"
DATA = """\
  way-{number:05d}-data:
    datatype: intake.readers.datatypes:Zarr
    kwargs: {{url: "https://example.org/{number}.zarr", storage_options: {{}}}}
    metadata: {{}}
    user_parameters: {{}}
"""
ENTRY = """\
  way-{number:05d}:
    reader: intake.readers.readers:XArrayDatasetReader
    kwargs: {{args: ["{{data(way-{number:05d}-data)}}"], engine: zarr, chunks: {{}}}}
    output_instance: xarray:Dataset
    metadata: {{}}
    user_parameters: {{}}
"""
KNOWLEDGE = """\
@prefix agent: <urn:sciknow:agent:> .
@prefix concept: <urn:sciknow:concept:> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix schema: <https://schema.org/> .
@prefix scheme: <urn:sciknow:scheme:> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
CONCEPTS = """
scheme:ocean a skos:ConceptScheme ; dcterms:title "Things"@en, "事物"@zh ;
    dcterms:modified "2026-11-24"^^xsd:date .
concept:thing a skos:Concept ; skos:prefLabel "thing"@en, "事物"@zh ;
    skos:topConceptOf scheme:ocean ; skos:inScheme scheme:ocean ;
    dcterms:source <https://example.org/> .
"""
AGENTS = """
agent:nobody a schema:Organization ; schema:name "Nobody"@en, "无人"@zh ;
    dcterms:source <https://example.org/> .
"""
SECTORS = ("ocean", "meteorology", "environment", "resources", "health")


class HashEmbedder:
    """Vectors made of a text's digest: nothing is searched here, only opened."""

    name = "hash"
    digest = "0" * 64
    dimensions = 32
    languages = frozenset({"en", "zh"})

    def encode_queries(self, texts):
        """Return one unit row a text."""
        import numpy as np

        digests = [hashlib.sha256(text.encode()).digest() for text in texts]
        rows = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, 32).astype(np.float32) + 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def encode_documents(self, texts, progress=None):
        """Return one unit row a text."""
        return self.encode_queries(texts)


def big_hub(folder: Path, count: int = 10_000) -> str:
    """Build a hub of synthetic catalogue entries and return its path."""
    import sciknow

    share = count // len(SECTORS)
    (folder / "catalogs").mkdir(parents=True)
    for place, sector in enumerate(SECTORS):
        numbers = range(place * share, (place + 1) * share)
        parts = [HEAD.format(sector=sector), *(CARD.format(number=n) for n in numbers)]
        parts += ["aliases:\n", *(f"  way-{n:05d}: way-{n:05d}\n" for n in numbers)]
        parts += ["data:\n", *(DATA.format(number=n) for n in numbers)]
        parts += ["entries:\n", *(ENTRY.format(number=n) for n in numbers)]
        text = "".join(parts) + "user_parameters: {}\n"
        (folder / "catalogs" / f"{sector}.yaml").write_text(text)
    for name, body in {"concepts": CONCEPTS, "agents": AGENTS}.items():
        (folder / "knowledge_graph" / name).mkdir(parents=True)
        (folder / "knowledge_graph" / name / "ocean.ttl").write_text(KNOWLEDGE + body)
    sciknow.build_hub(folder, model=HashEmbedder()).close()
    return str(folder)


def code_of(command: str, hub: str) -> str:
    """Return the Python code of a command in the table."""
    if command.startswith("SEARCH "):
        return SEARCH.format(question=command.removeprefix("SEARCH "))
    return OPEN.format(path=hub) if command == "OPEN" else command


def main() -> None:
    """Measure, print the table, and fail above the committed limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    count, rounds = (TINY, 0) if wanted.tiny else (10_000, ROUNDS)
    if wanted.make:
        big_hub(wanted.make, count)
        return
    with tempfile.TemporaryDirectory() as folder:
        hub = str(Path(folder) / "node")
        # in a process of its own: a child's peak memory counts what its parent held at the fork
        tiny = ["--tiny"] if wanted.tiny else []
        subprocess.run([sys.executable, __file__, "--make", hub, *tiny], check=True)
        measured: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
        for turn in range(rounds + 1):
            for name, command in COMMANDS.items():
                figures = run(code_of(command, hub))
                if turn or wanted.tiny:
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
    over = [
        f"{name}: {table[name][figure]} > {limit}"
        for name, figure, limit in LIMITS
        if table[name][figure] > limit
    ]
    if over and not wanted.tiny:
        raise SystemExit("over the limit: " + "; ".join(over))


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
