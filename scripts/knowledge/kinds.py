"""Kinds of mistakes that samples of the cards found, each looked for in all of them.

A container's terms given to its member, a paper taken for its data, a catalogue's file taken for a
publication, a version and an address that disagree, sources that are copies, one work twice. What
a note of the provenance explains is let through: each check says what the note has to be about.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from knowledge.base import Base, Finding
from knowledge.filled import remark
from sciknow.model import Activity, Dataset, Publication
from sciknow.model.identifier import doi_iri
from sciknow.vocab import ActivityKind

TERMS = ("license", "rights", "access_rights")
LISTINGS = (
    "ESMValGroup/ESMValTool/blob/main/esmvaltool/cmorizers/data/datasets.yml",
    "DARPA-ASKEM/beaker-climate/",
    "EarthyScience/Browzarr/",
    "QuantEcon/lecture-python-programming/",
    "WCRP-CMIP/CMIP6_CVs/",
    "akfamily/akshare/",
    "altair-viz/vega_datasets/",
    "dhimmel/integrate/",
    "docs.ropensci.org/smapr/",
    "fatiando/ensaio/",
    "google-research/weatherbench2/",
    "hytest-org/hytest/",
    "leap-stc/data-management/",
    "pmc.ncbi.nlm.nih.gov/articles/PMC12451262",
    "yabin-da.com/data/mircochina",
)
"""Files that say entry by entry what the terms of each dataset are."""

BUCKETS = "awslabs/open-data-registry/"
"""The registry whose records are of buckets: who may read one may read each dataset in it."""

PRESS = re.compile(
    r"\b(?:Publications|Publishing|Publishers|Springer|Elsevier|Wiley|MDPI|Taylor & Francis|"
    r"journal|Scientific Data)\b|学报|期刊|杂志",
    re.IGNORECASE,
)
REPOSITORY = re.compile(r"Data Publishing & Repository")
ARTICLE = re.compile(
    r"copernicus\.org/(?:articles|preprints)/|nature\.com/articles/|mdpi\.com/\d{4}-|"
    r"/science/article/|/pmc/articles/PMC|pmc\.ncbi\.nlm\.nih\.gov/articles/|arxiv\.org/(?:abs|pdf)/|"
    r"csdata\.org(?:/en)?/p/|html\.rhhz\.net/|/article/id/|/journal/article/|wikisource\.org/"
)
EXPORT = re.compile(r"/export_json/")
CODE = re.compile(r"/blob/.*\.(?:json|ya?ml|py|ts|csv)$")
FILE = re.compile(r"\.(?:jsonnet|libsonnet|bibtex|bib|ya?ml|json|ttl|ipynb|py)$")
MOVING = re.compile(r"/(?:master|main|HEAD)/")
VERSION = re.compile(r"\b(?:v|version )(\d+(?:\.\d+)*)\b|第?(\d+(?:\.\d+)*)版", re.IGNORECASE)
IN_ADDRESS = re.compile(r"[/_.-]v(\d+(?:\.\d+)*)(?=[/_.-]|$)", re.IGNORECASE)
TIER = re.compile(r"\(tier \d\)|（第?\d级）|ESMValTool")


@cache
def copies() -> frozenset[str]:
    """Return the hosts that show copies, from the file beside this one."""
    lines = Path(__file__).with_name("copies.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line and not line.startswith("#"))


def weak_faults(provenance: Iterable[Activity]) -> Iterator[str]:
    """Tell the sources that are copies, without a note that says so."""
    for activity in provenance:
        if urlsplit(activity.source).netloc in copies() and not remark(activity):
            yield f"{activity.source} is a copy: a better source, or a note that says so"


def check_kinds(base: Base) -> Iterator[Finding]:
    """Look for every kind."""
    shared = _shared_terms(base)
    papers = {address for item in base.knowledge.publications for address in _addresses(item)}
    pages = {dataset.landing_page.rstrip("/").lower() for dataset, _ in base.cards()}
    for dataset, file in base.cards():
        faults = {
            "container": container_faults(dataset, shared),
            "paper": paper_faults(dataset, base, papers),
            "version": version_faults(dataset),
            "weak source": weak_faults(dataset.provenance),
        }
        for name, texts in faults.items():
            for text in texts:
                yield Finding(name, file, dataset.id, text)
    for item in base.knowledge.publications:
        file = base.file_of(item.iri)
        for text in address_faults(item):
            yield Finding("paper address", file, item.id, text)
        shared = item.url.rstrip("/").lower() in pages and not ARTICLE.search(item.url)
        if shared and not item.doi and item.kind == "ScholarlyArticle":
            text = f"{item.url} is the page of the data, not of the paper"
            yield Finding("paper address", file, item.id, text, note=True)
        for text in weak_faults(item.provenance):
            yield Finding("weak source", file, item.id, text, note=True)
    yield from _same_work(base)


def _terms(activity: Activity) -> list[str]:
    """Return the fields of terms that an activity stands for; ours of another language not."""
    if activity.activity is ActivityKind.TRANSLATED:
        return []
    return [name for name in activity.fields if name.split(".")[0] in TERMS]


def _shared_terms(base: Base) -> set[str]:
    """Return the sources that give the terms of two cards or more."""
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for dataset, _ in base.cards():
        for activity in dataset.provenance:
            if _terms(activity):
                holders[activity.source].add(dataset.id)
    return {source for source, names in holders.items() if len(names) > 1}


def container_faults(dataset: Dataset, shared: Iterable[str]) -> Iterator[str]:
    """Tell the terms that a card has from a file about many datasets, with no note."""
    if found := TIER.search(dataset.rights.en + dataset.rights.zh):
        yield f"rights give {found[0]!r}: the tool's class, not the publisher's terms"
    for activity in dataset.provenance:
        names = [] if remark(activity) else _terms(activity)
        if BUCKETS in activity.source:
            names = [name for name in names if name != "access_rights"]
        if names and activity.source in shared and not any(x in activity.source for x in LISTINGS):
            many = f"{activity.source} gives {', '.join(names)} to several cards"
            yield f"{many}: a note has to say that they are general, or are this dataset's"


def paper_faults(dataset: Dataset, base: Base, papers: Iterable[str]) -> Iterator[str]:
    """Tell a publisher that is a journal's and a landing page that is an article, with no note."""
    agent = base.agents.get(dataset.publisher)
    names = f"{agent.name.en} {agent.name.zh}" if agent else ""
    noted = {
        name for activity in dataset.provenance if remark(activity) for name in activity.fields
    }
    if PRESS.search(names) and not REPOSITORY.search(names) and "publisher" not in noted:
        yield f"publisher {dataset.publisher} is a journal's: who publishes the data, or a note"
    page = dataset.landing_page
    if (EXPORT.search(page) or CODE.search(page)) and "landing_page" not in noted:
        yield f"landing_page {page} is an export or a file of code: the data's own page, or a note"
    article = ARTICLE.search(page) or page.rstrip("/").lower() in papers
    if article and "landing_page" not in noted:
        yield f"landing_page {page} is a paper: the page of the data, or a note"


def version_faults(dataset: Dataset) -> Iterator[str]:
    """Tell a version that the title or an address gainsays, or an address that moves on."""
    own = [_plain(number) for number in re.findall(r"\d+(?:\.\d+)*", dataset.version)]
    if not own:
        return
    noted = any(
        remark(activity) and "version" in " ".join((*activity.fields, activity.note))
        for activity in dataset.provenance
    )
    told = [
        ("the title", number)
        for found in VERSION.findall(f"{dataset.title.en} {dataset.title.zh}")
        for number in found
        if number
    ]
    places = [dataset.landing_page, *(way.access_url for way in dataset.distributions)]
    told += [(place, number) for place in places for number in IN_ADDRESS.findall(place)]
    for where, number in told:
        alike = (_plain(number).startswith(item) or item.startswith(_plain(number)) for item in own)
        if not noted and not any(alike):
            yield f"version {dataset.version}, but {where} has {number}"
    for way in dataset.distributions:
        if MOVING.search(way.access_url) and not noted:
            yield f"version {dataset.version}, but {way.access_url} follows a branch"


def _plain(number: str) -> str:
    """Return a version without leading zeros."""
    return ".".join(part.lstrip("0") or "0" for part in number.split("."))


def _addresses(item: Publication) -> list[str]:
    found = [doi_iri(item.doi), f"https://doi.org/{item.doi}"] if item.doi else []
    return [address.lower() for address in found]


def address_faults(item: Publication) -> Iterator[str]:
    """Tell an address of a publication that is a tool's file or somebody's home page."""
    parts = urlsplit(item.url)
    if FILE.search(parts.path) or EXPORT.search(parts.path):
        yield f"{item.url} is a file that cites it, not the work"
    bare = item.url and not parts.path.strip("/") and not parts.query
    if bare and not item.doi and item.kind == "ScholarlyArticle":
        yield f"{item.url} is a home page, not the work"


def _same_work(base: Base) -> Iterator[Finding]:
    """Find a work that stands twice, by its title or its address, and relations that differ."""
    first: dict[str, Publication] = {}
    for item in base.knowledge.publications:
        title = re.sub(r"\(technical report.*|no\. [a-z]+-?\d+.*", "", str(item.title).lower())
        keys = [re.sub(r"[\W_]", "", title)]
        for key in filter(None, keys):
            other = first.setdefault(key, item)
            if other is item:
                continue
            mixed = set(item.describes) & set(other.uses) or set(item.uses) & set(other.describes)
            alone = not (item.doi and other.doi)
            if mixed or alone:
                what = "with another relation" if mixed else "once without its DOI"
                text = f"is the work {other.id} too, {what}"
                yield Finding("same work", base.file_of(item.iri), item.id, text)
