"""A small collection in both languages."""

from __future__ import annotations

from sciknow.model import Agent, Concept, Dataset, LangString, Publication, Variable
from sciknow.model.coverage import PeriodOfTime, Resolution, SpatialCoverage
from sciknow.model.distribution import Distribution
from sciknow.search import (
    document_of,
    document_of_concept,
    document_of_publication,
    variables_of,
)
from sciknow.vocab import Sector

CONCEPTS = {
    item.id: item
    for item in (
        Concept(id="sector-ocean", pref_label=LangString("ocean", "海洋")),
        Concept(id="ice", pref_label=LangString("ice", "冰"), broader=("sector-ocean",)),
        Concept(
            id="sea-ice",
            pref_label=LangString("sea ice", "海冰"),
            alt_labels=(("en", "pack ice"), ("zh", "浮冰")),
            broader=("ice",),
            standard_names=("sea_ice_area_fraction",),
        ),
        Concept(
            id="sst",
            pref_label=LangString("sea surface temperature", "海表温度"),
            alt_labels=(("en", "SST"), ("zh", "海温")),
            broader=("sector-ocean",),
            standard_names=("sea_surface_temperature",),
        ),
        Concept(id="co2", pref_label=LangString("carbon dioxide", "二氧化碳")),
    )
}
AGENTS = {
    "noaa": Agent(
        id="noaa",
        name=LangString(
            "National Oceanic and Atmospheric Administration", "美国国家海洋和大气管理局"
        ),
        alternate_names=(LangString("NOAA"),),
    )
}
PUBLICATIONS = (
    Publication(
        id="10.1000/ice",
        title=LangString("Decline of Arctic sea ice seen from passive microwave"),
        authors=("Meier, Walt",),
        issued="2014",
        uses=("sea-ice-index",),
    ),
)
DATASETS = (
    Dataset(
        id="sea-ice-index",
        title=LangString("Sea ice index of both poles", "两极海冰指数"),
        description=LangString(
            "Monthly extent from passive microwave. Concentration is given on a polar grid.",
            "由被动微波得到的逐月海冰范围。",
        ),
        sector=Sector.OCEAN,
        publisher="noaa",
        license="CC0-1.0",
        spatial=SpatialCoverage((-180, 60, 180, 90), LangString("Arctic", "北极")),
        temporal=PeriodOfTime("1978-11", "2020"),
        resolution=Resolution(meters=25_000, duration="P1M"),
        variables=(
            Variable(
                name="siconc",
                standard_name="sea_ice_area_fraction",
                long_name=LangString("sea ice concentration", "海冰密集度"),
            ),
        ),
        theme=("sea-ice",),
        distributions=(
            Distribution(id="sea-ice-nc", access_url="ice.nc", reader="netcdf", offline=True),
        ),
    ),
    Dataset(
        id="pacific-sst",
        title=LangString("Daily sea surface temperature of the Pacific", "太平洋逐日海表温度"),
        description=LangString("Optimum interpolation of satellite and buoy measurements."),
        sector=Sector.OCEAN,
        sectors=(Sector.METEOROLOGY,),
        publisher="noaa",
        license="CC-BY-NC-4.0",
        spatial=SpatialCoverage((120, -60, -70, 60)),
        temporal=PeriodOfTime("1981-09"),
        resolution=Resolution(degrees=0.25, duration="P1D"),
        variables=(Variable(name="sst", standard_name="sea_surface_temperature", units="K"),),
        theme=("sst",),
        distributions=(Distribution(id="sst-zarr", access_url="s3://x/sst", reader="zarr"),),
    ),
    Dataset(
        id="mauna-loa",
        title=LangString("Carbon dioxide at Mauna Loa"),
        description=LangString("Weekly mole fraction of CO2 in dry air; the Keeling curve."),
        sector=Sector.ENVIRONMENT,
        spatial=SpatialCoverage((-155.6, 19.5, -155.5, 19.6)),
        temporal=PeriodOfTime("1958"),
        theme=("co2",),
    ),
    Dataset(
        id="wheat-zh",
        title=LangString(zh="中国小麦产量统计"),
        description=LangString(zh="各省小麦播种面积和单位面积产量的年度统计。"),
        sector=Sector.AGRICULTURE,
    ),
    Dataset(id="bare", title=LangString("Housing prices")),
)


def documents():
    """Return what the index reads of everything above."""
    out = []
    for dataset in DATASETS:
        papers = [paper for paper in PUBLICATIONS if dataset.id in paper.uses]
        whole = document_of(dataset, CONCEPTS, papers, AGENTS)
        out += [whole, *variables_of(dataset, whole)]
    out += [document_of_publication(paper) for paper in PUBLICATIONS]
    return out + [document_of_concept(concept, CONCEPTS) for concept in CONCEPTS.values()]
