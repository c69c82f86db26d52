"""Model → RDF → model without loss, digests, and what the quads look like."""

import json
from dataclasses import replace

import pytest
from amount import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from sciknow.errors import InvalidInput
from sciknow.graph import META, canonical_digest, from_graph, normal_form, to_quads
from sciknow.model import (
    AccessEvidence,
    Activity,
    Agent,
    Concept,
    Dataset,
    Distribution,
    Grant,
    LangString,
    PeriodOfTime,
    Publication,
    Relation,
    RelationKind,
    Resolution,
    SpatialCoverage,
    Variable,
)
from sciknow.model.plain import from_plain, to_plain
from sciknow.rdf.term import iri, last_day
from sciknow.vocab import DCTERMS, PROV, SK, AccessRights, ActivityKind, Sector

slug = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,12}", fullmatch=True)
text = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30
).map(lambda value: iri_safe(value))
day = st.dates().map(str)
date = st.one_of(day, day.map(lambda d: d[:7]), day.map(lambda d: d[:4]), st.just("-10000"))
url = st.from_regex(r"https://[a-z]{1,8}\.org/[a-zA-Z0-9/_.~-]{0,12}", fullmatch=True)


def iri_safe(value: str) -> str:
    """What the model lets in: NFC, no control characters, no bare white space."""
    from sciknow.text import clean

    return clean(value).strip() or "x"


def some(item, most=3):
    return st.lists(item, max_size=most).map(tuple)


langs = st.one_of(
    st.just(LangString()),
    st.builds(LangString, en=text, zh=text),
    st.builds(LangString, zh=text),
)
side = st.floats(-90, 90, allow_nan=False).map(lambda x: x + 0.0)
spatial = st.builds(
    SpatialCoverage, bbox=st.one_of(st.none(), st.tuples(side, side, side, side)), name=langs
)
resolution = st.builds(
    Resolution,
    degrees=st.one_of(st.none(), st.floats(1e-9, 90)),
    meters=st.one_of(st.none(), st.floats(1e-9, 2e7)),
    duration=st.sampled_from(["", "P1D", "PT3H", "P1M"]),
)
activity = st.builds(
    Activity,
    source=url,
    accessed=day,
    fields=st.lists(slug, min_size=1, max_size=3).map(tuple),
    activity=st.sampled_from(ActivityKind),
    note=st.one_of(st.just(""), text),
)
distribution = st.builds(
    Distribution,
    id=slug,
    access_url=st.one_of(url, st.just("data/näme of file.zarr"), st.just("s3://bucket/key.zarr")),
    reader=st.sampled_from(["", "zarr", "netcdf"]),
    media_type=st.sampled_from(["", "application/netcdf", "image/tiff; application=geotiff"]),
    title=langs,
    byte_size=st.one_of(st.none(), st.integers(1, 10**15)),
    storage_options=st.dictionaries(slug, st.one_of(st.booleans(), text), max_size=2),
    options=st.dictionaries(slug, st.integers(), max_size=2),
    offline=st.booleans(),
    access_evidence=some(st.builds(AccessEvidence, source=url, opened_with=text, accessed=day)),
)
variable = st.builds(
    Variable,
    name=text,
    standard_name=st.sampled_from(["", "air_temperature"]),
    units=st.one_of(st.just(""), text),
    long_name=langs,
)
dataset = st.builds(
    Dataset,
    id=slug,
    title=st.builds(LangString, en=text, zh=text),
    description=langs,
    sector=st.one_of(st.none(), st.sampled_from(Sector)),
    sectors=some(st.sampled_from(Sector)),
    publisher=st.one_of(st.just(""), slug),
    creators=st.lists(slug, max_size=3, unique=True).map(tuple),
    grants=some(st.builds(Grant, funder=slug, number=st.one_of(st.just(""), text), name=langs)),
    relations=st.lists(
        st.builds(Relation, kind=st.sampled_from(RelationKind), dataset=slug, change=langs),
        max_size=2,
        unique_by=lambda item: (item.kind, item.dataset),
    ).map(tuple),
    doi=st.sampled_from(["", "10.5067/ghgmr-4fj04", "10.1000/a<1:b>2"]),
    cstr=st.sampled_from(["", "18406.11.Atmos.tpe.68.db"]),
    version=st.one_of(st.just(""), text),
    issued=st.one_of(st.just(""), date),
    citation=st.one_of(st.just(""), text),
    landing_page=st.one_of(st.just(""), url),
    license=st.one_of(st.sampled_from(["", "CC-BY-4.0"]), url),
    rights=langs,
    access_rights=st.one_of(st.none(), st.sampled_from(AccessRights)),
    spatial=spatial,
    temporal=st.builds(
        PeriodOfTime, start=st.one_of(st.just(""), date), end=st.one_of(st.just(""), date)
    ),
    resolution=resolution,
    accrual_periodicity=st.sampled_from(["", "P1D", "never"]),
    variables=some(variable),
    keywords=some(st.tuples(st.sampled_from(["en", "zh"]), text)),
    theme=some(slug),
    distributions=st.lists(distribution, max_size=3, unique_by=lambda d: d.id).map(tuple),
    provenance=some(activity),
    extra=st.dictionaries(slug, st.one_of(text, st.integers(), st.lists(text)), max_size=2),
)


@settings(max_examples=draws(150), deadline=None)
@given(dataset)
def test_dict_to_model_to_rdf_and_back(one):
    plain = json.loads(json.dumps(to_plain(one)))
    read = from_plain(Dataset, plain)
    assert read == one
    assert from_graph(to_quads([read])) == (normal_form(one),)


@settings(max_examples=draws(30), deadline=None)
@given(st.lists(dataset, max_size=3, unique_by=(lambda d: d.id,)), st.randoms())
def test_equal_input_in_any_order_has_one_digest(many, random):
    other = list(many)
    random.shuffle(other)
    assert canonical_digest(to_quads(many)) == canonical_digest(to_quads(other))


def test_the_real_datasets_come_back(datasets):
    assert len(datasets) >= 50
    made = to_quads(datasets)
    back = from_graph(made)
    assert list(back) == sorted(map(normal_form, datasets), key=lambda item: item.id)


def test_one_changed_word_changes_the_digest(datasets):
    changed = (replace(datasets[0], version="another"), *datasets[1:])
    assert canonical_digest(to_quads(datasets)) != canonical_digest(to_quads(changed))


def test_no_blank_nodes_and_none_in_the_digest(quads):
    assert not any(isinstance(item.subject, BlankNode) for item in quads)
    with pytest.raises(InvalidInput, match="blank node"):
        canonical_digest([Quad(BlankNode("a"), NamedNode("urn:p"), Literal("x"))])


def test_each_origin_is_a_graph_described_in_meta(knowledge, quads):
    held = {item.graph_name.value for item in quads}
    described = {item.subject.value for item in quads if item.graph_name.value == META}
    assert held - {META, "urn:sciknow:graph:vocabulary"} <= described
    assert "urn:sciknow:graph:concepts:sectors" in described


def test_an_origin_can_be_a_graph_of_its_own():
    one = Dataset(id="a", title=LangString(en="A"))
    graph = "urn:sciknow:graph:harvest:pangaea"
    made = to_quads([one], origins={one.iri: graph})
    assert {item.graph_name.value for item in made} == {graph, META}


def test_a_harvest_can_say_more_of_its_graph():
    graph = "urn:sciknow:graph:harvest:pangaea"
    fact = Triple(NamedNode(graph), NamedNode(PROV.wasDerivedFrom), NamedNode("https://x.org/oai"))
    one = Dataset(id="a", title=LangString(en="A"))
    made = to_quads([one], origins={one.iri: graph}, activities={graph: [fact]})
    about = {item.predicate.value for item in made if item.graph_name.value == META}
    assert {PROV.wasDerivedFrom, SK.recordCount} <= about
    assert SK.sourceFile not in about


def test_addresses_are_mended_or_refused():
    assert iri("https://x.org/a b[1]|%zz\u202e").value == "https://x.org/a%20b%5B1%5D%7C%25zz"
    assert iri("https://x.org/cafe\u0301").value == "https://x.org/caf\u00e9"
    for bad in ("", "no scheme", "://x", "1a:b"):
        with pytest.raises(InvalidInput, match="no IRI"):
            iri(bad)


def test_last_days():
    assert last_day("2023-02").value == "2023-02-28"
    assert last_day("-10000").value == "-10000-12-31"


def test_ties_of_a_publication_go_both_ways():
    paper = Publication(
        id="10.1/x", doi="10.1/x", title=LangString(en="T"), authors=("B", "A"), describes=("d",)
    )
    facts = {
        (q.subject.value, q.predicate.value, getattr(q.object, "value", ""))
        for q in to_quads(publications=[paper])
    }
    assert (paper.iri, SK.describes, "urn:sciknow:dataset:d") in facts
    assert ("urn:sciknow:dataset:d", DCTERMS.isReferencedBy, paper.iri) in facts


def test_two_datasets_with_one_distribution_id_are_noticed():
    way = Distribution(id="same", access_url="https://x.org/a")
    other = replace(way, access_url="https://x.org/b")
    two = [
        Dataset(id=name, title=LangString(en="T"), distributions=(item,))
        for name, item in (("a", way), ("b", other))
    ]
    with pytest.raises(InvalidInput, match="has 2 values"):
        from_graph(to_quads(two))


def test_agents_and_concepts_keep_their_labels():
    agent = Agent(
        id="x", name=LangString(en="X", zh="某所"), alternate_names=(LangString(en="XX"),)
    )
    concept = Concept(id="c", pref_label=LangString(en="C", zh="概念"), alt_labels=(("zh", "念"),))
    values = {q.object.value for q in to_quads(concepts=[concept], agents=[agent])}
    assert {"X", "某所", "XX", "C", "概念", "念"} <= values
