"""A catalogue's files → model objects, everything checked before anything is believed.

`read_file` reads one sector's file, `read_folder` a folder of them. Nothing is opened, imported
or looked up because a catalogue asks for it; Intake is not needed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sciknow.catalogs.entry import (
    Opening,
    local_paths,
    parse_opening,
    parse_openings_head,
    used_data,
)
from sciknow.catalogs.main_file import MAIN, parse_main
from sciknow.catalogs.parameter import parse_parameters
from sciknow.catalogs.plainyaml import Document, read_document
from sciknow.catalogs.sink import Sink
from sciknow.catalogs.sources import SOURCES
from sciknow.errors import InvalidInput, LimitExceeded, NotFound, SciknowError
from sciknow.files import inside
from sciknow.model import Catalog, Dataset, Distribution, LangString
from sciknow.model.card import card_problems, parse_card
from sciknow.model.distribution import DistributionCard
from sciknow.model.langstring import parse_langstring
from sciknow.model.parse import Where, parse_enum, parse_mapping, show
from sciknow.vocab import Sector

TOP_KEYS = ("version", "metadata", "aliases", "data", "entries", "user_parameters")
METADATA_KEYS = ("sector", "title", "description", "datasets")
MAX_FILES = 1_000


def read_file(path: Path | str, *, parameters: Mapping[str, object] | None = None) -> Catalog:
    """Read one catalogue file.

    Parameters
    ----------
    path : path
        The YAML file, ``catalogs/<sector>.yaml``.
    parameters : mapping, optional
        Values for parameters that the file declares for all its entries; defaults for the rest.

    Returns
    -------
    Catalog
        The sector's datasets, each with its distributions. Paths of files that ship with the
        catalogue are relative to its folder.

    Raises
    ------
    NotFound
        When there is no such file.
    InvalidInput
        With the file, the entry, the key, what was found and what is allowed.
    UntrustedInput
        When it asks for code, another host's secrets or a file outside its folder.
    LimitExceeded
        When it is larger or deeper than any catalogue.
    """
    file = Path(path)
    return read_with(file, read_document(file), Sink(), parameters)


def read_folder(folder: Path | str) -> tuple[Catalog, ...]:
    """Read every catalogue file of a folder, sorted by name.

    A ``main.yaml``, which gathers the files for plain Intake, is checked but adds nothing.

    Raises
    ------
    NotFound
        When there is no such folder or no catalogue in it.
    InvalidInput, UntrustedInput, LimitExceeded
        As `read_file`, and for an id that two files claim.
    """
    root = Path(folder)
    catalogs = []
    for file in catalog_files(root):
        catalogs.append(read_file(file))
    main = root / MAIN
    if main.exists():
        parse_main(read_document(main).value, root, Where(MAIN))
    owner: dict[str, str] = {}
    for file, catalog in zip(catalog_files(root), catalogs, strict=True):
        claim(catalog, file.name, owner)
    return tuple(catalogs)


def catalog_files(folder: Path) -> tuple[Path, ...]:
    """Return the sector files of a folder, sorted, without ``main.yaml`` and ``sources.yaml``."""
    if not folder.is_dir():
        raise NotFound(f"{folder}: there is no such folder", hint="check the path")
    found = (path for path in folder.glob("*.yaml") if path.name not in (MAIN, SOURCES))
    files = tuple(sorted(found))
    if not files:
        raise NotFound(f"{folder}: no catalogue (*.yaml) in this folder")
    if len(files) > MAX_FILES:
        raise LimitExceeded(f"{folder}: found {len(files):,} files, allowed are {MAX_FILES:,}")
    return files


def claim(catalog: Catalog, file: str, owner: dict[str, str]) -> None:
    """Note which file holds each dataset and distribution; refuse an id that is taken."""
    for dataset in catalog.datasets:
        for name in (f"dataset {dataset.id}", *(f"entry {d.id}" for d in dataset.distributions)):
            if name in owner:
                raise InvalidInput(
                    f"{file}: {name}: found an id that {owner[name]} has too",
                    hint="each id exists once in a hub: rename one of them",
                )
            owner[name] = file


def read_with(
    path: Path,
    document: Document,
    sink: Sink,
    parameters: Mapping[str, object] | None = None,
) -> Catalog:
    """Read a parsed document; problems go to the sink."""
    where = Where(path.name)
    top = _parse_top(document.value, where)
    head = parse_mapping(
        top["metadata"],
        where / "metadata",
        allowed=METADATA_KEYS,
        required=("sector", "title", "datasets"),
    )
    sector = parse_enum(head["sector"], where / "metadata" / "sector", Sector)
    openings = _read_openings(top, document, where, sink, parameters)
    _check_files(openings, path.parent, document, where, sink)
    datasets = _read_datasets(head["datasets"], sector, openings, document, where, sink)
    return Catalog(
        sector=sector,
        title=parse_langstring(head["title"], where / "metadata" / "title"),
        description=parse_langstring(head["description"], where / "metadata" / "description")
        if "description" in head
        else LangString(),
        datasets=datasets,
    )


def _parse_top(value: object, where: Where) -> dict[str, object]:
    if isinstance(value, Mapping) and ("sources" in value or "plugins" in value):
        raise where.refuse("a catalogue in Intake's first form", "Intake v2 (version: 2)")
    top = parse_mapping(value, where, allowed=TOP_KEYS, required=TOP_KEYS)
    if top["version"] != 2 or isinstance(top["version"], bool):
        raise (where / "version").refuse(show(top["version"]), "2")
    return top


def _read_openings(
    top: Mapping[str, object],
    document: Document,
    where: Where,
    sink: Sink,
    chosen: Mapping[str, object] | None,
) -> dict[str, Opening | None]:
    raw = top["entries"]
    openings: dict[str, Opening | None] = dict.fromkeys(raw) if isinstance(raw, Mapping) else {}
    with sink.guard():
        data, entries = parse_openings_head(top, where)
        at = where / "user_parameters"
        parameters = parse_parameters(top["user_parameters"], at, chosen)
        for name in chosen or ():
            if name not in parameters:
                raise NotFound(f"{where}: no parameter {show(name)}", hint=f"it has {parameters}")
        for name, entry in entries.items():
            with sink.guard(document.lines.get(("entries", name), 0)):
                openings[name] = parse_opening(entry, data, parameters, where @ name)
        used = used_data(entries)
        for name in data:
            if name not in used:
                with sink.guard(document.lines.get(("data", name), 0)):
                    raise (where / "data" / name).refuse("data that no entry reads", "used data")
    return openings


def _check_files(
    openings: Mapping[str, Opening | None], base: Path, document: Document, where: Where, sink: Sink
) -> None:
    for name, opening in openings.items():
        for path in local_paths(opening) if opening else ():
            with sink.guard(document.lines.get(("entries", name), 0)):
                try:
                    inside(base, path)
                except SciknowError as error:
                    raise type(error)(f"{where @ name}: {error.message}", hint=error.hint) from None


def _read_datasets(
    value: object,
    sector: Sector,
    openings: Mapping[str, Opening | None],
    document: Document,
    where: Where,
    sink: Sink,
) -> tuple[Dataset, ...]:
    datasets = []
    used: dict[str, str] = {}
    for name, card in parse_mapping(value, where / "metadata" / "datasets").items():
        line = document.lines.get(("metadata", "datasets", name), 0)
        try:
            datasets.append(_read_dataset(name, card, sector, openings, used, where @ name))
        except SciknowError as error:
            if not sink.collect:
                raise
            for problem in card_problems(name, card, where @ name) or (error,):
                sink.report(problem, line)
    for name in openings:
        if name not in used and not sink.problems:
            with sink.guard(document.lines.get(("entries", name), 0)):
                raise (where @ name).refuse("an entry that no card names", "used entries")
    return tuple(datasets)


def _read_dataset(
    name: str,
    card: object,
    sector: Sector,
    openings: Mapping[str, Opening | None],
    used: dict[str, str],
    where: Where,
) -> Dataset:
    dataset, ways = parse_card(name, card, where, sector=sector)
    distributions = tuple(
        _join(name, place, way, openings, used, where / "distributions" / place)
        for place, way in enumerate(ways)
    )
    return replace(dataset, distributions=distributions) if distributions else dataset


def _join(
    dataset: str,
    place: int,
    way: DistributionCard,
    openings: Mapping[str, Opening | None],
    used: dict[str, str],
    where: Where,
) -> Distribution:
    identifier = way.id or f"{dataset}-{place + 1}"
    if identifier in used:
        raise where.refuse(f"{identifier}, which {used[identifier]} has too", "each entry once")
    used[identifier] = dataset
    if not way.id:
        return Distribution(
            id=identifier,
            access_url=way.access_url,
            media_type=way.media_type,
            title=way.title,
            byte_size=way.byte_size,
            access_evidence=way.access_evidence,
        )
    if way.id not in openings:
        raise (where / "id").refuse(show(way.id), "the name of an entry of this file")
    opening = openings[way.id]
    if opening is None:
        return Distribution(id=identifier, access_url="")
    if way.media_type not in ("", opening.form.format.media_type):
        raise (where / "media_type").refuse(way.media_type, opening.form.format.media_type)
    return Distribution(
        id=identifier,
        access_url=opening.access_url,
        reader=opening.form.format.name,
        media_type=opening.form.format.media_type,
        title=way.title,
        byte_size=way.byte_size,
        storage_options=opening.storage_options,
        options=opening.options,
        offline=opening.offline,
        access_evidence=way.access_evidence,
    )
