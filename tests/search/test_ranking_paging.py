"""One order of the hits, whichever page is asked for."""

import pytest

from sciknow.search import Filters, Index, build_index, document_of_text

NOUNS = ("ice", "snow", "rain", "wind", "wave", "soil", "crop", "road", "star", "gene")
PLACES = ("Arctic", "Kenya", "China", "Peru", "Alps", "Baltic Sea", "Texas", "Japan", "Nile")


@pytest.fixture(scope="module")
def many(tmp_path_factory, embedder, cache):
    texts = [
        document_of_text(f"{noun}-{place}-{part}", f"{noun} of {place} {part}", f"Maps of {noun}.")
        for noun in NOUNS
        for place in PLACES
        for part in ("north", "south")
    ]
    target = tmp_path_factory.mktemp("many") / "index"
    build_index(target, texts, embedder=embedder, cache=cache)
    opened = Index.open(target, embedder)
    yield opened
    opened.close()


def ids(results):
    return [hit.id for hit in results.hits]


@pytest.mark.parametrize("question", ["snow in the Alps", "冰 北极", "maps"])
@pytest.mark.parametrize("size", [7, 50, 170])
def test_pages_go_on_where_the_last_ended(many, question, size):
    whole = many.search(question, limit=180)
    assert len(set(ids(whole))) == 180
    paged, scores = [], []
    for offset in range(0, 190, size):
        page = many.search(question, limit=size, offset=offset)
        paged += ids(page)
        scores += [hit.score for hit in page.hits]
    assert paged == ids(whole)
    assert scores == sorted(scores, reverse=True)


def test_pages_of_what_a_filter_leaves(many):
    box = Filters.of(bbox=(-180, 60, 180, 90))
    first = many.search("ice", filters=box, limit=100)
    second = many.search("ice", filters=box, limit=100, offset=100)
    assert len({*ids(first), *ids(second)}) == first.total
    assert ids(many.search("ice", offset=180)) == []


def test_hits_of_any_page_explain_themselves(many):
    late = many.search("snow in the Alps", limit=3, offset=100, explain=True).hits
    assert [hit.why.shares for hit in late] == [
        hit.why.shares for hit in many.search("snow in the Alps", limit=180).hits[100:103]
    ]
