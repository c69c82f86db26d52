"""The notebooks use the public API only, show pictures, and speak both languages.

That they run is tested by nbmake, which collects ``notebooks/`` itself.
"""

import re
from pathlib import Path

import nbformat
import pytest

from sciknow.text import has_han

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


def test_there_are_the_promised_notebooks():
    names = {path.stem for path in NOTEBOOKS}
    assert {
        "01-ask-and-open",
        "02-walk-the-graph",
        "03-your-own-catalogue",
        "04-load-pin-cite",
        "06-bring-your-own-registry",
    } <= names


def test_public_api_only(notebook):
    text = code(notebook)
    assert "import sciknow as sk" in text
    assert not re.search(r"(?<![.\"])\bsciknow\.\w|from sciknow|\._\w", text)
    import sciknow

    assert set(re.findall(r"\bsk\.(\w+)", text)) <= set(sciknow.__all__)


def test_pictures_and_chinese(notebook):
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    assert any("image/png" in out.get("data", {}) for out in outputs)
    assert any(has_han(cell.source) for cell in notebook.cells)


def test_outputs_name_no_place_of_the_author(notebook):
    outputs = str([cell.get("outputs") for cell in notebook.cells])
    assert not re.search(r"/(home|root|work|Users)/", outputs)
    assert "Traceback" not in outputs
