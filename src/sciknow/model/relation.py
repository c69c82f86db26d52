"""What one dataset is to another: its version, its part, its predecessor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sciknow.model.langstring import LangString, parse_langstring
from sciknow.model.parse import Where, parse_enum, parse_mapping, parse_slug


class RelationKind(StrEnum):
    """The properties of DCMI Metadata Terms that tie datasets, as they are written there."""

    REPLACED_BY = "isReplacedBy"
    VERSION_OF = "isVersionOf"
    PART_OF = "isPartOf"


@dataclass(frozen=True, slots=True)
class Relation:
    """A tie from a dataset to another one of the hub.

    Parameters
    ----------
    kind : RelationKind
        What the dataset is to the other one.
    dataset : str
        `Dataset.id` of the other one.
    change : LangString
        What changed between the two, where a source states it.
    """

    kind: RelationKind
    dataset: str
    change: LangString = LangString()


def parse_relation(value: object, where: Where) -> Relation:
    """Read ``{kind, dataset, change}``."""
    mapping = parse_mapping(
        value, where, allowed=("kind", "dataset", "change"), required=("kind", "dataset")
    )
    change = mapping.get("change")
    return Relation(
        kind=parse_enum(mapping["kind"], where / "kind", RelationKind),
        dataset=parse_slug(mapping["dataset"], where / "dataset"),
        change=parse_langstring(change, where / "change") if change else LangString(),
    )
