"""Compile the Chinese bridge into the package.

The concepts of ``knowledge_graph/`` give it their labels in both languages. Run it with the
``build`` extra installed::

    python scripts/make_bridge.py [src/sciknow/search/language/bridge.sqlite]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from rdflib import Graph
from rdflib.namespace import SKOS
from rdflib.term import Literal, Node

from sciknow.search.language.bridge_build import compile_bridge
from sciknow.search.language.bridge_labels import Bilingual

ROOT = Path(__file__).parent.parent
DEFAULT = ROOT / "src" / "sciknow" / "search" / "bridge.sqlite"
CONCEPTS = ROOT / "knowledge_graph" / "concepts"


def concept_labels(folder: Path) -> Iterator[Bilingual]:
    """Yield the Chinese labels of the concepts in a folder of Turtle files."""
    graph = Graph()
    for path in sorted(folder.glob("*.ttl")):
        graph.parse(path, format="turtle")
    for concept in sorted(set(graph.subjects(SKOS.prefLabel))):
        own = list(labels(graph, concept))
        english = tuple(text for text, language, _ in own if language == "en")
        for text, language, preferred in own:
            if language == "zh" and english:
                yield Bilingual(text, preferred, english)


def labels(graph: Graph, concept: Node) -> Iterator[tuple[str, str | None, bool]]:
    """Yield a concept's labels with their language, the preferred ones first."""
    for kind in (SKOS.prefLabel, SKOS.altLabel):
        for text in sorted(graph.objects(concept, kind)):
            if isinstance(text, Literal):
                yield str(text), text.language, kind == SKOS.prefLabel


def main() -> None:
    """Write the bridge to the path given on the command line, or into the package."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    path = compile_bridge(target, concept_labels(CONCEPTS))
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
