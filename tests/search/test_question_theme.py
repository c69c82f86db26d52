"""What a question is about without its constraints, and who then votes."""

from __future__ import annotations

from contextlib import ExitStack, closing

import pytest

from sciknow.model import Dataset, LangString
from sciknow.model.coverage import PeriodOfTime, SpatialCoverage
from sciknow.search import Index, build_index, document_of, understand


@pytest.mark.parametrize(
    ("question", "theme"),
    [
        ("soil moisture Yangtze River basin", "soil moisture"),
        ("daily precipitation over Africa since 1980", "precipitation"),
        ("2000年以来青藏高原的逐日积雪", "积雪"),
        ("sea ice north of 60N", "sea ice"),
        ("monthly soil moisture at 1 km in the Sahel, 2001-2010", "soil moisture"),
        ("lakes of China and of Kenya", "lakes"),
        ("非洲1公里逐月土地覆盖", "土地覆盖"),
        ("population as GeoTIFF under CC BY", "population"),
        ("Georgia Tech aerosol campaign", "Georgia Tech aerosol campaign"),
        ("海冰", "海冰"),
        ("Africa", ""),
        ("", ""),
    ],
)
def test_the_theme_is_what_is_left_of_a_question(question, theme):
    assert understand(question).theme == theme


def _record(name, title, box=None, period=()):
    spatial, temporal = SpatialCoverage(box), PeriodOfTime(*period)
    dataset = Dataset(id=name, title=LangString(title), spatial=spatial, temporal=temporal)
    return document_of(dataset, {})


@pytest.fixture
def opened(tmp_path, embedder, cache):
    """Return a function that builds an index of some records and opens it."""
    with ExitStack() as stack:

        def build(*records):
            build_index(tmp_path / "index", records, embedder=embedder, cache=cache)
            return stack.enter_context(closing(Index.open(tmp_path / "index", embedder)))

        yield build


@pytest.fixture
def basins(opened):
    """An index in which words and boxes disagree about where a record lies."""
    return opened(
        _record("world", "Soil moisture of the whole land", (-180, -60, 180, 80)),
        _record("roads", "Roads of the Yangtze River basin", (90, 24, 122, 36)),
        _record("elsewhere", "Soil moisture of the Murray basin", (138, -38, 153, -24)),
        _record("delta", "Soil moisture at the mouth of a river", (120, 30, 122, 33)),
        _record("wordless", "Soil moisture of the Yangtze River basin"),
        _record("birds", "Ring recoveries of migrating birds"),
    )


def test_a_word_that_a_box_has_answered_does_not_vote(basins):
    ids = [hit.id for hit in basins.search("soil moisture Yangtze River basin").hits]
    assert ids.index("world") < ids.index("roads")
    assert ids.index("delta") < ids.index("elsewhere")
    assert ids.index("wordless") < ids.index("elsewhere"), "no box: the words vote"
    assert set(ids) == {"world", "roads", "elsewhere", "delta", "wordless", "birds"}


def test_a_fit_is_graded(basins):
    hits = {hit.id: hit for hit in basins.search("soil moisture Yangtze River basin").hits}
    verdict = {name: hit.why.constraints[0].verdict for name, hit in hits.items()}
    assert verdict["world"] == "fits"
    assert verdict["delta"] == "fits in part"
    assert verdict["elsewhere"] == "does not fit"
    assert verdict["birds"] == "not stated"
    assert hits["world"].score > hits["delta"].score > hits["elsewhere"].score


def test_the_share_of_a_period_is_graded(opened):
    index = opened(
        _record("whole", "Snow depth", period=("1979", "2025")),
        _record("late", "Snow depth", period=("2005", "2025")),
        _record("over", "Snow depth", period=("1960", "1975")),
        _record("unsaid", "Snow depth"),
    )
    ids = [hit.id for hit in index.search("snow depth since 1980").hits]
    assert ids.index("whole") < ids.index("late") < ids.index("over")
    assert ids.index("unsaid") < ids.index("over")
