"""Citations parse back to what was cited, in every style, with hostile titles too."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

import bibtexparser
import pytest
from amount import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from sciknow.errors import InvalidInput
from sciknow.ledger import STYLES, Ledger, Opened, Source, cite, current, session
from sciknow.model import Agent, AgentKind, Dataset, Distribution, LangString, Publication

PAPER = Publication(
    id="10.1175/jcli-d-20-0166.1",
    doi="10.1175/jcli-d-20-0166.1",
    title=LangString("Improvements of the daily optimum interpolation SST"),
    authors=("Huang, Boyin", "Vázquez, José"),
    issued="2021-04",
    container="Journal of Climate",
    volume="34",
    pages="2923-2939",
)


def source(title="Daily SST", zh="逐日海温", **fields):
    return Source(
        dataset=Dataset(
            id="oisst", title=LangString(title, zh), doi="10.25921/re9p-pt57", **fields
        ),
        publisher=Agent(id="ncei", name=LangString("NCEI & partners", "国家环境信息中心")),
        creators=(Agent(id="huang", name=LangString("Huang, Boyin"), kind=AgentKind.PERSON),),
        data_papers=(PAPER,),
    )


def opened(item):
    way = Distribution(id="oisst-zarr", access_url="s3://bucket/oisst.zarr", reader="zarr")
    moment = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    return Opened(
        source=item, distribution=way, location="s3://bucket/oisst.zarr", opened_at=moment
    )


def entries(text):
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    return {entry.key: entry.fields_dict for entry in library.entries}


def plain(field):
    return LatexNodes2Text(keep_braced_groups=False).latex_to_text(field.value)


def test_bibtex_holds_dataset_paper_and_software():
    found = entries(cite([source()], software_version="1.2.3"))
    assert set(found) == {"oisst", "10.1175-jcli-d-20-0166.1", "sciknow"}
    assert found["oisst"]["doi"].value == "10.25921/re9p-pt57"
    assert plain(found["oisst"]["publisher"]) == "NCEI & partners"
    assert plain(found["10.1175-jcli-d-20-0166.1"]["author"]) == "Huang, Boyin and Vázquez, José"
    assert found["10.1175-jcli-d-20-0166.1"]["year"].value == "2021"
    assert found["sciknow"]["version"].value == "1.2.3"


@pytest.mark.parametrize(
    "title",
    ["ERA5 and MODIS over Greenland", "Überblick der Klimadaten im Alpenraum", "NASA’s 100 % & #1"],
)
def test_titles_keep_their_capitals(title):
    """BibTeX's styles leave alone what stands in braces that no command begins."""
    text = entries(cite([source(title=title)]))["oisst"]["title"].value
    assert text.startswith("{")
    assert text.endswith("}")
    assert not text.startswith("{\\")
    assert "".join(plain(entries(cite([source(title=title)]))["oisst"]["title"]).split()) == (
        "".join(title.split())
    )


SICI = "10.1002/(sici)1097(19990101)19:1<1::aid-joc1>3.0.co;2-#?%"


@pytest.mark.parametrize("doi", ["10.1000/a<b>", SICI, "10.1000/a b", "10.1000/{x}%_"])
def test_dois_are_escaped_where_they_are_addresses(doi):
    item = source()
    item = replace(item, dataset=replace(item.dataset, doi=doi))
    address = f"https://doi.org/{doi.split('/')[0]}/" + quote(doi.split("/")[1], safe="():;")
    assert address in cite([item], style="apa")
    assert doi in cite([item], style="gb-t-7714")
    assert json.loads(cite([item], style="csl"))[0]["DOI"] == doi
    written = entries(cite([item]))["oisst"]["doi"].value
    assert not set(written) & set("{} ")
    assert written.replace("%7B", "{").replace("%7D", "}").replace("%20", " ") == doi


SPECIAL = "{}%$#_&\\<>海温αé"  # LaTeX makes quotes, ^ and ~ typographic: left out


@settings(max_examples=draws(60), deadline=None)
@given(st.text(alphabet=SPECIAL + "ab ", min_size=1).map(str.strip).filter(bool))
def test_any_title_parses_back(title):
    found = entries(cite([source(title=title)]))
    assert set(found) == {"oisst", "10.1175-jcli-d-20-0166.1"}
    squeezed = "".join(plain(found["oisst"]["title"]).split())
    assert squeezed == "".join(title.split())


def test_chinese_titles_and_names_when_asked_for():
    text = cite([source()], language="zh")
    assert "逐日海温" in text
    assert "国家环境信息中心" in text


def test_csl_carries_the_access_date_of_the_last_opening():
    book = Ledger()
    book.record(opened(source()))
    book.record(opened(source()))
    items = json.loads(cite(book, style="csl"))
    assert [item["type"] for item in items] == ["dataset", "article-journal"]
    assert items[0]["accessed"] == {"date-parts": [[2026, 11, 24]]}
    assert items[1]["author"][0] == {"family": "Huang", "given": "Boyin"}


def test_gb_t_7714_and_apa():
    book = Ledger()
    book.record(opened(source()))
    standard = cite(book, style="gb-t-7714", language="zh")
    assert standard.startswith("[1]")
    assert "逐日海温" in standard
    assert "10.25921/re9p-pt57" in standard
    assert "(2021" in cite(book, style="apa")


def test_the_publishers_own_wording_is_preferred():
    said = "Huang et al.: OISST v2.1. NCEI, accessed [date]."
    item = source()
    worded = replace(item, dataset=replace(item.dataset, citation=said))
    assert json.loads(cite([worded], style="csl"))[0]["note"] == said
    assert plain(entries(cite([worded]))["oisst"]["note"]) == said
    assert cite([worded], style="apa").splitlines()[0] == said
    first, paper = cite([worded], style="gb-t-7714").splitlines()
    assert first == f"[1]{said}"
    assert paper == cite([item], style="gb-t-7714").splitlines()[1]


@pytest.mark.parametrize("style", STYLES)
def test_an_empty_ledger_cites_nothing(style):
    assert cite(Ledger(), style=style) in ("", "[]")


def test_an_unknown_style_is_refused():
    with pytest.raises(InvalidInput, match="bibtex, csl, apa, gb-t-7714"):
        cite([source()], style="harvard")


def test_a_session_bounds_the_ledger():
    outer = current()
    before = len(outer)
    with session() as book:
        current().record(opened(source()))
        assert len(book) == 1
    assert current() is outer
    assert len(outer) == before


def test_the_ledger_shows_itself_escaped():
    book = Ledger()
    book.record(opened(source(title="<script>")))
    assert "<script>" not in book._repr_html_()
    assert "s3://bucket/oisst.zarr" in repr(book)


def software_book():
    book = Ledger()
    libraries = {
        "sciknow": "0.1",
        "xarray": "2026.9.0",
        "zarr": "3.1.6",
        "pandas": "3",
        "numpy": "2",
    }
    book.record(replace(opened(source()), libraries=libraries))
    return book


def test_the_software_that_took_part_is_cited():
    items = {item["id"]: item for item in json.loads(cite(software_book(), style="csl"))}
    assert {"sciknow", "xarray", "zarr", "numpy", "10.5334/jors.148"} <= set(items)
    assert "pandas" not in items  # a table would have needed it
    assert items["xarray"]["version"] == "2026.9.0"
    assert items["xarray"]["DOI"] == "10.5281/zenodo.598201"
    assert items["10.5334/jors.148"]["author"][0] == {"family": "Hoyer", "given": "Stephan"}


def test_the_software_can_be_left_out():
    items = json.loads(cite(software_book(), style="csl", software=False))
    assert [item["type"] for item in items] == ["dataset", "article-journal"]


def test_bibtex_of_all_that_was_used_parses_back():
    items = json.loads(cite(software_book(), style="csl"))
    found = entries(cite(software_book()))
    assert len(found) == len(items)
    for item in items:
        fields = found[re.sub(r"[^A-Za-z0-9:._-]+", "-", item["id"])]
        assert plain(fields["title"]) == item["title"]
        assert fields["doi"].value == item["DOI"] if "DOI" in item else "doi" not in fields
        if "version" in item:
            assert fields["version"].value == item["version"]
        if "issued" in item:
            assert fields["year"].value == str(item["issued"]["date-parts"][0][0])


CSL_NAMES = {"family", "given", "literal"}
CSL_KEYS = {
    "id", "type", "title", "author", "publisher", "issued", "version", "DOI", "URL", "accessed",
    "language", "container-title", "volume", "issue", "page",
}  # fmt: skip


def test_csl_keeps_to_the_schema():
    for item in json.loads(cite(software_book(), style="csl")):
        assert set(item) <= CSL_KEYS
        assert item["type"] in {"dataset", "article-journal", "software", "document"}
        assert all(set(name) <= CSL_NAMES for name in item.get("author", ()))
        for key in {"issued", "accessed"} & set(item):
            (parts,) = item[key]["date-parts"]
            assert 1 <= len(parts) <= 3
            assert all(isinstance(part, int) for part in parts)


GB_NUMBER, GB_KIND, GB_DOI = r"\[(\d+)\]", r"\[([A-Z]+)/OL\]\.", r"DOI:(10\.\S+)\.$"


def part(pattern, line):
    found = re.search(pattern, line)
    return found[1] if found else None


def test_gb_t_7714_parses_back():
    book = software_book()
    items = json.loads(cite(book, style="csl"))
    lines = cite(book, style="gb-t-7714").splitlines()
    assert len(lines) == len(items)
    kinds = {"dataset": "DS", "article-journal": "J", "software": "CP"}
    for number, (line, item) in enumerate(zip(lines, items, strict=True), 1):
        assert line.startswith(f"[{part(GB_NUMBER, line)}]")
        assert int(part(GB_NUMBER, line)) == number
        assert item["title"] in line
        assert part(GB_DOI, line) == item.get("DOI")
        if "DOI" in item or "URL" in item:
            assert part(GB_KIND, line) == kinds[item["type"]]
        if item["type"] == "software":
            assert f"{item['title']} {item['version']}" in line
        if "issued" in item:
            assert f"{item['issued']['date-parts'][0][0]}" in line
        if item["type"] == "dataset":
            assert "[2026-11-24]" in line


def test_apa_parses_back():
    book = software_book()
    items = json.loads(cite(book, style="csl"))
    lines = cite(book, style="apa").splitlines()
    assert len(lines) == len(items)
    labels = {"dataset": "[Dataset]", "software": "[Computer software]", "article-journal": ""}
    for line, item in zip(lines, items, strict=True):
        year = item["issued"]["date-parts"][0][0] if "issued" in item else "n.d."
        assert f"({year})" in line
        assert item["title"] in line
        assert labels[item["type"]] in line
        assert line.endswith(f"https://doi.org/{item['DOI']}") if "DOI" in item else True
        if item["type"] == "software":
            assert f"(Version {item['version']})" in line
