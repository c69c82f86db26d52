"""Model objects survive the way to plain values, JSON and cards, and back."""

import json
import re
from dataclasses import replace

import pytest
import yaml
from amount import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import datasets

from sciknow.errors import InvalidInput
from sciknow.model import Agent, Concept, Dataset, LangString, Publication
from sciknow.model.card import card_of, parse_card
from sciknow.model.fingerprint import Fingerprint
from sciknow.model.parse import Where
from sciknow.model.plain import from_plain, to_plain


@settings(max_examples=draws(60))
@given(datasets)
def test_dataset_to_json_and_back(dataset):
    plain = json.loads(json.dumps(to_plain(dataset)))
    assert from_plain(Dataset, plain) == dataset


@settings(max_examples=draws(60))
@given(datasets)
def test_dataset_to_card_to_yaml_and_back(dataset):
    text = yaml.safe_dump(card_of(dataset), allow_unicode=True, sort_keys=False)
    again, ways = parse_card(dataset.id, yaml.safe_load(text), Where("file"), sector=dataset.sector)
    assert again == dataset
    assert ways == ()


@given(st.text(min_size=1), st.tuples(st.tuples(st.just("zh"), st.text())))
def test_concepts_come_back(label, alternatives):
    concept = Concept(id="a", pref_label=LangString(label), alt_labels=alternatives)
    assert from_plain(Concept, json.loads(json.dumps(to_plain(concept)))) == concept


def test_empty_fields_are_left_out_and_come_back():
    paper = Publication(id="10.1/x", title=LangString("T"), authors_complete=False)
    assert to_plain(paper) == {"id": "10.1/x", "title": {"en": "T"}, "authors_complete": False}
    assert from_plain(Publication, to_plain(paper)) == paper


def test_fields_of_a_later_version_are_passed_over():
    agent = Agent(id="noaa", name=LangString("NOAA"))
    assert from_plain(Agent, {**to_plain(agent), "founded": 1970}) == agent


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ([], "found list, allowed is a table"),
        ({"id": "a"}, "found no title, allowed is a table with title"),
        ({"id": 3, "title": {}}, "key id: found 3, allowed is a text"),
        ({"id": "a", "title": {}, "sector": "seas"}, "key sector: found 'seas', allowed is one of"),
        ({"id": "a", "title": {}, "theme": ["b", 4]}, "key theme.1: found 4, allowed is a text"),
        (
            {"id": "a", "title": {}, "spatial": {"bbox": [0, 0, "1", 1]}},
            "key spatial.bbox.2: found '1', allowed is a number",
        ),
        (
            {"id": "a", "title": {}, "distributions": [{"id": "a-x", "access_url": None}]},
            "key distributions.0.access_url: found None, allowed is a text",
        ),
    ],
)
def test_what_is_no_record_is_refused_where_it_breaks(plain, said):
    with pytest.raises(InvalidInput, match=re.escape(f"card: {said}")):
        from_plain(Dataset, plain, Where("card"))


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({"count": -1}, "key count: found -1, allowed is a whole number"),
        ({"files": [{"ranges": {"0-9": 3}}]}, "key files.0.ranges: found"),
        ({"count": True}, "key count: found True, allowed is a whole number"),
    ],
)
def test_a_fingerprint_holds_only_what_it_can(plain, said):
    with pytest.raises(InvalidInput, match=re.escape(said)):
        from_plain(Fingerprint, {"strength": "whole"} | plain)


def test_openable_follows_the_distributions():
    from sciknow.model import Distribution

    dataset = Dataset(id="a", title=LangString("T"))
    assert not dataset.openable
    way = Distribution(id="a-zarr", access_url="data/a.zarr", reader="zarr", offline=True)
    assert replace(dataset, distributions=(way,)).offline
