"""The checks of the knowledge base find what they are for, and nothing in what is sound."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

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
    Resolution,
    SpatialCoverage,
    Variable,
)
from sciknow.vocab import Sector

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
from knowledge.base import Base, read_standard_names  # noqa: E402
from knowledge.cards import address_fault, check_cards  # noqa: E402
from knowledge.checks import check_all  # noqa: E402
from knowledge.figures import BEGIN, END, as_markdown, as_text, figures, in_page  # noqa: E402
from knowledge.filled import check_marks, shape, table  # noqa: E402
from knowledge.graph import check_graph  # noqa: E402
from knowledge.units import measures, parse_units  # noqa: E402

from sciknow.graph.knowledge import Knowledge  # noqa: E402

PAGE = "https://www.ncei.noaa.gov/page"
READ = Activity(source=PAGE, accessed="2026-11-24", fields=("title", "description"))
KEYS = ("publisher", "landing_page", "theme", "license", "variables", "distributions", "temporal")
SOUND = Dataset(
    id="sound",
    title=LangString("Sea ice", "海冰"),
    description=LangString("Ice on the sea. Seen from space.", "海面上的冰。由卫星观测。"),
    sector=Sector.OCEAN,
    publisher="noaa",
    landing_page=PAGE,
    license="CC-BY-4.0",
    temporal=PeriodOfTime("1979"),
    theme=("sea-ice",),
    variables=(Variable(name="ice", standard_name="sea_ice_area_fraction", units="1"),),
    distributions=(
        Distribution(
            id="sound-zarr",
            access_url="s3://bucket/ice",
            reader="zarr",
            access_evidence=(AccessEvidence(source=PAGE, opened_with="x", accessed="2026-11-24"),),
        ),
    ),
    provenance=(READ, replace(READ, fields=KEYS)),
)
TOPS = tuple(
    Concept(id=f"sector-{item}", pref_label=LangString(str(item), "领域")) for item in Sector
)
ICE = Concept(
    id="sea-ice",
    pref_label=LangString("sea ice", "海冰"),
    broader=("sector-ocean",),
    provenance=(READ,),
)
NOAA = Agent(id="noaa", name=LangString("NOAA"))
NAMES = read_standard_names(ROOT / "knowledge_graph" / "vocabulary" / "cf-standard-names.txt")


def base(*datasets, concepts=(ICE,), publications=(), agents=(NOAA,)):
    return Base(
        datasets={item.id: (item, "ocean.yaml") for item in datasets},
        knowledge=Knowledge(
            concepts=(*TOPS, *concepts), publications=publications, agents=tuple(agents)
        ),
        standard_names=NAMES,
    )


def texts(findings):
    return [f"[{item.check}] {item.text}" for item in findings]


def test_nothing_is_found_in_a_sound_base():
    assert texts(check_all(base(SOUND))) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"publisher": "nobody"}, "agent nobody stands in no file"),
        ({"creators": ("nobody",)}, "agent nobody"),
        ({"grants": (Grant(funder="nobody"),)}, "agent nobody"),
        ({"theme": ("none",)}, "theme none stands in no file"),
        ({"sectors": (Sector.OCEAN,)}, "names its own sector"),
        ({"title": LangString("海冰", "海冰")}, "title.en has Chinese"),
        ({"title": LangString("Sea ice", "Sea ice")}, "title.zh has no Chinese"),
        ({"title": LangString("Sea ice")}, "title.zh is missing"),
        ({"keywords": (("en", "海冰"),)}, "keywords.en has Chinese"),
        ({"spatial": SpatialCoverage(name=LangString("Arctic", "Arctic"))}, "spatial.name.zh has"),
        (
            {"description": LangString("One sentence.", "海面上的冰。由卫星观测。")},
            "has 1 sentences",
        ),
        ({"variables": (Variable(name="a", standard_name="no_such_name"),)}, "no CF standard name"),
        ({"variables": (Variable(name="a", units="parrots"),)}, "is no unit"),
        (
            {"variables": (Variable(name="a", standard_name="air_temperature", units="m"),)},
            "does not measure CF's K",
        ),
        ({"variables": (Variable(name="a"), Variable(name="a"))}, "stands there twice"),
        ({"license": "CC-BY-9.0"}, "is no SPDX identifier"),
        ({"license": "cc-by-4.0"}, "is written CC-BY-4.0"),
        ({"doi": "10.1234/x"}, "doi is filled, but no provenance"),
        ({"provenance": (replace(READ, fields=("title", *KEYS)),)}, "description.en is filled"),
        ({"provenance": (READ, replace(READ, fields=(*KEYS, "colour")))}, "names colour"),
        ({"landing_page": "https://example.org/x"}, "a made-up host"),
        ({"issued": "2999"}, "issued 2999 lies ahead"),
        (
            {"distributions": (replace(SOUND.distributions[0], access_evidence=()),)},
            "no access_evidence",
        ),
        (
            {"distributions": (SOUND.distributions[0], replace(SOUND.distributions[0], id="b"))},
            "are the same place",
        ),
        ({"provenance": (READ, replace(READ, fields=KEYS, accessed="2999-01-01"))}, "lies ahead"),
    ],
)
def test_a_mistake_in_a_card_is_found(change, expected):
    found = texts(check_cards(base(replace(SOUND, **change))))
    assert any(expected in text for text in found), found


def test_offline_needs_no_evidence():
    way = replace(SOUND.distributions[0], access_evidence=(), offline=True, access_url="data/x")
    assert texts(check_cards(base(replace(SOUND, distributions=(way,))))) == []


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({}, False),
        ({"publisher": "nasa"}, True),
        ({"temporal": PeriodOfTime("1990")}, True),
        ({"temporal": PeriodOfTime()}, False),
        ({"distributions": (replace(SOUND.distributions[0], access_url="s3://other"),)}, True),
        ({"distributions": ()}, False),
        ({"title": LangString("Arctic sea ice", "北极海冰")}, False),
        ({"title": LangString("Snow depth on ice", "冰上雪深")}, True),
    ],
)
def test_one_landing_page_is_wrong_only_for_one_dataset(change, note):
    two = replace(SOUND, id="two", **change)
    found = [item for item in check_cards(base(SOUND, two)) if "landing_page" in item.text]
    assert [item.note for item in found if "is that of" in item.text] == [note]


def test_two_cards_with_one_identifier_or_description():
    keys = replace(READ, fields=(*KEYS, "doi"))
    one = replace(SOUND, doi="10.1234/x", provenance=(READ, keys))
    found = texts(check_cards(base(one, replace(one, id="two"))))
    assert any("doi 10.1234/x is that of sound too" in text for text in found)
    assert any("landing_page" in text for text in found)
    assert any("description.en is that of sound" in text for text in found)
    assert any("description.zh is that of sound" in text for text in found)


def test_descriptions_that_share_text_are_noted():
    long = LangString("Sea ice concentration from passive microwave. " * 3 + "One.", "")
    other = LangString("Sea ice concentration from passive microwave. " * 3 + "Two.", "")
    both = (replace(SOUND, description=long), replace(SOUND, id="two", description=other))
    assert any("shares" in item.text and item.note for item in check_cards(base(*both)))


@pytest.mark.parametrize(
    ("concept", "expected"),
    [
        (replace(ICE, id="b", broader=()), "no way up leads to a sector"),
        (replace(ICE, id="b", pref_label=LangString("ice", "ice")), "prefLabel.zh has no Chinese"),
        (replace(ICE, id="b", pref_label=LangString("ice")), "prefLabel.zh is missing"),
        (replace(ICE, id="b", alt_labels=(("en", "海冰"),)), "is Chinese"),
        (replace(ICE, id="b", pref_label=LangString("cloud", "雲")), "has traditional"),
        (replace(ICE, id="b", alt_labels=(("zh", "雲量"),)), "has traditional"),
        (replace(ICE, id="b", standard_names=("no_such",)), "no CF standard name"),
        (replace(ICE, id="b", provenance=()), "no source"),
        (replace(ICE, id="b"), "label sea ice is that of b too"),
        (
            replace(ICE, id="b", broader=("c",)),
            "no way up leads to a sector",
        ),
    ],
)
def test_a_mistake_in_a_concept_is_found(concept, expected):
    if "traditional" in expected:
        pytest.importorskip("opencc", reason="tells traditional characters")
    found = texts(check_graph(base(SOUND, concepts=(concept, ICE))))
    assert any(expected in text for text in found), found


PAPER = Publication(
    id="p", title=LangString("Ice"), url=PAGE, issued="2000", uses=("sound",), provenance=(READ,)
)


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        (replace(PAPER, uses=()), "tied to no dataset"),
        (replace(PAPER, uses=("none",)), "dataset none stands in no catalogue"),
        (replace(PAPER, describes=("sound",)), "describes and uses the same"),
        (replace(PAPER, issued="2999"), "issued 2999"),
        (replace(PAPER, url=""), "neither a DOI nor an address"),
        (replace(PAPER, title=LangString("冰")), "title.en has Chinese"),
    ],
)
def test_a_mistake_in_a_publication_is_found(paper, expected):
    assert texts(check_graph(base(SOUND, publications=(PAPER,)))) == []
    found = texts(check_graph(base(SOUND, publications=(paper,))))
    assert any(expected in text for text in found), found


COPY = "https://docslib.org/doc/1/x"
TIER = "Freely available, according to ESMValTool (tier 2)."
DATA = Distribution(id="d", access_url="https://raw.githubusercontent.com/a/b/master/x-v3.csv")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"rights": LangString(TIER)}, "[container] rights give"),
        ({"landing_page": "https://essd.copernicus.org/articles/1/2/2020/"}, "is a paper"),
        ({"landing_page": "https://doi.org/10.1234/paper"}, "is a paper"),
        ({"landing_page": "https://github.com/a/b/blob/main/x.json"}, "a file of code"),
        ({"landing_page": "https://ncdc.ac.cn/metadata/export_json/1"}, "an export"),
        ({"publisher": "press"}, "[paper] publisher press is a journal's"),
        ({"version": "2", "title": LangString("Ice v3", "海冰")}, "but the title has 3"),
        ({"version": "2", "distributions": (DATA,)}, "x-v3.csv has 3"),
        ({"version": "3", "distributions": (DATA,)}, "follows a branch"),
        ({"provenance": (replace(READ, source=COPY),)}, "[weak source]"),
    ],
)
def test_a_kind_of_mistake_is_found_and_a_note_explains_it(change, expected):
    press = Agent(id="press", name=LangString("Springer Nature"))
    cited = replace(PAPER, doi="10.1234/paper", id="10.1234/paper")

    def found(card):
        known = base(card, publications=(cited,), agents=(NOAA, press))
        return [text for text in texts(check_all(known)) if expected in text]

    card = replace(SOUND, **change)
    assert found(card)
    said = tuple(replace(item, note="The version is explained.") for item in card.provenance)
    if "rights" not in change:
        assert not found(replace(card, provenance=said))


def test_terms_of_a_file_about_many_datasets_need_a_note():
    terms = replace(READ, fields=("license",))
    one = replace(SOUND, provenance=(READ, terms))
    two = replace(SOUND, id="two", landing_page=PAGE + "/2", provenance=(READ, terms))
    assert not [text for text in texts(check_all(base(one))) if "[container]" in text]
    assert len([text for text in texts(check_all(base(one, two))) if "[container]" in text]) == 2
    said = replace(two, provenance=(READ, replace(terms, note="Stated for all of it.")))
    assert len([text for text in texts(check_all(base(one, said))) if "[container]" in text]) == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/a/b/blob/main/catalog/X.jsonnet", "is a file that cites it"),
        ("https://github.com/a/b/blob/main/x.bibtex", "is a file that cites it"),
        ("https://www.worldpop.org/", "is a home page"),
        ("https://ncdc.ac.cn/metadata/export_json/1", "is a file that cites it"),
        (PAGE, "is the page of the data"),
    ],
)
def test_an_address_that_is_not_the_papers_is_found(url, expected):
    found = texts(check_all(base(SOUND, publications=(replace(PAPER, url=url),))))
    assert any("[paper address]" in text and expected in text for text in found), found


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"describes": ("sound",), "uses": ()}, "with another relation"),
        ({"doi": "10.1234/x"}, "once without its DOI"),
        ({"title": LangString("Ice (Technical Report, X-1)")}, "once without its DOI"),
        ({"title": LangString("Snow")}, ""),
    ],
)
def test_a_work_that_stands_twice_is_found(other, expected):
    two = replace(PAPER, id="q", url=PAGE + "/q", **other)
    found = texts(check_all(base(SOUND, publications=(PAPER, two))))
    found = [text for text in found if "[same work]" in text]
    assert bool(found) == bool(expected)
    assert all(expected in text for text in found)


@pytest.mark.parametrize(
    ("en", "zh", "expected"),
    [
        ("Seen since 1978.", "自1978年起观测。", ""),
        ("Seen since then.", "自1978年起观测。", "zh has 1978"),
        ("Seen since 1978.", "一直观测。", "en has 1978"),
        ("Seventy-eight stations in the 1980s.", "80年代的78个站。", ""),
        ("Every ten days in July 2013-14.", "2013年7月至2014年每10天一次。", ""),
        ("A digital elevation model.", "采用DEM数据。", ""),
        ("A model of heights.", "采用DEM数据。", "zh names DEM"),
        ("Half-hourly data of COVID-19.", "新冠疫情每30分钟数据。", ""),
        ("1.83 million records.", "183万条记录。", ""),
        ("Daily means.", "逐日平均，可用于海洋热浪研究。", "zh says '可用于'"),
        ("Daily means.", "逐日平均，是最早的同类资料。", "zh says '最早'"),
        ("Daily means to study heat waves.", "逐日平均，可用于海洋热浪研究。", ""),
    ],
)
def test_clauses_of_one_language_are_found(en, zh, expected):
    card = replace(SOUND, description=LangString(en, zh))
    found = [text for text in texts(check_all(base(card))) if "[clauses]" in text]
    assert bool(found) == bool(expected), found
    assert all(expected in text for text in found)


def test_agents_are_looked_at():
    agents = (
        Agent(id="noaa", name=LangString("NOAA"), country="usa"),
        Agent(id="idle", name=LangString("", "Idle")),
    )
    found = texts(check_graph(base(SOUND, agents=agents)))
    assert any("country usa" in text for text in found)
    assert any("name.zh has no Chinese" in text for text in found)
    assert any("no dataset names it" in text for text in found)


@pytest.mark.parametrize(
    "text",
    [
        "K", "m s-1", "1", "%", "1e-3", "1e8 m3", "degrees_north", "days since 1900-01-01", "dBZ",
        "DU", "mm/day", "W m-2", "psu", "µg m-3", "℃", "Dimensionless", "Kelvin (K)", "1e9 USD",
        "people km-2", "log10(mg m-3)", "kg kg**-1",
    ],
)  # fmt: skip
def test_units_of_data_sets_parse(text):
    parse_units(text)


@pytest.mark.parametrize("text", ["parrots", "K K(", "m/s/", "百帕", "degrees north of nowhere"])
def test_what_is_no_unit_does_not_parse(text):
    with pytest.raises(ValueError, match="no unit"):
        parse_units(text)


def test_units_are_compared_by_what_they_measure():
    assert measures("degC", "K")
    assert measures("mm/day", "m s-1")
    assert not measures("mm", "kg m-2")


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://www.noaa.gov/x", ""),
        ("s3://bucket/x", ""),
        ("https://nowhere/x", "no host name"),
        ("https://data.example.com/x", "a made-up host"),
        ("https://github.com/...", "shortened"),
        ("https://sdmx.oecd.org/rest/data/X/......_T?format=csv", ""),
    ],
)
def test_addresses(url, fault):
    assert address_fault(url) == fault


def test_figures_count():
    found = figures(base(SOUND, publications=(PAPER,)))
    assert found["datasets"] == found["openable"] == found["license"] == 1
    assert found["offline"] == found["doi"] == 0
    assert found["sectors"]["ocean"]["publications"] == 1
    assert found["fields_filled_mean"] == 9
    assert "ocean" in as_text(found)
    assert as_markdown(found).count("|") > 100


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"media_type": "application/vnd.zarr"}, {"grid"}),
        ({"media_type": "text/csv"}, {"table"}),
        ({"media_type": "text/html"}, set()),
    ],
)
def test_a_shape_is_read_off_the_ways_to_the_data(change, expected):
    way = replace(SOUND.distributions[0], **change)
    assert shape(replace(SOUND, distributions=(way,))) == expected
    spaced = replace(SOUND, distributions=(way,), resolution=Resolution(meters=30))
    assert shape(spaced) == expected | {"grid"}


def test_a_field_is_stated_or_looked_for_or_not_looked_at():
    note = "A copy. Looked for, not stated: creators, license."
    vain = replace(SOUND, id="vain", license="", provenance=(replace(READ, note=note),))
    found = table(base(SOUND, vain))
    states = ("stated", "looked_for", "not_looked_at")
    assert [found["license"]["all"][state] for state in states] == [1, 1, 0]
    assert [found["creators"]["ocean"][state] for state in states] == [0, 1, 1]
    assert [found["doi"]["all"][state] for state in states] == [0, 0, 2]
    assert found["doi"]["meteorology"]["not_looked_at"] == 0


def test_a_field_that_may_apply_is_in_the_second_denominator_only():
    placed = replace(SOUND, id="placed", spatial=SpatialCoverage(bbox=(0, 0, 1, 1)))
    found = table(base(SOUND, placed))["spatial.bbox"]["all"]
    assert (found["stated_where"], found["applies"], found["may_apply"]) == (1, 1, 2)
    table_only = replace(SOUND.distributions[0], media_type="text/csv")
    found = table(base(replace(SOUND, distributions=(table_only,))))["resolution"]["all"]
    assert (found["applies"], found["may_apply"]) == (0, 0)


def test_a_mark_that_names_no_field_is_found():
    note = "Looked for, not stated: creators, colour."
    marked = replace(SOUND, provenance=(replace(READ, note=note),))
    assert [item.text[:17] for item in check_marks(base(marked))] == ["looked for colour"]


def test_figures_stand_between_the_marks_of_a_page():
    found = figures(base(SOUND))
    page = f"# Page\n\n{BEGIN}\nold\n{END}\n\nMore."
    written = in_page(page, found)
    assert written == f"# Page\n\n{BEGIN}\n\n{as_markdown(found)}\n\n{END}\n\nMore."
    assert in_page(written, found) == written


@pytest.mark.parametrize("page", ["", BEGIN, END, f"{END}\n{BEGIN}"])
def test_a_page_without_marks_is_refused(page):
    with pytest.raises(ValueError, match="the page needs the lines"):
        in_page(page, figures(base(SOUND)))


def test_the_script_on_a_folder(tmp_path, sound):
    root = tmp_path / "node"
    (root / "catalogs").mkdir(parents=True)
    shutil.copytree(ROOT / "knowledge_graph" / "vocabulary", root / "knowledge_graph/vocabulary")
    (root / "catalogs" / "ocean.yaml").write_text(sound, encoding="utf-8")
    answer = _run(root, "--json")
    found = json.loads(answer.stdout)
    assert answer.returncode == 1
    assert found["figures"]["datasets"] == 1
    assert {item["check"] for item in found["findings"]} >= {"references", "provenance"}
    assert "| ocean | 1 |" in _run(root, "--markdown").stdout
    text = _run(root, "--no-notes", "ocean").stdout
    assert "ocean.yaml: first: [references] agent nobody" in text
    assert "note" not in text


def _run(root, *options):
    return subprocess.run(
        [
            sys.executable,
            str(ROOT / "scripts" / "check_knowledge.py"),
            "--root",
            str(root),
            *options,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
