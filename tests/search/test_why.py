"""Explanations: what they name, and that they are true."""

from __future__ import annotations

from dataclasses import replace

import html5lib
import pytest
from small_collection import CONCEPTS, documents

from sciknow.search import Index, build_index, document_of_text


def why_of(index, question, identifier):
    return next(hit.why for hit in index.search(question).hits if hit.id == identifier)


def test_it_names_words_fields_concept_path_publication_and_passage(index):
    why = why_of(index, "Arctic sea ice concentration", "sea-ice-index")
    named = {item.term: item for item in why.terms}
    assert {"sea", "ice", "concentration"} == set(named)  # its box has answered the Arctic
    assert named["ice"].fields[0] == "title"
    assert [(item.name, item.verdict) for item in why.constraints] == [("place", "fits")]
    assert [item.path for item in why.concepts] == [("sea ice",)]
    assert [item.id for item in why.publications] == ["10.1000/ice"]
    assert why.passage == "Concentration is given on a polar grid."
    assert sum(why.shares.values()) == pytest.approx(1)


def test_a_broader_concept_leads_down_to_the_dataset(index):
    why = why_of(index, "ocean", "pacific-sst")
    assert why.concepts[0].path == ("ocean", "sea surface temperature")
    assert why_of(index, "海洋", "pacific-sst").concepts[0].path == ("海洋", "海表温度")


def test_a_chinese_word_shows_what_stood_for_it(index):
    why = why_of(index, "莫纳罗亚 二氧化碳", "mauna-loa")
    assert ("二氧化碳", "carbon dioxide") in {(item.term, item.matched) for item in why.terms}


def test_one_publication_is_named_in_the_singular(index):
    assert "; 1 publication" in why_of(index, "Arctic sea ice", "sea-ice-index").summary
    assert "1 publications" not in why_of(index, "Arctic sea ice", "sea-ice-index").summary


def test_a_passage_is_a_whole_sentence(tmp_path, embedder, cache):
    text = "Snow on a grid of 0.05 degrees, version 5.12.4 of the model. 全球0.25度。其后为别的话。"
    build_index(
        tmp_path / "index",
        [document_of_text("snow", "Snow", text)],
        embedder=embedder,
        cache=cache,
    )
    index = Index.open(tmp_path / "index", embedder)
    assert why_of(index, "snow", "snow").passage == text[: text.index("全") - 1]
    assert why_of(index, "全球", "snow").passage == "全球0.25度。"
    index.close()


def test_silence_about_a_filter_is_marked(index):
    from sciknow.search import Filters

    hits = index.search("prices", filters=Filters.of(license="open", unstated="mark")).hits
    bare = next(hit for hit in hits if hit.id == "bare")
    assert bare.why.unknown == ("license",)
    assert "not stated: license" in bare.why.summary


def test_explaining_at_once_or_later_says_the_same(index):
    at_once = index.search("sea ice", explain=True).hits[0].why
    assert at_once == index.search("sea ice").hits[0].why


@pytest.mark.parametrize(
    ("question", "identifier"),
    [
        ("Arctic sea ice concentration", "sea-ice-index"),
        ("weekly fraction in the Keeling curve", "mauna-loa"),
        ("satellite and buoy measurements of the Pacific", "pacific-sst"),
    ],
)
def test_taking_a_named_word_away_costs_about_its_share(index, question, identifier):
    def found(text):
        hits = index.search(text, constraints=False).hits
        return next(hit for hit in hits if hit.id == identifier)

    hit, off = found(question), []
    for item in hit.why.terms:
        rest = " ".join(w for w in question.split() if w.casefold() != item.term)
        cost = (hit.score - found(rest).score) / hit.score
        # A concept goes with any word of its label.
        ways = [way.share for way in hit.why.concepts if item.term in way.label.split()]
        off.append(abs(cost - item.share - sum(ways)))
    # The sentence model reads what is left anew, so a word's part in the meaning shifts.
    assert max(off) < 0.18
    assert sum(off) / len(off) < 0.13


def test_shares_of_words_and_concepts_add_up_to_no_more_than_one(index):
    for hit in index.search("Arctic sea ice concentration of the Pacific").hits:
        parts = [item.share for item in (*hit.why.terms, *hit.why.concepts)]
        assert all(part > 0 for part in parts)
        assert sum(parts) <= 1 + 1e-6


@pytest.mark.parametrize("extra", ["the", "zyzzyva", "of"])
def test_taking_an_unnamed_word_away_costs_nothing(index, extra):
    question = "Arctic sea ice concentration"
    longer = next(h for h in index.search(f"{question} {extra}").hits if h.id == "sea-ice-index")
    shorter = next(h for h in index.search(question).hits if h.id == "sea-ice-index")
    assert extra not in {item.term for item in longer.why.terms}
    assert longer.score - shorter.score < 0.04


def test_a_word_taken_out_of_the_record_costs_its_words_share(tmp_path, embedder, cache):
    question = "Keeling curve of carbon dioxide"
    whole = documents()
    build_index(tmp_path / "a", whole, embedder=embedder, cache=cache, concepts=CONCEPTS)
    cut = [
        replace(item, fields={k: v.replace("the Keeling", "one") for k, v in item.fields.items()})
        for item in whole
    ]
    build_index(tmp_path / "b", cut, embedder=embedder, cache=cache, concepts=CONCEPTS)
    before, after = (
        next(h for h in Index.open(tmp_path / name, embedder).search(question).hits)
        for name in "ab"
    )
    assert before.id == after.id == "mauna-loa"
    assert "keeling" in {item.term for item in before.why.terms}
    assert "keeling" not in {item.term for item in after.why.terms}
    share = next(item.share for item in before.why.terms if item.term == "keeling")
    assert (before.score - after.score) / before.score == pytest.approx(share, abs=0.2)


def test_html_is_well_formed_and_escaped(index):
    hits = index.search("<script>alert(1)</script> sea ice").hits
    markup = hits[0].why._repr_html_()
    assert "<script>" not in markup
    html5lib.HTMLParser(strict=True).parseFragment(markup)


def test_plain_forms_say_the_same(index):
    why = why_of(index, "sea ice", "sea-ice-index")
    plain = why.to_dict()
    assert [row["term"] for row in plain["terms"]] == [item.term for item in why.terms]
    assert "concept: sea ice" in str(why)
    assert "words" in str(why)


def test_a_chinese_word_matched_by_its_characters_has_its_part_of_the_meaning(index):
    hit = next(h for h in index.search("海冰 北极").hits if h.id == "sea-ice-index")
    shares = {item.term: item.share for item in hit.why.terms}
    rest = next(h for h in index.search("北极").hits if h.id == "sea-ice-index")
    assert shares["海冰"] > 0.2
    assert hit.score > rest.score


def test_a_word_read_by_meaning_alone_is_named_and_a_word_of_no_record_is_not(index):
    hits = index.search("satellite and buoy measurements of frozen carbon zyzzyva").hits
    told = {item for hit in hits for item in hit.why.meant}
    assert told
    assert all(item.share >= 0.02 and not item.fields for item in told)
    assert "zyzzyva" not in {item.term for item in told}
    assert all(item.fields for hit in hits for item in hit.why.terms)
    shown = next(hit.why for hit in hits if hit.why.meant)
    assert f"by meaning: {shown.meant[0].term} " in str(shown)
    assert shown.to_dict()["meant"][0]["term"] == shown.meant[0].term
