"""From a distribution to a checked place: a remote address, or a path inside its own folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sciknow.errors import InvalidInput, UntrustedInput
from sciknow.model import Distribution
from sciknow.net import DEADLINE, REMOTE_SCHEMES, check_no_credentials, parse_url
from sciknow.readers.protocol import Location
from sciknow.wire.cache import Cache
from sciknow.wire.transport import Transport

CATALOG_DIR = "{CATALOG_DIR}"
REFERENCE = "reference://"
_KERCHUNK = (
    "fo",
    "remote_protocol",
    "remote_options",
    "target_protocol",
    "target_options",
    "template_overrides",
    "simple_templates",
    "lazy",
)


def locate(
    distribution: Distribution,
    *,
    base: Path | str | None,
    deadline: float = DEADLINE,
    cache: Cache | None = None,
    trusted: bool | None = None,
) -> Location:
    """Check where a distribution leads.

    Parameters
    ----------
    distribution : Distribution
        Its `access_url` is http(s), an object store, or a path inside *base* (relative, or with
        ``{CATALOG_DIR}`` before it).
    base : Path, str or None
        The catalogue's folder. A local path outside it is refused, links included. None is for a
        record from elsewhere, which no catalogue of the user's holds: it leads to no local file.
    deadline : float
        Seconds for opening, and for each read afterwards.
    cache : Cache, optional
        Where what comes is kept, and looked for first.
    trusted : bool, optional
        Whether the user, or who made the package, wrote the options of the object store (see
        `sciknow.wire.objectstore`); by default where there is a catalogue's folder.

    Raises
    ------
    UntrustedInput
        For another scheme, a path outside *base*, or a credential.
    """
    folder = None if base is None else Path(base).resolve()
    options = distribution.storage_options
    check_no_credentials(options, f"the distribution {distribution.id}")
    url = distribution.access_url
    if url.startswith(REFERENCE):
        url = str(options.get("fo") or url.removeprefix(REFERENCE))
    transport = Transport(
        storage_options=_store_options(options),
        deadline=deadline,
        folder=folder,
        cache=cache,
        trusted=folder is not None if trusted is None else trusted,
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
        For a path that leads outside the folder.
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
    return path


def _store_options(options: Mapping[str, object]) -> dict[str, object]:
    plain = {key: value for key, value in options.items() if key not in _KERCHUNK}
    for key in ("target_options", "remote_options"):
        inner = options.get(key)
        plain |= dict(inner) if isinstance(inner, Mapping) else {}
    return plain
