"""Hand-written Turtle: what is read, and that every fault is named."""

import pytest

from sciknow.errors import InvalidInput
from sciknow.graph import examine, read_agents, read_concepts, read_publications, read_schemes
from sciknow.model import PublicationKind
from sciknow.vocab import ActivityKind

CONCEPTS, PAPERS, AGENTS = "concepts/sea.ttl", "publications/sea.ttl", "agents/some.ttl"


def test_reads_each_kind_whole(base):
    folder = base.write()
    ice, top = read_concepts(folder)
    assert ice.pref_label.to_dict() == {"en": "sea ice", "zh": "海冰"}
    assert ice.alt_labels == (("en", "ice of the sea"), ("zh", "NO2"))
    assert (ice.broader, ice.in_scheme, top.broader) == (("top",), "sea", ())
    assert ice.provenance[0].source == "https://example.org/list"
    assert ice.provenance[0].accessed == "2026-01-01"
    assert [scheme.id for scheme in read_schemes(folder)] == ["sea"]
    (paper,) = read_publications(folder)
    assert (paper.id, paper.doi, paper.issued) == ("10.1000/abc", "10.1000/abc", "2017-03")
    assert paper.authors == ("Li, Wei", "Smith, Ann")
    assert (paper.authors_complete, paper.kind) == (False, PublicationKind.ARTICLE)
    assert (paper.container, paper.volume, paper.issue, paper.pages) == ("Journal", "1", "2", "3-4")
    assert (paper.publisher, paper.describes, paper.uses) == ("Press", ("ice",), ("other",))
    (agent,) = read_agents(folder)
    assert (agent.ror, agent.country, agent.homepage) == (
        "027ka1x80",
        "US",
        "https://www.nasa.gov/",
    )
    assert agent.alternate_names[0].en == "NASA"


def test_a_label_of_ours_is_marked_even_without_a_source(base):
    base.texts[CONCEPTS] = (
        base.texts[CONCEPTS]
        .replace("    dcterms:source <https://example.org/list> ;\n", "")
        .replace("skos:broader concept:top ;", 'skos:broader concept:top ; sk:translated "zh" ;')
    )
    ice = read_concepts(base.write())[0]
    assert [item.activity for item in ice.provenance] == [ActivityKind.TRANSLATED]
    assert ice.provenance[0].fields == ("pref_label.zh",)


def test_a_doi_with_angle_brackets_is_read(base):
    base.texts[PAPERS] = base.texts[PAPERS].replace("10.1000/abc", "10.1000/a%3C1:b%3E2.0.co;2")
    (paper,) = read_publications(base.write())
    assert paper.doi == "10.1000/a<1:b>2.0.co;2"
    assert paper.iri == "https://doi.org/10.1000/a%3C1:b%3E2.0.co;2"


FAULTS = [
    (CONCEPTS, '"海冰"@zh', '"haibing"@zh', "ice: key skos:prefLabel", "Chinese characters"),
    (CONCEPTS, '"sea ice"@en', '"海 ice"@en', "ice: key skos:prefLabel", "no Chinese characters"),
    (CONCEPTS, '"sea ice"@en, ', "", "ice: key skos:prefLabel", "no text @en"),
    (CONCEPTS, '"sea ice"@en', '"sea ice"@en, "ice"@en', "skos:prefLabel", "second text @en"),
    (CONCEPTS, '"sea ice"@en', '"sea ice"@fr', "skos:prefLabel", "@en or @zh"),
    (CONCEPTS, '"sea ice"@en', '"sea ice"', "skos:prefLabel", "@en or @zh"),
    (CONCEPTS, '"ice of the sea"@en', '"sea ice"@en', "skos:altLabel", "again"),
    (CONCEPTS, '"NO2"@zh', '"Nitrogen"@zh', "skos:altLabel", "Chinese characters"),
    (CONCEPTS, "skos:broader concept:top ;", "", "ice: key skos:broader", "topConceptOf"),
    (CONCEPTS, "skos:broader concept:top", "skos:broader concept:gone", "ice", "exists"),
    (CONCEPTS, "skos:broader concept:top", "skos:broader <https://x.org/a>", "broader", "concept:"),
    (CONCEPTS, "skos:topConceptOf scheme:sea", "skos:broader concept:ice", "top", "cycle"),
    (
        CONCEPTS,
        "skos:inScheme scheme:sea .\nconcept:top",
        "skos:inScheme scheme:x .\nconcept:top",
        "ice: key skos:inScheme",
        "a scheme that exists",
    ),
    (CONCEPTS, "skos:altLabel", "skos:prefLabl", "skos:prefLabl", "one of"),
    (
        CONCEPTS,
        "skos:broader concept:top ;",
        'skos:broader concept:top ; sk:standardName "Sea Ice" ;',
        "sk:standardName",
        "CF standard name",
    ),
    (CONCEPTS, "concept:ice a skos:Concept", "concept:Ice a skos:Concept", "Ice", "a-z"),
    (CONCEPTS, "a skos:ConceptScheme", "a skos:Collection", "a: found", "skos:Concept"),
    (CONCEPTS, '"2026-01-01"^^xsd:date', '"2026-13-01"^^xsd:date', "dcterms:modified", "date"),
    (CONCEPTS, "concept:ice a", "concept:ice ; a", CONCEPTS, "line"),
    (PAPERS, "10.1000/abc", "10.1000/ABC", "10.1000/ABC", "<https://doi.org/10.1000/abc>"),
    (PAPERS, "https://doi.org/10.1000/abc", "https://x.org/abc", "https://x.org/abc", "a DOI"),
    (PAPERS, '"2017-03"^^xsd:gYearMonth', '"2017-03"^^xsd:gYear', "issued", "xsd:gYearMonth"),
    (PAPERS, '"2017-03"^^xsd:gYearMonth', '"2017-3"^^xsd:gYearMonth', "issued", "YYYY"),
    (PAPERS, '( "Li, Wei" "Smith, Ann" )', '"Li, Wei"', "schema:author", "a list of texts"),
    (PAPERS, '"Smith, Ann"', "agent:ann", "schema:author", "a text"),
    (PAPERS, "sk:authorsComplete false", 'sk:authorsComplete "no"', "authorsComplete", "true or"),
    (
        PAPERS,
        "sk:describes dataset:ice ; sk:uses dataset:other ;",
        "",
        "sk:describes",
        "no dataset",
    ),
    (
        PAPERS,
        "sk:describes dataset:ice",
        "sk:describes concept:ice",
        "sk:describes",
        "dataset:<id>",
    ),
    (PAPERS, "dcterms:source <https://example.org/paper>", 'sk:volume "1"', "source", "nothing"),
    (PAPERS, 'dcterms:title "A paper on ice (海冰)"@en ;', "", "dcterms:title", "nothing"),
    (AGENTS, '"027ka1x80"', '"027ka1x81"', "sk:ror", "check digits"),
    (AGENTS, 'sk:ror "027ka1x80"', 'sk:orcid "0000-0002-1825-0097"', "sk:orcid", "ROR id"),
    (AGENTS, 'sk:country "US"', 'sk:country "usa"', "sk:country", "ISO 3166"),
    (AGENTS, "<https://www.nasa.gov/>", '"www.nasa.gov"', "schema:url", "IRI"),
    (
        AGENTS,
        "dcterms:source <https://ror.org/027ka1x80>",
        'schema:name "N"@en',
        "source",
        "nothing",
    ),
    (AGENTS, "agent:nasa", "<https://nasa.gov/>", "https://nasa.gov/", "agent:<id>"),
]


@pytest.mark.parametrize(("file", "old", "new", "where", "says"), FAULTS)
def test_each_fault_names_file_record_property(base, file, old, new, where, says):
    assert old in base.texts[file]
    base.texts[file] = base.texts[file].replace(old, new)
    problems = [str(item) for item in examine(base.write()).problems]
    assert any(file in text and where in text and says in text for text in problems), problems


def test_a_wrong_orcid_digit_is_refused(base):
    base.texts[AGENTS] += """
agent:ann a schema:Person ; schema:name "Ann"@en ; sk:orcid "0000-0002-1825-0098" ;
    dcterms:source <https://example.org/ann> .
"""
    with pytest.raises(
        InvalidInput, match=r"agents/some\.ttl: entry ann: key sk:orcid.*check digit"
    ):
        read_agents(base.write())


def test_an_id_stands_once_across_files(base):
    base.texts["concepts/two.ttl"] = base.texts[CONCEPTS].replace("scheme:sea", "scheme:two")
    found = [str(item) for item in examine(base.write()).problems]
    assert any("two.ttl" in text and "first in concepts/sea.ttl" in text for text in found)


def test_a_ror_stands_once(base):
    base.texts[AGENTS] += base.texts[AGENTS].replace("agent:nasa", "agent:nasa2")
    found = [str(item) for item in examine(base.write()).problems]
    assert any("nasa2" in text and "nasa has it already" in text for text in found)


def test_all_problems_are_collected_and_the_first_raised_counts_them(base):
    base.texts[AGENTS] = base.texts[AGENTS].replace('"US"', '"us"').replace('x80"', 'x81"')
    assert len(examine(base.write()).problems) == 2
    with pytest.raises(InvalidInput, match=r"1 more problem\(s\)"):
        read_agents(base.folder)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", "@prefix : <urn:x> . é".encode("latin-1")])
def test_bytes_that_are_no_turtle_do_no_harm(base, data):
    folder = base.write()
    (folder / "agents" / "bad.ttl").write_bytes(data)
    found = examine(folder)
    assert [agent.id for agent in found.agents] == ["nasa"]
    assert len(found.problems) == (1 if data else 0)


def test_a_folder_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(InvalidInput, match="is no folder"):
        read_concepts(tmp_path / "gone")


def test_control_and_bidi_characters_are_dropped(base):
    base.texts[CONCEPTS] = base.texts[CONCEPTS].replace('"sea ice"', '"sea\\u202E ice\\u0007"')
    assert read_concepts(base.write())[0].pref_label.en == "sea ice"


def test_the_twenty_sectors_are_concepts(knowledge):
    sectors = [item for item in knowledge.concepts if item.in_scheme == "sectors"]
    assert len(sectors) == 20
    assert all(item.id.startswith("sector-") for item in sectors)
