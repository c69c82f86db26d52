"""Ids of what can be opened: slugs at every door, since folders and files are named by them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sciknow.errors import InvalidInput
from sciknow.model import Dataset, Distribution, LangString
from sciknow.model.parse import Where
from sciknow.model.plain import from_plain, to_plain

WAY = Distribution(id="way", access_url="https://example.org/a.nc", reader="netcdf")
WRONG = (
    "../../x",
    "/etc/x",
    "a/b",
    "a\\b",
    "..",
    ".hidden",
    "",
    "A",
    "a b",
    "a\n",
    "a\0",
    "~root",
    "海",
    "a" * 121,
)


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_slug_names_nothing_that_opens(wrong):
    with pytest.raises(InvalidInput, match="id"):
        Dataset(id=wrong, title=LangString("x"), distributions=(WAY,))
    right = Dataset(id="right", title=LangString("x"), distributions=(WAY,))
    with pytest.raises(InvalidInput, match="id"):
        replace(right, id=wrong)
    with pytest.raises(InvalidInput, match="id"):
        from_plain(Dataset, to_plain(right) | {"id": wrong}, Where("a card"))


def test_slugs_and_texts_without_a_way():
    for right in ("a", "noaa-oisst", "era5.land_2", "0"):
        assert Dataset(id=right, title=LangString("x"), distributions=(WAY,)).id == right
    assert Dataset(id="10.1000/any text", title=LangString("x")).id == "10.1000/any text"
