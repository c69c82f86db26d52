"""``main.yaml``: one Intake catalogue that opens every sector's file as a catalogue below it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sciknow.catalogs.entry import DATA_KEYS, ENTRY_KEYS
from sciknow.catalogs.schema import INTAKE_CATALOG, SUB_CATALOG, YAML_FILE
from sciknow.catalogs.sources import SOURCES
from sciknow.files import inside
from sciknow.model.langstring import parse_langstring
from sciknow.model.option import CATALOG_DIR, untrusted
from sciknow.model.parse import Where, parse_mapping, parse_slug, show

MAIN = "main.yaml"
_KEYS = ("version", "metadata", "aliases", "data", "entries", "user_parameters")
_HEAD = """\
# Every sector's catalogue, for plain Intake:
#     intake.open_catalog("catalogs/main.yaml")["ocean"].read()
# Written by scripts/make_main_catalog.py; sciknow itself reads the sectors' files.
version: 2
metadata:
  title: {en: Publicly funded scientific data by sector, zh: 公共资助科学数据（按领域）}
"""


def main_text(folder: Path) -> str:
    """Return what ``main.yaml`` of a folder shall say: one entry for each sector file in it."""
    names = sorted(path.stem for path in folder.glob("*.yaml") if path.name not in (MAIN, SOURCES))
    data = (
        f"  {name}-file: {{datatype: {YAML_FILE!r}, "
        f'kwargs: {{url: "{CATALOG_DIR}{name}.yaml"}}, metadata: {{}}, user_parameters: {{}}}}\n'
        for name in names
    )
    entries = (
        f"  {name}: {{reader: {SUB_CATALOG!r}, "
        f'kwargs: {{args: ["{{data({name}-file)}}"]}}, output_instance: {INTAKE_CATALOG!r}, '
        "metadata: {}, user_parameters: {}}\n"
        for name in names
    )
    aliases = "".join(f"  {name}: {name}\n" for name in names)
    return (
        f"{_HEAD}aliases:\n{aliases}"
        f"data:\n{''.join(data)}entries:\n{''.join(entries)}user_parameters: {{}}\n"
    )


def parse_main(value: object, folder: Path, where: Where) -> tuple[str, ...]:
    """Check a main catalogue; returns the names of the files that it gathers.

    Raises
    ------
    InvalidInput
        For another key or form.
    UntrustedInput
        For a catalogue outside the folder, or another reader than Intake's for catalogues.
    NotFound
        For a file that is not there.
    """
    top = parse_mapping(value, where, allowed=_KEYS, required=_KEYS)
    if top["version"] != 2 or top["user_parameters"] != {}:
        raise where.refuse("another version or parameters", "version: 2, user_parameters: {}")
    head = parse_mapping(
        top["metadata"], where / "metadata", allowed=("title", "description"), required=("title",)
    )
    for key, text in head.items():
        parse_langstring(text, where / "metadata" / key)
    data = parse_mapping(top["data"], where / "data")
    entries = parse_mapping(top["entries"], where / "entries")
    if top["aliases"] != {name: name for name in entries}:
        raise (where / "aliases").refuse("other aliases", "for each entry its own name")
    files = {name: _file(item, folder, where / "data" / name) for name, item in data.items()}
    used = {name: _entry(item, files, where @ name) for name, item in entries.items()}
    if sorted(used.values()) != sorted(files):
        raise (where / "data").refuse("data that no entry reads, or read twice", "one entry each")
    return tuple(files[used[name]] for name in used)


def _file(value: object, folder: Path, where: Where) -> str:
    item = parse_mapping(value, where, allowed=DATA_KEYS, required=DATA_KEYS)
    if item["datatype"] != YAML_FILE:
        raise untrusted(where / "datatype", show(item["datatype"]), YAML_FILE)
    kwargs = parse_mapping(item["kwargs"], where / "kwargs", allowed=("url",), required=("url",))
    url = kwargs["url"]
    name = url.removeprefix(CATALOG_DIR) if isinstance(url, str) else ""
    known = isinstance(url, str) and url.startswith(CATALOG_DIR) and name.endswith(".yaml")
    if not known or "/" in name or name == MAIN:
        raise untrusted(where / "kwargs" / "url", show(url), f"{CATALOG_DIR}NAME.yaml")
    parse_slug(name, where / "kwargs" / "url")
    inside(folder, name)
    return name


def _entry(value: object, files: Mapping[str, str], where: Where) -> str:
    parse_slug(where.entry, where)
    item = parse_mapping(value, where, allowed=ENTRY_KEYS, required=ENTRY_KEYS)
    for key, allowed in (("reader", SUB_CATALOG), ("output_instance", INTAKE_CATALOG)):
        if item[key] != allowed:
            raise untrusted(where / key, show(item[key]), allowed)
    for name in files:
        if item["kwargs"] == {"args": [f"{{data({name})}}"]}:
            return name
    raise untrusted(where / "kwargs", "other arguments", 'args: ["{data(ID)}"] of this file')
