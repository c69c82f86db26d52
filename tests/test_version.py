"""One version, and every page that names it names the same."""

import re
from pathlib import Path

import pytest
import yaml

from sciknow import __version__

ROOT = Path(__file__).parents[1]


def test_the_citation_names_this_version():
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["version"] == __version__


def test_the_changelog_begins_with_this_version_and_goes_back_to_the_first():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0] == __version__
    assert headings[-1] == "0.1.0"
    numbers = [tuple(map(int, heading.split("."))) for heading in headings]
    assert numbers == sorted(set(numbers), reverse=True)


@pytest.mark.parametrize(
    "pattern", [r"sciknow-(\d+\.\d+\.\d+)-py3", r"\. sciknow (\d+\.\d+\.\d+)\."]
)
def test_the_readme_names_this_version(pattern):
    assert set(re.findall(pattern, (ROOT / "README.md").read_text("utf-8"))) == {__version__}
