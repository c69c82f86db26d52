"""Two datasets side by side: whether they fit together, and bringing them onto one grid.

Cards are compared without opening anything; arrays by their coordinates alone. Regridding,
resampling and conversions are lazy: nothing here reads data. Only names are listed in this file;
each is imported when first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciknow._lazy import lazy_names

if TYPE_CHECKING:
    from sciknow.alignment.aligning import AlignOptions, Fit, align
    from sciknow.alignment.array_profile import profile_of_array
    from sciknow.alignment.card_profile import profile_of_card, with_card
    from sciknow.alignment.change import Aligned, Change
    from sciknow.alignment.comparing import compare
    from sciknow.alignment.licence import Terms, combine_terms
    from sciknow.alignment.merging import merge
    from sciknow.alignment.overlap import common_box, common_period, wider
    from sciknow.alignment.profile import Profile, Quantity
    from sciknow.alignment.step import date_digits
    from sciknow.alignment.verdict import Aspect, Compatibility, Pair, Verdict

_HOMES = {
    "AlignOptions": "aligning",
    "Aligned": "change",
    "Aspect": "verdict",
    "Change": "change",
    "Compatibility": "verdict",
    "Fit": "aligning",
    "Pair": "verdict",
    "Profile": "profile",
    "Quantity": "profile",
    "Terms": "licence",
    "Verdict": "verdict",
    "align": "aligning",
    "combine_terms": "licence",
    "common_box": "overlap",
    "common_period": "overlap",
    "compare": "comparing",
    "date_digits": "step",
    "merge": "merging",
    "profile_of_array": "array_profile",
    "profile_of_card": "card_profile",
    "wider": "overlap",
    "with_card": "card_profile",
}

__all__ = [
    "AlignOptions",
    "Aligned",
    "Aspect",
    "Change",
    "Compatibility",
    "Fit",
    "Pair",
    "Profile",
    "Quantity",
    "Terms",
    "Verdict",
    "align",
    "combine_terms",
    "common_box",
    "common_period",
    "compare",
    "date_digits",
    "merge",
    "profile_of_array",
    "profile_of_card",
    "wider",
    "with_card",
]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
