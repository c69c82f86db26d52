"""The Intake part of a catalogue file → ways to open, checked against the closed lists.

An entry says which reader opens which data; both are Intake's own notation. What comes out is
what a `sciknow.model.Distribution` needs, and no Intake object.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sciknow.catalogs.parameter import fill, parse_parameters
from sciknow.catalogs.places import all_files, check_service, parse_files
from sciknow.catalogs.repository import parse_repository
from sciknow.catalogs.schema import (
    REMOTE_PROTOCOLS,
    STORAGE_OPTIONS,
    Notation,
    intake_readers,
    notations,
)
from sciknow.model.format import Address
from sciknow.model.option import (
    CATALOG_DIR,
    Parser,
    parse_flag,
    parse_location,
    parse_name,
    untrusted,
)
from sciknow.model.parse import Where, parse_list, parse_mapping, parse_slug, show

DATA_KEYS = ("datatype", "kwargs", "metadata", "user_parameters")
ENTRY_KEYS = ("reader", "kwargs", "output_instance", "metadata", "user_parameters")
_DATA = re.compile(r"\{data\(([a-z0-9._-]{1,128})\)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How one entry opens its data: a distribution without what the card says of it."""

    form: Notation
    access_url: str
    storage_options: Mapping[str, object] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    offline: bool = False


def is_local(location: str) -> bool:
    """Tell whether a checked location is a path below the catalogue's folder."""
    return "://" not in location


def as_written(storage: Mapping[str, object]) -> dict[str, object]:
    """Return a reference's options as a catalogue writes them.

    Paths below its folder are marked, and remote chunks say ``asynchronous``, which plain Intake
    needs and a distribution does not keep.
    """
    written = dict(storage)
    overrides = storage.get("template_overrides")
    if isinstance(overrides, Mapping):
        written["template_overrides"] = {
            name: f"{CATALOG_DIR}{place}" if is_local(str(place)) else place
            for name, place in overrides.items()
        }
    if storage.get("remote_protocol") != "file":
        options = storage.get("remote_options")
        known = options if isinstance(options, Mapping) else {}
        written["remote_options"] = {**known, "asynchronous": True}
    return written


def local_paths(opening: Opening) -> tuple[str, ...]:
    """Return every path below the catalogue's folder that an opening reads."""
    overrides = opening.storage_options.get("template_overrides", {})
    files = all_files(opening.access_url, opening.options)
    places = (*files, *(overrides.values() if isinstance(overrides, dict) else ()))
    return tuple(place for place in places if is_local(place))


def parse_openings_head(
    top: Mapping[str, object], where: Where
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Check ids and aliases of the Intake part; returns the raw data and entries by id.

    Every entry has the alias of its own name (plain Intake lists nothing else), and data never
    has the id of an entry (plain Intake would look it up for ever).
    """
    data = parse_mapping(top["data"], where / "data")
    entries = parse_mapping(top["entries"], where / "entries")
    aliases = parse_mapping(top["aliases"], where / "aliases")
    for name in (*data, *entries):
        parse_slug(name, where)
    for name in data:
        if name in entries:
            raise (where / "data" / name).refuse(
                "data with the id of an entry", f"another id, such as {name}-data"
            )
    for alias, target in aliases.items():
        if alias != target or target not in entries:
            raise (where / "aliases" / alias).refuse(
                show(target), "for each entry its own name, nothing else"
            )
    for name in entries:
        if name not in aliases:
            raise (where / "aliases" / name).refuse(
                "nothing", f"{name}: {name} (plain Intake lists aliases only)"
            )
    return data, entries


def used_data(entries: Mapping[str, object]) -> set[str]:
    """Return the ids of the data that entries name."""
    used = set()
    for entry in entries.values():
        kwargs = entry.get("kwargs") if isinstance(entry, Mapping) else None
        args = kwargs.get("args") if isinstance(kwargs, Mapping) else None
        for item in args if isinstance(args, list) else ():
            found = _DATA.fullmatch(item) if isinstance(item, str) else None
            used.update([found[1]] if found else [])
    return used


def parse_opening(
    value: object, data: Mapping[str, object], parameters: Mapping[str, object], where: Where
) -> Opening:
    """Read one entry and the data that it names.

    Parameters
    ----------
    value : object
        The entry as written.
    data : mapping
        Every data section of the file, by id.
    parameters : mapping
        Values of the catalogue's parameters.
    where : Where
        File and entry.

    Raises
    ------
    InvalidInput
        For a key, type or value that is not on the lists.
    UntrustedInput
        For another class, address or template than those on the lists.
    """
    entry = parse_mapping(value, where, allowed=ENTRY_KEYS, required=ENTRY_KEYS)
    _parse_empty(entry["metadata"], where / "metadata")
    own = parse_parameters(entry["user_parameters"], where / "user_parameters")
    if entry["reader"] not in (known := intake_readers()):
        raise untrusted(where / "reader", show(entry["reader"]), "one of " + ", ".join(known))
    at = where / "kwargs"
    kwargs = parse_mapping(entry["kwargs"], at, required=("args",))
    name = _parse_data_name(kwargs.pop("args"), data, at / "args")
    source = Where(where.file, f"{where.entry}: data {name}")
    form, url, storage, extra, offline = _parse_data(data[name], parameters, source)
    intake = form.intake
    if entry["reader"] != intake.reader:
        raise (where / "reader").refuse(show(entry["reader"]), f"{intake.reader} for this datatype")
    if entry["output_instance"] != intake.output_instance:
        raise untrusted(
            where / "output_instance", show(entry["output_instance"]), intake.output_instance
        )
    options = parse_options(form, fill(kwargs, {**parameters, **own}, at), at)
    return Opening(
        form=form,
        access_url=url,
        storage_options=storage,
        options={**options, **extra},
        offline=offline,
    )


def _parse_empty(value: object, where: Where) -> None:
    if value != {}:
        raise where.refuse(show(value), "{} (the card says what there is to say)")


def _parse_data_name(value: object, data: Mapping[str, object], where: Where) -> str:
    args = parse_list(value, where, lambda item, at: item)
    found = _DATA.fullmatch(args[0]) if len(args) == 1 and isinstance(args[0], str) else None
    if found is None:
        raise untrusted(where, show(args[0] if len(args) == 1 else args), '["{data(ID)}"]')
    if found[1] not in data:
        raise where.refuse(show(args[0]), "the id of a data section of this file")
    return found[1]


def _parse_data(
    value: object, parameters: Mapping[str, object], where: Where
) -> tuple[Notation, str, dict[str, object], dict[str, object], bool]:
    """Return form, address, options of the store and of the reader, and whether it is local."""
    data = parse_mapping(value, where, allowed=DATA_KEYS, required=DATA_KEYS)
    _parse_empty(data["metadata"], where / "metadata")
    if data["user_parameters"] != {}:
        raise (where / "user_parameters").refuse(
            "parameters", "{}: plain Intake ignores them here; declare them for the file"
        )
    known = notations()
    forms = known.get(data["datatype"], ()) if isinstance(data["datatype"], str) else ()
    if not forms:
        raise untrusted(where / "datatype", show(data["datatype"]), "one of " + ", ".join(known))
    at = where / "kwargs"
    if (form := forms[-1]).intake.address is Address.REPOSITORY:
        keys = ("url", "storage_options", "ref")
        kwargs = parse_mapping(data["kwargs"], at, allowed=keys, required=keys)
        return form, *parse_repository(fill(kwargs, parameters, at), at)
    group = form.intake.group
    allowed = ("url", "storage_options", *([group] if group else []))
    kwargs = parse_mapping(data["kwargs"], at, allowed=allowed, required=("url",))
    if group and kwargs.get(group):
        raise (at / group).refuse(show(kwargs[group]), "'': write group in the entry's kwargs")
    storage = kwargs.get("storage_options") or {}
    value = fill(kwargs["url"], parameters, at / "url")
    form = next(one for one in forms if _is_written(one, value))
    if form.intake.address is Address.REFERENCES:
        url, options, offline = _parse_reference(storage, parameters, at / "storage_options")
        return form, url, options, {}, offline
    url, offline, extra = _parse_url(form, value, at / "url")
    filled = fill(storage, parameters, at / "storage_options")
    return form, url, parse_storage(filled, url, at / "storage_options"), extra, offline


def _is_written(form: Notation, url: object) -> bool:
    """Tell whether an address is one of a format, among those that share a datatype."""
    return form.intake.when is None or (isinstance(url, str) and form.intake.when(url))


def _parse_url(form: Notation, value: object, where: Where) -> tuple[str, bool, dict[str, object]]:
    """Return the address, whether it is local, and what it says of the reader."""
    if form.intake.several and isinstance(value, list):
        return parse_files(value, where)
    url, offline = parse_location(value, where)
    if form.intake.address is Address.SERVICE:
        check_service(url, where)
    return url, offline, {}


def parse_storage(value: object, url: str, where: Where) -> dict[str, object]:
    """Read the options of a file system; none that could carry a credential is known.

    Only an object store has any: plain Intake hands them to whatever opens the address.
    """
    known = STORAGE_OPTIONS.get(url.partition(":")[0])
    if known is None:
        if found := ", ".join(parse_mapping(value, where)):
            raise where.refuse(found, "{}: only s3, gs and az addresses have options")
        return {}
    options = _parse_by(known, value, where)
    if "account_name" in known and "account_name" not in options:
        raise (where / "account_name").refuse("nothing", "the account that the container is of")
    return options


def _parse_by(
    parsers: Mapping[str, Parser | Mapping[str, Parser]], value: object, where: Where
) -> dict[str, object]:
    parsed: dict[str, object] = {}
    for key, item in parse_mapping(value, where).items():
        parser = parsers.get(key)
        if parser is None:
            raise untrusted(where / key, "an unknown option", "one of " + ", ".join(parsers))
        if isinstance(parser, Mapping):
            parsed[key] = _parse_by(parser, item, where / key)
        else:
            parsed[key] = parser(item, where / key)
    return parsed


def _parse_reference(
    value: object, parameters: Mapping[str, object], where: Where
) -> tuple[str, dict[str, object], bool]:
    storage = parse_mapping(fill(value, parameters, where), where, required=("fo",))
    url, offline = parse_location(storage.pop("fo"), where / "fo")
    options = parse_reference_options(storage, url, where)
    return url, options, offline and options.get("remote_protocol") == "file"


def parse_reference_options(
    value: Mapping[str, object], url: str, where: Where
) -> dict[str, object]:
    """Read the options of a reference file system: where the chunks lie, and how to get there."""
    allowed = ("remote_protocol", "remote_options", "target_options", "template_overrides", "lazy")
    storage = parse_mapping(value, where, allowed=allowed, required=("remote_protocol",))
    local = is_local(url)
    protocol = _parse_protocol(storage["remote_protocol"], where / "remote_protocol", local)
    parsed: dict[str, object] = {"remote_protocol": protocol}
    remote = _parse_remote_options(
        storage.get("remote_options", {}), protocol, where / "remote_options"
    )
    if remote:
        parsed["remote_options"] = remote
    if "target_options" in storage:
        at = where / "target_options"
        parsed["target_options"] = parse_storage(storage["target_options"], url, at)
    if "template_overrides" in storage:
        at = where / "template_overrides"
        parsed["template_overrides"] = _parse_overrides(storage["template_overrides"], at, local)
    if "lazy" in storage:
        parsed["lazy"] = parse_flag(storage["lazy"], where / "lazy")
    return parsed


def _parse_remote_options(value: object, protocol: str, where: Where) -> dict[str, object]:
    options = parse_mapping(value, where)
    wanted = protocol != "file"
    if wanted and options.pop("asynchronous", None) is not True:
        raise (where / "asynchronous").refuse("another value", "true: zarr reads asynchronously")
    return parse_storage(options, protocol, where)


def _parse_protocol(value: object, where: Where, local: bool) -> str:
    allowed = REMOTE_PROTOCOLS if local else REMOTE_PROTOCOLS[:-1]
    if not isinstance(value, str) or value not in allowed:
        raise untrusted(where, show(value), "one of " + ", ".join(allowed))
    return value


def _parse_overrides(value: object, where: Where, local: bool) -> dict[str, str]:
    overrides = {}
    for name, item in parse_mapping(value, where).items():
        location, below = parse_location(item, where / name)
        if below and not local:
            raise untrusted(where / name, show(item), "a remote address, as the references are")
        overrides[parse_name(name, where)] = location
    return overrides


def parse_options(form: Notation, value: object, where: Where) -> dict[str, object]:
    """Read the options of a reader: engine and chunks for arrays, then those on its list.

    The engine is kept where it tells NetCDF-3 from NetCDF-4, ``chunks`` where it asks for other
    chunks than the store's own.
    """
    options = parse_mapping(value, where)
    engine = options.pop("engine", None)
    if form.intake.engine:
        if engine != form.intake.engine:
            raise untrusted(where / "engine", show(engine), form.intake.engine)
        if "chunks" not in options:
            raise (where / "chunks").refuse("nothing", "{}: without it nothing is lazy")
    elif engine is not None:
        raise (where / "engine").refuse(show(engine), "no engine for this reader")
    for key in form.intake.required:
        if key not in options:
            raise (where / key).refuse("nothing", f"{key}: plain Intake needs it")
    parsed: dict[str, object] = {"engine": engine} if form.keeps_engine else {}
    parsers = form.options
    for key, item in options.items():
        parser = parsers.get(key)
        if parser is None:
            raise (where / key).refuse("an unknown option", "one of " + ", ".join(parsers))
        parsed[key] = parser(item, where / key)
    if parsed.get("chunks") == {}:
        del parsed["chunks"]
    _check_plain(form, parsed, where)
    return {key: item for key, item in parsed.items() if key not in form.plain_options(parsed)}


def _check_plain(form: Notation, parsed: Mapping[str, object], where: Where) -> None:
    for key, value in form.plain_options(parsed).items():
        if key not in parsed or parsed[key] != value:
            raise (where / key).refuse(
                show(parsed.get(key, "nothing")), f"{value!r}: plain Intake needs it"
            )
    for option, needed in form.intake.beside.items():
        for key in needed.keys() & parsed.keys():
            if option not in parsed:
                raise (where / key).refuse(show(parsed[key]), f"{option} beside it")
