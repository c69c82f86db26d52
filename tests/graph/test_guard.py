"""What a query may say; every trick here parses in the engine and would reach out or end it."""

import pytest

from sciknow.errors import InvalidInput, LimitExceeded, UntrustedInput
from sciknow.graph.guard import bind_values, check_query
from sciknow.graph.limit import MAX_NESTING, MAX_OPERATORS, MAX_QUERY

FINE = [
    "SELECT * { ?s ?p ?o }",
    'SELECT ?service { ?service rdfs:label "SERVICE <http://x/> LOAD FROM" }',
    "SELECT ?s { ?s ?from ?load } # SERVICE <http://x/> { } FROM",
    "SELECT ?s { <http://x.org/SERVICE/FROM#LOAD> ?p ?o }",
    "SELECT ?s { ex:SERVICE ?p ex:from.LOAD }",
    'SELECT ?s { ?s ?p \'\'\'it\'s SERVICE\'\'\' , """say "FROM" """ , \'\' , "" }',
    'SELECT ?s { ?s ?p "a\\"SERVICE <x> {" }',
    'SELECT ?s { ?s ?p "x"@en-SERVICE }',
    "SELECT ?s { ?s ?p _:service }",
    "SELECT * { ?s ?p ?o FILTER(?a < 1 && ?b > 2 || ?c <= 3) }",
    "SELECT * { ?s ?p ?o FILTER(?a<?b&&?c>?d) }",
    "PREFIX payload: <urn:x> SELECT * { ?s payload:a ?o }",
    "PREFIX p: <http://en.wikipedia.org/wiki/A_(b)> SELECT * { ?s p:a ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s ^skos:broader/skos:broader*|!rdf:type ?o }",
    "SELECT * { << ?s ?p ?o >> ?q ?r }",
    "SELECT * { ?s ?p 5.0e-3 , -1 , .5 , true }",
    "SELECT * { ex:a\\#b ex:c\\'d ?o }",
    "ASK { GRAPH ?g { ?s ?p ?o } MINUS { ?s a ?o } }",
]
REACHING = [
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * { service silent <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * { SERVICE?g { ?s ?p ?o } }",
    "PREFIX a: <urn:> SELECT * { SERVICEa:b { ?s ?p ?o } }",
    "PREFIX : <urn:> SELECT * { SERVICE:b { ?s ?p ?o } }",
    "SELECT * { ?s ?p 5SERVICE<http://127.0.0.1:1/>{ ?a ?b ?c } }",
    "SELECT * { ?s ?p 5.SERVICE<http://127.0.0.1:1/>{ ?a ?b ?c } }",
    "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1:1/>{ ?a ?b ?c } }",
    "SELECT * { ?s ?p ''SERVICE<http://127.0.0.1:1/>{ ?a ?b ?c } }",
    "SELECT * { ?s ?p 'a'#\n SERVICE<http://127.0.0.1:1/>{ ?a ?b ?c } }",
    "SELECT * { ?s ?p 'a' # '\r SERVICE<http://127.0.0.1:1/>{ ?a ?b ?c } }",
    "SELECT * FROM <urn:g> { ?s ?p ?o }",
    "SELECT * FROM NAMED <urn:g> { ?s ?p ?o }",
    "SELECT*FROM<urn:g>{ ?s ?p ?o }",
    "PREFIX : <urn:> SELECT*FROM:g{ ?s ?p ?o }",
    "ASKFROM<urn:g>{ ?s ?p ?o }",
    "DESCRIBE <urn:a> FROM <urn:g>",
    "CONSTRUCT { ?s ?p ?o } FROM <urn:g> WHERE { ?s ?p ?o }",
    "LOAD <http://127.0.0.1:1/>",
    "LOAD SILENT <http://127.0.0.1:1/> INTO GRAPH <urn:g>",
    "INSERT DATA { <urn:a> <urn:b> 1 }",
    "DELETE WHERE { ?s ?p ?o }",
    "PREFIX a: <urn:> DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "DROP GRAPH <urn:g>",
    "CREATE GRAPH <urn:g>",
    "COPY DEFAULT TO <urn:g>",
    "MOVE DEFAULT TO <urn:g>",
    "ADD DEFAULT TO <urn:g>",
    "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
]
HIDDEN = [
    "SELECT * { ?s ?p ?o FILTER(?a<1)SERVICE?g#>\n{ ?a ?b ?c } }",
    "PREFIX : <urn:> SELECT (?a<2AS?x)FROM:g#>\n{ ?s ?p ?o }",
    "SELECT * { ?s ?p ?o FILTER(?a<" + "(" * 60 + "1>0" + ")" * 60 + ") }",
    "SELECT * { ?s ?p ?o FILTER(?a<" + "!" * 60 + "1>0) }",
    'SELECT * { ?s ?p """x }',
    "SELECT * { ?s ?p 'x\n' }",
    "SEL\\u0045CT * { ?s ?p ?o }",
]


@pytest.mark.parametrize("query", FINE)
def test_passes(query):
    assert check_query(query) == query


@pytest.mark.parametrize("query", REACHING)
def test_reaching_out_or_changing_is_refused(query):
    with pytest.raises(UntrustedInput, match=r"line [12]"):
        check_query(query)


@pytest.mark.parametrize("query", HIDDEN)
def test_what_a_lexer_and_a_parser_may_read_differently_is_refused(query):
    with pytest.raises((InvalidInput, UntrustedInput)):
        check_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }",
        "SELECT * " + "{" * 5000 + "?s ?p ?o" + "}" * 5000,
        "SELECT * { ?s ?p ?o FILTER(" + "!" * 5000 + "true) }",
        "SELECT * { ?s ?p ?o FILTER(" + "-" * 5000 + "1) }",
        "SELECT * { ?s ?p " + "[ <urn:p> " * 500 + "1" + "]" * 500 + " }",
        "SELECT * { ?s ?p " + "(" * 500 + "1" + ")" * 500 + " }",
        "SELECT * { ?s " + "^(" * 500 + "<urn:p>" + ")" * 500 + " ?o }",
        "SELECT * { ?s " + "/".join(["<urn:p>"] * 5000) + " ?o }",
        "SELECT * { ?s " + "|".join(["<urn:p>"] * 5000) + " ?o }",
        "SELECT * { ?s ?p ?o FILTER(" + "+".join(["1"] * 5000) + ") }",
        "SELECT * { ?s ?p ?o FILTER(" + "||".join(["?s=1"] * 5000) + ") }",
        "SELECT * { ?s ?p ?o FILTER(" + "IF(true,1," * 500 + "1" + ")" * 500 + ") }",
        "SELECT * { ?s ?p ?o " + "FILTER NOT EXISTS { ?s ?p ?o " * 200 + "}" * 200 + " }",
        "SELECT * { ?s ?p ?o " + "OPTIONAL { ?s ?p ?o " * 200 + "}" * 200 + " }",
        "SELECT * " + "{ SELECT * " * 200 + "{ ?s ?p ?o }" + "}" * 200,
        "SELECT * { " + " UNION ".join(["{ ?s ?p ?o }"] * 2000) + " }",
        "SELECT * { " + "OPTIONAL { ?s ?p ?o } " * 2000 + " }",
        "SELECT * { ?s ?p ?o " + " ".join(f"BIND(1 AS ?x{i})" for i in range(2000)) + " }",
        "SELECT * { " + "<<( ?s ?p " * 200 + "?o" + " )>>" * 200 + " ?p ?o }",
        "SELECT * { " + "<< ?s ?p " * 200 + "?o" + " >>" * 200 + " ?p ?o }",
        "SELECT * { ?s ?p ?o " + "{| ?a ?b " * 200 + "|}" * 200 + " }",
        "SELECT * { ?s ?p ?o } # " + "x" * MAX_QUERY,
    ],
)
def test_what_drives_the_parser_too_deep_is_refused(query):
    with pytest.raises(LimitExceeded, match=r"allowed|more than"):
        check_query(query)


@pytest.mark.parametrize(
    ("opened", "closed"),
    [("(", ")"), ("{", "}"), ("[", "]"), ("<<", ">>"), ("<<(", ")>>"), ("{|", "|}")],
)
def test_each_kind_of_bracket_is_counted_until_it_is_closed(opened, closed):
    deep, out = f"{opened} " * MAX_NESTING, f"{closed} " * MAX_NESTING
    assert check_query(deep + out + deep) == deep + out + deep
    with pytest.raises(LimitExceeded, match="open at once"):
        check_query(deep + opened)
    check_query(out + deep)  # what was never opened makes no room


@pytest.mark.parametrize(
    "word",
    [
        *("+", "-", "*", "/", "|", "||", "&&", "!", "^", "=", "!=", "<", ">", "<=", ">=", "^^"),
        *("UNION", "OPTIONAL", "MINUS", "FILTER", "EXISTS", "LATERAL", "GRAPH", "SELECT"),
        *("BIND", "VALUES", "AS", "IN", "union"),
    ],
)
def test_each_operator_and_clause_is_counted(word):
    check_query(f"{word} " * MAX_OPERATORS)
    with pytest.raises(LimitExceeded, match="operators, path steps and clauses"):
        check_query(f"{word} " * (MAX_OPERATORS + 1))


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_text_that_does_not_end_is_said(quote):
    with pytest.raises(InvalidInput, match="a text that does not end"):
        check_query(f"SELECT * {{ ?s ?p {quote}x\n }}")


def test_closing_brackets_in_texts_and_comments_do_not_lower_the_count():
    deep = "".join(f"( # ){i})\n" for i in range(MAX_NESTING + 1))
    with pytest.raises(LimitExceeded):
        check_query("SELECT * { ?s ?p ?o FILTER(" + deep)
    with pytest.raises(LimitExceeded):
        check_query("SELECT * { ?s ?p ?o FILTER(" + '( ")" , ' * (MAX_NESTING + 1))


def test_long_lists_of_values_are_no_nesting():
    values = " ".join(f"<https://x.org/{i}>" for i in range(3000))
    check_query(f"SELECT * {{ VALUES ?s {{ {values} }} ?s ?p ?o }}")
    assert MAX_OPERATORS < 3000


def test_a_refusal_says_where():
    with pytest.raises(UntrustedInput, match="line 3, column 5: SERVICE"):
        check_query("SELECT *\n{\n    SERVICE <http://x/> { } }")


@pytest.mark.parametrize("query", [None, b"ASK {}", 3])
def test_only_text_is_a_query(query):
    with pytest.raises(InvalidInput, match="a query of type"):
        check_query(query)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * WHERE { ?s ?p ?o }", "SELECT * WHERE { VALUES (?s) { (<urn:a>) } ?s ?p ?o }"),
        (
            'SELECT ("{" AS ?x) { ?s ?p ?o }',
            'SELECT ("{" AS ?x) { VALUES (?s) { (<urn:a>) } ?s ?p ?o }',
        ),
        (
            "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
            "CONSTRUCT { ?s ?p ?o } WHERE { VALUES (?s) { (<urn:a>) } ?s ?p ?o }",
        ),
        (
            "CONSTRUCT WHERE { ?s ?p ?o }",
            "CONSTRUCT WHERE { VALUES (?s) { (<urn:a>) } ?s ?p ?o }",
        ),
        ("DESCRIBE <urn:b>", "DESCRIBE <urn:b>"),
    ],
)
def test_bound_values_stand_at_the_head_of_the_group(query, expected):
    assert bind_values(query, {"s": "<urn:a>"}) == expected


def test_a_bound_name_cannot_carry_text():
    with pytest.raises(InvalidInput, match="no variable"):
        bind_values("ASK { ?s ?p ?o }", {"s) { } SERVICE": "<urn:a>"})
