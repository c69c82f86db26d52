"""What a distribution is now, as a fingerprint: to be locked, and compared later.

What is read goes through the distribution's own transport and past every cache. Large data are
sampled: which parts are read depends on their shape alone, so every machine reads the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sciknow.model import Distribution
from sciknow.model.fingerprint import Fingerprint, Strength
from sciknow.model.format import Form
from sciknow.model.selection import parse_selection
from sciknow.net import DEADLINE, check_online, redact
from sciknow.readers.fingerprints.files import plain_fingerprint
from sciknow.readers.fingerprints.part import is_whole, part_states
from sciknow.readers.fingerprints.sample import SAMPLES
from sciknow.readers.fingerprints.structure import structure
from sciknow.readers.protocol import Location, Reader
from sciknow.readers.request import locate, reader_for


def take_fingerprint(
    distribution: Distribution,
    *,
    base: Path | str | None,
    like: Fingerprint | None = None,
    selection: Mapping[str, Any] | None = None,
    deadline: float = DEADLINE,
    trusted: bool | None = None,
) -> Fingerprint:
    """Take the strongest fingerprint of a distribution that is to be had at a fair price.

    Parameters
    ----------
    distribution : Distribution
        The way.
    base : Path or str
        The catalogue's folder, from which local paths start.
    like : Fingerprint, optional
        An earlier one: the same parts are read again, although the data may have grown.
    selection : mapping, optional
        ``bbox``, ``period`` and ``variables`` of the part that was used: its values are digested
        too, whole where it is not too large.
    deadline : float
        Seconds for each read, retries included.
    trusted : bool, optional
        Whether the user named the way; see `sciknow.readers.request.locate`.

    Returns
    -------
    Fingerprint
        What the format's own ``fingerprint`` takes. Without one, of files: SHA-256 of all their
        bytes, or sampled ranges with what the server states; of anything else: names, types,
        attributes and values as the reader gives them.

    Raises
    ------
    SourceUnavailable
        When it is not to be had.
    IntegrityError
        When what comes is cut short or damaged.
    """
    reader = reader_for(distribution)
    reader.format.check_options(distribution.options)
    location = locate(distribution, base=base, deadline=deadline, trusted=trusted)
    options = distribution.options
    if location.path is None:
        check_online(redact(location.url))  # what is in the cache says nothing of the source
    found = _whole(reader, location, options, like)
    wanted = parse_selection(**(selection or {}))
    if not wanted:
        return found
    states = part_states(reader, location, options, wanted)
    seen = Strength.PART if is_whole(states) else found.strength
    strength = seen if found.strength is Strength.SAMPLED else found.strength
    return replace(found, part=states, strength=strength)


def _whole(
    reader: Reader, location: Location, options: Mapping[str, object], like: Fingerprint | None
) -> Fingerprint:
    take = getattr(reader, "fingerprint", None)
    if take is not None:
        found: Fingerprint = take(location, options, like)
        return found
    if reader.format.form is Form.FILE:
        return plain_fingerprint(reader, location, options, like)
    known = {item.name: item for item in like.variables} if like else None
    seen = structure(reader, location, options, values=SAMPLES, like=known)
    return Fingerprint(
        strength=Strength.WHOLE if seen.whole else Strength.SAMPLED,
        attrs=seen.attrs,
        variables=seen.variables,
    )
