"""What may be shared of a combination, by the texts of the licences."""

from itertools import product

import pytest

from sciknow.alignment import Verdict, combine_terms
from sciknow.model.licence import LICENCES

FREE = ("CC0-1.0", "CC-PDM-1.0", "PDDL-1.0")
NAMED = ("CC-BY-4.0", "CC-BY-3.0-US", "ODC-By-1.0", "OGL-UK-3.0", "OGL-Canada-2.0")


@pytest.mark.parametrize(("one", "other"), [*product(FREE, FREE)])
def test_the_public_domain_asks_for_nothing(one, other):
    terms = combine_terms([one, other])
    assert terms.verdict in (Verdict.SAME, Verdict.COMPATIBLE)
    assert terms.attribution == ()
    assert terms.license == ""


@pytest.mark.parametrize(("one", "other"), [*product(NAMED, (*FREE, *NAMED))])
def test_names_add_up(one, other):
    terms = combine_terms([one, other])
    assert terms.verdict in (Verdict.SAME, Verdict.COMPATIBLE)
    assert terms.attribution == tuple(dict.fromkeys(n for n in (one, other) if n in NAMED))
    assert f"under {one}" in terms.sentence


@pytest.mark.parametrize("whole", ["CC-BY-SA-4.0", "ODbL-1.0", "CC-BY-NC-SA-4.0"])
@pytest.mark.parametrize("other", [*FREE, *NAMED])
def test_share_alike_takes_the_whole(whole, other):
    terms = combine_terms([other, whole])
    assert terms.verdict is Verdict.COMPATIBLE
    assert terms.license == whole


def test_the_later_version_of_one_family_takes_the_whole():
    assert combine_terms(["CC-BY-SA-3.0", "CC-BY-SA-4.0"]).license == "CC-BY-SA-4.0"


@pytest.mark.parametrize(
    "pair",
    [
        ("CC-BY-SA-4.0", "ODbL-1.0"),
        ("CC-BY-SA-1.0", "CC-BY-SA-4.0"),  # 1.0 has no clause for later versions
        ("CC-BY-SA-4.0", "CC-BY-NC-SA-4.0"),
        ("CC-BY-SA-4.0", "CC-BY-NC-4.0"),
        ("ODbL-1.0", "CC-BY-NC-4.0"),
        ("CC-BY-ND-4.0", "CC0-1.0"),
    ],
)
def test_terms_that_exclude_each_other(pair):
    for order in (pair, pair[::-1]):
        terms = combine_terms(order)
        assert terms.verdict is Verdict.DIFFERENT
        assert "apart" in terms.sentence


def test_non_commercial_terms_stay():
    terms = combine_terms(["CC-BY-NC-4.0", "CC-BY-4.0"])
    assert terms.verdict is Verdict.COMPATIBLE
    assert "not for commercial use" in terms.sentence
    assert combine_terms(["CC-BY-NC-SA-4.0", "CC-BY-NC-4.0"]).license == "CC-BY-NC-SA-4.0"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("", "no licence is stated"),
        ("https://www.ucar.edu/terms-of-use/data", "read the terms at https://www.ucar.edu"),
        ("Custom-1.0", "Custom-1.0 is not in the table"),
    ],
)
def test_unknown_terms_are_not_guessed(other, words):
    terms = combine_terms(["CC0-1.0", other])
    assert terms.verdict is Verdict.NOT_STATED
    assert words in terms.sentence


@pytest.mark.parametrize("name", [name for name in LICENCES if "://" not in name])
def test_every_licence_agrees_with_itself(name):
    own = combine_terms([name, name])
    expected = Verdict.DIFFERENT if LICENCES[name].no_derivatives else Verdict.SAME
    assert own.verdict is expected


def test_other_spellings_are_the_same_licence():
    terms = combine_terms(["CC BY 4.0", "http://creativecommons.org/licenses/by/4.0", "CC-BY-4.0"])
    assert terms.verdict is Verdict.SAME
    assert terms.attribution == ("CC-BY-4.0",)
