"""Distributions → Intake readers, built by us from checked values. The only module with Intake.

Nothing that a catalogue wrote reaches Intake as code or template: classes are taken from the
closed list, every value is checked once more, and braces never come here.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from intake.readers import readers
from intake.readers.entry import Catalog as IntakeCatalog

from sciknow.catalogs.entry import (
    as_written,
    is_local,
    parse_options,
    parse_reference_options,
    parse_storage,
)
from sciknow.catalogs.places import all_files, check_service
from sciknow.catalogs.repository import CONTAINERS, parse_repository, repository_kwargs
from sciknow.catalogs.schema import Notation, notation_of
from sciknow.errors import InvalidInput
from sciknow.files import inside
from sciknow.model import Dataset, Distribution
from sciknow.model.format import REFERENCE_URL, Address
from sciknow.model.option import parse_relative, parse_remote
from sciknow.model.parse import Where


def build_reader(distribution: Distribution, base: Path) -> readers.BaseReader:
    """Build the Intake reader of a distribution.

    Parameters
    ----------
    distribution : Distribution
        One with a reader.
    base : Path
        The folder that relative paths start from: the catalogue's own.

    Raises
    ------
    InvalidInput
        When it has no reader, or an option that is not on the list.
    UntrustedInput
        When its address or path leads where it must not.
    NotFound
        When a file that ships with the catalogue is not there.
    """
    where = Where(entry=distribution.id)
    form = notation_of(distribution.reader, distribution.options)
    if form is None:
        raise where.refuse(f"the reader {distribution.reader!r}", "a distribution with a reader")
    intake = form.intake
    arrays: dict[str, object] = {"engine": intake.engine, "chunks": {}} if intake.engine else {}
    left_out = (*intake.elsewhere, "files")
    named = {key: item for key, item in distribution.options.items() if key not in left_out}
    plain = form.plain_options(named)
    kwargs = arrays | parse_options(form, {**arrays, **plain, **named}, where) | plain
    data = _data(distribution, form, base, where)
    reader = _class(intake.reader)
    metadata = {"title": distribution.title.to_dict()} if distribution.title else {}
    return reader(data, metadata=metadata, output_instance=intake.output_instance, **kwargs)


def _data(distribution: Distribution, form: Notation, base: Path, where: Where) -> Any:
    kind, address = _class(form.intake.datatype), form.intake.address
    url, storage = distribution.access_url, distribution.storage_options
    if address is Address.REPOSITORY:
        if CONTAINERS in distribution.options:
            raise where.refuse(CONTAINERS, "none: plain Intake opens no chunks outside")
        written = repository_kwargs(distribution, _address(url, base, where))
        if not is_local(url):
            parse_repository(written, where)
        return kind(**written)
    if address is Address.SERVICE:
        return kind(check_service(_address(url, base, where), where))
    if "files" in distribution.options:
        options = parse_storage(storage, url, where / "storage_options")
        files = all_files(url, distribution.options)
        return kind([_address(item, base, where) for item in files], storage_options=options)
    if address is not Address.REFERENCES:
        options = parse_storage(storage, url, where / "storage_options")
        return kind(_address(url, base, where), storage_options=options)
    written = as_written(storage)
    checked = parse_reference_options(written, url, where / "storage_options")
    overrides = checked.get("template_overrides")
    if isinstance(overrides, dict):
        written["template_overrides"] = {
            name: _address(place, base, where) for name, place in overrides.items()
        }
    return kind(REFERENCE_URL, storage_options={"fo": _address(url, base, where), **written})


def _class(name: str) -> Any:
    """Return a class that a format names; no catalogue's word comes here."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)


def _address(place: str, base: Path, where: Where) -> str:
    if is_local(place):
        return f"file://{inside(base, parse_relative(place, where))}"
    return parse_remote(place, where)


def to_intake(dataset: Dataset, base: Path) -> IntakeCatalog:
    """Build an Intake catalogue of a dataset's openable distributions, each under its id.

    Raises
    ------
    InvalidInput
        When no distribution of the dataset has a reader.
    """
    ways = [way for way in dataset.distributions if way.openable]
    if not ways:
        raise InvalidInput(
            f"dataset {dataset.id}: no distribution has a reader",
            hint=f"see {dataset.landing_page}" if dataset.landing_page else "",
        )
    catalog = IntakeCatalog(metadata={"id": dataset.id, "title": dataset.title.to_dict()})
    for way in ways:
        catalog[way.id] = build_reader(way, base)
        catalog.aliases[way.id] = way.id  # Intake lists aliases only
    return catalog
