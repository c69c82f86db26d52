"""Model objects survive the way to plain values, JSON and cards, and back."""

import json
from dataclasses import replace

import yaml
from amount import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import datasets

from sciknow.model import Agent, Concept, Dataset, LangString, Publication
from sciknow.model.card import card_of, parse_card
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


def test_openable_follows_the_distributions():
    from sciknow.model import Distribution

    dataset = Dataset(id="a", title=LangString("T"))
    assert not dataset.openable
    way = Distribution(id="a-zarr", access_url="data/a.zarr", reader="zarr", offline=True)
    assert replace(dataset, distributions=(way,)).offline
