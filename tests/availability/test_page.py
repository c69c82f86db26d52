"""The status page: strict html in both languages, and nothing hostile gets through."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from sciknow.availability import Availability, Row, Standing
from sciknow.model import Dataset, Distribution, LangString
from sciknow.model.probe import Outcome, Probe, Status
from sciknow.show.probes import sparkline
from sciknow.vocab import Sector

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
VOID = {"br", "meta", "input"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "</style><svg onload=alert(1)>",
    "a\u202eb\x00c\u2028",
    "&lt;b&gt;",
]


class Strict(HTMLParser):
    """Refuses what is not nested well; counts elements and keeps attributes and text."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.open, self.seen, self.attrs, self.text = [], Counter(), [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, name, attrs):
        self.seen[name] += 1
        self.attrs += [(name, *pair) for pair in attrs]
        if name not in VOID:
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        self.text.append((self.open[-1] if self.open else "", data))


def row(name, *outcomes, url="https://example.org/a", sector=Sector.OCEAN, asked=True, **fields):
    dataset = Dataset(
        id=name,
        title=fields.pop("title", LangString(f"Data of {name}", f"{name} 的数据")),
        sector=sector,
        landing_page=fields.pop("landing_page", "https://example.org/"),
    )
    probes = tuple(
        Probe(
            outcome=outcome,
            at=NOW - timedelta(days=len(outcomes) - place),
            url=url,
            latency=0.2 if outcome is Outcome.OK else None,
            **fields,
        )
        for place, outcome in enumerate(outcomes)
    )
    way = Distribution(id=f"{name}-csv", access_url=url, reader="csv")
    standing = Standing(dataset=name, distribution=way.id, probes=probes)
    return Row(dataset, way, standing, asked)


def written(rows, tmp_path, **options):
    path = Availability(rows, at=NOW, **options).write_page(tmp_path / "page.html")
    return path.read_text()


@pytest.fixture
def rows():
    return [
        row("fine", Outcome.OK, Outcome.OK),
        row("broke", Outcome.OK, Outcome.GONE, detail="HTTP 404 Not Found"),
        row("moved", Outcome.MOVED, moved_to="https://example.org/b", sector=Sector.CREDIT),
        row("new", asked=False),
    ]


def test_the_page_is_whole_and_stands_alone(rows, tmp_path):
    page = written(rows, tmp_path, hub="hub 1", labels={"ocean": LangString("Ocean", "海洋")})
    strict = Strict(page)
    assert strict.seen["details"] == 2
    assert strict.seen["svg"] == 4  # one of them in the table of failures
    assert strict.seen["script"] == strict.seen["img"] == strict.seen["link"] == 0
    addresses = [value for _, key, value in strict.attrs if key in ("src", "href")]
    assert all(value.startswith("https://example.org/") for value in addresses)
    assert "@import" not in page
    assert "url(" not in page
    assert ("meta", "content") in {item[:2] for item in strict.attrs}
    for words in ("海洋", "Ocean", "目前失效", "Failing now", "HTTP 404 Not Found", "new"):
        assert words in page


def test_the_page_has_a_text_for_each_drawing_and_control(rows, tmp_path):
    strict = Strict(written(rows, tmp_path))
    labelled = [name for name, key, value in strict.attrs if key == "aria-label" and value]
    assert labelled.count("input") == 2
    assert [words for name, words in strict.text if name == "title"][1].startswith("2 probes, 1")
    assert sum(key == "scope" for _, key, _ in strict.attrs) == strict.seen["th"]


@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_words_stay_words(evil, tmp_path):
    rows = [
        row(
            "evil",
            Outcome.OK,
            Outcome.CONTENT,
            url=evil,
            detail=evil,
            moved_to=evil,
            etag=evil,
            title=LangString(evil, evil + "中"),
            landing_page=evil,
        )
    ]
    options = {"hub": evil, "labels": {"ocean": LangString(evil, "海洋")}}
    for page in (written(rows, tmp_path, **options), Availability(rows)._repr_html_()):
        strict = Strict(page)
        assert strict.seen["script"] == strict.seen["img"] == 0
        assert not [item for item in strict.attrs if item[1].startswith("on")]
        hrefs = [value for _, key, value in strict.attrs if key == "href"]
        assert not [value for value in hrefs if not value.startswith("http")]
        assert "\u202e" not in page
        assert "\x00" not in page
    table = "\n".join(" ".join(line) for line in Availability(rows).rows())
    assert "\x00" not in table.replace("\n", "")


def test_queries_of_addresses_are_not_shown(tmp_path):
    page = written([row("a", Outcome.GONE, url="https://example.org/d?token=abc123")], tmp_path)
    assert "abc123" not in page
    assert "abc123" not in json.dumps(
        Availability([row("a", url="https://e.org/?k=abc123")]).to_dict()
    )


def test_thousands_of_rows_fit(tmp_path):
    many = [row(f"n{number}", *[Outcome.OK] * 30) for number in range(1000)]
    page = written(many, tmp_path)
    assert Strict(page).seen["svg"] == 1000
    assert len(page) < 2_000_000


def test_failing_ones_come_first_and_news_are_told(rows):
    found = Availability(rows, at=NOW)
    assert [item.dataset.id for item in found] == ["broke", "moved", "new", "fine"]
    assert [item.dataset.id for item in found.failures] == ["broke"]
    assert found.broke == found.failures
    assert found.by_sector == {
        "credit": {Status.DEGRADED: 1},
        "ocean": {Status.OK: 1, Status.FAILING: 1, Status.UNKNOWN: 1},
    }
    assert found.summary == (
        "4 ways (3 asked now): 1 ok, 1 degraded, 1 failing, 1 never checked, 1 newly failing"
    )
    assert "✕ failing (new)" in repr(found)
    assert found.told()[0] == "broke-csv: gone 24 hours ago (HTTP 404 Not Found)"
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain["counts"] == {"ok": 1, "degraded": 1, "failing": 1, "unknown": 1}
    assert plain["rows"][0]["broke"] is True
    assert plain["rows"][1]["moved_to"] == "https://example.org/b"


def test_nothing_fails_is_said(tmp_path):
    assert "Nothing fails." in written([row("a", Outcome.OK)], tmp_path)
    assert "Nothing fails." in written([], tmp_path)
    assert repr(Availability([])) == "0 ways (0 asked now): "


def test_a_drawing_tells_failures_by_shape():
    probes = row("a", Outcome.OK, Outcome.GONE, Outcome.MOVED).standing.probes
    drawn = sparkline(probes)
    paths = Strict(drawn).attrs
    shapes = {value for name, key, value in paths if name == "path" and key == "class"}
    assert shapes == {"s-line", "s-ok", "s-degraded", "s-failing"}
    assert drawn.count("v7h") == 1  # only the failure hangs below the line
    assert sparkline(()) == ""
