"""Write ``knowledge_graph/vocabulary/cf-standard-names.txt`` from a CF standard name table.

Usage: ``python scripts/make_cf_names.py cf-standard-name-table.xml``. The table is published at
https://github.com/cf-convention/cf-convention.github.io under Data/cf-standard-names (CC0).
One line a name: the name, a tab, its canonical units; an alias has the name it stands for.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from sciknow.files import write_atomic

TARGET = Path(__file__).parents[1] / "knowledge_graph" / "vocabulary" / "cf-standard-names.txt"


def text_of(table: ElementTree.Element) -> str:
    """Return the file's text for a parsed table."""
    version = table.findtext("version_number")
    units = {
        entry.attrib["id"]: (entry.findtext("canonical_units") or "").strip()
        for entry in table.findall("entry")
    }
    aliases = {
        alias.attrib["id"]: f"= {(alias.findtext('entry_id') or '').strip()}"
        for alias in table.findall("alias")
    }
    head = (
        f"# CF standard names, version {version} of {table.findtext('last_modified')} (CC0)\n"
        "# https://github.com/cf-convention/cf-convention.github.io/blob/main/Data/"
        f"cf-standard-names/{version}/src/cf-standard-name-table.xml\n"
        "# name, tab, canonical units (or '= name' for an alias)\n"
    )
    return head + "".join(
        f"{name}\t{unit}\n" for name, unit in sorted({**aliases, **units}.items())
    )


if __name__ == "__main__":
    write_atomic(TARGET, text_of(ElementTree.parse(sys.argv[1]).getroot()))
