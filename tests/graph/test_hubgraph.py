"""The graph under rdflib's API."""

import warnings

import pytest
import rdflib
from rdflib import RDF, SKOS, Literal, URIRef
from rdflib.plugins.sparql import prepareQuery

from sciknow.errors import InvalidInput, LimitExceeded, SciknowError, UntrustedInput
from sciknow.graph import META, GraphStore, HubGraph, to_quads, write_store
from sciknow.rdf.term import typed
from sciknow.vocab import SK, XSD

OCEAN = URIRef("urn:sciknow:concept:sector-ocean")


@pytest.fixture
def graph(store):
    return HubGraph(store)


def test_it_is_a_dataset_and_reads_like_one(graph, store):
    assert isinstance(graph, rdflib.Dataset)
    assert len(graph) == len(store) == len(list(graph.triples((None, None, None))))
    assert (OCEAN, RDF.type, SKOS.Concept) in graph
    assert set(graph.objects(OCEAN, SKOS.prefLabel)) == {
        Literal("Ocean", lang="en"),
        Literal("海洋", lang="zh"),
    }
    assert graph.value(OCEAN, SKOS.inScheme) == URIRef("urn:sciknow:scheme:sectors")
    assert OCEAN in set(graph.subjects(SKOS.topConceptOf))
    assert len(set(graph.transitive_subjects(SKOS.broader, OCEAN))) > 1
    labels = {o for _, _, o in graph.triples((OCEAN, SKOS.prefLabel | SKOS.altLabel, None))}
    assert Literal("Ocean", lang="en") in labels


def test_texts_are_plain_literals_both_ways(graph):
    ror = next(graph.objects(None, URIRef(SK.ror)))
    assert ror == Literal(str(ror))
    assert ror.datatype is None
    assert (None, None, Literal(str(ror))) in graph
    assert (None, None, Literal(str(ror), datatype=URIRef(XSD.string))) in graph


def test_graphs_and_quads(graph):
    names = {item.identifier for item in graph.graphs()}
    assert URIRef(META) in names
    found = list(graph.quads((OCEAN, RDF.type, None, None)))
    assert [quad[3] for quad in found] == [URIRef("urn:sciknow:graph:concepts:sectors")]
    meta = graph.graph(URIRef(META))
    assert 0 < len(meta) < len(graph)
    assert len(list(meta)) == len(meta)
    assert graph.get_graph(URIRef("urn:none")) is None
    assert len(graph.get_graph(URIRef(META))) == len(meta)


def test_terms_that_no_store_holds_match_nothing(graph):
    for pattern in [
        (rdflib.BNode(), None, None),
        (Literal("x"), None, None),
        (None, Literal("x"), None),
        (None, None, rdflib.BNode()),
        (URIRef("not an iri"), None, None),
    ]:
        assert list(graph.triples(pattern)) == []


def test_queries_of_each_form(graph):
    rows = list(graph.query("SELECT ?l { ?c skos:prefLabel ?l }", initBindings={"c": OCEAN}))
    assert {row.l for row in rows} == {Literal("Ocean", lang="en"), Literal("海洋", lang="zh")}
    assert graph.query("ASK { ?c a skos:Concept }").askAnswer
    described = graph.query("DESCRIBE concept:sector-ocean").graph
    assert (OCEAN, RDF.type, SKOS.Concept) in described
    one = graph.graph(URIRef(META)).query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert int(next(iter(one)).n) == len(graph.graph(URIRef(META)))
    own = graph.query("SELECT * { ?s my:altLabel ?o }", initNs={"my": SKOS})
    assert len(own) > 0


def test_limits_go_through(graph):
    with pytest.raises(LimitExceeded):
        graph.query("SELECT * { ?s ?p ?o }", max_rows=3)
    with pytest.raises(InvalidInput, match="unknown option"):
        graph.query("ASK {}", DEBUG=True)
    with pytest.raises(InvalidInput, match="prepared"):
        graph.query(prepareQuery("ASK { ?s ?p ?o }"))
    with pytest.raises(InvalidInput, match="cannot be bound"):
        graph.query("ASK { ?s ?p ?o }", initBindings={"s": rdflib.BNode()})


SERVICE = "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"
FACT = (OCEAN, OCEAN, OCEAN)


@pytest.mark.parametrize(
    "which",
    [
        lambda g: g,
        lambda g: g.default_graph,
        lambda g: g.default_context,
        lambda g: g.graph(URIRef(META)),
        lambda g: g.get_context(URIRef(META)),
        lambda g: next(iter(g.graphs())),
        lambda g: next(iter(g.contexts())),
        lambda g: next(iter(g.store.contexts())),
        lambda g: next(next(iter(g.store.triples((OCEAN, None, None))))[1]),
    ],
)
def test_no_graph_of_it_writes_or_reaches_out(graph, which):
    part = which(graph)
    for options in ({}, {"use_store_provided": False}, {"processor": "sparql"}):
        with pytest.raises(UntrustedInput):
            part.query(SERVICE, **options)
        with pytest.raises(SciknowError, match="read-only"):
            part.update("INSERT DATA { <urn:a> <urn:b> 1 }", **options)
    with pytest.raises(SciknowError, match="read-only"):
        part.parse("http://127.0.0.1:1/data.ttl")
    with pytest.raises(SciknowError, match="read-only"):
        part.add(FACT)
    with pytest.raises(SciknowError, match="read-only"):
        part.remove(FACT)
    with pytest.raises(SciknowError, match="read-only"):
        part.addN([(*FACT, part)])


def test_the_dataset_takes_no_graphs(graph):
    with pytest.raises(SciknowError, match="read-only"):
        graph.add_graph(rdflib.Graph().add(FACT))
    with pytest.raises(SciknowError, match="read-only"):
        graph.remove_graph(URIRef(META))
    with pytest.raises(SciknowError, match="read-only"):
        graph.__iadd__([(*FACT, OCEAN)])
    with pytest.raises(SciknowError, match="read-only"):
        graph.store.destroy("x")


@pytest.fixture
def small(tmp_path, knowledge):
    old = "urn:sciknow:period:old"
    quads = to_quads(concepts=[c for c in knowledge.concepts if c.in_scheme == "sectors"])
    node = type(quads[0].subject)
    far = typed("-10000-01-01", XSD.date)
    quads.append(type(quads[0])(node(old), node(SK.firstDay), far, quads[0].graph_name))
    write_store(tmp_path / "g", quads)
    with GraphStore.open(tmp_path / "g") as store:
        yield HubGraph(store)


@pytest.mark.parametrize("form", ["trig", "nquads", "turtle", "nt", "xml", "json-ld"])
def test_it_serialises_and_a_copy_reads_back(small, form):
    text = small.serialize(format=form)
    with warnings.catch_warnings():
        # rdflib's own Dataset.parse warns about a property of rdflib's own
        warnings.simplefilter("ignore", DeprecationWarning)
        read = rdflib.Dataset(default_union=True)
        read.parse(data=text, format=form)
        found = set(read.triples((None, None, None)))
    assert found == set(small.triples((None, None, None)))


def test_a_date_before_the_calendar_makes_no_noise(small, caplog):
    found = list(small.objects(None, URIRef(SK.firstDay)))
    assert [str(item) for item in found] == ["-10000-01-01"]
    assert caplog.records == []
