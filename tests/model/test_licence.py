"""Licences: one form for every spelling, and what each asks."""

import os
import re
from pathlib import Path

import pytest
import yaml
from packaging.licenses._spdx import LICENSES

from sciknow.errors import InvalidInput
from sciknow.model.card import parse_license
from sciknow.model.licence import (
    LICENCES,
    address_of,
    canonical,
    is_under,
    licence_of,
    reuse_of,
    said,
)
from sciknow.model.parse import Where

CATALOGS = Path(__file__).parents[2] / "catalogs"
REGISTRY = Path(os.environ.get("SCIKNOW_REGISTRY", "registry"))
ELEMENTS = ["BY", "BY-SA", "BY-NC", "BY-ND", "BY-NC-SA", "BY-NC-ND"]
WORDS = {
    "BY": "Attribution",
    "SA": "ShareAlike",
    "NC": "NonCommercial",
    "ND": "NoDerivatives",
}
CHINESE = {"BY": "署名", "SA": "相同方式共享", "NC": "非商业性使用", "ND": "禁止演绎"}


@pytest.mark.parametrize("name", [name for name in LICENCES if "://" not in name])
def test_every_name_is_in_the_list_of_spdx(name):
    assert LICENSES[name.lower()]["id"] == name
    assert canonical(name) == canonical(name.lower()) == canonical(f" {name}. ") == name
    assert canonical(address_of(name)) == name
    assert licence_of(name) is LICENCES[name]


@pytest.mark.parametrize("elements", ELEMENTS)
@pytest.mark.parametrize("version", ["2.0", "3.0", "4.0"])
def test_creative_commons_has_one_form(elements, version):
    expected = f"CC-{elements}-{version}"
    words = "-".join(WORDS[part] for part in elements.split("-"))
    chinese = "-".join(CHINESE[part] for part in elements.split("-"))
    path = f"creativecommons.org/licenses/{elements.lower()}/{version}"
    spaced = elements.replace("-", " ")
    for text in (
        f"CC {elements} {version}",
        f"cc {spaced.lower()} {version}",
        f"CC_{elements.replace('-', '_')}_{version}",
        f"CC-{elements} v{version}",
        f"CC {elements}, version {version}",
        f"Creative Commons {words} {version} International License",
        f"Creative Commons {words.replace('-', ' ')} {version} Unported (CC {elements} {version})",
        f"http://{path}",
        f"https://{path}/legalcode",
        f"https://www.{path}/deed.en",
        f"[CC {elements}](https://{path}/)",
        f"Data are licensed under CC {elements} {version}, see https://{path}/.",
        f"知识共享{chinese} {version}",
    ):
        assert canonical(text) == expected, text
    assert canonical(f"CC {elements}") == f"CC-{elements}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Creative Commons Zero v1.0 Universal", "CC0-1.0"),
        ("CC-0", "CC0-1.0"),
        ("CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "CC0-1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/deed.en", "CC-PDM-1.0"),
        ("Public Domain", "CC-PDM-1.0"),
        ("公有领域", "CC-PDM-1.0"),
        ("US Government work", "http://www.usa.gov/publicdomain/label/1.0/"),
        ("https://www.usa.gov/publicdomain/label/1.0", "http://www.usa.gov/publicdomain/label/1.0/"),
        ("Open Data Commons Open Database License v1.0", "ODbL-1.0"),
        ("https://opendatacommons.org/licenses/pddl/1-0/", "PDDL-1.0"),
        ("ODC Public Domain Dedication & License 1.0 (PDDL-1.0)", "PDDL-1.0"),
        ("Open Data Commons Attribution License", "ODC-By-1.0"),
        ("[MIT License](https://opensource.org/license/mit)", "MIT"),
        ("Apache License, Version 2.0 https://www.apache.org/licenses/LICENSE-2.0", "Apache-2.0"),
        ("https://cdla.dev/permissive-2-0/", "CDLA-Permissive-2.0"),
        (
            "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            "OGL-UK-3.0",
        ),
        ("Open Government License - Canada", "OGL-Canada-2.0"),
        ("Open Government Licence", "OGL"),
        ("Creative Commons Attribution 3.0 United States License", "CC-BY-3.0-US"),
        ("CC BY-SA 3.0 IGO", "CC-BY-SA-3.0-IGO"),
        ("CC BY 3.0 NZ https://creativecommons.org/licenses/by/3.0/nz/",
         "https://creativecommons.org/licenses/by/3.0/nz/"),
        ("Creative Commons Attribution 4.0 United States License", "CC-BY-4.0"),
        ("ＣＣ ＢＹ ４.０", "CC-BY-4.0"),
        ("CC BY-SA-NC 4.0", "CC-BY-NC-SA-4.0"),
    ],
)  # fmt: skip
def test_other_licences_have_one_form(text, expected):
    assert canonical(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "see the publisher's terms",
        "https://example.org/public-domain",
        "CC BY 4.0 or ODbL",
        "[CC-BY-SA 4.0 International](https://creativecommons.org/licenses/by/4.0/)",
        "Copernicus licence (similar to CC-BY-4.0)",
        "CC-BY-4.0 unless otherwise specified",
        "Creative Commons licenses (CC-0, CC-BY, or CC-BY-NC) are defined per-image.",
        "BSD-3-Clause license - academic and non-commercial use permitted",
        "Public domain. Attribution required for refereed scientific papers.",
        "The code is under Apache 2.0, the data under CC BY-NC-SA 4.0",
        "MIT researchers",
        "Creative Commons",
    ],
)
def test_what_names_no_one_licence_stays_unnamed(text):
    assert canonical(text) == ""


def test_a_licence_that_is_named_twice_is_named_once():
    assert said("CC BY (https://creativecommons.org/licenses/by/4.0/)") == ("CC-BY-4.0",)
    assert said("Creative Commons licence: CC0, public domain") == ("CC0",)


@pytest.mark.parametrize(
    ("license", "expected"),
    [
        ("CC-BY-4.0", "open"),
        ("https://creativecommons.org/licenses/by/4.0/", "open"),
        ("https://creativecommons.org/licenses/by/2.5/ar/", "open"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "open"),
        ("CC-PDM-1.0", "open"),
        ("http://www.usa.gov/publicdomain/label/1.0/", "open"),
        ("PDDL-1.0", "open"),
        ("ODbL-1.0", "open"),
        ("https://creativecommons.org/licenses/by-nc/4.0/", "limited"),
        ("CC-BY-ND-4.0", "limited"),
        ("https://example.org/terms", ""),
        ("", ""),
    ],
)
def test_reuse_is_told(license, expected):
    assert reuse_of(license) == expected


@pytest.mark.parametrize(
    ("license", "wanted", "expected"),
    [
        ("CC-BY-4.0", "cc-by-4.0", True),
        ("CC-BY-4.0", "CC-BY", True),
        ("CC-BY-3.0-US", "CC-BY-3.0", True),
        ("CC-BY-NC-4.0", "CC-BY", False),
        ("CC-BY-4.0", "CC-BY-3.0", False),
        ("OGL-Canada-2.0", "OGL", True),
        ("CC0-1.0", "CC", False),
    ],
)
def test_a_version_may_follow_but_no_condition(license, wanted, expected):
    assert is_under(license, wanted) is expected


def test_a_card_is_told_the_form_it_means():
    with pytest.raises(InvalidInput, match=r"CC-BY-4\.0, or the terms' URL"):
        parse_license("CC BY 4.0", Where("license"))


def test_every_licence_that_is_shipped_is_in_the_table():
    texts = (path.read_text() for path in CATALOGS.glob("*.yaml"))
    found = {name for text in texts for name in re.findall(r"^ +license: ([^\s\"']+)$", text, re.M)}
    assert len(found) > 10
    assert {name for name in found if "://" not in name and licence_of(name) is None} == set()


@pytest.mark.skipif(not REGISTRY.is_dir(), reason="the Registry of Open Data is not here")
def test_the_spellings_of_a_registry_are_read():
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    texts = set()
    for path in REGISTRY.glob("datasets/*.yaml"):
        texts.add(" ".join(str(yaml.load(path.read_text(), loader).get("License", "")).split()))
    named = {text: name for text in texts if (name := canonical(text))}
    assert len(texts) > 400
    assert len(named) > 200
    for text, name in named.items():
        asks = licence_of(name)
        assert asks is not None, text
        if "creativecommons.org/licenses/" in text.lower():
            path = text.lower().split("creativecommons.org/licenses/")[1].split("/")[0]
            assert asks.noncommercial is ("nc" in path), text
            assert asks.share_alike is ("sa" in path), text
            assert asks.no_derivatives is ("nd" in path), text
