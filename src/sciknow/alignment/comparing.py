"""Comparing two profiles, aspect by aspect."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sciknow.alignment.licence import combine_terms
from sciknow.alignment.overlap import common_box, common_period, share, width
from sciknow.alignment.profile import Profile, Quantity
from sciknow.alignment.units import check_density, convert
from sciknow.alignment.verdict import Aspect, Pair, Verdict
from sciknow.axes.finder import GridKind
from sciknow.errors import MissingDependency
from sciknow.model import Publication
from sciknow.model.coverage import BBox
from sciknow.text import counted

_SHOWN = 4
_PLACELESS = frozenset({GridKind.NONE, GridKind.PLACE})
_SCATTERED = frozenset({GridKind.POINTS, GridKind.UNSTRUCTURED})


def compare(
    one: Profile,
    other: Profile,
    *,
    publications: Sequence[Publication] | None = None,
    water_density: float | None = None,
) -> Pair:
    """Compare two profiles.

    Parameters
    ----------
    one, other : Profile
        The two.
    publications : sequence of Publication, optional
        Those that name both datasets; None where nobody has looked.
    water_density : float, optional
        In kg m-3, see `sciknow.alignment.units.convert`.

    Returns
    -------
    Pair
        An aspect for each thing that either of them states, and for space, time, variables,
        licence and publications always.
    """
    check_density(water_density)
    aspects = [compare_one(one, other) for compare_one in _COMPARISONS]
    aspects.insert(_VARIABLES, _variables(one, other, water_density))
    aspects.append(_licence(one, other))
    if publications is not None:
        aspects.append(_papers(publications))
    return Pair(
        labels=_labels(one, other),
        aspects=tuple(item for item in aspects if item is not None),
        publications=tuple(publications or ()),
    )


def _labels(one: Profile, other: Profile) -> tuple[str, str]:
    same = one.label == other.label
    return one.label, f"{other.label} (2)" if same else other.label


def _space(one: Profile, other: Profile) -> Aspect | None:
    boxes = (one.bbox, other.bbox)
    values = (_box(boxes[0]), _box(boxes[1]))
    if boxes[0] is None or boxes[1] is None:
        return Aspect(
            name="space",
            verdict=Verdict.NOT_STATED,
            values=values,
            sentence=f"{_lacking(one, other, *values)} no area",
        )
    both = common_box((boxes[0], boxes[1]))
    if both is None:
        sentence = "the areas do not meet"
        grids = all(item.spacing and item.grid not in _PLACELESS for item in (one, other))
        return _aspect("space", Verdict.DIFFERENT, values, sentence, blocking=grids)
    if boxes[0] == boxes[1]:
        return _aspect("space", Verdict.SAME, values, f"both cover {_box(both)}")
    crossing = ", across the antimeridian" if both[0] > both[2] else ""
    shares = " and ".join(f"{share(both, box) * 100:.0f} %" for box in (boxes[0], boxes[1]))
    sentence = f"both cover {_box(both)}{crossing}: {shares} of their areas"
    return _aspect("space", Verdict.COMPATIBLE, values, sentence)


def _period(one: Profile, other: Profile) -> Aspect | None:
    values = (_when(one), _when(other))
    if not values[0] or not values[1]:
        sentence = f"{_lacking(one, other, *values)} no period"
        return _aspect("time", Verdict.NOT_STATED, values, sentence)
    both = common_period(((one.start, one.end), (other.start, other.end)))
    gaps = [f"{p.label} lacks {counted(p.gaps, 'step')} inside" for p in (one, other) if p.gaps]
    if both is None:
        sentence = f"{values[0]} and {values[1]} have no time in common"
        return _aspect("time", Verdict.DIFFERENT, values, sentence, blocking=True)
    same = values[0] == values[1]
    sentence = "; ".join([f"both cover {both[0] or '…'} to {both[1] or 'now'}", *gaps])
    return _aspect("time", Verdict.SAME if same else Verdict.COMPATIBLE, values, sentence)


def _step(one: Profile, other: Profile) -> Aspect | None:
    first, second = one.step, other.step
    values = (str(first or ""), str(second or ""))
    if first is None or second is None:
        return _unstated("time step", one, other, values, "time step")
    if first == second:
        return _aspect("time step", Verdict.SAME, values, f"both have one value per {first.words}")
    coarse = max(first, second, key=lambda step: step.length)
    how = f"the finer is brought to one value per {coarse.words}"
    return _convertible("time step", values, f"{values[0]} and {values[1]}", how)


def _spacing(one: Profile, other: Profile) -> Aspect | None:
    values = (_grain(one), _grain(other))
    if one.grid in _PLACELESS or other.grid in _PLACELESS:
        return None
    first, second = one.spacing, other.spacing
    if first is None or second is None:
        return _unstated("grid spacing", one, other, values, "grid spacing")
    ratio = max(first, second) / min(first, second)
    if ratio < 1.001:
        return _aspect("grid spacing", Verdict.SAME, values, f"both {values[0]}")
    how = "interpolation, or means over the coarser cells"
    return _convertible("grid spacing", values, f"one is {ratio:.3g} times as coarse", how)


def _grid(one: Profile, other: Profile) -> Aspect | None:
    first, second = one.grid, other.grid
    values = (str(first or ""), str(second or ""))
    if first is None or second is None:
        return _unstated("grid", one, other, values, "kind of grid")
    if first in _PLACELESS or second in _PLACELESS:
        sentence = f"{values[0]} and {values[1]}: combined along time only"
        return _aspect("grid", Verdict.COMPATIBLE, values, sentence)
    if first in _SCATTERED and second in _SCATTERED:
        sentence = f"{first} and {second}: combined only where the places are the same"
        return _aspect("grid", Verdict.NOT_STATED, values, sentence)
    if first is second and first is not GridKind.CURVILINEAR:
        return _aspect("grid", Verdict.SAME, values, f"both have a {first}")
    if GridKind.POINTS in (first, second):
        return _convertible(
            "grid", values, f"{first} and {second}", "the grid's values at the points"
        )
    return _convertible("grid", values, f"{first} and {second}", "interpolation onto one of them")


def _crs(one: Profile, other: Profile) -> Aspect | None:
    values = (one.crs, other.crs)
    if not one.crs and not other.crs:
        return None
    if one.crs == other.crs:
        return _aspect("projection", Verdict.SAME, values, f"both {one.crs}")
    named = " and ".join(value or "longitude and latitude" for value in values)
    return _convertible("projection", values, named, "coordinates transformed by pyproj")


def _calendar(one: Profile, other: Profile) -> Aspect | None:
    values = (one.calendar, other.calendar)
    if not one.calendar or not other.calendar:
        return _unstated("calendar", one, other, values, "calendar")
    if one.calendar == other.calendar:
        return _aspect("calendar", Verdict.SAME, values, f"both {one.calendar}")
    how = "dates converted; days that the other calendar lacks are left out"
    return _convertible("calendar", values, f"{values[0]} and {values[1]}", how)


def _conventions(name: str, key: str, how: str) -> Callable[[Profile, Profile], Aspect | None]:
    def compare_one(one: Profile, other: Profile) -> Aspect | None:
        values = (str(getattr(one, key)), str(getattr(other, key)))
        if not values[0] or not values[1]:
            return None
        if values[0] == values[1]:
            return _aspect(name, Verdict.SAME, values, f"both {values[0]}")
        return _convertible(name, values, f"{values[0]} and {values[1]}", how)

    return compare_one


def _stated(name: str, key: str, words: str) -> Callable[[Profile, Profile], Aspect | None]:
    def compare_one(one: Profile, other: Profile) -> Aspect | None:
        values = (str(getattr(one, key)), str(getattr(other, key)))
        if not any(values):
            return None
        if not all(values):
            return _unstated(name, one, other, values, words)
        same = values[0] == values[1]
        sentence = f"both {values[0]}" if same else f"{values[0]}; {values[1]}"
        return _aspect(name, Verdict.SAME if same else Verdict.DIFFERENT, values, sentence)

    return compare_one


_COMPARISONS: tuple[Callable[[Profile, Profile], Aspect | None], ...] = (
    _space,
    _period,
    _step,
    _calendar,
    _grid,
    _spacing,
    _crs,
    _conventions("longitudes", "longitudes", "longitudes turned by 360 degrees"),
    _conventions("latitudes", "latitudes", "order turned round"),
    _stated("vertical", "vertical", "vertical coordinate"),
    _stated("missing values", "missing", "mark for missing values"),
)
_VARIABLES = 2


def _variables(one: Profile, other: Profile, density: float | None) -> Aspect:
    mine, yours = ({item.key: item for item in p.variables} for p in (one, other))
    values = (_names(one), _names(other))
    shared = [key for key in mine if key in yours]
    if not one.variables or not other.variables:
        sentence = f"{_lacking(one, other, *values)} no variables"
        return _aspect("variables", Verdict.NOT_STATED, values, sentence)
    if not shared:
        return _aspect("variables", Verdict.COMPATIBLE, values, "no variable in common")
    found = [_units(mine[key], yours[key], density) for key in shared]
    verdict = max((verdict for verdict, _ in found), key=_RANK.index)
    sentence = "in common: " + "; ".join(
        f"{key} ({text})" for key, (_, text) in zip(shared, found, strict=True)
    )
    how = sentence if verdict is Verdict.CONVERTIBLE else ""
    return Aspect(name="variables", verdict=verdict, values=values, sentence=sentence, how=how)


_RANK = [Verdict.SAME, Verdict.CONVERTIBLE, Verdict.NOT_STATED, Verdict.DIFFERENT]


def _units(one: Quantity, other: Quantity, density: float | None) -> tuple[Verdict, str]:
    if not one.units or not other.units:
        return Verdict.NOT_STATED, "units not stated"
    try:
        way = convert(
            other.units,
            one.units,
            difference=one.nature.difference or other.nature.difference,
            salinity=other.nature.salinity,
            water_density=density,
        )
    except MissingDependency:
        return Verdict.NOT_STATED, f"{one.units} and {other.units}; pint would tell"
    if way is None:
        return Verdict.DIFFERENT, f"{one.units} and {other.units}: no conversion"
    if way.trivial:
        return Verdict.SAME, f"both in {one.units}"
    return Verdict.CONVERTIBLE, str(way)


def _licence(one: Profile, other: Profile) -> Aspect:
    terms = combine_terms((one.license, other.license))
    return _aspect("licence", terms.verdict, (one.license, other.license), terms.sentence)


def _papers(papers: Sequence[Publication]) -> Aspect:
    if not papers:
        sentence = "no publication known here names both"
        return _aspect("used together", Verdict.NOT_STATED, ("", ""), sentence)
    count = f"{len(papers)} publications name" if len(papers) > 1 else "1 publication names"
    return _aspect("used together", Verdict.COMPATIBLE, ("", ""), f"{count} both")


def _aspect(
    name: str,
    verdict: Verdict,
    values: tuple[str, str],
    sentence: str,
    *,
    blocking: bool = False,
) -> Aspect:
    return Aspect(name=name, verdict=verdict, values=values, sentence=sentence, blocking=blocking)


def _convertible(name: str, values: tuple[str, str], sentence: str, how: str) -> Aspect:
    return Aspect(
        name=name,
        verdict=Verdict.CONVERTIBLE,
        values=values,
        sentence=f"{sentence}: {how}",
        how=how,
    )


def _unstated(
    name: str, one: Profile, other: Profile, values: tuple[str, str], words: str
) -> Aspect | None:
    if not any(values):
        return None
    return _aspect(name, Verdict.NOT_STATED, values, f"{_lacking(one, other, *values)} no {words}")


def _lacking(one: Profile, other: Profile, first: str, second: str) -> str:
    silent = [
        label
        for label, value in zip(_labels(one, other), (first, second), strict=True)
        if not value
    ]
    return f"{' and '.join(silent)} state{'s' if len(silent) == 1 else ''}"


def _box(box: BBox | None) -> str:
    if box is None:
        return ""
    if width(box[0], box[2]) >= 360 and box[1] <= -90 and box[3] >= 90:
        return "the globe"
    return " ".join(f"{number:g}" for number in box)


def _when(profile: Profile) -> str:
    if not profile.start and not profile.end:
        return ""
    return f"{profile.start or '…'} to {profile.end or 'now'}"


def _grain(profile: Profile) -> str:
    if profile.degrees is not None:
        return f"{profile.degrees:g}°"
    return "" if profile.meters is None else f"{profile.meters:g} m"


def _names(profile: Profile) -> str:
    shown = ", ".join(item.name for item in profile.variables[:_SHOWN])
    more = len(profile.variables) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
