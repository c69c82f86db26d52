"""The small source with one more catalogue, whose datasets lie where a test says."""

from pathlib import Path

from small_source import write_source

HEAD = """\
version: 2
metadata:
  sector: meteorology
  title: {en: Meteorology, zh: 气象}
  datasets:
"""
CARD = """\
    NAME:
      title: {en: Data of NAME, zh: NAME 的数据}
      description: {en: Values that are asked for in tests.}
      publisher: testing-centre
      landing_page: https://example.org/NAME
      license: CC-BY-4.0
      theme: [sea-ice]
      distributions:
        - WAY
      provenance:
        - {source: "https://example.org/NAME", accessed: 2026-11-24, fields: [title]}
"""
DATA = """\
  NAME-csv-data:
    datatype: intake.readers.datatypes:CSV
    kwargs: {url: "URL", storage_options: {}}
    metadata: {}
    user_parameters: {}
"""
ENTRY = """\
  NAME-csv:
    reader: intake.readers.readers:DaskCSV
    kwargs: {args: ["{data(NAME-csv-data)}"]}
    output_instance: dask.dataframe:DataFrame
    metadata: {}
    user_parameters: {}
"""


def write_checked(folder: Path, tables: dict[str, str], pages: dict[str, str]) -> Path:
    """Write the source: *tables* have the reader ``csv``, *pages* no reader; name → address."""
    write_source(folder)
    cards = [CARD.replace("WAY", "{id: NAME-csv}").replace("NAME", name) for name in tables]
    cards += [
        CARD.replace("WAY", f'{{access_url: "{url}"}}').replace("NAME", name)
        for name, url in pages.items()
    ]
    aliases = ", ".join(f"{name}-csv: {name}-csv" for name in tables)
    text = HEAD + "".join(cards) + f"aliases: {{{aliases}}}\n"
    data = [DATA.replace("NAME", name).replace("URL", url) for name, url in tables.items()]
    entries = [ENTRY.replace("NAME", name) for name in tables]
    text += "data:\n" + "".join(data) if data else "data: {}\n"
    text += "entries:\n" + "".join(entries) if entries else "entries: {}\n"
    path = folder / "catalogs" / "meteorology.yaml"
    path.write_text(text + "user_parameters: {}\n")
    return folder
