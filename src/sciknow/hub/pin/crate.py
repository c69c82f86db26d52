"""The verb that packs a study: what was opened, pinned and cited, with the study's own files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import sciknow.ledger as ledger
from sciknow.errors import InvalidInput
from sciknow.hub.hub import Hub
from sciknow.hub.pin.lockfile import LOCKFILE, lock


def crate(
    folder: Path | str,
    *,
    files: Path | str | Iterable[Path | str] = (),
    name: str = "",
    description: str = "",
    authors: str | Iterable[str] = (),
    publisher: str = "",
    license: str = "",
    book: ledger.Ledger | None = None,
    hub: Hub | None = None,
) -> Path:
    """Turn a folder into an RO-Crate: files, lockfile, citations, environment.

    Files that are in the folder already become part of the crate. A lockfile that is there and
    pins all that was opened is kept; else one is made. The metadata document is written last.

    Parameters
    ----------
    folder : path
        The study's folder; made when missing.
    files : path or iterable of paths
        Notebooks and small results to be copied in.
    name, description : str
        What the study is.
    authors : str or iterable of str
        Names, each with an ORCID where there is one: ``Jane Frost <0000-0002-1825-0097>``.
    publisher : str
        The organisation that publishes it.
    license : str
        An SPDX identifier or the URL of the terms; the crate says so when none is stated.
    book : Ledger, optional
        What was opened; the current ledger when left out.
    hub : Hub, optional
        As of `lock`.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InvalidInput
        When nothing was opened, a file is missing, or something would be overwritten.
    LimitExceeded
        When the folder holds more than a study and small results.
    MissingDependency
        When the ``crate`` extra is not installed.

    Examples
    --------
    >>> crate("study/", files=["study.ipynb"], license="CC-BY-4.0")        # doctest: +SKIP
    """
    target, opened = Path(folder), ledger.current() if book is None else book
    if not len(opened):
        raise InvalidInput("nothing was opened, so there is nothing to pack", hint="open first")
    study = ledger.Study(
        name=name,
        description=description,
        authors=_texts(authors, "authors"),
        publisher=publisher,
        license=license,
    )
    ledger.check_folder(target)
    ledger.check_study(study)
    ledger.contents(target)
    ledger.take_in(target, [files] if isinstance(files, (str, Path)) else files)
    if (target / LOCKFILE).exists():
        _check_covers(target / LOCKFILE, opened)
    else:
        lock(target / LOCKFILE, opened, hub=hub)
    ledger.write_crate(target, opened, study)
    return target


def _texts(value: str | Iterable[str], name: str) -> tuple[str, ...]:
    found = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(item, str) for item in found):
        raise InvalidInput(f"{name}={value!r}", hint="give texts")
    return found


def _check_covers(path: Path, opened: ledger.Ledger) -> None:
    locked = {(item.id, item.distribution, item.bag) for item in ledger.read_lock(path).dataset}
    for entry in opened:
        if (entry.source.dataset.id, entry.distribution.id, entry.bag) not in locked:
            raise InvalidInput(
                f"{path} does not pin {entry.source.dataset.id}, which was opened",
                hint="lock again with sk.lock(), or remove the old lockfile",
            )
