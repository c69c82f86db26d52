"""The software that opened data, as CSL items, cited as each project asks.

Sources: xarray ``CITATION.cff`` (software DOI, preferred article), numpy ``CITATION.bib``, pandas
``CITATION.cff`` and the DOI badge of its README, dask's page on citing (``docs/source/cite.rst``),
Zenodo's concept DOI of zarr-python as papers cite it; all read in November 2026. What has no DOI
here had none in those places. Home pages come from the installed packages themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

from sciknow.formats import installed_formats
from sciknow.ledger.csl import CslItem, software_item


@dataclass(frozen=True, slots=True)
class _Library:
    title: str
    authors: tuple[dict[str, str], ...] = ()
    doi: str = ""
    article: Mapping[str, Any] | None = None


def _name(family: str, given: str) -> dict[str, str]:
    return {"family": family, "given": given}


_XARRAY_ARTICLE = {
    "id": "10.5334/jors.148",
    "type": "article-journal",
    "title": "xarray: N-D labeled Arrays and Datasets in Python",
    "author": [_name("Hoyer", "Stephan"), _name("Hamman", "Joe")],
    "container-title": "Journal of Open Research Software",
    "volume": "5",
    "issue": "1",
    "issued": {"date-parts": [[2017, 4]]},
    "DOI": "10.5334/jors.148",
    "language": "en",
}

_NUMPY_ARTICLE = {
    "id": "10.1038/s41586-020-2649-2",
    "type": "article-journal",
    "title": "Array programming with NumPy",
    "author": [
        _name("Harris", "Charles R."),
        _name("Millman", "K. Jarrod"),
        _name("van der Walt", "Stéfan J."),
        _name("Gommers", "Ralf"),
        {"literal": "others"},
    ],
    "container-title": "Nature",
    "volume": "585",
    "page": "357-362",
    "issued": {"date-parts": [[2020]]},
    "DOI": "10.1038/s41586-020-2649-2",
    "language": "en",
}

_LIBRARIES = {
    "xarray": _Library("xarray", doi="10.5281/zenodo.598201", article=_XARRAY_ARTICLE),
    "numpy": _Library("NumPy", article=_NUMPY_ARTICLE),
    "pandas": _Library(
        "pandas", ({"literal": "The pandas development team"},), "10.5281/zenodo.3509134"
    ),
    "dask": _Library(
        "Dask: Library for dynamic task scheduling", ({"literal": "Dask Development Team"},)
    ),
    "zarr": _Library("Zarr", doi="10.5281/zenodo.3773449"),
}


def libraries_of(reader: str) -> tuple[str, ...]:
    """Return the libraries whose work a reader rests on, as its format says."""
    known = installed_formats().get(reader)
    return known.libraries if known is not None else ("xarray",)


def library_items(libraries: Mapping[str, str], names: Iterable[str]) -> list[CslItem]:
    """Return the items of some libraries, each followed by the article its project asks for.

    Parameters
    ----------
    libraries : mapping of str to str
        Name → version, as the ledger recorded them; those that are not in it are left out.
    names : iterable of str
        The libraries that were used.
    """
    found: list[CslItem] = []
    for name in names:
        if name in libraries:
            known = _LIBRARIES.get(name, _Library(name))
            found.append(_item(name, libraries[name], known))
            if known.article is not None:
                found.append(dict(known.article))
    return found


def _item(name: str, version: str, known: _Library) -> CslItem:
    if name == "sciknow":
        return software_item(version)
    item: CslItem = {
        "id": name,
        "type": "software",
        "title": known.title,
        "author": list(known.authors),
        "version": version,
        "DOI": known.doi,
        "URL": home_page(name),
        "language": "en",
    }
    return {key: value for key, value in item.items() if value}


def home_page(name: str) -> str:
    """Return the home page that an installed package names; empty where it names none."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    pairs = (item.partition(", ") for item in told.get_all("Project-URL") or ())
    labels = {label.lower(): url for label, _, url in pairs}
    found = labels.get("homepage") or labels.get("documentation") or ""
    return found if found.startswith("https://") else ""
