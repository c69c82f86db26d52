"""What the array readers share: what their options mean to xarray, and dask's chunks."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import xarray as xr

from sciknow.axes.rule import is_since
from sciknow.errors import (
    DegradedWarning,
    InvalidInput,
    MissingDependency,
    SciknowError,
    SourceUnavailable,
)
from sciknow.net import redact
from sciknow.readers.options import DECODING
from sciknow.wire.trouble import root_cause

TOP = "/"
"""The option ``group`` that takes the top alone, whatever groups are below it."""
T = TypeVar("T", bound=xr.Dataset | xr.DataTree)
_HELPS = ("decode_coords", "mask_and_scale", "decode_timedelta", "decode_times", "decode_cf")
"""Options that, set to false, leave out a step of decoding; the last one all of them."""
_DAMAGE = (UnicodeDecodeError, json.JSONDecodeError)


def decoding(options: Mapping[str, object]) -> dict[str, Any]:
    """Return the options that say how values are decoded."""
    return {key: value for key, value in options.items() if key in DECODING}


def open_decoded(opener: Callable[..., T], url: str, options: Mapping[str, object]) -> T:
    """Open with the options of decoding; times that no calendar decodes stay numbers.

    Parameters
    ----------
    opener : callable
        Opens lazily; takes the options of `options.DECODING` by keyword.
    url : str
        What is opened.
    options : mapping
        Those of the catalogue.

    Warns
    -----
    DegradedWarning
        Naming the times that stay numbers, such as those in months since a date.

    Raises
    ------
    SourceUnavailable
        When the bytes are whole but cannot be decoded: names the option that helps.
    """
    wanted = decoding(options)
    try:
        opened = opener(**wanted)
        _check_packing(opened)
        return opened
    except (SciknowError, ImportError, MemoryError):
        raise
    except Exception as error:
        if root_cause(error) is not None:
            raise
        plain = _tried(opener, wanted | {"decode_cf": False})
        if plain is None:
            _check_held(error, url)
            raise
        if times := dict(_undecodable(plain)):
            keep: dict[str, Any] = {"decode_times": dict.fromkeys(times, False)}
            if (found := _tried(opener, wanted | keep)) is not None:
                _warn(url, times)
                return found
        raise _undecoded(opener, url, wanted, error) from error


def open_grouped(
    tree: Callable[..., xr.DataTree],
    root: Callable[..., xr.Dataset],
    groups: Sequence[str],
    url: str,
    options: Mapping[str, object],
) -> xr.Dataset | xr.DataTree:
    """Open what holds groups as a tree; only its top where xarray cannot hold them together.

    Parameters
    ----------
    tree, root : callable
        Open all, and the top alone, lazily.
    groups : sequence of str
        Groups below the top.
    url, options
        As of `open_decoded`.

    Warns
    -----
    DegradedWarning
        Naming the groups that are left out.
    """
    try:
        return open_decoded(tree, url, options)
    except SourceUnavailable:
        opened = open_decoded(root, url, options)
        _warn_of_groups(url, groups, "they do not fit the dimensions of the top", 4)
        return opened


def top_of(opened: xr.Dataset | xr.DataTree, url: str) -> xr.Dataset | None:
    """Return the dataset that stands at the top; None where only groups hold data.

    Warns
    -----
    DegradedWarning
        Naming the groups that are left out.
    """
    if isinstance(opened, xr.Dataset):
        return opened
    if not opened.data_vars:
        return None
    held = {node.path.split("/")[1] for node in opened.descendants if node.variables}
    if held:
        _warn_of_groups(url, sorted(held), "a dataset has no room for them", 3)
    return opened.to_dataset()


def _warn_of_groups(url: str, groups: Sequence[str], why: str, level: int) -> None:
    warnings.warn(
        f"{redact(url)}: {why}, so the groups {', '.join(groups)} are left out; name one in the "
        "option group of the catalogue",
        DegradedWarning,
        stacklevel=level + 1,
    )


def _datasets(opened: xr.Dataset | xr.DataTree) -> list[xr.Dataset]:
    if isinstance(opened, xr.DataTree):
        return [node.to_dataset() for node in opened.subtree]
    return [opened]


def _check_packing(opened: xr.Dataset | xr.DataTree) -> None:
    """Refuse words where numbers belong now: values would fail when they are computed."""
    for ds in _datasets(opened):
        for name, item in ds.variables.items():
            for key in ("scale_factor", "add_offset"):
                if isinstance(said := item.encoding.get(key), str):
                    raise TypeError(f"the {key} of {name!s} is the text {said!r}, not a number")


def _tried(opener: Callable[..., T], wanted: dict[str, Any]) -> T | None:
    try:
        opened = opener(**wanted)
        _check_packing(opened)
        return opened
    except SciknowError:
        raise
    except Exception as error:
        if root_cause(error) is not None:
            raise
        return None


def _undecodable(plain: xr.Dataset | xr.DataTree) -> Iterator[tuple[str, str]]:
    """Yield each time that cannot be decoded, and its bounds, with units and calendar."""
    for ds in _datasets(plain):
        for name, item in ds.variables.items():
            if not is_since(str(item.attrs.get("units", ""))):
                continue
            try:
                xr.conventions.decode_cf_variable(str(name), item)
            except Exception:
                said = f"{item.attrs['units']!r}, calendar {item.attrs.get('calendar', '')!r}"
                yield str(name), said
                for key in ("bounds", "climatology"):
                    if key in item.attrs:
                        yield str(item.attrs[key]), said


def _warn(url: str, times: Mapping[str, str]) -> None:
    name, said = next(iter(times.items()))
    warnings.warn(
        f"{redact(url)}: {', '.join(times)} cannot be decoded as time and stays a number "
        f"({name}: {said}); the option decode_times: false in the catalogue says that it is meant",
        DegradedWarning,
        stacklevel=4,
    )


def _undecoded(
    opener: Callable[..., Any], url: str, wanted: dict[str, Any], error: Exception
) -> SourceUnavailable:
    helps = (key for key in _HELPS if _tried(opener, wanted | {key: False}) is not None)
    return SourceUnavailable(
        f"{redact(url)} cannot be decoded: {type(error).__name__}: {_detail(error)}",
        hint=f"the option {next(helps, 'decode_cf')}: false in the catalogue opens it, with values "
        "as they are stored",
    )


def _check_held(error: Exception, url: str) -> None:
    """Say where the bytes are read, but are not what xarray holds."""
    if "codec" in type(error).__name__.lower() or "codec" in str(error).lower():
        raise MissingDependency(
            f"{redact(url)} is packed in a way that is not installed: {_detail(error)}",
            hint="install the package that brings this codec, or take another way to the data",
        ) from error
    told = isinstance(error, (ValueError, TypeError, NotImplementedError))
    if told and not isinstance(error, _DAMAGE):
        raise SourceUnavailable(
            f"xarray cannot hold what {redact(url)} is made of: {type(error).__name__}: "
            f"{_detail(error)}",
            hint="the catalogue names the wrong reader, or its option drop_variables leaves out "
            "what does not fit",
        ) from error


def _detail(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def chunks(options: Mapping[str, object]) -> Any:
    """Return the dask chunks asked for; by default the store's own.

    Raises
    ------
    InvalidInput
        For anything but a mapping of dimension to size.
    """
    wanted = options.get("chunks", {})
    if not isinstance(wanted, Mapping):
        raise InvalidInput(f"chunks={wanted!r}", hint="give {} or {dimension: size}")
    return dict(wanted)


def chunked(ds: xr.Dataset, wanted: Any) -> xr.Dataset:
    """Put a dataset whose store has no chunks of its own on dask.

    Each variable gets its preferred chunks, or those asked for; nothing is split that is stored
    together.
    """
    if wanted:
        return ds.chunk({dim: size for dim, size in wanted.items() if dim in ds.dims}).chunk()
    made = {
        name: item.chunk(item.encoding["preferred_chunks"])
        for name, item in ds.variables.items()
        if name not in ds.indexes and "preferred_chunks" in item.encoding
    }
    return ds.assign(
        {key: item for key, item in made.items() if key in ds.data_vars}
    ).assign_coords({key: item for key, item in made.items() if key in ds.coords})
