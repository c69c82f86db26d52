"""Answers that were saved as files, in the place of a network: a folder or a ZIP with an index.

The index, ``index.json``, says which file is the answer of which address::

    {"page1.xml": "https://example.org/oai?verb=Identify", "page2.xml": "…"}

Or ``{"page1.xml": {"address": "…", "media_type": "text/xml"}}``.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sciknow.errors import InvalidInput, LimitExceeded, NotFound
from sciknow.files import inside
from sciknow.harvest.protocol import Ask
from sciknow.model.parse import Where, parse_mapping, parse_text
from sciknow.net import redact
from sciknow.wire.request import Answer, Request
from sciknow.wire.trouble import Absent

INDEX = "index.json"
LARGEST = 64 * 2**20
"""The most bytes that one saved answer may have."""


def saved_answers(path: Path) -> Ask:
    """Return what answers from a folder or a ZIP.

    Raises
    ------
    NotFound, InvalidInput
        When there is no index, or it is none.
    """
    read = _zip(path) if path.is_file() else _folder(path)
    try:
        told = json.loads(read(INDEX))
    except ValueError as error:
        raise InvalidInput(f"{path}: {INDEX} is no JSON: {error}") from None
    where = Where(f"{path.name}/{INDEX}")
    listed = parse_mapping(told, where)
    answers = {_form(address): (name, kind) for name, address, kind in _entries(listed, where)}

    def ask(request: Request) -> Answer:
        found = answers.get(_form(request.address)) if request.method == "GET" else None
        if found is None:
            raise Absent(
                f"{redact(request.address)}: {path.name} holds no answer to it",
                hint=f"save the answer there and name it in {INDEX}",
            )
        name, kind = found
        headers = {"Content-Type": kind} if kind else {}
        return Answer(request.address, 200, headers, read(name))

    return ask


def _entries(listed: Mapping[str, object], where: Where) -> list[tuple[str, str, str]]:
    found = []
    for name, value in listed.items():
        if isinstance(value, str):
            found.append((name, value, ""))
            continue
        told = parse_mapping(
            value, where / name, allowed=("address", "media_type"), required=("address",)
        )
        address = parse_text(told["address"], where / name / "address")
        found.append((name, address, str(told.get("media_type", ""))))
    return found


def _form(address: str) -> str:
    """Return an address with its query in one order."""
    parts = urlsplit(address)
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path, query, ""))


def _folder(path: Path) -> Callable[[str], bytes]:
    if not path.is_dir():
        raise NotFound(f"{path}: there is no such folder or ZIP", hint="check the path")

    def read(name: str) -> bytes:
        file = inside(path, name)
        if file.stat().st_size > LARGEST:
            raise LimitExceeded(f"{file} has more than {LARGEST:,} bytes")
        return file.read_bytes()

    return read


def _zip(path: Path) -> Callable[[str], bytes]:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise InvalidInput(f"{path} is no ZIP: {error}", hint="give a folder or a ZIP") from None

    def read(name: str) -> bytes:
        try:
            info = archive.getinfo(name)
        except KeyError:
            raise NotFound(f"{path} holds no {name}", hint="check its index") from None
        if info.file_size > LARGEST:
            raise LimitExceeded(f"{name} in {path} has more than {LARGEST:,} bytes")
        return archive.read(info)

    return read
