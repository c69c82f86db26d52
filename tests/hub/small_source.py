"""A small, whole source folder: three datasets, one of them a real Zarr store beside the card."""

from pathlib import Path

import numpy as np
import xarray as xr

CATALOG = """\
version: 2
metadata:
  sector: ocean
  title: {{en: Ocean, zh: 海洋}}
  datasets:
    ice-monthly:
      title: {{en: Monthly sea ice concentration, zh: 逐月海冰密集度}}
      description:
        en: Share of the sea covered by ice, month by month, on a small grid.
        zh: 小网格上逐月的海冰覆盖比例。
      publisher: testing-centre
      doi: 10.1234/ice
      landing_page: https://example.org/ice
      license: CC-BY-4.0
      spatial: {{bbox: [-180, 60, 180, 90], name: {{en: Arctic, zh: 北极}}}}
      temporal: {{start: "1979", end: "1980"}}
      variables:
        - {{name: siconc, standard_name: sea_ice_area_fraction, units: "1"}}
      theme: [sea-ice]
      distributions:
        - id: ice-monthly-zarr
      provenance:
        - {{source: "https://example.org/ice", accessed: 2026-11-24, fields: [title]}}
    sst-daily:
      title: {{en: Daily sea surface temperature, zh: 逐日海表温度}}
      description: {{en: Temperature of the sea surface{change}, zh: 海洋表面的温度。}}
      publisher: testing-centre
      landing_page: https://example.org/sst
      license: CC-BY-NC-4.0
      theme: [sea-surface-temperature]
      provenance:
        - {{source: "https://example.org/sst", accessed: 2026-11-24, fields: [title]}}
    tides:
      title: {{en: Tide gauge records}}
      description: {{en: Hourly water level at harbours.}}
      publisher: testing-centre
      landing_page: https://example.org/tides
      theme: [sea-ice]
      provenance:
        - {{source: "https://example.org/tides", accessed: 2026-11-24, fields: [title]}}
aliases: {{ice-monthly-zarr: ice-monthly-zarr}}
data:
  ice-monthly-zarr-data:
    datatype: intake.readers.datatypes:Zarr
    kwargs: {{url: "{{CATALOG_DIR}}/data/ice.zarr", storage_options: {{}}, root: ""}}
    metadata: {{}}
    user_parameters: {{}}
entries:
  ice-monthly-zarr:
    reader: intake.readers.readers:XArrayDatasetReader
    kwargs: {{args: ["{{data(ice-monthly-zarr-data)}}"], engine: zarr, chunks: {{}}}}
    output_instance: xarray:Dataset
    metadata: {{}}
    user_parameters: {{}}
user_parameters: {{}}
"""

PREFIXES = """\
@prefix agent: <urn:sciknow:agent:> .
@prefix concept: <urn:sciknow:concept:> .
@prefix dataset: <urn:sciknow:dataset:> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix schema: <https://schema.org/> .
@prefix scheme: <urn:sciknow:scheme:> .
@prefix sk: <urn:sciknow:vocabulary:> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
CONCEPTS = (
    PREFIXES
    + """
scheme:ocean a skos:ConceptScheme ;
    dcterms:title "Ocean concepts"@en, "海洋概念"@zh ;
    dcterms:modified "2026-11-24"^^xsd:date .

concept:sector-ocean a skos:Concept ;
    skos:prefLabel "Ocean"@en, "海洋"@zh ;
    skos:topConceptOf scheme:ocean ;
    skos:inScheme scheme:ocean ;
    dcterms:source <https://example.org/words> .

concept:sea-ice a skos:Concept ;
    skos:prefLabel "sea ice"@en, "海冰"@zh ;
    skos:altLabel "SIC"@en ;
    skos:broader concept:sector-ocean ;
    skos:inScheme scheme:ocean ;
    sk:standardName "sea_ice_area_fraction" ;
    dcterms:source <https://example.org/words> .

concept:sea-surface-temperature a skos:Concept ;
    skos:prefLabel "sea surface temperature"@en, "海表温度"@zh ;
    skos:altLabel "SST"@en, "海面温度"@zh ;
    skos:broader concept:sector-ocean ;
    skos:inScheme scheme:ocean ;
    dcterms:source <https://example.org/words> .
"""
)
PUBLICATIONS = (
    PREFIXES
    + """
<https://doi.org/10.1234/ice-paper> a schema:ScholarlyArticle ;
    dcterms:title "A record of Arctic ice"@en ;
    schema:author ( "Frost, Jane" "Snow, John" ) ;
    dcterms:issued "2001"^^xsd:gYear ;
    sk:container "Journal of Ice" ;
    sk:describes dataset:ice-monthly ;
    dcterms:source <https://example.org/paper> .
"""
)
AGENTS = (
    PREFIXES
    + """
agent:testing-centre a schema:Organization ;
    schema:name "Testing Centre"@en, "测试中心"@zh ;
    schema:url <https://example.org/> ;
    dcterms:source <https://example.org/> .
"""
)


def write_source(folder: Path, change: str = "") -> Path:
    """Write the source folder; *change* goes into one description."""
    catalogs, knowledge = folder / "catalogs", folder / "knowledge_graph"
    for name in ("concepts", "publications", "agents"):
        (knowledge / name).mkdir(parents=True, exist_ok=True)
    catalogs.mkdir(exist_ok=True)
    (catalogs / "ocean.yaml").write_text(CATALOG.format(change=change))
    (knowledge / "concepts" / "ocean.ttl").write_text(CONCEPTS)
    (knowledge / "publications" / "ocean.ttl").write_text(PUBLICATIONS)
    (knowledge / "agents" / "ocean.ttl").write_text(AGENTS)
    store = catalogs / "data" / "ice.zarr"
    if not store.exists():
        values = np.linspace(0, 1, 24 * 4 * 5, dtype="f4").reshape(24, 4, 5)
        time = np.arange(np.datetime64("1979-01"), np.datetime64("1981-01")).astype("M8[ns]")
        ice = xr.DataArray(
            values,
            coords={"time": time},
            dims=("time", "lat", "lon"),
            attrs={"standard_name": "sea_ice_area_fraction", "units": "1"},
        )
        ice.to_dataset(name="siconc").chunk({"time": 6}).to_zarr(store, zarr_format=2)
    return folder
