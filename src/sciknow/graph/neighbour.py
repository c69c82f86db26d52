"""What the graph joins to a dataset: publications, concepts, agents, funders, other datasets.

The queries here are the project's own and fixed, so they run in this process; only the
dataset's name is put in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sciknow.errors import NotFound
from sciknow.graph.store import GraphStore
from sciknow.text import harmless
from sciknow.vocab import ID_BASE

_HEAD = """
SELECT ?dataset ?node ?how ?label ?label_zh ?via WHERE {
"""
_LABELS = """
  OPTIONAL { ?node skos:prefLabel|schema:name|dcterms:title ?label . FILTER(LANG(?label) = "en") }
  OPTIONAL {
    ?node skos:prefLabel|schema:name|dcterms:title ?label_zh . FILTER(LANG(?label_zh) = "zh")
  }
}
"""
_QUERIES = {
    "publication": """
  VALUES (?relation ?how) { (sk:describes "describes it") (sk:uses "uses it") }
  ?node ?relation ?dataset .
""",
    "concept": """
  { ?dataset dcat:theme ?node . BIND("theme" AS ?how) }
  UNION
  { ?dataset dcat:theme/skos:broader ?node . BIND("broader than a theme" AS ?how)
    FILTER NOT EXISTS { ?dataset dcat:theme ?node } }
  UNION
  { ?dataset schema:variableMeasured/sk:standardName ?via .
    ?node a skos:Concept ; sk:standardName ?via . BIND("stands for a variable" AS ?how)
    FILTER NOT EXISTS { ?dataset dcat:theme ?node } }
""",
    "agent": """
  VALUES (?relation ?how) { (dcterms:publisher "publisher") (dcterms:creator "creator") }
  ?dataset ?relation ?node .
""",
    "funder": """
  ?dataset schema:funding ?grant .
  ?grant schema:funder ?node .
  BIND("funder" AS ?how)
  OPTIONAL { ?grant schema:name ?via . FILTER(LANG(?via) = "en") }
""",
    "version": """
  VALUES (?relation ?how) {
    (dcterms:isReplacedBy "replaced by") (dcterms:isVersionOf "a version of")
    (dcterms:isPartOf "a part of")
  }
  ?dataset ?relation ?node .
  OPTIONAL {
    ?dataset sk:relation ?tie . ?tie dcterms:relation ?node ; rdfs:comment ?via .
    FILTER(LANG(?via) = "en")
  }
""",
    "predecessor": """
  VALUES (?relation ?how) {
    (dcterms:isReplacedBy "replaces") (dcterms:isVersionOf "has a version")
    (dcterms:isPartOf "has a part")
  }
  ?node ?relation ?dataset .
  OPTIONAL {
    ?node sk:relation ?tie . ?tie dcterms:relation ?dataset ; rdfs:comment ?via .
    FILTER(LANG(?via) = "en")
  }
""",
}
_KINDS = {"version": "dataset", "predecessor": "dataset"}
_BY_CONCEPT = """
SELECT ?dataset ?node (COUNT(DISTINCT ?shared) AS ?count)
  (GROUP_CONCAT(DISTINCT ?name; separator="\\n") AS ?via)
WHERE {
  ?dataset dcat:theme ?shared .
  ?node dcat:theme ?shared .
  FILTER(?node != ?dataset)
  OPTIONAL { ?shared skos:prefLabel ?name . FILTER(LANG(?name) = "en") }
}
GROUP BY ?dataset ?node
"""
_BY_PUBLICATION = """
SELECT ?dataset ?node (COUNT(DISTINCT ?shared) AS ?count)
  (GROUP_CONCAT(DISTINCT ?name; separator="\\n") AS ?via)
WHERE {
  ?shared sk:uses|sk:describes ?dataset .
  ?shared sk:uses|sk:describes ?node .
  FILTER(?node != ?dataset)
  OPTIONAL { ?shared dcterms:title ?name }
}
GROUP BY ?dataset ?node
"""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One thing that the graph joins to a dataset.

    Parameters
    ----------
    kind : str
        ``publication``, ``concept``, ``agent``, ``funder`` or ``dataset``.
    iri : str
        Its name in the graph.
    how : str
        The tie, in words.
    label, label_zh : str
        Its title or name; empty where it has none in that language.
    count : int
        How many concepts or publications it shares (datasets; 1 for others).
    via : str
        What they share, or the grant or standard name that ties them.
    """

    kind: str
    iri: str
    how: str
    label: str
    label_zh: str = ""
    count: int = 1
    via: str = ""


def related(store: GraphStore, dataset: str, *, limit: int = 20) -> tuple[Neighbour, ...]:
    """Find what the graph joins to a dataset.

    Parameters
    ----------
    store : GraphStore
        The opened graph.
    dataset : str
        The dataset's IRI (`Dataset.iri`).
    limit : int
        At most so many other datasets for each kind of tie, the closest first.

    Raises
    ------
    NotFound
        When the graph does not know the dataset.
    """
    known = "SELECT ?dataset ?title { ?dataset dcterms:title ?title }"
    if next(store.solutions(known, dataset=dataset), None) is None:
        raise NotFound(f"the graph knows no {dataset}", hint="name a dataset of this hub")
    found: list[Neighbour] = []
    for kind, body in _QUERIES.items():
        query = _HEAD + body + _LABELS
        found.extend(_neighbours(_KINDS.get(kind, kind), store.solutions(query, dataset=dataset)))
    found = sorted(set(found), key=lambda item: (_ORDER[item.kind], item.how, item.iri))
    return (*found, *_datasets(store, dataset, limit))


_ORDER = {_KINDS.get(kind, kind): place for place, kind in enumerate(_QUERIES)}


def _neighbours(kind: str, solutions: Iterable[dict[str, Any]]) -> Iterable[Neighbour]:
    for row in solutions:
        yield Neighbour(
            kind=kind,
            iri=_value(row, "node"),
            how=_value(row, "how"),
            label=_value(row, "label") or _value(row, "label_zh") or _id(_value(row, "node")),
            label_zh=_value(row, "label_zh"),
            via=_value(row, "via"),
        )


def _id(iri: str) -> str:
    return iri.rpartition(":")[2] if iri.startswith(ID_BASE) else iri


def _value(row: dict[str, Any], name: str) -> str:
    return harmless(str(row[name].value)) if name in row else ""


def _datasets(store: GraphStore, dataset: str, limit: int) -> Iterable[Neighbour]:
    """Yield datasets that share publications, then those that share concepts."""
    ties = (("shares publications", _BY_PUBLICATION), ("shares concepts", _BY_CONCEPT))
    for how, query in ties:
        text = query.replace("SELECT ?node", "SELECT ?dataset ?node").replace(
            "GROUP BY ?dataset ?node", "GROUP BY ?dataset ?node"
        )
        rows = [row for row in store.solutions(text, dataset=dataset) if "node" in row]
        rows.sort(key=lambda row: (-int(row["count"].value), row["node"].value))
        for row in rows[:limit]:
            name = _value(row, "node")
            titles = _titles(store, name)
            yield Neighbour(
                kind="dataset",
                iri=name,
                how=how,
                label=titles.get("en") or titles.get("zh") or _id(name),
                label_zh=titles.get("zh", ""),
                count=int(row["count"].value),
                via="; ".join(sorted(_value(row, "via").split("\n"))),
            )


def _titles(store: GraphStore, name: str) -> dict[str, str]:
    query = "SELECT ?node ?title { ?node dcterms:title ?title }"
    rows = store.solutions(query, node=name)
    return {row["title"].language or "en": harmless(str(row["title"].value)) for row in rows}
