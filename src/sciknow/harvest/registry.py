"""Which protocols are installed, and which of them is spoken at an address.

Protocols, the built-in ones too, come from the entry-point group ``sciknow.protocols``; each entry
is an object with what `HarvestProtocol` lists.
"""

from __future__ import annotations

import warnings
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from sciknow.errors import DegradedWarning, NotFound, SciknowError, SourceUnavailable
from sciknow.harvest.protocol import Ask, HarvestProtocol
from sciknow.net import redact

GROUP = "sciknow.protocols"


@cache
def installed_protocols() -> dict[str, HarvestProtocol]:
    """Return every installed protocol by its name, sorted; a broken or second one warns."""
    found: dict[str, HarvestProtocol] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        made = _import(point)
        if made is None:
            continue
        if found.setdefault(made.name, made) is not made:
            _warn(point, f"another one is called {made.name!r}")
    return found


def _import(point: EntryPoint) -> HarvestProtocol | None:
    try:
        made = point.load()
    except Exception as error:
        _warn(point, f"{type(error).__name__}: {error}")
        return None
    if not isinstance(made, HarvestProtocol) or made.name != point.name:
        _warn(point, "it is no protocol of that name")
        return None
    return made


def _warn(point: EntryPoint, problem: str) -> None:
    message = f"the protocol {point.name!r} ({point.value}) is skipped: {problem}"
    warnings.warn(message, DegradedWarning, stacklevel=4)


def protocol_named(name: str) -> HarvestProtocol:
    """Return a protocol by its name.

    Raises
    ------
    NotFound
        When none is called that; says which are installed.
    """
    found = installed_protocols().get(name)
    if found is None:
        raise NotFound(
            f"no protocol {name!r} is installed; installed are {_names()}",
            hint="name one of them, or install a package that brings it",
        )
    return found


def find_protocol(address: str, ask: Ask) -> tuple[HarvestProtocol, str]:
    """Return which protocol is spoken at an address, and how that was told.

    Each protocol is asked for its doors in turn; nothing is guessed from the address alone.

    Raises
    ------
    NotFound
        When something answers, and none of the installed protocols is spoken.
    SourceUnavailable
        When nothing answers.
    """
    answered, last = False, None
    for protocol in installed_protocols().values():
        for door in protocol.doors(address):
            try:
                answer = ask(door)
                answered = True
                why = protocol.sniff(answer)
            except SciknowError as error:
                last = error
                continue
            if why:
                return protocol, f"{redact(door.address)}: {why}"
    if not answered and last is not None:
        raise SourceUnavailable(last.message, hint=last.hint) from last
    raise NotFound(
        f"{redact(address)} speaks none of {_names()}",
        hint="name the protocol, or give the address at which it answers",
    )


def _names() -> str:
    return ", ".join(installed_protocols()) or "none"
