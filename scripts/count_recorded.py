"""Count what becomes of recorded answers of real sources, protocol by protocol.

python scripts/count_recorded.py FOLDER

The folder holds answers that clients of these protocols recorded for their tests, and examples of
the specifications. The counts are written to ``docs/reference/recorded.json``, from which
`make_protocol_page.py` writes its table.
"""

import gzip
import importlib
import json
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import yaml

from sciknow.errors import SciknowError
from sciknow.harvest import datacite_xml, iso19115
from sciknow.harvest.markup import local
from sciknow.harvest.protocol import Record
from sciknow.model.receipt import Asked
from sciknow.wire.request import Answer
from sciknow.wire.trouble import Absent

TARGET = Path(__file__).parents[1] / "docs" / "reference" / "recorded.json"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Plain values, and the texts that Python 2 tagged."""


_Loader.add_constructor("tag:yaml.org,2002:python/unicode", _Loader.construct_scalar)


def counts(folder: Path) -> list[dict[str, object]]:
    """Return a row for each protocol of which something is recorded."""
    return [_row(folder, *given) for given in SOURCES]


def _row(folder, protocol, client, records):
    module = importlib.import_module(f"sciknow.harvest.{protocol}").PROTOCOL
    asked = Asked(source="recorded", address="https://source.example.org", protocol=protocol)
    row = {"protocol": protocol, "from": client, "came": 0, "refused": 0, "ways": 0, "opens": 0}
    seen = set()
    for record, parse in records(folder, module, asked):
        if record.id in seen:
            continue
        seen.add(record.id)
        row["came"] += 1
        try:
            if record.problem:
                raise ValueError(record.problem)
            found = parse(record, asked).dataset
        except (SciknowError, ValueError):
            row["refused"] += 1
            continue
        row["ways"] += bool(found.distributions)
        row["opens"] += found.openable
    return row


def _loaded(path: Path) -> object:
    try:
        return yaml.load(path.read_bytes(), Loader=_Loader)
    except yaml.YAMLError:
        return None  # it is no cassette


def _exchanges(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (address, body) of the exchanges that are recorded below a folder."""
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        if path.suffix not in (".yaml", ".yml", "") or path.name.startswith("_"):
            continue
        told = _loaded(path)
        for item in told.get("interactions", ()) if isinstance(told, dict) else ():
            held = item["response"].get("body") or {}
            body = held.get("string", held.get("content", ""))
            data = body if isinstance(body, bytes) else str(body).encode()
            yield item["request"]["uri"], gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def _objects(folder: Path) -> Iterator[dict]:
    for _, body in _exchanges(folder):
        try:
            told = json.loads(body)
        except ValueError:
            continue
        if isinstance(told, dict):
            yield told


def _roots(folder: Path, ending: str = ".xml") -> Iterator[tuple[str, ElementTree.Element]]:
    for path in sorted(folder.rglob(f"*{ending}")):
        try:
            yield path.name, ElementTree.parse(path).getroot()
        except ElementTree.ParseError:
            continue


def _ckan(folder, module, asked):
    for told in _objects(folder / "ckan-zenodo-frictionless"):
        result = told.get("result")
        for row in result.get("results", ()) if isinstance(result, dict) else ():
            yield Record(str(row.get("id", "")), row), module.parse


def _invenio(folder, module, asked):
    for told in _objects(folder / "ckan-zenodo-frictionless"):
        hits = told.get("hits")
        for row in hits.get("hits", ()) if isinstance(hits, dict) else ():
            yield Record(str(row.get("id", "")), row), module.parse


def _cmr(folder, module, asked):
    for told in _objects(folder / "cmr-earthaccess"):
        for row in told.get("items", ()):
            name = row.get("meta", {}).get("concept-id", "")
            if name.startswith("C"):
                yield Record(name, row), module.parse


def _stac(folder, module, asked):
    for told in _objects(folder / "stac-client-cassettes"):
        for key in ("collections", "features"):
            for row in told.get(key) or ():
                if isinstance(row, dict) and "stac_version" in row:
                    name = f"{row.get('collection', '')}/{row.get('id', '')}"
                    yield Record(name, row), module.parse


def _oai(folder, module, asked):
    for _, body in _exchanges(folder / "oai-scythe"):
        if b"<ListRecords" not in body and b"<GetRecord" not in body:
            continue
        for item in ElementTree.fromstring(body).iter():
            if local(item) == "record" and any(local(part) == "header" for part in item):
                header = next(part for part in item if local(part) == "header")
                named = next(part for part in item.iter() if local(part) == "identifier")
                if header.get("status") != "deleted":
                    yield Record(str(named.text), item), module.parse


def _dataverse(folder, module, asked):
    for path in sorted((folder / "dataverse").rglob("*.json")):
        try:
            told = json.loads(path.read_text("utf-8"))
        except ValueError:
            continue
        version = told.get("datasetVersion") if isinstance(told, dict) else None
        if isinstance(version, dict) and "metadataBlocks" in version:
            yield Record(path.as_posix(), {"search": {}, "version": version}), module.parse


def _data_json(folder, module, asked):
    told = json.loads((folder / "dcat-ckanext/examples/dcat/catalog_pod.jsonld").read_text("utf-8"))
    for row in told["dataset"]:
        yield Record(str(row.get("identifier", "")), row), module.parse


def _iso(folder, module, asked):
    for file, root in _roots(folder / "csw-iso-owslib"):
        for number, item in enumerate(root.iter()):
            if local(item) in iso19115.NAMES:
                name = iso19115.name_of(item) or file
                yield (
                    Record(f"{name} {file} {number}", item),
                    lambda record, asked: iso19115.parse(record.body, record.id, asked),
                )


def _datacite(folder, module, asked):
    for file, root in _roots(folder / "datacite-bolognese"):
        if local(root) == "resource":
            yield (
                Record(file, root),
                lambda record, asked: datacite_xml.parse(record.body, record.id, asked),
            )


def _files(at: Path, first: str):
    """Walk what lies in files as if a server held them."""

    def records(folder, module, asked):
        base = "https://source.example.org/"

        def ask(request):
            path = folder / at / request.address.removeprefix(base)
            if not path.is_file():
                raise Absent(f"{request.address} is not recorded")
            return Answer(request.address, 200, {}, path.read_bytes())

        wish = Asked(source="recorded", address=base + first, protocol=asked.protocol)
        for page in module.pages(wish, ask):
            for record in page.records:
                yield record, module.parse

    return records


def _thredds(folder, module, asked):
    for address, body in _exchanges(folder / "thredds-siphon"):
        if b"InvCatalog" in body:
            yield from _one(module, address, body)


def _dcat(folder, module, asked):
    examples = folder / "dcat-ckanext/examples/dcat"
    for path in sorted((*examples.glob("*.rdf"), *examples.glob("*.ttl"))):
        yield from _one(module, f"https://source.example.org/{path.name}", path.read_bytes())


def _schemaorg(folder, module, asked):
    for path in sorted((folder / "schemaorg-esip/examples/dataset").glob("*.jsonld")):
        block = f'<script type="application/ld+json">{path.read_text("utf-8")}</script>'
        page = f"<!DOCTYPE html><html>{block}</html>".encode()
        yield from _one(module, f"https://source.example.org/{path.stem}", page)


def _one(module, address: str, body: bytes):
    """Yield the records of one answer, behind which nothing is to be had."""

    def ask(request):
        if request.address != address:
            raise Absent(f"{request.address} is not recorded")
        return Answer(address, 200, {}, body)

    wish = Asked(source="recorded", address=address, protocol=module.name)
    try:
        for page in module.pages(wish, ask):
            for record in page.records:
                told = Record(f"{address} {record.id}", record.body, problem=record.problem)
                yield told, module.parse
    except SciknowError:
        return  # what came before counts


SOURCES = (
    ("ckan", "a national portal (frictionless)", _ckan),
    ("cmr", "NASA (earthaccess)", _cmr),
    ("csw", "ISO 19115 documents (OWSLib)", _iso),
    ("data_json", "an example of ckanext-dcat", _data_json),
    ("datacite", "DataCite's XML (bolognese)", _datacite),
    ("dataverse", "exports of datasets (Dataverse)", _dataverse),
    ("dcat", "examples of ckanext-dcat", _dcat),
    (
        "intake_catalog",
        "Pangeo's catalogues of 2021",
        _files(Path("intake-pangeo/intake-catalogs"), "master.yaml"),
    ),
    ("invenio_rdm", "Zenodo (frictionless)", _invenio),
    ("oai_pmh", "Zenodo (oaipmh-scythe)", _oai),
    ("schemaorg", "examples of ESIP's guide", _schemaorg),
    ("stac_api", "several APIs (pystac-client)", _stac),
    (
        "static_stac",
        "examples of the specification",
        _files(Path("stac-spec/examples"), "catalog.json"),
    ),
    ("thredds", "several servers (siphon)", _thredds),
)


if __name__ == "__main__":
    rows = ",\n".join(json.dumps(row) for row in counts(Path(sys.argv[1])))
    TARGET.write_text(f"[\n{rows}\n]\n", encoding="utf-8")
