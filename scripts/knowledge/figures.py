"""The figures of the knowledge base: how much there is, and how full it is."""

from __future__ import annotations

from collections import Counter
from typing import Any

from knowledge.base import Base
from knowledge.cards import filled
from knowledge.filled import table, words
from sciknow.model import Dataset
from sciknow.vocab import Sector

Figures = dict[str, Any]


def figures(base: Base) -> Figures:
    """Return every figure as plain numbers and tables."""
    cards = [dataset for dataset, _ in base.cards()]
    return {
        "datasets": len(cards),
        "publications": len(base.knowledge.publications),
        "publications_with_doi": sum(bool(item.doi) for item in base.knowledge.publications),
        "data_papers": sum(bool(item.describes) for item in base.knowledge.publications),
        "concepts": len(base.knowledge.concepts),
        "concepts_in_both_languages": sum(
            bool(item.pref_label.en and item.pref_label.zh) for item in base.knowledge.concepts
        ),
        "concepts_matched_elsewhere": sum(
            bool(item.exact_match or item.close_match or item.standard_names)
            for item in base.knowledge.concepts
        ),
        "agents": len(base.knowledge.agents),
        "agents_with_ror": sum(bool(item.ror) for item in base.knowledge.agents),
        **_shares(base, cards),
        "fields_filled_mean": round(_mean(len(filled(item)) for item in cards), 2),
        "readers": dict(
            Counter(way.reader for item in cards for way in item.distributions if way.openable)
        ),
        "sectors": {sector.value: _sector(base, sector) for sector in Sector},
        "filled": table(base),
        "filled_words": words(base),
    }


def _mean(values: Any) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0


def is_chinese(base: Base, dataset: Dataset) -> bool:
    """Tell whether a dataset is by a Chinese publisher or about China."""
    agent = base.agents.get(dataset.publisher)
    name = dataset.spatial.name
    about = "china" in name.en.lower() or "中国" in name.zh or "tibet" in name.en.lower()
    file = base.datasets[dataset.id][1]
    return bool(agent and agent.country == "CN") or about or "-china" in file


def is_openable(dataset: Dataset) -> bool:
    """Tell whether a dataset opens lazily: offline, or with evidence that its address opens."""
    return any(
        way.openable and (way.offline or way.access_evidence) for way in dataset.distributions
    )


def _shares(base: Base, cards: list[Dataset]) -> Figures:
    return {
        "china": sum(is_chinese(base, item) for item in cards),
        "openable": sum(map(is_openable, cards)),
        "offline": sum(item.offline for item in cards),
        "doi": sum(bool(item.doi) for item in cards),
        "cstr": sum(bool(item.cstr) for item in cards),
        "license": sum(bool(item.license) for item in cards),
        "terms": sum(bool(item.license or item.rights) for item in cards),
        "access_level": sum(bool(item.access_rights) for item in cards),
        "both_languages": sum(
            bool(item.title.en and item.title.zh and item.description.en and item.description.zh)
            for item in cards
        ),
        "with_variables": sum(bool(item.variables) for item in cards),
        "with_bbox": sum(item.spatial.bbox is not None for item in cards),
        "with_period": sum(bool(item.temporal) for item in cards),
    }


def _sector(base: Base, sector: Sector) -> Figures:
    own = [item for item, _ in base.cards() if item.sector is sector]
    serving = [item for item, _ in base.cards() if sector in item.all_sectors]
    names = {item.id for item in own}
    papers = [item for item in base.knowledge.publications if names & {*item.describes, *item.uses}]
    return {
        "datasets": len(own),
        "serving": len(serving),
        "publications": len(papers),
        "concepts": sum(item.in_scheme == sector.value for item in base.knowledge.concepts),
        "china": sum(is_chinese(base, item) for item in own),
        "openable": sum(map(is_openable, own)),
        "doi": sum(bool(item.doi) for item in own),
        "fields_filled_mean": round(_mean(len(filled(item)) for item in own), 1),
    }


_COLUMNS = ("datasets", "serving", "publications", "concepts", "china", "openable", "doi")


def as_text(found: Figures) -> str:
    """Return the figures for people."""
    total = found["datasets"] or 1
    lines = [
        f"{key.replace('_', ' '):30} {value:>7}"
        + (f"  {value / total:6.1%}" if key in _OF_DATASETS else "")
        for key, value in found.items()
        if isinstance(value, (int, float))
    ]
    head = f"{'sector':24}" + "".join(f"{name:>13}" for name in (*_COLUMNS, "fields"))
    rows = [
        f"{name:24}" + "".join(f"{row[column]:>13}" for column in (*_COLUMNS, "fields_filled_mean"))
        for name, row in found["sectors"].items()
    ]
    readers = ", ".join(f"{name} {count}" for name, count in sorted(found["readers"].items()))
    fields = [*_fields(found), "", *_fields_by_sector(found)]
    return "\n".join([*lines, f"readers: {readers}", "", head, *rows, "", *fields])


_OF_DATASETS = (
    "china",
    "openable",
    "offline",
    "doi",
    "cstr",
    "license",
    "terms",
    "access_level",
    "both_languages",
    "with_variables",
    "with_bbox",
    "with_period",
)


_WORDS = {
    "publications_with_doi": "publications with a DOI",
    "data_papers": "publications that describe a dataset (data papers)",
    "concepts_matched_elsewhere": "concepts tied to CF, SWEET, UAT or another vocabulary",
    "agents": "organisations and people",
    "agents_with_ror": "organisations with a ROR identifier",
    "china": "by a Chinese publisher or about China",
    "openable": "open in one line (offline, or with evidence that the address opens)",
    "offline": "shipped inside, open without a network",
    "doi": "with a DOI",
    "cstr": "with a CSTR",
    "license": "with a licence (SPDX id or address of the terms)",
    "terms": "with a licence or the terms in words",
    "access_level": "with an access level",
    "both_languages": "title and description in English and Chinese",
    "with_variables": "with variables",
    "with_bbox": "with a bounding box",
    "with_period": "with a period",
    "fields_filled_mean": "fields filled, mean of a card",
}


def as_markdown(found: Figures) -> str:
    """Return the figures as Markdown tables."""
    total = found["datasets"] or 1
    lines = ["| what | number | share of datasets |", "|---|---:|---:|"]
    for key, value in found.items():
        if isinstance(value, (int, float)):
            share = f"{value / total:.0%}" if key in _OF_DATASETS else ""
            words = _WORDS.get(key, key.replace("_", " "))
            lines.append(f"| {words} | {value:,} | {share} |")
    columns = (*_COLUMNS, "fields_filled_mean")
    lines += ["", "| sector | " + " | ".join(name.replace("_", " ") for name in columns) + " |"]
    lines.append("|---|" + "---:|" * len(columns))
    lines += [
        f"| {name} | " + " | ".join(str(row[column]) for column in columns) + " |"
        for name, row in found["sectors"].items()
    ]
    lines += ["", "| reader | distributions it opens |", "|---|---:|"]
    lines += [f"| {name} | {count} |" for name, count in sorted(found["readers"].items())]
    return "\n".join([*lines, "", *_fields(found), "", *_fields_by_sector(found)])


def _share(part: int, whole: int) -> str:
    return f"{part:,} ({part / whole:.0%})" if whole else "0"


def _fields(found: Figures) -> list[str]:
    """Return the table of fields: the three states, and the shares of both denominators."""
    head = ("field", "stated", "looked for, not stated", "not looked at")
    shares = ("stated, where it applies", "applies to", "stated, of all it may apply to")
    lines = ["| " + " | ".join((*head, *shares)) + " |", "|---|" + "---:|" * 6]
    for key, places in found["filled"].items():
        cell = places["all"]
        values = (
            _share(cell["stated"], sum(cell[state] for state in _STATES)),
            cell["looked_for"],
            cell["not_looked_at"],
            _share(cell["stated_where"], cell["applies"]),
            f"{cell['applies']:,}",
            _share(cell["stated"], cell["may_apply"]),
        )
        lines.append(f"| {found['filled_words'][key]} | " + " | ".join(map(str, values)) + " |")
    return lines


def _fields_by_sector(found: Figures) -> list[str]:
    """Return two tables, half of the fields each: the three states of each in each sector."""
    keys, lines = list(found["filled"]), []
    for part in (keys[:7], keys[7:]):
        names = " | ".join(found["filled_words"][key] for key in part)
        lines += [f"| sector | {names} |", "|---|" + "---:|" * len(part)]
        for sector in Sector:
            cells = (found["filled"][key][sector] for key in part)
            shown = ("/".join(str(cell[state]) for state in _STATES) for cell in cells)
            lines.append(f"| {sector} | " + " | ".join(shown) + " |")
        lines.append("")
    return lines[:-1]


_STATES = ("stated", "looked_for", "not_looked_at")


BEGIN = "<!-- figures: written by scripts/check_knowledge.py --page; do not edit by hand -->"
END = "<!-- end of figures -->"


def in_page(page: str, found: Figures) -> str:
    """Return a page with the figures put between its two marks.

    Raises
    ------
    ValueError
        When the page lacks one of the marks.
    """
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page needs the lines {BEGIN} and {END}")
    return f"{head}{BEGIN}\n\n{as_markdown(found)}\n\n{END}{tail}"
