"""Addresses that are more than one file, or no file: sets of NetCDF files, services.

A set is a list of addresses in Intake's notation, and the first of them with the names of all
beside it in a distribution. A service's address has no query: what is asked for is the reader's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sciknow.model.option import parse_location, untrusted
from sciknow.model.parse import Where, parse_list, show

MAX_FILES = 2_000


def parse_files(value: object, where: Where) -> tuple[str, bool, dict[str, object]]:
    """Read a list of addresses of one folder and below.

    Returns
    -------
    location : str
        The first address.
    offline : bool
        Whether they lie below the catalogue's folder.
    options : dict
        Under ``files`` the names of all, beside the first.
    """
    places = parse_list(value, where, parse_location)
    if not 1 < len(places) <= MAX_FILES:
        raise where.refuse(f"{len(places)} addresses", f"one as a text, or 2 to {MAX_FILES:,}")
    first, offline = places[0]
    folder = first.rpartition("/")[0] + "/"
    names = []
    for number, (place, local) in enumerate(places):
        name = place.removeprefix(folder if first.count("/") else "")
        if local != offline or (name == place and "/" in first) or not name:
            raise (where / number).refuse(
                show(place), f"an address below {folder}, as the first is"
            )
        if "?" in name or ".." in name.split("/"):
            raise untrusted(where / number, show(place), "names of files without a query")
        names.append(name)
    return first, offline, {"files": names}


def all_files(url: str, options: Mapping[str, object]) -> list[str]:
    """Return the addresses of a set from the first of them and the names of all."""
    folder, slash, _ = url.rpartition("/")
    names = options.get("files")
    if not isinstance(names, Sequence) or isinstance(names, str):
        return [url]
    return [f"{folder}{slash}{name}" for name in names]


def check_service(url: str, where: Where) -> str:
    """Return the address of a service, which is an http one without a query."""
    if not url.startswith(("https://", "http://")) or "?" in url:
        raise where.refuse(show(url), "an http or https address without a query")
    return url
