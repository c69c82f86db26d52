"""Pairs that fit each other, where a question asks for two things."""

import pytest

import sciknow
from sciknow.hub import embedded_hub
from sciknow.hub.find.pairs import two_themes


@pytest.mark.parametrize(
    ("theme", "parts"),
    [
        ("soil moisture and precipitation", ("soil moisture", "precipitation")),
        ("土壤湿度与降水", ("土壤湿度", "降水")),
        ("sea ice", None),
        ("rain and snow and ice", None),
        ("sand", None),
        ("", None),
    ],
)
def test_two_things_are_told_apart(theme, parts):
    assert two_themes(theme) == parts


def test_pairs_that_fit_come_with_the_answer():
    with sciknow.open_hub(embedded_hub()) as hub:
        hits = hub.search("soil moisture and precipitation over the Sahel since 2000")
        assert len(hits.pairs) == 3
        best = hits.pairs[0]
        assert hub.compatible(best.first, best.second).ok
        assert [pair.score for pair in hits.pairs] == sorted(
            (pair.score for pair in hits.pairs), reverse=True
        )
        assert "soil" in best.first.title.en.lower() or "land" in best.first.title.en.lower()
        assert all(0 < pair.fit <= 1 for pair in hits.pairs)
        assert f"best pair: {best}" in hits.summary
        assert best.to_dict()["datasets"] == [best.first.id, best.second.id]
        assert hub.search("soil moisture").pairs == ()
        assert hub.search("whale counts and chess games").pairs == ()
        assert hub.search("ice and snow", kind="concept").pairs == ()
