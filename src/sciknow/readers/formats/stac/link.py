"""Where a STAC document may lead: the addresses in it, judged before anything is asked for.

A document is data by others. Its addresses are completed from where it lies, held to the schemes
that data may come from, and never lead from a remote document to this machine.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin, urlsplit

from sciknow.errors import UntrustedInput
from sciknow.net import OBJECT_SCHEMES, WEB_SCHEMES, parse_url, redact, secret_in
from sciknow.readers.request import local_path
from sciknow.text import clean
from sciknow.wire.reach import Reach


def follow(base: str, href: object, folder: Path | None) -> str:
    """Return the address, or the local path, that a document's link or asset leads to.

    Parameters
    ----------
    base : str
        Where the document lies: an address, or a local path.
    href : object
        What it says.
    folder : Path or None
        The folder that a local document's files stay in.

    Raises
    ------
    UntrustedInput
        For another scheme, a credential, a local file from a remote document, or a private
        host that is not the document's own.
    """
    if not isinstance(href, str) or not href.strip():
        raise UntrustedInput(f"{redact(base)} holds a link that is no text", hint=_MEND)
    text = href.strip()
    if clean(text) != text or any(char in text for char in "\r\n\t"):
        raise UntrustedInput(f"{redact(base)} holds a link with hidden characters", hint=_MEND)
    remote = "://" in base
    scheme = urlsplit(text).scheme.lower() if ":" in text.partition("/")[0] else ""
    if not remote and scheme in ("", "file"):
        return _beside(base, text, folder)
    if scheme not in WEB_SCHEMES | OBJECT_SCHEMES | {""}:
        raise UntrustedInput(
            f"the STAC document {redact(base)} leads to {redact(text)}",
            hint="data come from https, http and object stores only",
        )
    target = parse_url(_completed(base, text) if not scheme else text)
    Reach.of(base).check(target, base)
    _check_unsigned(base, target)
    return target


_MEND = "only its publisher can mend that"


def _beside(base: str, text: str, folder: Path | None) -> str:
    if folder is None:
        raise UntrustedInput(f"{base} leads to a local file", hint=_MEND)
    path = text.removeprefix("file://")
    return str(local_path(str(Path(base).parent / path), folder))


def _completed(base: str, text: str) -> str:
    """Complete a relative address; those of object stores are completed like web addresses."""
    scheme, _, rest = base.partition("://")
    if scheme in WEB_SCHEMES:
        return urljoin(base, text)
    return f"{scheme}{urljoin(f'http://{rest}', text).removeprefix('http')}"


def _check_unsigned(base: str, target: str) -> None:
    if key := secret_in(target):
        raise UntrustedInput(
            f"{redact(base)} leads to an address with a credential ({key}): {redact(target)}",
            hint="take the document before it was signed, or data that are open",
        )
