"""Parsers of what strangers write: no text ends in a foreign error, and none takes long or much.

In `make test` each parser gets some hundred texts; in `make soak` a minute of them.
"""

import resource
import time

import pytest
from amount import SOAK, lot
from mutation import changed

from sciknow.catalogs import read_file
from sciknow.errors import SciknowError
from sciknow.graph.guard import bind_values, check_query
from sciknow.ledger.lockfile import read_lock
from sciknow.ledger.toml import read_toml
from sciknow.rdf.guarded import parse_rdf
from sciknow.readers.formats.kerchunk.references import parse_document, resolver
from sciknow.readers.formats.opendap.dap2 import parse_das, parse_dds
from sciknow.readers.formats.stac.document import item_of, parse
from sciknow.readers.formats.tabledap.server import parse_header, parse_info

SECONDS, BYTES = 5, 2**29
"""Of the processor for one text, and of memory for all."""

QUERIES = [
    b"SELECT ?s ?l WHERE { ?s rdfs:label ?l FILTER(LANG(?l) = 'zh' && ?s != <urn:a>) } LIMIT 5",
    b'PREFIX a: <urn:a#> ASK { ?s a:b/^a:c* """x\ny""" ; a:d ( 1 2.5 _:b ) . '
    b'MINUS { ?s ?p "q"@en } }',
    b"CONSTRUCT { ?s ?p << ?a ?b ?c >> } WHERE { VALUES (?a ?b) { (1 <urn:x>) } # end\n ?s ?p ?o }",
]
DDS = [
    b"Dataset { Grid { Array: Float32 t[time = 3][lat = 2]; Maps: Float64 time[time = 3]; "
    b"Float64 lat[lat = 2]; } t; Structure { Byte a; Int16 b[4]; } s; String n; } d%20e;",
    b'Error { code = 404; message = "there is \\"no\\" such thing"; };',
]
DAS = [
    b'Attributes { t { String units "K"; Float32 actual_range -1.5, 2e3; '
    b'String note "a \\"b\\", c"; '
    b'inner { Int16 n 1, 2; } } NC_GLOBAL { Url u "https://example.org"; } }',
]
TURTLE = [
    b'@prefix ex: <https://example.org/> . ex:a ex:b "x"@zh, 5, [ ex:c ( 1 2 ) ] ; a ex:D . '
    b"ex:e ex:f '''long''' . # end",
    b"@prefix ex: <https://example.org/> . << ex:a ex:b 5 >> ex:d true .",
]
STAC = [
    b'{"type": "FeatureCollection", "features": [{"type": "Feature", "stac_version": "1.0.0", '
    b'"id": "a", "geometry": null, "properties": {"datetime": "2020-01-01T00:00:00Z"}, '
    b'"links": [], "assets": {"B1": {"href": "./a.tif", "type": "image/tiff", '
    b'"roles": ["data"]}}}]}',
]
LOCK = [
    b'format = 1\n\n[environment]\npython = "3.11"\n\n[[dataset]]\nid = "sst"\ndistribution = "a"\n'
    b'url = "https://example.org/a.nc"\nlocked = 2026-01-01T00:00:00Z\nmirrors = ["b", "c"]\n\n'
    b"[dataset.options]\nchunks = {time = 1}\n\n[dataset.fingerprint]\nstrength = 'whole'\n",
]
CATALOG = [
    b"version: 2\nmetadata:\n  sector: ocean\n  title: {en: Ocean, zh: x}\n  datasets:\n    ice:\n"
    b"      title: {en: Ice}\n      description: {en: Share of ice.}\n      publisher: c\n"
    b"      landing_page: https://example.org/\n      license: CC-BY-4.0\n"
    b"      spatial: {bbox: [-180, 60, 180, 90]}\n      theme: [sea-ice]\n"
    b"      distributions: [{id: b}]\n"
    b"      provenance:\n"
    b"        - {source: 'https://example.org/', accessed: 2026-01-01, fields: [a]}\n"
    b"aliases: {b: b}\ndata:\n  b-data:\n    datatype: intake.readers.datatypes:Zarr\n"
    b"    kwargs: {url: 'https://example.org/a.zarr', storage_options: {}, root: ''}\n"
    b"    metadata: {}\n    user_parameters: {}\n"
    b"entries:\n  b:\n    reader: intake.readers.readers:XArrayDatasetReader\n"
    b"    kwargs: {args: ['{data(b-data)}'], engine: zarr, chunks: {}}\n"
    b"    output_instance: xarray:Dataset\n    metadata: {}\n    user_parameters: {}\n"
    b"user_parameters: {}\n",
]
REFS = [
    b'{"version": 1, "templates": {"u": "https://example.org"}, "refs": {".zgroup": "{}", '
    b'"a/0": ["{{u}}/a", 0, 10], "a/1": "base64:AAAA", "a/.zarray": {"shape": [3]}}}',
]
INFO = [
    b'{"table": {"columnNames": ["Row Type", "Variable Name", "Attribute Name", "Data Type", '
    b'"Value"], "rows": [["attribute", "NC_GLOBAL", "title", "String", "x"], '
    b'["variable", "t", "", "double", ""], ["attribute", "t", "actual_range", '
    b'"double", "1.0, 2.0"]]}}',
    b"netcdf a { dimensions:\n row = 7;\n s_strlen = 5;\nvariables:\n double t(row=7);\n }",
]


def query(data):
    bind_values(check_query(data.decode("utf-8", "replace")), {"s": "<urn:a>"})


def stac(data):
    for feature in parse(data, "https://example.org/a").get("features") or ():
        item_of(feature, "https://example.org/a")


@pytest.fixture
def on_disk(tmp_path):
    """Return a function that gives a text to a reader of files."""

    def call(read, name):
        def asked(data):
            (tmp_path / name).write_bytes(data)
            read(tmp_path / name)

        return asked

    return call


PARSERS = {
    "SPARQL": (query, QUERIES),
    "DDS": (parse_dds, DDS),
    "DAS": (parse_das, DAS),
    "Turtle": (parse_rdf, TURTLE),
    "STAC": (stac, STAC),
    "TOML": (lambda data: read_toml(data.decode("utf-8", "replace")), LOCK),
    "lockfile": (read_lock, LOCK),
    "catalogue": (read_file, CATALOG),
    "references": (
        lambda data: parse_document(data, resolver("https://example.org/a", local=False)),
        REFS,
    ),
    "info of ERDDAP": (parse_info, INFO),
    "header of ERDDAP": (lambda data: parse_header(data.decode("utf-8", "replace")), INFO),
}
FILES = {"lockfile": "a.lock", "catalogue": "ocean.yaml"}


def fuzzed(name, on_disk, seconds, count):
    """Give a parser texts for so many seconds, or so many; return how many it read."""
    parser, sound = PARSERS[name]
    if name in FILES:
        parser = on_disk(parser, FILES[name])
    others = [text for _, texts in PARSERS.values() for text in texts]
    chance, end, number, read = lot(name), time.monotonic() + seconds, 0, 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    while time.monotonic() < end and number < count:
        text = changed(chance, chance.choice(sound), others)
        number, start = number + 1, time.process_time()
        try:
            parser(text)
            read += 1
        except SciknowError:
            pass
        except Exception as error:
            raise AssertionError(f"{name}, text {number}: {text[:2_000]!r}") from error
        assert time.process_time() - start < SECONDS, text[:2_000]
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < BYTES
    return number, read


@pytest.mark.parametrize("name", PARSERS)
def test_changed_texts_are_read_or_refused(name, on_disk):
    number, _ = fuzzed(name, on_disk, 60, 150)
    assert number == 150


@pytest.mark.soak
@pytest.mark.parametrize("name", PARSERS)
def test_a_minute_of_changed_texts_is_read_or_refused(name, on_disk):
    number, read = fuzzed(name, on_disk, 60 if SOAK else 12, 10**9)
    assert number > read > 0
