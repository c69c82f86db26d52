"""Records of registries that a network reaches, read from their answers.

CMR (UMM-JSON), DataCite (JSON:API), Zenodo and Dataverse (JSON of their interfaces), ERDDAP (the
table of a dataset's attributes) and THREDDS (catalogues in XML). The same comparison as for files
runs on an answer that somebody recorded; cards without one wait for a network.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from gzip import decompress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml

from knowledge.base import Base
from knowledge.compared import Compared
from knowledge.record import Record
from knowledge.registry_files import strings
from sciknow.model import Dataset
from sciknow.model.card import CARD_KEYS

_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SAFE):
    """Reads cassettes of other languages too: their tagged strings are strings."""


_Loader.add_constructor(
    "tag:yaml.org,2002:python/unicode", lambda loader, node: loader.construct_scalar(node)
)
_Loader.add_constructor("!binary", lambda loader, node: b64decode(loader.construct_scalar(node)))
_CASSETTE = re.compile(r"(?:---\s)?(?:http_)?interactions:")
_THREDDS = "{http://www.unidata.ucar.edu/namespaces/thredds/InvCatalog/v1.0}"


def read_cmr(answer: Any) -> Iterator[Record]:
    """Read the collections of CMR's ``umm_json``."""
    for item in answer.get("items", ()) if isinstance(answer, dict) else ():
        umm = item.get("umm", {})
        if item.get("meta", {}).get("concept-type") != "collection":
            continue
        ranges = [
            span
            for part in umm.get("TemporalExtents", ())
            for span in part.get("RangeDateTimes", ())
        ]
        domain = umm.get("SpatialExtent", {}).get("HorizontalSpatialDomain", {})
        boxes = domain.get("Geometry", {}).get("BoundingRectangles", [])
        sides = ("West", "South", "East", "North")
        yield Record(
            where=str(item["meta"].get("concept-id", "")),
            text=" ".join(strings(umm)),
            title=str(umm.get("EntryTitle", "")),
            doi=str(umm.get("DOI", {}).get("DOI", "")).lower(),
            start=str(ranges[0].get("BeginningDateTime", ""))[:10] if len(ranges) == 1 else "",
            end=str(ranges[0].get("EndingDateTime", ""))[:10] if len(ranges) == 1 else "",
            box=tuple(float(boxes[0][f"{side}BoundingCoordinate"]) for side in sides)
            if len(boxes) == 1
            else None,
        )


def read_datacite(answer: Any) -> Iterator[Record]:
    """Read one or many records of DataCite's JSON:API."""
    data = answer.get("data", ()) if isinstance(answer, dict) else ()
    for item in [data] if isinstance(data, dict) else data:
        plain = item.get("attributes", {}) if isinstance(item, dict) else {}
        if not plain.get("doi"):
            continue
        titles = [part.get("title", "") for part in plain.get("titles") or ()]
        rights = [" ".join(strings(part)) for part in plain.get("rightsList") or ()]
        yield Record(
            where=f"https://doi.org/{plain['doi']}",
            text=" ".join(strings(plain)),
            title=str(titles[0]) if titles else "",
            license=" ".join(rights),
            doi=str(plain["doi"]).lower(),
        )


def read_zenodo(answer: Any) -> Iterator[Record]:
    """Read one record of Zenodo's interface, or a page of them."""
    plain = answer if isinstance(answer, dict) else {}
    hits = plain.get("hits", {}).get("hits") if isinstance(plain.get("hits"), dict) else None
    for item in hits if hits is not None else [plain]:
        told = item.get("metadata", {})
        if not isinstance(told, dict) or not item.get("doi"):
            continue
        terms = told.get("license") or {}
        yield Record(
            where=f"https://doi.org/{item['doi']}",
            text=" ".join(strings(item)),
            title=str(told.get("title", "")),
            license=str(terms.get("id", "") if isinstance(terms, dict) else terms),
            doi=str(item["doi"]).lower(),
            restricted=told.get("access_right") not in (None, "open"),
        )


def read_dataverse(answer: Any) -> Iterator[Record]:
    """Read a dataset of a Dataverse."""
    plain = answer.get("data", answer) if isinstance(answer, dict) else {}
    if not isinstance(plain, dict):
        return
    version = plain.get("datasetVersion") or plain.get("latestVersion")
    if not isinstance(version, dict) or not plain.get("identifier"):
        return
    fields = version.get("metadataBlocks", {}).get("citation", {}).get("fields", [])
    titles = [item["value"] for item in fields if item.get("typeName") == "title"]
    doi = f"{plain.get('authority', '')}/{plain['identifier']}".lower()
    yield Record(
        where=str(plain.get("persistentUrl", "")),
        text=" ".join(strings(plain)),
        title=str(titles[0]) if titles else "",
        license=" ".join(strings(version.get("license") or version.get("termsOfUse") or "")),
        doi=doi if plain.get("protocol") == "doi" else "",
    )


def read_erddap(answer: Any) -> Iterator[Record]:
    """Read the table of attributes that ``info/<dataset>/index.json`` of an ERDDAP answers."""
    table = answer.get("table", {}) if isinstance(answer, dict) else {}
    if table.get("columnNames", [""])[0] != "Row Type":
        return
    whole = {row[2]: str(row[4]) for row in table["rows"] if row[1] == "NC_GLOBAL"}
    names = [row[1] for row in table["rows"] if row[0] == "variable"]
    units = {row[1]: str(row[4]) for row in table["rows"] if row[2] == "units"}
    edges = [whole.get(f"geospatial_{key}") for key in ("lon_min", "lat_min", "lon_max", "lat_max")]
    yield Record(
        where=whole.get("sourceUrl", "") or whole.get("infoUrl", ""),
        text=" ".join(whole.values()),
        title=whole.get("title", ""),
        license=whole.get("license", ""),
        start=whole.get("time_coverage_start", "")[:10],
        end=whole.get("time_coverage_end", "")[:10],
        box=tuple(float(edge) for edge in edges if edge) if all(edges) else None,
        units={name: units.get(name, "") for name in names},
    )


def read_thredds(text: str) -> Iterator[Record]:
    """Read the datasets of a THREDDS catalogue (version 1.0 of its schema)."""
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return
    for item in root.iter(f"{_THREDDS}dataset"):
        if not item.get("urlPath"):
            continue
        spans = [found for found in item.iter(f"{_THREDDS}timeCoverage")]
        start = spans[0].findtext(f"{_THREDDS}start") if spans else ""
        end = spans[0].findtext(f"{_THREDDS}end") if spans else ""
        yield Record(
            where=str(item.get("urlPath")),
            text=" ".join(item.itertext()),
            title=str(item.get("name", "")),
            start=str(start or "")[:10],
            end=str(end or "")[:10],
        )


READERS: dict[str, Callable[[Any], Iterator[Record]]] = {
    "CMR": read_cmr,
    "DataCite": read_datacite,
    "Zenodo": read_zenodo,
    "Dataverse": read_dataverse,
    "ERDDAP": read_erddap,
    "THREDDS": read_thredds,
}
_REACHED = {
    "CMR": re.compile(r"10\.5067/|earthdata\.nasa|podaac|lpdaac|nsidc\.org|daac\.ornl|gesdisc"),
    "Zenodo": re.compile(r"10\.5281/zenodo|zenodo\.org"),
    "Dataverse": re.compile(r"10\.7910/dvn|dataverse\."),
    "ERDDAP": re.compile(r"/erddap/"),
    "THREDDS": re.compile(r"/thredds/"),
    "DataCite": re.compile(r"10\.\d{4,9}/"),
}


def registry_of(card: Dataset) -> str:
    """Return the registry whose record a card would be compared with; empty for none."""
    places = [card.doi, card.landing_page, *(way.access_url for way in card.distributions)]
    text = " ".join(places).lower()
    for name, pattern in _REACHED.items():
        if pattern.search(card.doi if name == "DataCite" else text):
            return name
    return ""


def recorded(folder: Path) -> Iterator[Any]:
    """Yield each answer below a folder: JSON and XML files, and the bodies of cassettes."""
    for file in sorted(item for item in folder.rglob("*") if item.is_file()):
        text = file.read_text(encoding="utf-8", errors="replace")
        if _CASSETTE.match(text):
            yield from map(_body, _interactions(text))
        elif text.lstrip()[:1] in "{[<":
            yield text


def _interactions(text: str) -> list[Any]:
    try:
        plain = yaml.load(text, _Loader)
    except yaml.YAMLError:
        return []
    return list(plain.get("http_interactions") or plain.get("interactions") or ())


def _body(interaction: Any) -> str:
    body = interaction["response"].get("body") or ""
    text = body.get("string") or "" if isinstance(body, dict) else body
    if not isinstance(text, bytes):
        return str(text)
    try:
        return (decompress(text) if text[:2] == b"\x1f\x8b" else text).decode("utf-8", "replace")
    except (OSError, EOFError):
        return ""


def records(folder: Path) -> Iterator[tuple[str, Record]]:
    """Yield (registry, record) of each answer that is one."""
    for text in recorded(folder):
        if text.lstrip().startswith("<"):
            yield from (("THREDDS", record) for record in read_thredds(text))
            continue
        try:
            answer = json.loads(text)
        except ValueError:
            continue
        for name, reader in READERS.items():
            if name != "THREDDS":
                yield from ((name, record) for record in reader(answer))


def answered(base: Base, folder: Path) -> Compared:
    """Compare the cards that a recorded answer is about, and count those that wait."""
    known: dict[str, Record] = {}
    found = Compared()
    for name, record in records(folder) if folder.is_dir() else ():
        found.read[name] += 1
        if record.doi:
            known.setdefault(record.doi, record)
    for card, file in base.cards():
        name = registry_of(card)
        record = known.get(card.doi) if card.doi else None
        if record:
            found.cards += 1
            found.compare(card, file, record, set(CARD_KEYS), base)
        elif name:
            found.waiting[name] += 1
    return found
