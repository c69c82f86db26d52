"""Every problem of a catalogue at once, for the people who write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from sciknow.catalogs.main_file import MAIN, parse_main
from sciknow.catalogs.plainyaml import Document, read_document
from sciknow.catalogs.read import catalog_files, claim, read_with
from sciknow.catalogs.sink import Problem, Sink
from sciknow.model import Catalog
from sciknow.model.parse import Where

FILL = "FILL"
"""Texts of a scaffold that are still to be written begin with this."""


def check_file(path: Path | str) -> list[Problem]:
    """Return every problem of one file, in the order of its lines; empty when it is sound.

    Where the YAML itself is broken that is the only problem told.
    """
    return examine_file(path)[1]


def check_folder(folder: Path | str) -> dict[str, list[Problem]]:
    """Return the problems of every file of a folder, and of the folder as a whole (under ``""``).

    The folder as a whole has a problem when an id stands in two files, or when ``main.yaml``
    does not gather every file.
    """
    root, whole = Path(folder), Sink(collect=True)
    found: dict[str, list[Problem]] = {}
    owner: dict[str, str] = {}
    for file in catalog_files(root):
        catalog, found[file.name] = examine_file(file)
        if catalog is not None:
            with whole.guard():
                claim(catalog, file.name, owner)
    with whole.guard():
        _check_main(root)
    found[""] = whole.problems
    return found


def _check_main(root: Path) -> None:
    main = root / MAIN
    if main.exists():
        named = parse_main(read_document(main).value, root, Where(MAIN))
        for file in catalog_files(root):
            if file.name not in named:
                raise Where(MAIN).refuse(
                    f"no entry for {file.name}", "every file (run scripts/make_main_catalog.py)"
                )


def examine_file(path: Path | str) -> tuple[Catalog | None, list[Problem]]:
    """Return what is sound in a file, and every problem in the order of its lines."""
    file, sink = Path(path), Sink(collect=True)
    catalog = None
    with sink.guard():
        document = read_document(file)
        catalog = read_with(file, document, sink)
        _check_filled(document, sink, Where(file.name))
    return catalog, sorted(sink.problems, key=lambda problem: problem.line)


def _check_filled(document: Document, sink: Sink, where: Where) -> None:
    """Report what a scaffold still asks for, instead of what that breaks."""
    unfilled = list(_unfilled(document.value, ()))
    if unfilled:
        sink.problems = [item for item in sink.problems if FILL not in item.message]
    for path, text in unfilled:
        error = Where(where.file, path=path).refuse(text, "what it asks for, or no such key")
        sink.report(error, document.lines.get(path[:3], 0))


def _unfilled(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, str) and value.startswith(FILL):
        yield path, value
    members = value.items() if isinstance(value, Mapping) else ()
    for key, item in enumerate(value) if isinstance(value, list) else members:
        yield from _unfilled(item, (*path, str(key)))
