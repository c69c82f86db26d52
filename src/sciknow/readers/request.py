"""What is asked of a way to data: by which reader, whither, which part, form, budget and time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypedDict, Unpack, get_args

from sciknow.errors import InvalidInput, UntrustedInput
from sciknow.files import check_plain
from sciknow.model import Distribution
from sciknow.model.format import REFERENCE_URL
from sciknow.model.selection import Selection, parse_selection
from sciknow.model.suggest import nearest
from sciknow.net import DEADLINE, REMOTE_SCHEMES, check_no_credentials, parse_url, secret_in
from sciknow.readers import registry
from sciknow.readers.protocol import Location, Reader
from sciknow.wire.budget import Limits, parse_limits
from sciknow.wire.cache import Cache, parse_cache
from sciknow.wire.reach import NOBODY, Reach
from sciknow.wire.transport import Transport

As: TypeAlias = Literal["dataset", "tree", "table"]
"""What an opened object is to be: `xarray.Dataset`, `xarray.DataTree`, or a dask DataFrame."""


class TableAs(StrEnum):
    """What a table is opened as, where any object will do."""

    DATAFRAME = "dataframe"
    DATASET = "dataset"


class Options(TypedDict, total=False):
    """The options of opening and planning, as they are written by keyword.

    Parameters
    ----------
    bbox : sequence of four floats
        West, south, east, north in degrees: only this area.
    period : sequence of two str
        First and last date, both included: only this time.
    variables : sequence of str
        Names or CF standard names (of a table: columns): only these.
    max_bytes : int
        Refuse where reading the part would move more than this.
    table_as : {"dataframe", "dataset"}
        What a table is opened as; arrays are always an xarray object.
    deadline : float
        Seconds after which opening ends with an error; each read afterwards has as long again.
    cache : Cache, Path, str or bool
        Keep what comes, and look there first: True is the user's own cache folder.
    limits : mapping of str to int
        How large what is opened may be, where that is more than usual: ``unpacked`` bytes,
        ``chunks``, ``names``, ``cells``, values of an ``index``; see `sciknow.wire.budget.Limits`.
    """

    bbox: Sequence[float] | None
    period: Sequence[str | None] | None
    variables: Sequence[str] | str | None
    max_bytes: int | None
    table_as: TableAs | str
    deadline: float
    cache: Cache | Path | str | bool | None
    limits: Mapping[str, int] | None


OPTIONS = tuple(Options.__annotations__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of a way, checked.

    Parameters
    ----------
    selection : Selection
        The part; an empty one is the whole.
    as_ : {"dataset", "tree", "table"}, optional
        What has to come out; whatever it is when left out.
    max_bytes, table_as, deadline, cache, limits
        As of `Options`.
    trusted : bool, optional
        Whether the user named the way; see `locate`.
    """

    selection: Selection = Selection()
    as_: As | None = None
    max_bytes: int | None = None
    table_as: TableAs = TableAs.DATAFRAME
    deadline: float = DEADLINE
    cache: Cache | None = None
    trusted: bool | None = None
    limits: Limits = Limits()


def parse_request(as_: As | None = None, **options: Unpack[Options]) -> Request:
    """Read the options of opening.

    Raises
    ------
    InvalidInput
        For one that there is not, says which is meant; for a box, a period, a form or a budget
        that cannot be.
    """
    check_options(options)
    if as_ is not None and as_ not in get_args(As):
        raise InvalidInput(f"as_={as_!r}", hint="give 'dataset', 'tree' or 'table'")
    table_as = parse_table_as(options.get("table_as", TableAs.DATAFRAME))
    if as_ == "table" and table_as is TableAs.DATASET:
        raise InvalidInput("as_='table' and table_as='dataset'", hint="give one of them")
    budget, cache = options.get("max_bytes"), options.get("cache")
    parse_budget(budget)
    return Request(
        selection=parse_selection(
            options.get("bbox"), options.get("period"), options.get("variables")
        ),
        as_=as_,
        max_bytes=budget,
        table_as=TableAs.DATASET if as_ == "dataset" else table_as,
        deadline=options.get("deadline", DEADLINE),
        cache=None if cache is None else parse_cache(cache),
        limits=parse_limits(options.get("limits")),
    )


def check_options(given: Any) -> None:
    """Check the names of options.

    Raises
    ------
    InvalidInput
        For one that there is not; says which is meant.
    """
    for name in given:
        if name not in OPTIONS:
            close = nearest(name, OPTIONS)
            hint = f"did you mean {', '.join(close)}?" if close else f"one of {', '.join(OPTIONS)}"
            raise InvalidInput(f"opening takes no option {name!r}", hint=hint)


def parse_table_as(value: object) -> TableAs:
    """Read ``dataframe`` or ``dataset``."""
    try:
        return TableAs(str(value))
    except ValueError:
        raise InvalidInput(f"table_as={value!r}", hint="give 'dataframe' or 'dataset'") from None


def parse_budget(max_bytes: object) -> None:
    """Check that a budget is a number of bytes, or none.

    Raises
    ------
    InvalidInput
        For anything else.
    """
    number = isinstance(max_bytes, (int, float)) and not isinstance(max_bytes, bool)
    if max_bytes is not None and not (number and float(str(max_bytes)) >= 0):
        raise InvalidInput(f"max_bytes={max_bytes!r}", hint="give a number of bytes")


# where it leads

CATALOG_DIR = "{CATALOG_DIR}"
_REFERENCES = (
    "fo",
    "remote_protocol",
    "remote_options",
    "target_protocol",
    "target_options",
    "template_overrides",
    "simple_templates",
    "lazy",
)
"""Options of a file system of references that are none of the store below it."""


def reader_for(distribution: Distribution) -> Reader:
    """Return the reader that a distribution names, or that fits its media type or ending.

    Raises
    ------
    NotFound
        When there is none: says what is installed, what would have matched, what to install.
    MissingDependency
        When the reader needs a package that is not installed.
    """
    if distribution.reader:
        return registry.get(distribution.reader)
    return registry.match(distribution.access_url, str(distribution.media_type))


def locate(
    distribution: Distribution,
    *,
    base: Path | str | None,
    deadline: float = DEADLINE,
    cache: Cache | None = None,
    trusted: bool | None = None,
    private: bool = False,
) -> Location:
    """Check where a distribution leads.

    Parameters
    ----------
    distribution : Distribution
        Its `access_url` is http(s), an object store, or a path inside *base* (relative, or with
        ``{CATALOG_DIR}`` before it).
    base : Path, str or None
        The catalogue's folder. A local path outside it is refused, links included. None is for a
        record from elsewhere, which no catalogue of the user's holds: it leads to no local file,
        nor does what was harvested.
    deadline : float
        Seconds for opening, and for each read afterwards.
    cache : Cache, optional
        Where what comes is kept, and looked for first.
    trusted : bool, optional
        Whether the user, or who made the package, wrote it: then its own addresses may lie in a
        private network (see `sciknow.wire.reach`), and its endpoint is visited with the tools of
        its provider (see `sciknow.wire.objectstore`). By default where there is a catalogue's
        folder.
    private : bool
        Whether the user lets it, and what it leads to, lie in any private network.

    Raises
    ------
    UntrustedInput
        For another scheme, a path outside *base*, or a credential.
    """
    trusted = base is not None if trusted is None else trusted
    if distribution.harvested:
        base, trusted = None, False
    folder = None if base is None else Path(base).resolve()
    options = distribution.storage_options
    check_no_credentials(options, f"the distribution {distribution.id}")
    url = distribution.access_url
    if key := secret_in(url):
        raise UntrustedInput(
            f"the address of {distribution.id} carries a credential in its query ({key})",
            hint="leave credentials to the environment or ~/.netrc: addresses are written into "
            "locks, plans and citations",
        )
    if url.startswith(REFERENCE_URL):
        url = str(options.get("fo") or url.removeprefix(REFERENCE_URL))
    transport = Transport(
        storage_options=_store_options(options),
        deadline=deadline,
        folder=folder,
        cache=cache,
        trusted=trusted,
        reach=_reach(distribution, trusted, private),
    )
    if "://" in url and not url.startswith("file://"):
        return Location(parse_url(url, schemes=REMOTE_SCHEMES), transport, None, options)
    if folder is None:
        raise UntrustedInput(
            f"a record from elsewhere names the local path {url[:200]!r}",
            hint="only catalogues of your own lead to local files",
        )
    path = local_path(url, folder)
    return Location(str(path), transport, path, options)


def local_path(url: str, folder: Path) -> Path:
    """Return the absolute path of a file inside a folder.

    Raises
    ------
    InvalidInput
        For an empty path.
    UntrustedInput
        For a path that leads outside the folder, or to a pipe or a device.
    """
    name = url.removeprefix("file://").replace(CATALOG_DIR, str(folder))
    if not name or "\0" in name:
        raise InvalidInput("a distribution without an address", hint="fill in its url")
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise UntrustedInput(
            f"the path {url[:200]!r} leads outside the catalogue's folder {folder}",
            hint="local data lie beside their catalogue",
        )
    return check_plain(path)


def _reach(distribution: Distribution, trusted: bool, private: bool) -> Reach:
    named = [url for url in addresses_of(distribution) if "://" in url] if trusted else []
    return Reach.of(*named, anywhere=private) if named or private else NOBODY


def addresses_of(distribution: Distribution) -> Iterator[str]:
    """Yield every address that a distribution itself names, in its options too."""
    yield distribution.access_url
    waiting: list[object] = [distribution.storage_options, distribution.options]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str) and "://" in item:
            yield item
        elif isinstance(item, Mapping):
            waiting += [*item, *item.values()]
        elif isinstance(item, (list, tuple)):
            waiting += item


def _store_options(options: Mapping[str, object]) -> dict[str, object]:
    plain = {key: value for key, value in options.items() if key not in _REFERENCES}
    for key in ("target_options", "remote_options"):
        inner = options.get(key)
        plain |= dict(inner) if isinstance(inner, Mapping) else {}
    return plain
