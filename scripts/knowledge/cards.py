"""Checks of one dataset's card at a time, and of the cards against each other."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from knowledge.base import Base, Finding
from knowledge.units import measures, parse_units
from sciknow.model import Dataset, LangString
from sciknow.model.card import CARD_KEYS
from sciknow.text import has_han, squeeze

_SENTENCE = re.compile(r"[.!?](?=\s|$)|[。！？]")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|approx|ca|vs|No|St|Dr|U\.S|U\.K)\.")
_SHORTENED = re.compile(r"…|/\.\.\.(?:/|$)")
_LANGUAGES = ("title", "description", "rights")
_PARTS: dict[str, tuple[str, ...]] = {
    "spatial": ("bbox", "name"),
    "temporal": ("start", "end"),
    "resolution": ("degrees", "meters", "duration"),
}
_SHINGLE = 8
_ALIKE = 0.75
_MOST_SHARED = 0.5


def check_cards(base: Base) -> Iterator[Finding]:
    """Run every check of cards."""
    for dataset, file in base.cards():
        for check in (
            _references,
            _languages,
            _sentences,
            _variables,
            _license,
            _provenance,
            _distributions,
            _addresses,
            _dates,
        ):
            for text, note in check(dataset, base):
                yield Finding(check.__name__.strip("_"), file, dataset.id, text, note)
    yield from _identifiers(base)
    yield from _descriptions(base)


def _references(dataset: Dataset, base: Base) -> Iterator[tuple[str, bool]]:
    people = [dataset.publisher, *dataset.creators, *(grant.funder for grant in dataset.grants)]
    for name in people:
        if name and name not in base.agents:
            yield f"agent {name} stands in no file of knowledge_graph/agents", False
    for tie in dataset.relations:
        if tie.dataset not in base.datasets or tie.dataset == dataset.id:
            yield f"relations: {tie.kind} {tie.dataset}, which is no other dataset", False
    for name in dataset.theme:
        if name not in base.concepts:
            yield f"theme {name} stands in no file of knowledge_graph/concepts", False
    if dataset.sector in dataset.sectors:
        yield f"sectors names its own sector {dataset.sector} again", False


@cache
def _converter() -> Any:
    return import_module("opencc").OpenCC("t2s") if find_spec("opencc") else None


def is_simplified(text: str) -> bool:
    """Tell whether a Chinese text has simplified characters only (true where opencc lacks)."""
    converter = _converter()
    return converter is None or converter.convert(text) == text


def language_faults(text: LangString, key: str, *, both: bool = True) -> Iterator[str]:
    """Tell where a text is not in its language: Chinese has Han characters, English has none."""
    if text.en and has_han(text.en):
        yield f"{key}.en has Chinese characters: {text.en[:40]}"
    if text.zh and not has_han(text.zh):
        yield f"{key}.zh has no Chinese character: {text.zh[:40]}"
    if text.zh and not is_simplified(text.zh):
        yield f"{key}.zh has traditional characters: {text.zh[:40]}"
    for tag in ("en", "zh") if both else ():
        if not getattr(text, tag):
            yield f"{key}.{tag} is missing"


def _languages(dataset: Dataset, _: Base) -> Iterator[tuple[str, bool]]:
    for key in _LANGUAGES:
        for fault in language_faults(getattr(dataset, key), key, both=key != "rights"):
            yield fault, False
    names = [("spatial.name", dataset.spatial.name)]
    names += [(f"grants.{grant.funder}", grant.name) for grant in dataset.grants]
    names += [(f"variables.{item.name}", item.long_name) for item in dataset.variables]
    for key, text in names:
        for fault in language_faults(text, key, both=False):
            yield fault, False
    for tag, word in dataset.keywords:
        if tag == "en" and has_han(word):
            yield f"keywords.en has Chinese characters: {word}", False


def _sentences(dataset: Dataset, _: Base) -> Iterator[tuple[str, bool]]:
    for tag, text in dataset.description.items():
        count = len(_SENTENCE.findall(_ABBREVIATION.sub("", text)))
        if not 2 <= count <= 6:
            yield f"description.{tag} has {count} sentences, two to five are wanted", True


def _variables(dataset: Dataset, base: Base) -> Iterator[tuple[str, bool]]:
    seen = set()
    for item in dataset.variables:
        if item.name in seen:
            yield f"variable {item.name} stands there twice", False
        seen.add(item.name)
        known = not item.standard_name or item.standard_name in base.standard_names
        if not known:
            yield f"{item.name}: {item.standard_name} is no CF standard name", False
        if not item.units:
            continue
        try:
            parse_units(item.units)
            canonical = base.standard_names.get(item.standard_name, "")
            if canonical and not measures(item.units, canonical):
                yield f"{item.name}: {item.units} does not measure CF's {canonical}", True
        except ValueError as error:
            yield f"{item.name}: {error}", False


def _license(dataset: Dataset, _: Base) -> Iterator[tuple[str, bool]]:
    if not dataset.license or "://" in dataset.license:
        return
    try:
        right = canonicalize_license_expression(dataset.license)
    except InvalidLicenseExpression:
        yield f"license {dataset.license} is no SPDX identifier", False
        return
    if right != dataset.license:
        yield f"license {dataset.license} is written {right}", False


def filled(dataset: Dataset) -> tuple[str, ...]:
    """Return the keys of a card that are filled, without its provenance."""
    return tuple(
        key
        for key in CARD_KEYS
        if key != "provenance" and (getattr(dataset, key) or getattr(dataset, key) == 0)
    )


def _parts(dataset: Dataset, key: str) -> tuple[str, ...]:
    value: Any = getattr(dataset, key)
    if isinstance(value, LangString):
        return tuple(tag for tag, _ in value.items())
    if key == "keywords":
        return tuple(dict.fromkeys(tag for tag, _ in value))
    return tuple(name for name in _PARTS.get(key, ()) if getattr(value, name))


def _provenance(dataset: Dataset, _: Base) -> Iterator[tuple[str, bool]]:
    named = {name for activity in dataset.provenance for name in activity.fields}
    heads = {name.split(".")[0] for name in named}
    for key in filled(dataset):
        parts = _parts(dataset, key)
        whole = key in named or (not parts and key in heads)
        for part in () if whole else (parts or ("",)):
            if not part or not any(
                name == f"{key}.{part}" or name.startswith(f"{key}.{part}.") for name in named
            ):
                yield f"{f'{key}.{part}'.rstrip('.')} is filled, but no provenance names it", False
    for head in sorted(heads - set(filled(dataset))):
        yield f"provenance names {head}, which is no key or not filled", False


def _distributions(dataset: Dataset, _: Base) -> Iterator[tuple[str, bool]]:
    seen: dict[tuple[str, str], str] = {}
    for way in dataset.distributions:
        if way.openable and not way.offline and not way.access_evidence:
            yield f"distribution {way.id} has a reader and no access_evidence", False
        place = (way.access_url, repr(sorted(map(str, way.options.items()))))
        if way.access_url and place in seen:
            yield f"distributions {seen[place]} and {way.id} are the same place", False
        seen[place] = way.id


def _addresses(dataset: Dataset, _: Base) -> Iterator[tuple[str, bool]]:
    urls = [dataset.landing_page, *(activity.source for activity in dataset.provenance)]
    if "://" in dataset.license:
        urls.append(dataset.license)
    for way in dataset.distributions:
        urls += [item.source for item in way.access_evidence]
        urls += [way.access_url] if "://" in way.access_url and not way.openable else []
    for url in dict.fromkeys(filter(None, urls)):
        if fault := address_fault(url):
            yield f"{url}: {fault}", False


def address_fault(url: str) -> str:
    """Tell what is wrong with the form of an address; empty when nothing is."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme in ("s3", "gs", "abfs", "az"):
        return "" if host else "no bucket"
    if "." not in host or host.endswith(".") or ".." in host:
        return "no host name"
    if host.endswith(("example.org", "example.com", ".invalid", "localhost")):
        return "a made-up host"
    return "shortened" if _SHORTENED.search(url) else ""


def _dates(dataset: Dataset, _: Base) -> Iterator[tuple[str, bool]]:
    today = date.today().isoformat()
    read = [activity.accessed for activity in dataset.provenance]
    read += [item.accessed for way in dataset.distributions for item in way.access_evidence]
    for day in read:
        if day > today:
            yield f"accessed {day} lies ahead", False
    if dataset.issued and dataset.issued[:4] > today[:4]:
        yield f"issued {dataset.issued} lies ahead", False


def _identifiers(base: Base) -> Iterator[Finding]:
    for key in ("doi", "cstr", "landing_page"):
        holders = defaultdict(list)
        for dataset, _ in base.cards():
            if value := getattr(dataset, key):
                holders[value.rstrip("/").lower()].append(dataset)
        for value, (first, *others) in holders.items():
            for other in others:
                text = f"{key} {value} is that of {first.id} too"
                note = key == "landing_page" and _apart(first, other)
                yield Finding("identifiers", base.datasets[other.id][1], other.id, text, note)


def _apart(one: Dataset, other: Dataset) -> bool:
    """Tell whether two cards of one page differ in publisher, identifier, period or address."""
    if (one.publisher, one.identifier) != (other.publisher, other.identifier):
        return True
    if one.temporal and other.temporal and one.temporal != other.temporal:
        return True
    mine, theirs = ({way.access_url for way in item.distributions} for item in (one, other))
    return bool(mine - theirs and theirs - mine) or not _alike(one.title.en, other.title.en)


def _alike(one: str, other: str) -> bool:
    """Tell whether most words of the shorter title stand in the longer one."""
    mine, theirs = (frozenset(re.findall(r"\w+", text.lower())) for text in (one, other))
    return len(mine & theirs) >= _ALIKE * min(len(mine), len(theirs))


def _descriptions(base: Base) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    alike: dict[str, _Alike] = {"en": _Alike(_SHINGLE * 4), "zh": _Alike(_SHINGLE)}
    for dataset, file in base.cards():
        for tag, text in dataset.description.items():
            flat = squeeze(text).lower()
            if flat in seen:
                found = f"description.{tag} is that of {seen[flat]}"
                yield Finding("descriptions", file, dataset.id, found)
            seen[flat] = dataset.id
            for other, share in alike[tag].add(dataset.id, flat):
                found = f"description.{tag} shares {share:.0%} of its text with {other}"
                yield Finding("descriptions", file, dataset.id, found, note=True)


class _Alike:
    """Texts cut into overlapping pieces; each piece leads to the texts that have it."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._sizes: dict[str, int] = {}
        self._holders: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, name: str, text: str) -> Iterator[tuple[str, float]]:
        """Take a text in and yield the earlier ones that share over half of the shorter."""
        width = self._width
        parts = {text[at : at + width] for at in range(max(1, len(text) - width))}
        common = Counter(other for part in parts for other in self._holders[part])
        for other, count in common.items():
            share = count / min(len(parts), self._sizes[other])
            if share > _MOST_SHARED:
                yield other, share
        self._sizes[name] = len(parts)
        for part in parts:
            self._holders[part].append(name)
