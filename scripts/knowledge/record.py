"""A registry's record of a dataset, and how a card differs from it.

A field is compared with what the record states in a place of its own (title, box, period, spacing,
step, units, DOI, licence), and else has to stand somewhere in the record's text. Only fields are
compared that the card says were read in that record; what is missing in a record cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from knowledge.base import Base
from knowledge.units import parse_units
from sciknow.model import Dataset
from sciknow.vocab import AccessRights

WORLD = (-180.0, -90.0, 180.0, 90.0)
_NEAR = 0.02
_STEPS = {
    "PT1M": "minute",
    "PT5M": "5[- ]min",
    "PT10M": "10[- ]?min|ten min",
    "PT15M": "15[- ]?min|quarter",
    "PT30M": "half[- ]hour|30[- ]?min",
    "PT1H": "hour|小时|逐时",
    "PT3H": r"3(?:\.0)?[- ]?h|three[- ]hour",
    "PT6H": "6[- ]?h|six[- ]hour|four times (?:a day|per day|daily)|4 times",
    "PT12H": "12[- ]?h|twice (?:a |per )?da",
    "P1D": "dail|day|night|giorn|24[- ]?h|日|天",
    "P5D": "5[- ]day|five[- ]day|pentad",
    "P8D": "8[- ]?d",
    "P10D": "10[- ]day|dekad|ten[- ]day",
    "P16D": "16[- ]day|16 days",
    "P1W": "week|周",
    "P7D": "week|周",
    "P1M": "month|月",
    "P3M": "quarter|season|three months|3 months|季",
    "P6M": "half|biannual|six months|semi-annual|twice (?:a |per )?year|6 months",
    "P1Y": "annual|year|年",
    "irregular": "as needed|as available|when|period|irregular|occasion|ad hoc|new|updat|release|"
    "rare|frequent|approx|addition|upon|vari|ongoing|continu|intermittent|as data|quarter|soon|"
    "rolling|plan",
    "never": "never|not updated|no (?:further|future|planned|update)|none|static|one[- ]time|"
    "not (?:be|regularly|currently|planned)|complete|once|final|historical|no longer|n/a|fixed",
}


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a registry states about one dataset; empty where it states nothing."""

    where: str
    text: str = ""
    title: str = ""
    license: str = ""
    addresses: frozenset[str] = frozenset()
    box: tuple[float, ...] | None = None
    start: str = ""
    end: str = ""
    meters: tuple[float, ...] = ()
    step: str = ""
    doi: str = ""
    units: dict[str, str] = field(default_factory=dict)
    restricted: bool = False


def flat(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return re.sub(r"[\W_]+", "", text.lower())


def compare(
    card: Dataset, record: Record, fields: set[str], base: Base
) -> Iterator[tuple[str, str]]:
    """Yield (field, difference) for the fields that the card says it has from the record."""
    for name, check in _CHECKS.items():
        if name in fields or name.split(".")[0] in fields:
            difference = check(card, record, base)
            if difference:
                yield name, difference


def _title(card: Dataset, record: Record, _: Base) -> str:
    mine = flat(card.title.en)
    if mine == flat(record.title) or not (record.title or record.text):
        return ""
    if not record.title:
        told = mine in flat(record.text)
        return "" if told else f"title {card.title.en!r} stands nowhere in the record"
    return f"title {card.title.en!r}, the record has {record.title!r}"


def _page(card: Dataset, record: Record, _: Base) -> str:
    mine = _bare(card.landing_page)
    theirs = {_bare(address) for address in record.addresses}
    plain = record.text.lower().replace("www.", "").replace("\\", "")
    if not record.addresses or mine in theirs or mine in _bare(record.where) or mine in plain:
        return ""
    return f"landing_page {card.landing_page} stands nowhere in the record"


def _bare(address: str) -> str:
    parts = urlsplit(address.strip())
    place = f"{parts.netloc.removeprefix('www.')}{parts.path}".rstrip("/")
    place += f"?{parts.query}" if parts.query else ""
    return place.lower().replace("dx.doi.org", "doi.org")


def _ways(card: Dataset, record: Record, _: Base) -> str:
    mine = {
        urlsplit(way.access_url).netloc
        for way in card.distributions
        if way.access_url.startswith("s3://")
    }
    theirs = {urlsplit(item).netloc for item in record.addresses if item.startswith("s3://")}
    if missing := sorted(mine - theirs) if theirs else []:
        return f"bucket {', '.join(missing)} stands nowhere in the record"
    return ""


def _license(card: Dataset, record: Record, _: Base) -> str:
    if not card.license or not record.license:
        return ""
    if "://" in card.license:
        told = _bare(card.license) in record.license.lower().replace("www.", "").replace("\\", "")
        told = told or any(_bare(card.license) == _bare(item) for item in record.addresses)
    else:
        told = _spdx_told(card.license, record.license)
        told = told or (not record.title and _spdx_told(card.license, record.text))
    return "" if told else f"license {card.license}, the record has {record.license[:90]!r}"


_SPELLED = {
    "ODC-By-1.0": "odc-by|open data commons attribution",
    "CC0-1.0": "cc0|cc-0|zero|publicdomain",
    "CC-PDDC": "public ?domain",
    "ODbL-1.0": "odbl|open database",
    "MIT": r"\bmit\b",
    "Apache-2.0": "apache",
    "etalab-2.0": "etalab|licence ouverte|open licen[cs]e 2",
    "OGL-UK-3.0": "open government|ogl",
    "PDDL-1.0": "pddl|public domain",
}


def _spdx_told(spdx: str, text: str) -> bool:
    """Tell whether a text names a licence: by its id, its address or its words."""
    low = text.lower()
    if flat(spdx) in flat(text):
        return True
    if pattern := _SPELLED.get(spdx):
        return bool(re.search(pattern, low))
    if not spdx.startswith("CC-BY"):
        return False
    parts = {part for part in ("nc", "sa", "nd") if f"-{part.upper()}" in spdx}
    words = {
        "nc": r"non[- ]?commercial|[- ]nc\b",
        "sa": r"share[- ]?alike|[- ]sa\b",
        "nd": r"no[- ]?derivative|[- ]nd\b",
    }
    told = {part for part, pattern in words.items() if re.search(pattern, low)}
    version = re.search(r"\d\.\d", spdx)
    same = not version or version[0] in low or not re.search(r"\d\.\d", low)
    return (
        bool(re.search(r"attribution|(?:cc|creative commons)[- ]?by|/by", low))
        and told == parts
        and same
    )


def _access(card: Dataset, record: Record, _: Base) -> str:
    if card.access_rights is AccessRights.OPEN and record.restricted:
        return "access_rights open, every resource of the record is controlled or reader pays"
    return ""


def _doi(card: Dataset, record: Record, _: Base) -> str:
    if not card.doi:
        return ""
    if record.doi:
        same = record.doi.lower() == card.doi
        return "" if same else f"doi {card.doi}, the record has {record.doi}"
    told = card.doi in record.text.lower() or not record.text
    return "" if told else f"doi {card.doi} stands nowhere in the record"


def _box(card: Dataset, record: Record, _: Base) -> str:
    mine, theirs = card.spatial.bbox, record.box
    if mine is None:
        return ""
    if theirs:
        same = all(abs(one - other) <= _NEAR for one, other in zip(mine, theirs, strict=True))
        return "" if same else f"box {list(mine)}, the record has {list(theirs)}"
    if not record.text:
        return ""
    if tuple(mine) == WORLD:
        told = re.search(r"global|world|earth|planet|all.sky|pole", record.text, re.IGNORECASE)
        return "" if told else "box of the globe, the record does not say so"
    told = [float(item) for item in re.findall(r"\d{1,3}(?:\.\d+)?", record.text)]
    lacking = [
        f"{edge:g}"
        for edge in mine
        if abs(edge) != WORLD[2]
        and not any(
            abs(abs(turn) - item) <= (_NEAR if edge % 1 else 0)
            for turn in (edge, edge + 360, edge - 360)
            for item in told
        )
    ]
    return f"box edges {', '.join(lacking)} stand nowhere in the record" if lacking else ""


def _period(card: Dataset, record: Record, _: Base) -> str:
    for key, mine, theirs in (
        ("start", card.temporal.start, record.start),
        ("end", card.temporal.end, record.end),
    ):
        year = mine[:4]
        if not mine:
            continue
        if theirs:
            least = min(len(mine), len(theirs), 4 if key == "end" else 10)
            if not any(mine[:least] == day[:least] for day in _days(key, theirs)):
                return f"temporal.{key} {mine}, the record has {theirs}"
        elif record.text and year not in record.text and not _short_year(year, record.text):
            return f"temporal.{key} {mine} stands nowhere in the record"
    return ""


def _days(key: str, day: str) -> tuple[str, ...]:
    """Return the days that a registry may mean: an end on a first of January mostly excludes it."""
    if key == "end" and day[5:10] == "01-01":
        return day, f"{int(day[:4]) - 1}-12-31"
    return (day,)


def _short_year(year: str, text: str) -> bool:
    """Tell whether a text gives a year by its last two digits, after a year: 1997-98."""
    return bool(re.search(rf"\b{year[:2]}\d\d[-/–]{year[2:]}\b|'{year[2:]}\b", text))


def _spacing(card: Dataset, record: Record, _: Base) -> str:
    mine = card.resolution
    if record.meters and mine.meters:
        near = any(abs(mine.meters - item) <= _NEAR * item for item in record.meters)
        near = near or _number_told(mine.meters, record.text)
        return "" if near else f"{mine.meters:g} m, the record has {list(record.meters)}"
    for value, unit in ((mine.degrees, "degrees"), (mine.meters, "meters")):
        if value and record.text and not _number_told(value, record.text):
            return f"resolution {value:g} {unit} stands nowhere in the record"
    return ""


def _number_told(value: float, text: str) -> bool:
    """Tell whether a text gives a spacing: the number, a fraction, or another unit's number."""
    low = text.lower()
    plain = {f"{value:g}", f"{value:.2f}".rstrip("0").rstrip(".")}
    plain |= {f"{value:,.0f}"} if value >= 1 else {f"1/{1 / value:.0f}", f"1/{1 / value:.0f}th"}
    words = {1: "one", 2: "two", 3: "three", 10: "ten", 0.5: "half", 0.25: "quarter"}
    if words.get(value, "\0") in low or any(_stands(form, low) for form in plain - {"0"}):
        return True
    if _stands(f"{value / 1000:g}", low, r"[\s-]*(?:km|kilo)"):
        return True
    factors = (60, 3600, 100, 1 / 0.3048, 1 / 1609.344, 1 / 111_195)
    forms = {f"{value * factor:{style}}" for factor in factors for style in ("g", ".0f", ".3f")}
    units = r"[\s-]*(?:arc|min|sec|'|\"|deg|°|′|″|f(?:oo|ee)?t|mile|cm|centi)"
    return any(_stands(form, low, units) for form in forms - {"0", "0.000"})


def _stands(number: str, text: str, after: str = r"(?!\d)") -> bool:
    return bool(re.search(rf"(?<![\d.]){re.escape(number)}{after}", text))


def _step(card: Dataset, record: Record, _: Base) -> str:
    return _duration(card.resolution.duration, record, "resolution.duration")


def _updates(card: Dataset, record: Record, _: Base) -> str:
    return _duration(card.accrual_periodicity, record, "accrual_periodicity")


def _duration(mine: str, record: Record, key: str) -> str:
    if not mine:
        return ""
    if record.step and key == "resolution.duration":
        return "" if record.step == mine else f"{key} {mine}, the record has {record.step}"
    pattern = _STEPS.get(mine)
    if not record.text or not pattern or re.search(pattern, record.text, re.IGNORECASE):
        return ""
    return f"{key} {mine} stands nowhere in the record"


def _version(card: Dataset, record: Record, _: Base) -> str:
    told = not record.text or flat(card.version).lstrip("v") in flat(record.text)
    return (
        "" if told or not card.version else f"version {card.version} stands nowhere in the record"
    )


def _issued(card: Dataset, record: Record, _: Base) -> str:
    told = not record.text or card.issued[:4] in record.text
    return "" if told or not card.issued else f"issued {card.issued} stands nowhere in the record"


def _people(key: str, names: Callable[[Dataset], tuple[str, ...]]) -> Callable[..., str]:
    def check(card: Dataset, record: Record, base: Base) -> str:
        text = flat(record.text)
        for name in names(card) if text else ():
            agent = base.agents.get(name)
            names_of = (agent.name, *agent.alternate_names) if agent else ()
            known = [name for item in names_of for name in (item.en, item.zh) if name]
            known += (
                [agent.homepage.split("/")[2].removeprefix("www.")]
                if agent and agent.homepage
                else []
            )
            told = any(flat(item) in text for item in known if flat(item))
            first = re.findall(r"\w{4,}", known[0].split(",")[0].lower()) if known else []
            if known and not told and not (first and all(word in text for word in first)):
                return f"{key} {name} ({known[0]}) stands nowhere in the record"
        return ""

    return check


def _same_units(mine: str, theirs: str) -> bool:
    if flat(mine) == flat(theirs) or {mine, theirs} == {"percent", "%"}:
        return True
    try:
        plain = theirs.replace("^", "**").replace("Watt", "watt")
        return parse_units(mine).is_compatible_with(parse_units(plain)) and bool(
            (1 * parse_units(mine)).to_base_units() == (1 * parse_units(plain)).to_base_units()
        )
    except ValueError:
        return False


def _variables(card: Dataset, record: Record, _: Base) -> str:
    for item in card.variables:
        if record.units:
            if item.name not in record.units:
                return f"variable {item.name} is none of the record's"
            theirs = record.units[item.name]
            if item.units and theirs and not _same_units(item.units, theirs):
                return f"units of {item.name} {item.units}, the record has {theirs}"
        elif record.text and flat(item.name) not in flat(record.text):
            return f"variable {item.name} stands nowhere in the record"
    return ""


def _citation(card: Dataset, record: Record, _: Base) -> str:
    told = not record.text or flat(card.citation)[:120] in flat(re.sub(r"<[^>]+>", "", record.text))
    return "" if told else "citation stands nowhere in the record"


_CHECKS: dict[str, Callable[[Dataset, Record, Base], str]] = {
    "title.en": _title,
    "landing_page": _page,
    "distributions": _ways,
    "license": _license,
    "access_rights": _access,
    "doi": _doi,
    "spatial.bbox": _box,
    "temporal": _period,
    "resolution": _spacing,
    "resolution.duration": _step,
    "accrual_periodicity": _updates,
    "version": _version,
    "issued": _issued,
    "citation": _citation,
    "publisher": _people("publisher", lambda card: (card.publisher,)),
    "creators": _people("creator", lambda card: card.creators),
    "grants": _people("funder", lambda card: tuple(grant.funder for grant in card.grants)),
    "variables": _variables,
}
