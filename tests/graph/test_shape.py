"""The shapes: sound records pass, and each mistake an expert makes is caught with its mend."""

from dataclasses import replace
from pathlib import Path

import pytest
import rdflib
import rdflib.collection
from packaging.licenses import _spdx
from pyoxigraph import Literal, NamedNode, Quad
from rdflib import RDF, Namespace, URIRef

from sciknow import formats
from sciknow.errors import InvalidInput
from sciknow.graph import read_shapes, to_quads, validate
from sciknow.model import (
    AccessEvidence,
    Activity,
    Agent,
    Concept,
    ConceptScheme,
    Dataset,
    Distribution,
    Grant,
    LangString,
    PeriodOfTime,
    Publication,
    Resolution,
    SpatialCoverage,
    Variable,
)
from sciknow.rdf.term import double, string, typed
from sciknow.vocab import (
    DCAT,
    DCTERMS,
    FOAF,
    PROV,
    SCHEMA,
    SK,
    SKOS,
    XSD,
    AccessRights,
    Sector,
)

SHAPES = Path(__file__).parents[2] / "knowledge_graph" / "shapes"
SH = Namespace("http://www.w3.org/ns/shacl#")
READ = (Activity(source="https://x.org/a", accessed="2026-01-01", fields=("title",)),)

AGENT = Agent(id="a", name=LangString(en="An agency", zh="某局"), country="CN", provenance=READ)
SCHEME = ConceptScheme(id="s", title=LangString(en="Sea", zh="海"), modified="2026-01-01")
TOP = Concept(
    id="sector-ocean", pref_label=LangString(en="Ocean", zh="海洋"), in_scheme="s", provenance=READ
)
ICE = Concept(
    id="ice",
    pref_label=LangString(en="sea ice", zh="海冰"),
    alt_labels=(("zh", "冰"),),
    definition=LangString(en="Frozen sea water."),
    broader=("sector-ocean",),
    in_scheme="s",
    provenance=READ,
)
WAY = Distribution(
    id="d-zarr",
    access_url="s3://bucket/ice.zarr",
    reader="zarr",
    media_type="application/vnd.zarr",
    access_evidence=(
        AccessEvidence(source="https://x.org/b", opened_with="xarray", accessed="2026-01-01"),
    ),
)
DATASET = Dataset(
    id="d",
    title=LangString(en="Sea ice", zh="海冰数据集"),
    description=LangString(
        en="Sea ice concentration, observed by satellites.",
        zh="卫星观测的海冰密集度，逐日，覆盖北极与南极，供气候研究使用。",
    ),
    sector=Sector.OCEAN,
    publisher="a",
    creators=("a",),
    grants=(Grant(funder="a"),),
    doi="10.1000/abc",
    landing_page="https://x.org/d",
    license="CC-BY-4.0",
    access_rights=AccessRights.OPEN,
    spatial=SpatialCoverage(bbox=(170, -10, -170, 10)),
    temporal=PeriodOfTime("1979", "2020-06"),
    resolution=Resolution(degrees=0.25, duration="P1D"),
    variables=(Variable(name="siconc", standard_name="sea_ice_area_fraction", units="1"),),
    theme=("ice",),
    distributions=(WAY,),
    provenance=READ,
)
PAPER = Publication(
    id="10.1000/p",
    doi="10.1000/p",
    title=LangString(en="A paper on ice"),
    authors=("Li, Wei",),
    issued="2017",
    describes=("d",),
    provenance=READ,
)


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    return read_shapes(SHAPES)


def quads_of(dataset=DATASET, ice=ICE, paper=PAPER, agent=AGENT, scheme=SCHEME):
    return to_quads([dataset], [TOP, ice], [paper], [agent], schemes=[scheme])


def test_sound_records_pass(shapes):
    assert validate(quads_of(), shapes) == []


def spoilt(**fields):
    return {"dataset": replace(DATASET, **fields)}


def way(**fields):
    return spoilt(distributions=(replace(WAY, **fields),))


MISTAKES = [
    (spoilt(license=""), "dataset-license", "warning", "SPDX"),
    (spoilt(license="CC-BY4.0"), "dataset-license-known", "warning", "spelling"),
    (spoilt(publisher="nobody"), "dataset-publisher", "violation", "agents/"),
    (spoilt(publisher=""), "dataset-publisher", "violation", "agents/"),
    (spoilt(creators=("nobody",)), "dataset-creator", "violation", "agents/"),
    (spoilt(grants=(Grant(funder="nobody"),)), "grant-funder", "violation", "agents/"),
    (spoilt(theme=("gone",)), "dataset-theme", "violation", "concepts/"),
    (spoilt(theme=()), "dataset-theme", "violation", "concepts/"),
    (spoilt(sector=None), "dataset-sector", "violation", "twenty sectors"),
    (spoilt(title=LangString(zh="Sea ice")), "dataset-title-script", "violation", "Chinese"),
    (spoilt(title=LangString()), "dataset-title", "violation", "title"),
    (spoilt(description=LangString(en="Ice.")), "dataset-description", "violation", "measured"),
    (spoilt(landing_page=""), "dataset-landing-page", "violation", "landing_page"),
    (spoilt(provenance=()), "dataset-provenance", "violation", "provenance"),
    (spoilt(spatial=SpatialCoverage(bbox=(0, 50, 10, 40))), "location-south", "violation", "bbox"),
    (spoilt(spatial=SpatialCoverage(bbox=(0, -95, 10, 40))), "location-south", "violation", "bbox"),
    (spoilt(temporal=PeriodOfTime("2020", "1979")), "period-start", "violation", "swap"),
    (spoilt(resolution=Resolution(degrees=-1)), "dataset-degrees", "violation", "degrees"),
    (spoilt(variables=(Variable(name="t", standard_name="air_temperature"),)), "NamedQuantity",
     "warning", "units"),
    (spoilt(variables=(Variable(name="t", standard_name="Air T", units="K"),)),
     "variable-standard-name", "violation", "CF table"),
    (way(access_evidence=()), "OpenableDistribution", "warning", "access_evidence"),
    (way(reader="shapefile"), "distribution-reader", "violation", "zarr"),
    (way(access_url="mailto://x"), "distribution-url", "violation", "access_url"),
    (way(media_type="zarr"), "distribution-media-type", "violation", "type/subtype"),
    ({"ice": replace(ICE, pref_label=LangString(en="ice"))}, "concept-label", "violation", "@zh"),
    ({"ice": replace(ICE, pref_label=LangString(en="ice", zh="ice"))}, "concept-label-script",
     "violation", "Chinese"),
    ({"ice": replace(ICE, alt_labels=(("zh", "海冰"),))}, "concept-alternative", "violation",
     "leave it out"),
    ({"ice": replace(ICE, broader=("gone",))}, "concept-broader", "violation", "concept"),
    ({"ice": replace(ICE, in_scheme="gone")}, "concept-scheme", "violation", "inScheme"),
    ({"ice": replace(ICE, provenance=())}, "concept-source", "warning", "dcterms:source"),
    ({"paper": replace(PAPER, title=LangString())}, "publication-title", "violation", "title"),
    ({"paper": replace(PAPER, issued="")}, "publication-date", "warning", "dcterms:issued"),
    ({"paper": replace(PAPER, describes=())}, "publication-dataset", "violation", "sk:describes"),
    ({"paper": replace(PAPER, describes=("x",))}, "publication-dataset", "violation", "sk:uses"),
    ({"paper": replace(PAPER, provenance=())}, "publication-source", "violation", "source"),
    ({"paper": replace(PAPER, doi="10.1000/ABC")}, "publication-doi", "violation", "lower case"),
    ({"agent": replace(AGENT, name=LangString())}, "agent-name", "violation", "schema:name"),
    ({"agent": replace(AGENT, name=LangString(zh="Agency"))}, "agent-name-script", "violation",
     "Chinese"),
    ({"agent": replace(AGENT, ror="x1")}, "agent-ror", "violation", "027ka1x80"),
    ({"agent": replace(AGENT, country="China")}, "agent-country", "violation", "ISO 3166"),
    ({"agent": replace(AGENT, provenance=())}, "agent-source", "violation", "source"),
    ({"scheme": replace(SCHEME, title=LangString(en="Sea"))}, "scheme-title", "violation", "@zh"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "shape", "severity", "mend"), MISTAKES)
def test_each_mistake_is_caught_with_its_mend(shapes, change, shape, severity, mend):
    found = validate(quads_of(**change), shapes)
    caught = [item for item in found if item.shape == f"urn:sciknow:shape:{shape}"]
    assert caught, found
    assert {item.severity for item in caught} == {severity}
    assert all(mend in item.mend and item.mend_zh and item.what for item in caught)
    assert all(item.record and item.graph for item in caught)


def test_a_fault_of_a_part_names_the_record_that_owns_it(shapes):
    box = SpatialCoverage(bbox=(0, 50, 10, 40))
    (fault, *_) = validate(quads_of(dataset=replace(DATASET, spatial=box)), shapes)
    assert (fault.record, fault.path, fault.graph) == (
        "dataset:d",
        "sk:south",
        "urn:sciknow:graph:catalog:ocean",
    )
    assert "dataset:d sk:south" in str(fault)
    assert "south below north" in str(fault)


def harvested(subject: str, predicate: str, value) -> list[Quad]:
    graph = NamedNode("urn:sciknow:graph:harvest:x")
    return [*quads_of(), Quad(NamedNode(subject), NamedNode(predicate), value, graph)]


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "shape"),
    [
        (DATASET.iri, DCTERMS.title, Literal("Glace", language="fr"), "dataset-title"),
        (DATASET.iri, DCTERMS.title, Literal("More", language="en"), "dataset-title"),
        (DATASET.iri, DCAT.landingPage, NamedNode("urn:x"), "dataset-landing-page"),
        (DATASET.iri, DCTERMS.accessRights, NamedNode("urn:x"), "dataset-access"),
        (DATASET.iri, DCTERMS.license, NamedNode("https://x.org/terms"), "dataset-license-one"),
        ("urn:sciknow:distribution:d-zarr", DCAT.byteSize, string("many"), "distribution-size"),
        ("urn:sciknow:location:new", SK.west, double(200.0), None),
        (ICE.iri, SKOS.exactMatch, NamedNode("urn:x"), "concept-match"),
        (ICE.iri, SKOS.related, NamedNode(TOP.iri), "concept-related"),
        (DATASET.iri, SK.spatialResolutionInDegrees, typed("1", XSD.integer), "dataset-degrees"),
    ],
)
def test_what_a_harvest_can_bring_is_caught(shapes, subject, predicate, value, shape):
    found = {item.shape for item in validate(harvested(subject, predicate, value), shapes)}
    assert (f"urn:sciknow:shape:{shape}" in found) if shape else not found


def test_old_dates_are_no_fault_and_make_no_noise(shapes, caplog):
    old = replace(DATASET, temporal=PeriodOfTime("-100000", "-0221"))
    assert validate(quads_of(dataset=old), shapes) == []
    assert caplog.records == []


def test_every_shape_has_a_message_and_a_mend_in_both_languages():
    graph = rdflib.Graph()
    for path in SHAPES.glob("*.ttl"):
        graph.parse(path)
    for shape in set(graph.subjects(RDF.type, SH.PropertyShape)):
        assert [text.language for text in graph.objects(shape, SH.message)] == ["en"], shape
        mends = {text.language for text in graph.objects(shape, URIRef(SK.mend))}
        assert mends == {"en", "zh"}, shape
        used = list(graph.subjects(SH.property, shape))
        assert used, f"{shape} is in no node shape"


def test_the_licences_listed_are_spdx_ids():
    graph = rdflib.Graph().parse(SHAPES / "dataset.ttl")
    listed = {
        str(item).rpartition("/")[2]
        for head in graph.objects(None, SH["in"])
        for item in graph.items(head)
        if "spdx.org" in str(item)
    }
    known = {entry["id"] for entry in _spdx.LICENSES.values()}
    assert len(listed) > 20
    assert listed <= known


def test_each_class_of_the_graph_has_a_shape(quads, shapes):
    types = {
        item.object.value
        for item in quads
        if item.predicate.value == str(RDF.type)
        and item.graph_name.value not in ("urn:sciknow:graph:meta", "urn:sciknow:graph:vocabulary")
    }
    targets = {str(item) for item in shapes.objects(None, SH.targetClass)}
    # an agent is checked as prov:Agent, a variable as sk:Variable; terms in words need no check
    other = {
        SCHEMA.Organization, SCHEMA.Person, FOAF.Organization, FOAF.Person,
        SCHEMA.PropertyValue, DCTERMS.RightsStatement,
    }  # fmt: skip
    assert types - other <= targets
    assert PROV.Agent in targets


def test_a_folder_without_shapes_and_a_broken_one_are_said_so(tmp_path):
    with pytest.raises(InvalidInput, match="holds no shapes"):
        read_shapes(tmp_path)
    (tmp_path / "a.ttl").write_text("shape:a a")
    with pytest.raises(InvalidInput, match=r"a\.ttl"):
        read_shapes(tmp_path)


def test_the_shape_knows_every_reader():
    graph = read_shapes(SHAPES)
    sh = Namespace("http://www.w3.org/ns/shacl#")
    (shape,) = (
        one
        for one in graph.subjects(sh.path, URIRef(SK.base + "reader"))
        if (one, sh["in"], None) in graph
    )
    named = rdflib.collection.Collection(graph, graph.value(shape, sh["in"]))
    assert {str(name) for name in named} == set(formats.installed_formats())
