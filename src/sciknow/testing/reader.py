"""The contract of a reader, as tests to inherit.

>>> class TestMyReader(ReaderTests):                                        # doctest: +SKIP
...     @pytest.fixture
...     def case(self, tmp_path): return ReaderCase(...)
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dask.dataframe as dd
import pandas as pd
import pytest
import xarray as xr
from dask.base import is_dask_collection

from sciknow.errors import InvalidInput, SciknowError
from sciknow.formats import format_named
from sciknow.model import Distribution
from sciknow.model.format import Form
from sciknow.model.probe import Outcome
from sciknow.readers import (
    list_files,
    open_distribution,
    plan_distribution,
    probe_distribution,
    registry,
    take_fingerprint,
    try_opening,
)
from sciknow.readers.protocol import Reader


@dataclass(frozen=True)
class ReaderCase:
    """A source that a reader must open, and what must come out.

    Parameters
    ----------
    reader : str
        The name under which the reader is registered.
    folder : Path
        The folder that holds the source.
    name : str
        Path of the source in that folder.
    expected : xarray.Dataset or pandas.DataFrame
        What it holds.
    options : mapping
        Options of the distribution.
    """

    reader: str
    folder: Path
    name: str
    expected: Any
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def distribution(self) -> Distribution:
        """The distribution that leads to the source."""
        return Distribution(
            id="case", access_url=self.name, reader=self.reader, options=self.options, offline=True
        )


class ReaderTests:
    """What every reader must do; a subclass gives the fixture `case`."""

    @pytest.fixture
    def case(self) -> ReaderCase:
        """Give the source that is opened."""
        raise AssertionError("a subclass of ReaderTests gives a fixture 'case'")

    def open_case(self, case: ReaderCase) -> Any:
        """Open the source of a case."""
        return open_distribution(case.distribution, base=case.folder, attrs={"title": "The title"})

    def test_is_registered(self, case: ReaderCase) -> None:
        """A reader is found by its name, and says what it is found by and what it needs."""
        reader = registry.get(case.reader)
        assert isinstance(reader, Reader)
        item = format_named(case.reader)
        assert reader.format is item
        assert item.name == case.reader
        assert item.media_types or item.suffixes
        assert all("/" in one for one in item.media_types)
        assert all(one.startswith(".") for one in item.suffixes)
        assert item.requires
        assert item.install
        assert item.route

    def test_first_bytes_are_told(self, case: ReaderCase) -> None:
        """A probe finds what the format says of its content, and names a page in its place."""
        found = probe_distribution(case.distribution, base=case.folder, deep=try_opening)
        assert (found.outcome, found.detail) == (Outcome.OK, "")
        assert "web page" in format_named(case.reader).content.wrong(b"<!DOCTYPE html><html>")

    def test_plan_says_what_it_costs(self, case: ReaderCase) -> None:
        """A plan counts, or says that it cannot."""
        plan = plan_distribution(case.distribution, base=case.folder)
        assert plan.route.startswith(format_named(case.reader).route)
        assert plan.requests or plan.warnings

    def test_fingerprint_is_the_same_again(self, case: ReaderCase) -> None:
        """What has not changed has the fingerprint that it had."""
        first = take_fingerprint(case.distribution, base=case.folder)
        again = take_fingerprint(case.distribution, base=case.folder)
        later = take_fingerprint(case.distribution, base=case.folder, like=first)
        assert first.files or first.variables
        assert again == first
        assert [item.sha256 for item in later.files] == [item.sha256 for item in first.files]
        assert later.variables == first.variables

    def test_files_are_named(self, case: ReaderCase) -> None:
        """The files of a copy are there, and what is a file has at least itself."""
        found = list_files(case.distribution, base=case.folder)
        assert found is not None or format_named(case.reader).form is not Form.FILE
        assert all(Path(item.url).is_file() for item in (found.files if found else ()))

    def test_values_are_right(self, case: ReaderCase) -> None:
        """What is read equals what was written."""
        opened = self.open_case(case)
        if isinstance(case.expected, pd.DataFrame):
            found = opened.compute().reset_index(drop=True)
            pd.testing.assert_frame_equal(found, case.expected, check_dtype=False)
        else:
            xr.testing.assert_equal(opened.compute(), case.expected)

    def test_is_lazy(self, case: ReaderCase) -> None:
        """Every variable that is no index is a dask array; nothing else is in memory."""
        opened = self.open_case(case)
        assert is_dask_collection(opened)
        if isinstance(opened, xr.Dataset):
            held = [name for name, item in opened.variables.items() if item.chunks is None]
            assert set(held) <= set(opened.indexes) | {
                name for name, item in opened.variables.items() if not item.ndim
            }

    def test_says_where_from(self, case: ReaderCase) -> None:
        """The result's attributes name title, address, reader and time of opening."""
        attrs = self.open_case(case).attrs
        assert "The title" in (attrs.get("title"), attrs.get("sciknow_title"))
        assert attrs["sciknow_access_url"] == case.name
        assert attrs["sciknow_reader"] == case.reader
        assert attrs["sciknow_opened_at"].endswith("+00:00")

    def test_own_attributes_stay(self, case: ReaderCase) -> None:
        """What the source says of itself is kept."""
        attrs = self.open_case(case).attrs
        for key, value in getattr(case.expected, "attrs", {}).items():
            assert attrs[key] == value

    def test_survives_pickling(self, case: ReaderCase) -> None:
        """The lazy object can be sent to another process."""
        opened = self.open_case(case)
        again = pickle.loads(pickle.dumps(opened))
        if isinstance(opened, dd.DataFrame):
            assert len(again) == len(opened)
        else:
            xr.testing.assert_equal(again.compute(), opened.compute())

    def test_unknown_option_is_refused(self, case: ReaderCase) -> None:
        """An option that the reader does not take is named."""
        odd = Distribution(
            id="case", access_url=case.name, reader=case.reader, options={"no_such_option": 1}
        )
        with pytest.raises(InvalidInput, match="no_such_option"):
            open_distribution(odd, base=case.folder)

    def test_missing_source_is_our_error(self, case: ReaderCase) -> None:
        """A source that is not there ends in an error of sciknow's tree, with a hint."""
        gone = Distribution(id="case", access_url=f"gone/{case.name}", reader=case.reader)
        with pytest.raises(SciknowError) as caught:
            open_distribution(gone, base=case.folder)
        assert caught.value.hint

    def test_garbage_is_our_error(self, case: ReaderCase, tmp_path: Path) -> None:
        """Bytes of no format at all end in an error of sciknow's tree."""
        (tmp_path / Path(case.name).name).write_bytes(b"\x00\xff\xfe not data \x80" * 50)
        odd = Distribution(id="case", access_url=Path(case.name).name, reader=case.reader)
        with pytest.raises(SciknowError):
            open_distribution(odd, base=tmp_path)
