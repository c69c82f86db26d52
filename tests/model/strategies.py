"""Hypothesis strategies for model objects."""

from hypothesis import strategies as st

from sciknow.model import (
    Activity,
    Dataset,
    Grant,
    LangString,
    PeriodOfTime,
    Relation,
    RelationKind,
    Resolution,
    SpatialCoverage,
    Variable,
)
from sciknow.text import clean
from sciknow.vocab import AccessRights, ActivityKind, Sector

texts = (
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1)
    .map(lambda value: clean(value).strip())
    .filter(bool)
)
slugs = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,30}", fullmatch=True)
langstrings = st.builds(LangString, en=texts, zh=texts | st.just(""))
years = st.integers(1000, 2100).map(str)
days = st.dates().filter(lambda day: day.year >= 1000).map(str)
longitudes = st.floats(-180, 180, allow_nan=False).map(lambda value: round(value, 4) + 0.0)
latitudes = st.floats(-90, 90, allow_nan=False).map(lambda value: round(value, 4) + 0.0)
urls = slugs.map(lambda name: f"https://example.org/{name}")


@st.composite
def boxes(draw):
    south, north = sorted([draw(latitudes), draw(latitudes)])
    return draw(longitudes), south, draw(longitudes), north


@st.composite
def periods(draw):
    start, end = sorted([draw(days), draw(days)])
    return PeriodOfTime(draw(st.sampled_from([start, ""])), draw(st.sampled_from([end, ""])))


activities = st.builds(
    Activity,
    source=urls,
    accessed=days,
    fields=st.lists(texts, min_size=1, max_size=3).map(tuple),
    activity=st.sampled_from(ActivityKind),
    note=texts | st.just(""),
)

datasets = st.builds(
    Dataset,
    id=slugs,
    title=langstrings,
    description=langstrings,
    sector=st.sampled_from(Sector),
    sectors=st.lists(st.sampled_from(Sector), unique=True, max_size=3).map(tuple),
    publisher=slugs,
    creators=st.lists(slugs, max_size=2, unique=True).map(tuple),
    grants=st.lists(
        st.builds(Grant, funder=slugs, number=texts | st.just(""), name=langstrings),
        max_size=2,
    ).map(tuple),
    relations=st.lists(
        st.builds(Relation, kind=st.sampled_from(RelationKind), dataset=slugs, change=langstrings),
        max_size=2,
    ).map(tuple),
    doi=slugs.map(lambda name: f"10.1234/{name}") | st.just(""),
    version=texts | st.just(""),
    issued=years | days | st.just(""),
    citation=texts.map(lambda text: " ".join(text.split())) | st.just(""),
    landing_page=urls,
    license=st.sampled_from(["CC-BY-4.0", "CC0-1.0", "https://example.org/terms", ""]),
    rights=langstrings,
    access_rights=st.sampled_from([None, *AccessRights]),
    spatial=st.builds(SpatialCoverage, bbox=boxes() | st.none(), name=langstrings),
    temporal=periods(),
    resolution=st.builds(
        Resolution,
        degrees=st.floats(0.001, 90) | st.none(),
        meters=st.floats(0.001, 1e6) | st.none(),
        duration=st.sampled_from(["", "P1D", "PT3H", "P1M"]),
    ),
    accrual_periodicity=st.sampled_from(["", "never", "irregular", "P1D"]),
    variables=st.lists(
        st.builds(
            Variable,
            name=texts.map(lambda value: value[:200].strip() or "v"),
            standard_name=st.sampled_from(["", "air_temperature"]),
            units=st.sampled_from(["", "K", "m s-1"]),
            long_name=langstrings,
        ),
        max_size=3,
    ).map(tuple),
    keywords=st.lists(st.tuples(st.just("en"), texts), max_size=3).map(tuple),
    theme=st.lists(slugs, min_size=1, max_size=3).map(tuple),
    provenance=st.lists(activities, min_size=1, max_size=2).map(tuple),
)
