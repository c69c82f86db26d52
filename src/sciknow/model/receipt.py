"""What a harvest says of itself: what was asked, what came, and whether it is all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sciknow.text import counted
from sciknow.vocab import Sector


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a source.

    Parameters
    ----------
    source : str
        Its name, an id of a-z, 0-9, dot, hyphen and underscore; records get it before their ids.
    address : str
        Where it answers.
    protocol : str
        Name of the protocol that is spoken there.
    since : str
        ISO date or date and time: only what has changed since then; empty for everything.
    sets : tuple of str
        Parts of the source, as its protocol names them; empty for the whole.
    sectors : tuple of Sector
        What its records are about, where the source is registered for one sector only.
    limit : int or None
        The most records that are wanted.
    size : int
        Records a page; 0 leaves it to the protocol.
    options : mapping
        What only one protocol knows, such as ``{"prefix": "oai_dc"}``.
    """

    source: str
    address: str
    protocol: str
    since: str = ""
    sets: tuple[str, ...] = ()
    sectors: tuple[Sector, ...] = ()
    limit: int | None = None
    size: int = 0
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that came and was not taken.

    Parameters
    ----------
    id : str
        As the source names it; empty where it names none.
    reason : str
        Which field, what was found, what is allowed.
    """

    id: str
    reason: str


class Complete(StrEnum):
    """Whether everything that was asked for came."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "cannot be known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What came of one harvest; computed in one place for all protocols.

    Parameters
    ----------
    asked : Asked
        What was asked.
    began, ended : str
        By our clock.
    until : str
        By the source's own clock: what changed later is not in here. The next harvest asks since
        then. Empty where the source tells no time.
    declared_before, declared_after : int or None
        How many records the source said it had, at the first page and at the last.
    pages, requests, retries, bytes : int
        What went over the wire; a retry is a request too.
    received, distinct, duplicates : int
        Records that came, those of different ids (deletions among them), and the rest.
    deleted : tuple of str
        Ids of which the source says that they are deleted.
    refused : tuple of Refusal
        Records that were not taken, `Tally.KEPT` at most; `refused_count` counts all.
    merged : mapping of str to str
        Id → id of the dataset that it was found to be the same as.
    unseen : tuple of str
        Ids that came the last time and not this time; none is deleted for that.
    unmapped : mapping of str to int
        Fields that have no place in the model → in how many records; they are kept in ``extra``.
    mended : mapping of str to int
        What had to be mended to read a page → in how many pages.
    complete : Complete
        Whether everything came.
    because : str
        Why not, or why it cannot be known.
    digest : str
        Of the set of ids, in any order: equal where two harvests brought the same records.
    answers : str
        Of the bytes that came, page by page.
    """

    asked: Asked
    began: str
    ended: str
    until: str = ""
    declared_before: int | None = None
    declared_after: int | None = None
    pages: int = 0
    requests: int = 0
    retries: int = 0
    bytes: int = 0
    received: int = 0
    distinct: int = 0
    duplicates: int = 0
    deleted: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    refused_count: int = 0
    merged: Mapping[str, str] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()
    unmapped: Mapping[str, int] = field(default_factory=dict)
    mended: Mapping[str, int] = field(default_factory=dict)
    complete: Complete = Complete.UNKNOWN
    because: str = ""
    digest: str = ""
    answers: str = ""

    @property
    def taken(self) -> int:
        """How many records became objects of the model."""
        return self.distinct - len(self.deleted) - self.refused_count

    @property
    def summary(self) -> str:
        """The receipt in one line.

        Examples
        --------
        >>> asked = Asked(source="a", address="https://a.org", protocol="ckan")
        >>> Receipt(asked=asked, began="", ended="", distinct=2, complete=Complete.YES).summary
        'a: 2 records, complete: yes'
        """
        parts = [f"{self.asked.source}: {counted(self.distinct, 'record')}"]
        parts += [
            f"{count:,} {what}"
            for count, what in (
                (len(self.deleted), "deleted"),
                (self.refused_count, "refused"),
                (self.duplicates, "came again"),
                (len(self.merged), "merged"),
                (len(self.unseen), "unseen"),
            )
            if count
        ]
        why = f" ({self.because})" if self.because else ""
        return ", ".join([*parts, f"complete: {self.complete}{why}"])
