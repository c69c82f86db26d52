"""What is written reads back equal, in sciknow and in plain YAML."""

from dataclasses import replace

import pytest
import yaml
from amount import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import datasets, langstrings, slugs

from sciknow.catalogs import format_card, format_file, read_file, scaffold
from sciknow.errors import InvalidInput
from sciknow.model import Catalog, Distribution, LangString
from sciknow.model.card import card_of
from sciknow.vocab import Sector

flags = st.booleans()
array_options = st.fixed_dictionaries(
    {},
    optional={
        "group": slugs,
        "decode_times": flags,
        "mask_and_scale": flags,
        "drop_variables": st.lists(slugs, min_size=1, max_size=2),
        "chunks": st.dictionaries(slugs, st.integers(1, 99), min_size=1, max_size=2),
    },
)
FORMS = {
    "zarr": ("application/vnd.zarr", array_options),
    "kerchunk": ("application/vnd.kerchunk+json", array_options),
    "netcdf": (
        "application/netcdf",
        st.builds(
            lambda options, engine: {"engine": engine} | options,
            array_options,
            st.sampled_from(["scipy", "h5netcdf"]),
        ),
    ),
    "opendap": ("application/vnd.opendap.dap2", st.just({"decode_times": False})),
    "jsonl": ("application/jsonl", st.just({"dtype": {"a": "float64"}})),
    "csv": ("text/csv", st.just({"parse_dates": ["time"], "sep": ";"})),
    "parquet": ("application/vnd.apache.parquet", st.just({"columns": ["a", "b"]})),
}


@st.composite
def ways(draw):
    reader = draw(st.sampled_from(sorted(FORMS)))
    media, options = FORMS[reader]
    address = draw(st.sampled_from(["s3://bucket/", "https://example.org/"])) + draw(slugs)
    if reader == "opendap":
        address = f"https://example.org/{draw(slugs)}"
    storage = {"anon": True} if address.startswith("s3") else {}
    if reader == "kerchunk":
        storage = {"remote_protocol": "s3", "remote_options": {"anon": True}}
    return Distribution(
        id="",
        access_url=address,
        reader=reader,
        media_type=media,
        title=draw(langstrings | st.just(LangString())),
        storage_options=storage,
        options=draw(options),
    )


@st.composite
def catalogs(draw):
    sector = draw(st.sampled_from(Sector))
    found = draw(st.lists(datasets, max_size=3, unique_by=lambda item: item.id))
    filled = []
    for place, dataset in enumerate(found):
        own = draw(st.lists(ways(), max_size=2))
        named = (replace(way, id=f"w{place}-{n}") for n, way in enumerate(own))
        filled.append(replace(dataset, sector=sector, distributions=tuple(named)))
    return Catalog(
        sector=sector,
        title=draw(langstrings),
        description=draw(langstrings | st.just(LangString())),
        datasets=tuple(filled),
    )


@settings(max_examples=draws(60), deadline=None)
@given(catalogs())
def test_a_catalogue_comes_back(tmp_path_factory, catalog):
    path = tmp_path_factory.getbasetemp() / "round.yaml"
    path.write_text(format_file(catalog), encoding="utf-8")
    assert read_file(path) == catalog


@settings(max_examples=draws(60), deadline=None)
@given(datasets)
def test_a_card_is_plain_yaml(dataset):
    assert yaml.safe_load(format_card(dataset)) == {dataset.id: card_of(dataset)}


def test_a_card_reads_like_one(tmp_path, sound):
    path = tmp_path / "ocean.yaml"
    path.write_text(sound)
    (dataset,) = read_file(path).datasets
    long = replace(dataset, description=LangString("word " * 60 + "end.", "海" * 200))
    text = format_card(long)
    assert "title: {en: First, zh: 第一}\n" in text
    assert "        en: >-\n          word word" in text
    assert max(len(line) for line in text.splitlines() if "海海" not in line) <= 110
    assert yaml.safe_load(text)[dataset.id] == card_of(long)


def test_paths_below_the_folder_are_marked(folder, sound):
    text = sound.replace(
        'url: "s3://bucket/first.zarr", storage_options: {anon: true}',
        'url: "{CATALOG_DIR}/data/two.zarr"',
    )
    (folder / "a.yaml").write_text(text)
    catalog = read_file(folder / "a.yaml")
    written = format_file(catalog)
    assert "{CATALOG_DIR}/data/two.zarr" in written
    (folder / "a.yaml").write_text(written)
    assert read_file(folder / "a.yaml") == catalog


def test_a_reader_that_intake_lacks_is_refused(sound, tmp_path):
    path = tmp_path / "ocean.yaml"
    path.write_text(sound)
    catalog = read_file(path)
    dataset = replace(
        catalog.datasets[0],
        distributions=(Distribution(id="g", access_url="https://e.org/g", reader="shapefile"),),
    )
    with pytest.raises(InvalidInput, match="shapefile"):
        format_file(replace(catalog, datasets=(dataset,)))


@pytest.mark.parametrize(("name", "sector"), [("Bad Id", "ocean"), ("fine", "atlantis")])
def test_a_scaffold_needs_an_id_and_a_sector(name, sector):
    with pytest.raises(InvalidInput):
        scaffold(name, sector)
