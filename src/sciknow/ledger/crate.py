"""A study as an RO-Crate: its files, its lockfile, its citations, its environment.

Source: RO-Crate 1.3 (https://w3id.org/ro/crate/1.3). The graph is built by the rocrate library;
the files lie in the folder itself and are only described, the metadata document is written last.
"""

from __future__ import annotations

import json
import mimetypes
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sciknow.clock import now
from sciknow.errors import InvalidInput, LimitExceeded, MissingDependency, UntrustedInput
from sciknow.files import read_regular, sha256_file, write_named
from sciknow.formats import format_of_name
from sciknow.ledger.book import Ledger, Opened
from sciknow.ledger.citation import cite
from sciknow.ledger.software import home_page
from sciknow.model.format import Form
from sciknow.model.identifier import orcid_iri, parse_orcid
from sciknow.model.licence import address_of
from sciknow.model.parse import Where
from sciknow.text import counted

VERSION = "1.3"
METADATA = "ro-crate-metadata.json"
TOOL = "#software-sciknow"
"""The entity by which a crate of ours is known."""

MAX_FILES, MAX_BYTES = 1_000, 200 * 2**20
"""A crate holds a study and small results, not the data."""

_OURS = {
    "sciknow.lock": "The data that were used, pinned: addresses, digests, selection.",
    "citations.bib": "Citations of data, data papers and software, for LaTeX.",
    "citations.json": "The same citations as CSL-JSON.",
    "environment.txt": "Python and every installed package with its version.",
    "openings.jsonl": "What was opened, when, from where and with what, a line each.",
}

_PAPERS = {
    ".lock": "application/toml",
    ".bib": "application/x-bibtex",
    ".ipynb": "application/x-ipynb+json",
    ".md": "text/markdown",
}

_UNSTATED = {
    "@type": "CreativeWork",
    "name": "No licence has been stated",
    "description": "The authors have not said under which terms this study may be used.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What people say of their study.

    Parameters
    ----------
    name, description : str
        In words.
    authors : tuple of str
        Names, each with an ORCID in angle brackets where there is one.
    publisher : str
        Name of the organisation that publishes it.
    license : str
        An SPDX identifier or the URL of the terms.
    """

    name: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    license: str = ""


def check_folder(folder: Path) -> None:
    """Check that a crate can be written into a folder before anything else is done.

    Raises
    ------
    MissingDependency
        When the ``crate`` extra is not installed.
    InvalidInput
        When the folder is a file, or holds a crate that another tool made.
    """
    if find_spec("rocrate") is None:
        raise MissingDependency(
            "a crate needs the package rocrate, which is not installed",
            hint="pip install 'sciknow[crate]'",
        )
    if folder.exists() and not folder.is_dir():
        raise InvalidInput(f"{folder} is a file", hint="name a folder")
    found = folder / METADATA
    if found.exists() and f'"{TOOL}"' not in read_regular(found, folder).decode(errors="replace"):
        raise InvalidInput(
            f"{found} was made by another tool and is not overwritten",
            hint="name another folder",
        )


def check_study(study: Study) -> None:
    """Check what people say of their study, before anything is written.

    Raises
    ------
    InvalidInput
        For an author's ORCID that is none.
    """
    for name in study.authors:
        _person(name)


def take_in(folder: Path, files: Iterable[Path | str]) -> None:
    """Copy files into a folder; a file of the same name and other content is not overwritten.

    Raises
    ------
    InvalidInput
        For a missing file, or a name that is taken.
    """
    for item in files:
        source = Path(item)
        target = folder / source.name
        if not source.is_file():
            raise InvalidInput(f"there is no file {source}", hint="name notebooks, figures, tables")
        if source.resolve().is_relative_to(folder.resolve()):
            continue
        if target.exists() and sha256_file(target) != sha256_file(source):
            raise InvalidInput(
                f"{target} is another file than {source}", hint="rename one, or remove the old one"
            )
        if source.stat().st_size > MAX_BYTES:
            raise _too_much(f"{source} has {source.stat().st_size:,} bytes")
        write_named(target, source.read_bytes())


def write_crate(folder: Path, book: Ledger, study: Study) -> Path:
    """Write citations, environment and openings into a folder, and describe all of it.

    Parameters
    ----------
    folder : Path
        The study's folder; the lockfile is in it.
    book : Ledger
        What was opened.
    study : Study
        What is said of it.

    Returns
    -------
    Path
        The metadata document.

    Raises
    ------
    LimitExceeded
        When the folder holds more than a study.
    """
    write_named(folder / "citations.bib", cite(book, style="bibtex"))
    write_named(folder / "citations.json", cite(book, style="csl") + "\n")
    write_named(folder / "environment.txt", environment_text())
    lines = (json.dumps(row, ensure_ascii=False) for row in book.rows())
    write_named(folder / "openings.jsonl", "\n".join(lines) + "\n")
    graph = _graph(folder, list(book), study)
    text = json.dumps(graph, indent=2, ensure_ascii=False) + "\n"
    write_named(folder / METADATA, text)
    return folder / METADATA


def environment_text() -> str:
    """Return Python's version and every installed package with its version, sorted."""
    found = {
        f"{item.metadata['Name']}=={item.version}" for item in distributions() if item.metadata
    }
    head = f"# Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return "\n".join([head, *sorted(found, key=str.lower)]) + "\n"


def contents(folder: Path) -> list[Path]:
    """Return the files of a study, sorted; hidden ones and the metadata document are left out.

    Raises
    ------
    LimitExceeded
        When there are more, or more bytes, than a study has.
    UntrustedInput
        When one is a link that leads out of the folder.
    """
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path != folder / METADATA
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    for path in found:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise UntrustedInput(
                f"{path} is a link that leads out of {folder}", hint="put the file itself there"
            )
    total = sum(path.stat().st_size for path in found)
    if len(found) > MAX_FILES or total > MAX_BYTES:
        raise _too_much(f"{folder} holds {counted(len(found), 'file')} with {total:,} bytes")
    return found


def _too_much(message: str) -> LimitExceeded:
    return LimitExceeded(
        f"{message}; a crate takes {MAX_FILES:,} files and {MAX_BYTES:,} bytes",
        hint="leave the data where they are: the lockfile pins them",
    )


def _graph(folder: Path, entries: Sequence[Opened], study: Study) -> dict[str, Any]:
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version=VERSION)

    def add(identifier: str, properties: dict[str, Any]) -> Any:
        return crate.add(ContextEntity(crate, identifier, properties=properties))

    root = crate.root_dataset
    root["name"] = study.name or folder.resolve().name
    root["description"] = study.description or "A study, with what is needed to repeat it."
    root["datePublished"] = now().isoformat()
    root["license"] = add(*_license(study.license))
    if study.authors:
        root["author"] = [add(*_person(name)) for name in study.authors]
    if study.publisher:
        root["publisher"] = add(
            f"#publisher-{_slug(study.publisher)}",
            {"@type": "Organization", "name": study.publisher},
        )
    for path in contents(folder):
        crate.add_file(
            str(path),
            dest_path=path.relative_to(folder).as_posix(),
            properties=_file(path, folder),
        )
    root["mentions"] = [add(*item) for item in _mentioned(entries)]
    return _flat(crate.metadata.generate())


def _mentioned(entries: Sequence[Opened]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the data and the software that were used, each once, and the act of using them."""
    data = dict(_data(entry) for entry in entries)
    tools = {
        f"#software-{name}": _software(name, version)
        for entry in entries
        for name, version in entry.libraries.items()
    }
    yield from data.items()
    yield from tools.items()
    yield (
        "#openings",
        {
            "@type": "CreateAction",
            "name": "The data were opened and pinned",
            "endTime": max(entry.opened_at for entry in entries).isoformat(),
            "instrument": {"@id": TOOL},
            "object": [{"@id": identifier} for identifier in data],
            "result": {"@id": "sciknow.lock"},
        },
    )


def _data(entry: Opened) -> tuple[str, dict[str, Any]]:
    dataset, publisher = entry.source.dataset, entry.source.publisher
    found: dict[str, Any] = {
        "@type": "CreativeWork",
        "additionalType": "https://schema.org/Dataset",
        "name": dataset.title.best(),
        "description": dataset.description.best() or dataset.title.best(),
        "identifier": dataset.doi or dataset.cstr or dataset.id,
        "version": dataset.version,
        "url": dataset.landing_page or entry.location,
        "encodingFormat": str(entry.distribution.media_type),
    }
    if publisher is not None:
        found["creditText"] = publisher.name.best()
    address = dataset.identifier if "://" in dataset.identifier else f"#dataset-{dataset.id}"
    return address, {key: value for key, value in found.items() if value}


def _software(name: str, version: str) -> dict[str, Any]:
    found = {"name": name, "version": version, "softwareVersion": version}
    page = home_page(name)
    if page:
        return {"@type": "SoftwareApplication", "url": page, **found}
    # the standard asks of an application that it has an address
    kind = "https://schema.org/SoftwareApplication"
    return {"@type": "CreativeWork", "additionalType": kind, **found}


def _license(license: str) -> tuple[str, dict[str, Any]]:
    if not license:
        return "#no-licence", dict(_UNSTATED)
    return address_of(license), {
        "@type": "CreativeWork",
        "name": license,
        "description": f"The terms: {license}",
    }


def _person(text: str) -> tuple[str, dict[str, Any]]:
    name, _, rest = text.partition("<")
    if not rest:
        return f"#author-{_slug(name)}", {"@type": "Person", "name": name.strip()}
    orcid = parse_orcid(rest.rstrip("> "), Where("authors"))
    return orcid_iri(orcid), {"@type": "Person", "name": name.strip()}


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def _media_type(path: Path) -> str:
    """Return the media type of a file: of a study's papers, of data, or a guess."""
    item = format_of_name(path.name)
    data = item.media_type if item is not None and item.form is Form.FILE else ""
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _PAPERS.get(path.suffix) or data or guessed


def _file(path: Path, folder: Path) -> dict[str, Any]:
    name = path.relative_to(folder).as_posix()
    what = "A notebook of the study." if path.suffix == ".ipynb" else f"A file of the study: {name}"
    return {
        "name": name,
        "description": _OURS.get(name, what),
        "encodingFormat": _media_type(path),
        "contentSize": str(path.stat().st_size),
        "sha256": sha256_file(path),
    }


def _flat(graph: dict[str, Any]) -> dict[str, Any]:
    """Write lists of one as the one thing, as the standard recommends."""
    for entity in graph["@graph"]:
        for key, value in entity.items():
            if isinstance(value, list) and len(value) == 1:
                entity[key] = value[0]
    return graph
