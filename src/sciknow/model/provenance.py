"""Where a group of facts came from."""

from __future__ import annotations

from dataclasses import dataclass

from sciknow.model.parse import (
    Where,
    parse_date,
    parse_enum,
    parse_list,
    parse_mapping,
    parse_text,
    parse_url,
)
from sciknow.vocab import ActivityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One reading of one source, and the fields that rest on it (a PROV activity).

    Parameters
    ----------
    source : str
        URL of the page, file or document where the facts were read.
    accessed : str
        ISO date of the reading.
    fields : tuple of str
        Names of the fields that rest on it (``title.zh`` names one language).
    activity : ActivityKind
        Read, summarised, translated, derived or estimated.
    note : str
        What the reader should know, for example where two sources disagree.
    """

    source: str
    accessed: str
    fields: tuple[str, ...]
    activity: ActivityKind = ActivityKind.READ
    note: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the mapping that `parse_activity` reads."""
        plain: dict[str, object] = {"source": self.source, "accessed": self.accessed}
        if self.activity is not ActivityKind.READ:
            plain["activity"] = str(self.activity)
        plain["fields"] = list(self.fields)
        return plain | ({"note": self.note} if self.note else {})


def parse_activity(value: object, where: Where) -> Activity:
    """Read one member of a card's ``provenance`` list."""
    mapping = parse_mapping(
        value,
        where,
        allowed=("source", "accessed", "activity", "fields", "note"),
        required=("source", "accessed", "fields"),
    )
    fields = parse_list(mapping["fields"], where / "fields", parse_text)
    if not fields:
        raise (where / "fields").refuse("an empty list", "the names of the fields read there")
    return Activity(
        source=parse_url(mapping["source"], where / "source"),
        accessed=parse_date(mapping["accessed"], where / "accessed"),
        fields=fields,
        activity=parse_enum(mapping.get("activity", "read"), where / "activity", ActivityKind),
        note=parse_text(mapping["note"], where / "note") if "note" in mapping else "",
    )
