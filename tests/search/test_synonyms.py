"""Words that stand for nearly the same: what the list holds, and what it does to a question."""

from __future__ import annotations

from sciknow.search import Index, build_index, document_of_text
from sciknow.search.language.analysis import terms
from sciknow.search.language.synonyms import synonyms
from sciknow.search.rank.question import NEAR


def test_no_word_stands_for_itself_and_none_stands_twice():
    assert len(synonyms()) > 300
    for term, others in synonyms().items():
        words = [own for _, own in others]
        assert words
        assert len(set(words)) == len(words)
        assert all(term not in own for own in words)


def test_a_word_finds_its_neighbour_for_less_and_says_so(tmp_path, embedder, cache):
    documents = [
        document_of_text("near", "Precipitation of gauges", "Daily sums."),
        document_of_text("same", "Rainfall of gauges", "Daily sums."),
        document_of_text("else", "Wind of towers", "Daily means."),
    ]
    build_index(tmp_path / "index", documents, embedder=embedder, cache=cache)
    index = Index.open(tmp_path / "index", embedder)
    hits = index.search("rainfall").hits
    assert [hit.id for hit in hits] == ["same", "near", "else"]
    first, second = (hit.why.terms[0] for hit in hits[:2])
    assert (first.term, first.matched) == ("rainfall", "rainfall")
    assert (second.term, second.matched) == ("rainfall", "precipitation")
    assert not any(term.fields for term in hits[2].why.terms)
    unit = index.read("rainfall").units[0]
    assert {choice.text: choice.weight for choice in unit.alternatives}["precipitation"] == NEAR
    index.close()


def test_every_word_of_the_list_is_read_as_it_is_written():
    for others in synonyms().values():
        assert all(tuple(dict.fromkeys(terms(text))) == own for text, own in others)
