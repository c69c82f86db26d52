"""SHACL: checking a graph's quads against the shapes before anything is loaded.

The check runs on rdflib terms in memory, since terms that come out of the engine differ from
rdflib's own in their text literals and give false violations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rdflib
from pyoxigraph import Quad
from pyshacl import validate as run_shacl
from rdflib.namespace import SH
from rdflib.term import BNode, Literal, URIRef

from sciknow.errors import InvalidInput
from sciknow.files import read_regular
from sciknow.formats import installed_formats
from sciknow.model.identifier import doi_iri
from sciknow.rdf.rdfterm import DATES, FAR_DATE, from_engine
from sciknow.rdf.turtle import compact
from sciknow.text import clean
from sciknow.vocab import ID_BASE, SK


@dataclass(frozen=True, slots=True)
class Violation:
    """One fault that a shape found.

    Parameters
    ----------
    record : str
        Id of the record, or the IRI of a node without one of its own.
    focus : str
        IRI of the node.
    path : str
        The property, with its prefix; empty for the node itself.
    what : str
        What is wrong.
    value : str
        The value found; empty where one is missing.
    severity : str
        ``violation``, ``warning`` or ``info``.
    mend : str
        What to do.
    mend_zh : str
        The same in Chinese.
    shape : str
        IRI of the shape.
    owner : str
        IRI of the record that a nameless node (a place, an activity) belongs to.
    graph : str
        IRI of the graph that holds it.
    """

    record: str
    focus: str
    path: str
    what: str
    value: str
    severity: str
    mend: str
    mend_zh: str = ""
    shape: str = ""
    owner: str = ""
    graph: str = ""

    def __str__(self) -> str:
        value = f" (found {self.value})" if self.value else ""
        place = f" {self.path}" if self.path else ""
        return f"{self.severity}: {self.record}{place}: {self.what}{value}; {self.mend}"


def read_shapes(folder: Path) -> rdflib.Graph:
    """Read every shape of a knowledge base (``shapes/*.ttl``).

    Raises
    ------
    InvalidInput
        When there are none, or one is no Turtle.
    """
    graph = rdflib.Graph(bind_namespaces="none")
    files = sorted(folder.glob("*.ttl"))
    if not files:
        raise InvalidInput(f"{folder} holds no shapes", hint="name the folder shapes/")
    for path in files:
        try:
            graph.parse(data=read_regular(path, folder), format="turtle")
        except Exception as error:
            raise InvalidInput(f"{path}: {error}", hint="mend the Turtle file") from error
    _add_readers(graph)
    return _flat(graph)


def _add_readers(shapes: rdflib.Graph) -> None:
    """Let the shape of a reader's name take those of the installed formats."""
    for shape in list(shapes.subjects(SH.path, URIRef(SK.reader))):
        if (shape, SH.maxCount, None) in shapes:
            names = BNode()
            rdflib.collection.Collection(shapes, names, [*map(Literal, installed_formats())])
            shapes.add((shape, SH["in"], names))


def _flat(shapes: rdflib.Graph) -> rdflib.Graph:
    """Give each property shape the target of its node shape, which means the same.

    pyshacl then checks a property over all records at once and not record by record, in a
    third of the time.
    """
    for node, cls in list(shapes.subject_objects(SH.targetClass)):
        for child in list(shapes.objects(node, SH.property)):
            shapes.add((child, SH.targetClass, cls))
    for node in set(shapes.subjects(SH.targetClass)):
        shapes.remove((node, SH.property, None))
    return shapes


def validate(quads: Iterable[Quad], shapes: rdflib.Graph | Path) -> list[Violation]:
    """Check quads against shapes.

    Parameters
    ----------
    quads : iterable of Quad
        What `sciknow.graph.to_quads` made; all graphs are checked as one.
    shapes : rdflib.Graph or Path
        From `read_shapes`, or its folder.

    Returns
    -------
    list of Violation
        Violations first, then warnings, by record.
    """
    graph = read_shapes(shapes) if isinstance(shapes, Path) else shapes
    index = _Index(quads)
    report = _run(index.graph, graph)
    found = (
        _violation(report, result, graph, index)
        for result in report.subjects(rdflib.RDF.type, SH.ValidationResult)
    )
    rank = {"violation": 0, "warning": 1, "info": 2}
    return sorted(
        set(found), key=lambda item: (rank[item.severity], item.record, item.path, item.value)
    )


def _run(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    _, report, text = run_shacl(
        data,
        shacl_graph=shapes,
        inference="none",
        inplace=True,
        advanced=False,
        allow_warnings=True,
    )
    if not isinstance(report, rdflib.Graph):
        raise InvalidInput(f"the shapes cannot be used: {text}", hint="mend the shapes")
    return report


class _Index:
    """The data as an rdflib graph, with who owns a node and where it stands."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.graph = rdflib.Graph(bind_namespaces="none")
        self.place: dict[str, str] = {}
        self._users: dict[str, str] = {}
        for quad in quads:
            if quad.predicate.value in _DAYS and _is_far_date(quad.object):
                continue
            subject, value = from_engine(quad.subject), from_engine(quad.object)
            self.graph.add((subject, from_engine(quad.predicate), value))
            self.place.setdefault(str(subject), str(getattr(quad.graph_name, "value", "")))
            if isinstance(value, URIRef):
                self._users.setdefault(str(value), str(subject))

    def owner(self, name: str) -> str:
        """Return the record that a node belongs to, at most three steps up."""
        for _ in range(3):
            if _is_record(name) or name not in self._users:
                break
            name = self._users[name]
        return name


_DAYS = frozenset((SK.firstDay, SK.lastDay))
"""What the shapes compare."""


def _is_far_date(term: Any) -> bool:
    """Tell a date beyond Python's calendar (palaeo records), which rdflib cannot compare."""
    kind = getattr(getattr(term, "datatype", None), "value", "")
    return kind in DATES and FAR_DATE.match(term.value) is not None


_RECORDS = tuple(
    f"{ID_BASE}{kind}:" for kind in ("dataset", "concept", "publication", "agent", "scheme")
)


def _is_record(name: str) -> bool:
    return name.startswith(_RECORDS) or name.startswith(doi_iri(""))


def _violation(report: rdflib.Graph, result: Any, shapes: rdflib.Graph, index: _Index) -> Violation:
    focus = str(report.value(result, SH.focusNode))
    shape = report.value(result, SH.sourceShape)
    value = report.value(result, SH.value)
    severity = str(report.value(result, SH.resultSeverity)).rpartition("#")[2].lower()
    owner = index.owner(focus)
    return Violation(
        record=_short(owner),
        focus=focus,
        path=_path(report, report.value(result, SH.resultPath), shapes, shape),
        what=_text(shapes, shape, SH.message) or str(report.value(result, SH.resultMessage)),
        value=clean(str(value))[:200] if isinstance(value, (URIRef, Literal)) else "",
        severity=severity,
        mend=_text(shapes, shape, URIRef(SK.mend)),
        mend_zh=_text(shapes, shape, URIRef(SK.mend), "zh"),
        shape=str(shape),
        owner=owner,
        graph=index.place.get(focus, ""),
    )


def _short(name: str) -> str:
    return name.removeprefix(ID_BASE)


def _text(shapes: rdflib.Graph, shape: Any, predicate: URIRef, language: str = "en") -> str:
    for text in shapes.objects(shape, predicate):
        if isinstance(text, Literal) and text.language == language:
            return str(text)
    return ""


def _path(report: rdflib.Graph, path: Any, shapes: rdflib.Graph, shape: Any) -> str:
    if isinstance(path, URIRef):
        return compact(str(path))
    if isinstance(path, BNode):
        return " or ".join(_alternatives(shapes, shapes.value(shape, SH.path)))
    return ""


def _alternatives(shapes: rdflib.Graph, path: Any) -> Iterator[str]:
    members = shapes.value(path, SH.alternativePath)
    for item in shapes.items(members) if members is not None else ():
        yield compact(str(item))
