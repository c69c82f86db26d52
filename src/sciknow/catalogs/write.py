"""Model objects → catalogue text, as people would write it; and the scaffold of a new card.

What is written here reads back equal: `format_file` and `sciknow.catalogs.read_file` are inverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import yaml

from sciknow.catalogs.entry import as_written, is_local
from sciknow.catalogs.places import all_files
from sciknow.catalogs.repository import repository_kwargs
from sciknow.catalogs.schema import Notation, notation_of
from sciknow.errors import InvalidInput
from sciknow.model import Catalog, Dataset, Distribution
from sciknow.model.card import card_of
from sciknow.model.format import REFERENCE_URL, Address
from sciknow.model.option import CATALOG_DIR
from sciknow.model.parse import Where, parse_enum, parse_slug
from sciknow.vocab import Sector

_WIDTH = 100
_SHORT = 90


class _Dumper(yaml.SafeDumper):
    """Writes no aliases, and folds long texts."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write every value out."""
        return True


def _represent_text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    foldable = len(value) > _WIDTH and "  " not in value and value.isprintable()
    style = ">" if foldable and value == value.strip() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _represent_text)


def _dump(value: object, *, flow: bool) -> str:
    text: str = yaml.dump(
        value,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=10**6 if flow else _WIDTH,
        default_flow_style=True,
    )
    return text.removesuffix("...\n").rstrip("\n")


def _block(value: object, depth: int) -> str:
    """Write a value after its key: on one line where it is short and flat, else as a block."""
    if isinstance(value, str):
        return " " + _text(value, depth)
    flat = _dump(value, flow=True)
    if not isinstance(value, (Mapping, list)) or not value or len(flat) + depth <= _SHORT:
        return " " + flat
    pad = "\n" + " " * depth
    if isinstance(value, Mapping):
        return pad + pad.join(_pairs(value, depth))
    return "".join(f"{pad}- {_member(item, depth + 2)}" for item in value)


def _pairs(value: Mapping[str, object], depth: int) -> list[str]:
    return [
        f"{_dump(str(key), flow=True)}:{_block(item, depth + 2)}" for key, item in value.items()
    ]


def _member(value: object, depth: int) -> str:
    if isinstance(value, Mapping) and len(_dump(value, flow=True)) + depth > _SHORT:
        return ("\n" + " " * depth).join(_pairs(value, depth))
    return _block(value, depth).strip()


def _text(value: str, depth: int) -> str:
    head, *lines = _dump(value, flow=False).split("\n")
    return "\n".join([head, *(" " * depth + line.strip() if line else "" for line in lines)])


def format_card(dataset: Dataset, *, indent: int = 4) -> str:
    """Return a dataset's card as YAML, as it stands under ``datasets`` in a catalogue.

    Parameters
    ----------
    dataset : Dataset
        The record; distributions with a reader appear by their id.
    indent : int
        Columns before the dataset's id.
    """
    lines = _pairs(card_of(dataset), indent + 2)
    pad = "\n" + " " * (indent + 2)
    name = _dump(dataset.id, flow=True)
    return f"{' ' * indent}{name}:{pad}{pad.join(lines)}\n"


def format_file(catalog: Catalog) -> str:
    """Return a whole catalogue file: the cards, and the Intake part of their distributions.

    Raises
    ------
    InvalidInput
        For a distribution whose reader Intake has no class for.
    """
    ways = [way for dataset in catalog.datasets for way in dataset.distributions if way.openable]
    head: dict[str, object] = {"sector": str(catalog.sector), "title": catalog.title.to_dict()}
    if catalog.description:
        head["description"] = catalog.description.to_dict()
    cards = "".join(format_card(dataset) for dataset in catalog.datasets)
    parts: dict[str, object] = {
        "aliases": {way.id: way.id for way in ways},
        "data": {data_id(way.id): _data_of(way) for way in ways},
        "entries": {way.id: _entry_of(way) for way in ways},
        "user_parameters": {},
    }
    lines = "".join(f"  {line}\n" for line in _pairs(head, 2))
    datasets = f"  datasets:\n{cards}" if cards else "  datasets: {}\n"
    return f"version: 2\nmetadata:\n{lines}{datasets}" + "\n".join([*_pairs(parts, 0), ""])


def data_id(entry: str) -> str:
    """Return the id of an entry's data: never the entry's own."""
    return f"{entry}-data"


def _form(way: Distribution) -> Notation:
    form = notation_of(way.reader, way.options)
    if form is None:
        raise InvalidInput(f"distribution {way.id}: the reader {way.reader!r} has no Intake form")
    return form


def _url(place: str) -> str:
    return f"{CATALOG_DIR}{place}" if is_local(place) else place


def _data_of(way: Distribution) -> dict[str, object]:
    intake = _form(way).intake
    if intake.address is Address.REFERENCES:
        storage = {"fo": _url(way.access_url), **as_written(way.storage_options)}
        kwargs: dict[str, object] = {"url": REFERENCE_URL, "storage_options": _plain(storage)}
    elif intake.address is Address.REPOSITORY:
        kwargs = repository_kwargs(way, _url(way.access_url))
    else:
        urls = [_url(place) for place in all_files(way.access_url, way.options)]
        kwargs = {"url": urls if "files" in way.options else urls[0]}
        if way.storage_options:
            kwargs["storage_options"] = _plain(way.storage_options)
    return {"datatype": intake.datatype, "kwargs": kwargs, "metadata": {}, "user_parameters": {}}


def _entry_of(way: Distribution) -> dict[str, object]:
    form = _form(way)
    kwargs: dict[str, object] = {"args": [f"{{data({data_id(way.id)})}}"]}
    if form.intake.engine:
        kwargs |= {"engine": form.intake.engine, "chunks": {}}
    kwargs |= form.plain_options(way.options)
    left_out = (*form.intake.elsewhere, "files")
    return {
        "reader": form.intake.reader,
        "kwargs": kwargs
        | {key: _plain(value) for key, value in way.options.items() if key not in left_out},
        "output_instance": form.intake.output_instance,
        "metadata": {},
        "user_parameters": {},
    }


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def scaffold(dataset_id: str, sector: Sector | str) -> str:
    """Return a commented catalogue file with one card to fill in.

    What still has to be written begins with ``FILL``; `sciknow.catalogs.check_file` lists it.
    Into a file that exists, copy the card and the two sections of its entry.

    Raises
    ------
    InvalidInput
        For an id or sector that is none.
    """
    identifier = parse_slug(dataset_id, Where())
    kind = parse_enum(str(sector), Where(), Sector)
    text = (files("sciknow.catalogs") / "scaffold.yaml").read_text(encoding="utf-8")
    return text.replace("DATASET", identifier).replace("SECTOR", kind)
