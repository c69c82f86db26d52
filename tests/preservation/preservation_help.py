"""What the tests of preservation share: records, ways, the second validator."""

from __future__ import annotations

import warnings
from pathlib import Path

import bagit
from servers.web import DataServer

from sciknow.model import Dataset, Distribution, LangString


def dataset(*ways: Distribution, **fields: object) -> Dataset:
    told = {"id": "sea", "title": LangString("Sea", ""), "license": "CC0-1.0"} | fields
    return Dataset(**told, distributions=ways)


def way(url: str, reader: str = "netcdf", **fields: object) -> Distribution:
    return Distribution(**({"id": "sea-way", "access_url": url, "reader": reader} | fields))


def assert_valid(bag: Path) -> None:
    """Let the Library of Congress's own library judge a bag."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bagit.Bag(str(bag)).validate()


def gets(server: DataServer) -> list[str]:
    return [hit.path for hit in server.hits if hit.method == "GET"]
