"""RDF text from anywhere: read as the engine reads it; nothing that it holds ends the caller."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize

from sciknow.errors import InvalidInput, LimitExceeded, SciknowError
from sciknow.rdf.guarded import FORMATS, parse_rdf
from sciknow.rdf.job import depth_of

TURTLE = """
@prefix ex: <https://example.org/> .
ex:a ex:b "冰"@zh, 5, [ ex:c ( 1 2 ) ] ; a ex:D .
"""
NAMED = st.builds(
    NamedNode, st.from_regex(r"https://example\.org/[a-z0-9é冰]{1,8}", fullmatch=True)
)
LITERAL = st.builds(Literal, st.text(max_size=20).filter(lambda text: "\ud800" not in repr(text)))


def test_quads_come_in_the_order_of_the_text():
    found = parse_rdf(TURTLE.encode())
    expected = list(parse(TURTLE.encode(), format=RdfFormat.TURTLE))
    assert [quad.predicate for quad in found] == [quad.predicate for quad in expected]
    assert len(found) == 9


@settings(max_examples=25, deadline=None)
@given(st.lists(st.builds(Quad, NAMED, NAMED, NAMED | LITERAL), max_size=5, unique=True))
def test_what_is_written_is_read_again_in_every_form(quads):
    for media_type in FORMATS:
        form = RdfFormat.from_media_type(media_type)
        plain = [item.triple for item in quads] if not form.supports_datasets else quads
        assert set(parse_rdf(serialize(plain, format=form), media_type)) == set(quads)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<urn:a> <urn:b> .", "line 1"),
        ("<urn:a> <urn:b> 'c'", "line 1"),
        ("<a> <urn:b> 'c' .", "IRI"),
        ("<urn:a> <urn:b> <<( <urn:c> <urn:d> 1 )>> .", "about a statement"),
        ("<urn:a> <urn:b> '\xe9' .", "line 1"),
    ],
)
def test_what_is_no_turtle_says_where(text, said):
    with pytest.raises(InvalidInput, match=said):
        parse_rdf(text.encode("latin-1"))


def test_relative_names_are_resolved_against_the_base():
    (quad,) = parse_rdf(b"<a> <b> <c> .", base="https://example.org/x/")
    assert quad.subject.value == "https://example.org/x/a"


def test_names_are_in_nfc():
    (quad,) = parse_rdf("<urn:e\u0301> <urn:b> <urn:A\u030a> .".encode())
    assert (quad.subject.value, quad.object.value) == ("urn:\u00e9", "urn:\u00c5")


DEEP = 200_000
START = "<urn:a> <urn:b>"


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        (f"{START} {'<<( <urn:c> <urn:d> ' * DEEP} 1 {')>> ' * DEEP} .", "text/turtle"),
        (f"{START} {'[ <urn:c> ' * DEEP} 1 {'] ' * DEEP} .", "text/turtle"),
        (f"{START} {'( ' * DEEP} {') ' * DEEP} .", "text/turtle"),
        (f'{{"@graph": {"[" * DEEP} {"]" * DEEP}}}', "application/ld+json"),
    ],
    ids=["triples", "nodes", "lists", "json"],
)
def test_depth_ends_nobody(text, media_type):
    with suppress(SciknowError):
        parse_rdf(text.encode(), media_type)
    assert len(parse_rdf(TURTLE.encode())) == 9


RDF_XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:">'
THING = '<rdf:Description><e:b c=">">'
NESTED = {
    "terms": ("text/turtle", START, " <<( <urn:c> <urn:d>", " 1", " )>>", "."),
    "reified": ("text/turtle", START, " << <urn:c> <urn:d>", " 1", " >>", "."),
    "annotated": ("text/turtle", f"{START} 1", " {| <urn:c> 1", "", " |}", "."),
    "nodes": ("text/turtle", START, " [ <urn:c>", " 1", " ]", "."),
    "lists": ("text/turtle", START, " (", "", " )", "."),
    "both": ("text/turtle", START, " ( [ <urn:c>", " 1", " ] )", "."),
    "trig": ("application/trig", f"<urn:g> {{ {START}", " <<( <urn:c> <urn:d>", " 1", " )>>", "}"),
    "n-triples": ("application/n-triples", START, " <<( <urn:c> <urn:d>", ' "1"', " )>>", "."),
    "n-quads": ("application/n-quads", START, " <<( <urn:c> <urn:d>", ' "1"', " )>>", "<urn:g> ."),
    "xml": ("application/rdf+xml", RDF_XML, THING, "", "</e:b></rdf:Description>", "</rdf:RDF>"),
    "objects": ("application/ld+json", "", '{"urn:b":', "1", "}", ""),
    "json lists": ("application/ld+json", '{"urn:b":', '{"@list":[', "", "]}", "}"),
    "contexts": ("application/ld+json", "", '{"@context":{"a":', "1", "}}", ""),
}


@pytest.mark.parametrize("kind", NESTED)
@pytest.mark.parametrize("depth", [20, 400, 20_000])
def test_nesting_is_read_or_refused_soon_and_cheaply(kind, depth):
    """The bound is that of the process: what passes it is late, or ended."""
    media_type, start, opening, middle, closing, end = NESTED[kind]
    text = f"{start}{opening * depth}{middle}{closing * depth} {end}"
    found, told = None, ""
    try:
        found = parse_rdf(text.encode(), media_type, seconds=20)
    except (InvalidInput, LimitExceeded) as error:
        told = error.message
    assert found is None or len(found) >= depth - 1
    assert "took more" not in told
    assert "memory" not in told or depth == 20_000
    assert len(parse_rdf(TURTLE.encode())) == 9


def test_levels_are_counted_outside_of_texts():
    for text in (b'{"a": "[[[[ \\" ]"}', b'[{}, {}, {}, "}"]', b'{"\\\\": []}'):
        assert depth_of(text, "application/ld+json") <= 2
    xml = b'<a b="<c>"><!-- <d> --><e/><f>x</f><![CDATA[<g>]]><?h <i>?></a>'
    assert depth_of(xml, "application/rdf+xml") == 2
    for depth, kept in ((499, True), (501, False)):
        text = b'{"urn:a":' * depth + b"1" + b"}" * depth
        if kept:
            assert len(parse_rdf(text, "application/ld+json")) == depth
        else:
            with pytest.raises(LimitExceeded, match="501 levels"):
                parse_rdf(text, "application/ld+json")


def test_number_time_length_and_kind_are_limited(monkeypatch):
    many = b"".join(b"<urn:a> <urn:b> %d .\n" % number for number in range(11))
    assert len(parse_rdf(many, most=11)) == 11
    with pytest.raises(InvalidInput, match="more than 10 statements"):
        parse_rdf(many, most=10)
    with pytest.raises(LimitExceeded, match="took more than"):
        parse_rdf(b"<urn:a> <urn:b> 'c' .\n" * 2_000_000, seconds=0.2)
    monkeypatch.setattr("sciknow.rdf.guarded.MAX_BYTES", 10)
    with pytest.raises(LimitExceeded, match="10 are read at most"):
        parse_rdf(many)
    with pytest.raises(InvalidInput, match="one of text/turtle"):
        parse_rdf(b"", "text/html")


def test_an_entity_bomb_and_a_remote_context_are_refused(tmp_path):
    tenfold = (f'<!ENTITY e{number + 1} "{f"&e{number};" * 10}">' for number in range(9))
    bomb = (
        f'<!DOCTYPE r [<!ENTITY e0 "{"x" * 100}">{"".join(tenfold)}]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:">'
        '<rdf:Description rdf:about="urn:a"><e:b>&e9;</e:b></rdf:Description></rdf:RDF>'
    )
    with pytest.raises(SciknowError):
        parse_rdf(bomb.encode(), "application/rdf+xml", seconds=20)
    secret = tmp_path / "context.json"
    secret.write_text('{"@context": {"b": "urn:b"}}')
    for address in (secret.as_uri(), "http://127.0.0.1:9/context"):
        text = f'{{"@context": "{address}", "@id": "urn:a", "b": 1}}'
        with pytest.raises(InvalidInput):
            parse_rdf(text.encode(), "application/ld+json")
