"""Every protocol meets every fault, and the receipt says what happened."""

from dataclasses import dataclass, replace

import pytest

from sciknow.harvest.archive import Archive
from sciknow.harvest.run import Manners, harvest, recount, replay
from sciknow.model.receipt import Asked, Complete
from sciknow.testing.hostile import DIALECTS, Fault, HostileServer

YES, NO, UNKNOWN = Complete.YES, Complete.NO, Complete.UNKNOWN


@dataclass(frozen=True)
class Cell:
    """What the receipt of a harvest must say; 30 records are there, 10 a page."""

    complete: Complete
    distinct: int
    because: str = ""
    duplicates: int = 0
    refused: int = 0
    retries: int = 0
    mended: str = ""


def broken(because: str, *, retries: int = 0) -> Cell:
    return Cell(NO, 10, because, retries=retries)


TABLE = {
    Fault.NONE: Cell(YES, 30),
    Fault.SLOW: broken("no answer within 1 s"),
    Fault.CUT: broken("cut short (tried 4 times)", retries=3),
    Fault.CUT_ONCE: Cell(YES, 30, retries=1),
    Fault.RESET: broken("no connection", retries=3),
    Fault.BUSY_ONCE: Cell(YES, 30, retries=1),
    Fault.BUSY: broken("HTTP 503", retries=3),
    Fault.WAIT_ONCE: Cell(YES, 30, retries=1),
    Fault.WAIT_LONG: broken("HTTP 429"),
    Fault.FORBIDDEN: broken("HTTP 403"),
    Fault.ABSENT: broken("HTTP 404"),
    Fault.LOGIN_PAGE: broken("web page"),
    Fault.HALF_PAGE: broken("no JSON"),
    Fault.GZIP_BOMB: broken("more than the 1,000,000 bytes"),
    Fault.ENTITY_BOMB: broken("no JSON (maximum recursion"),
    Fault.REDIRECT_SCHEME: broken("has the scheme 'file'"),
    Fault.REDIRECT_PRIVATE: broken("into a private network"),
    Fault.REDIRECT_RING: broken("more than 5 redirects"),
    Fault.WRONG_CHARSET: Cell(YES, 30),
    Fault.INVALID_CHARACTERS: Cell(YES, 30, mended="invalid characters"),
    Fault.HUGE_RECORD: broken("would send 2,0"),
    Fault.TOTAL_HIGH: Cell(NO, 30, "30 of 35 declared records came"),
    Fault.TOTAL_LOW: Cell(UNKNOWN, 30, "30 records came where the source declares 25"),
    Fault.TOTAL_ABSENT: Cell(UNKNOWN, 30, "does not say how many"),
    Fault.GROWS: Cell(UNKNOWN, 30, "30 records at the first page and 31 at the last", duplicates=1),
    Fault.SHRINKS: Cell(NO, 29, "29 of 30 declared records came"),
    Fault.ENDS_EARLY: Cell(NO, 20, "20 of 30 declared records came"),
    Fault.REPEATED_TOKEN: Cell(NO, 20, "leads back to one that has been there"),
    Fault.REPEATED_RECORDS: Cell(NO, 20, "brought nothing new", duplicates=50),
    Fault.ENDLESS: Cell(NO, 10, "5 pages after each other brought nothing new"),
    Fault.DUPLICATE: Cell(YES, 30, duplicates=1),
    Fault.EMPTY: Cell(YES, 0),
    Fault.NO_ID: Cell(NO, 29, "29 of 30 declared records came", refused=1),
    Fault.NO_TITLE: Cell(YES, 30),
    Fault.NO_RECORD: Cell(NO, 29, "29 of 30 declared records came", refused=1),
}
"""What a protocol's receipt says that turns pages by links, in JSON."""


def less(because: str, *, retries: int = 0) -> Cell:
    """CKAN asks for less at once: all but the record with which the fault begins come."""
    return Cell(NO, 29, f"record 10: {because}", retries=retries)


NAMELESS = {Fault.NO_TITLE: Cell(YES, 30, refused=1)}
"""A record that has nothing else to be called by."""

COUNTED = {
    # no tokens: what comes next is counted
    Fault.ENDS_EARLY: Cell(YES, 30),
    Fault.REPEATED_TOKEN: Cell(YES, 30),
    Fault.REPEATED_RECORDS: Cell(NO, 20, "20 of 30 declared", duplicates=10),
    Fault.ENDLESS: Cell(NO, 10, "10 of 30 declared records came"),
    Fault.DUPLICATE: Cell(NO, 29, "29 of 30 declared records came", duplicates=1),
}

SINGLE = {
    fault: (
        replace(cell, distinct=0)
        if cell.complete is NO and cell.distinct == 10
        else Cell(YES, 30, retries=cell.retries, mended=cell.mended)
    )
    for fault, cell in TABLE.items()
    if fault is not Fault.EMPTY
} | {
    # everything comes in one answer: no totals, no tokens, nothing that moves meanwhile
    Fault.ENDLESS: Cell(YES, 30),
    Fault.NO_ID: Cell(NO, 29, "29 of 30 declared records came", refused=1),
    Fault.NO_RECORD: Cell(NO, 29, "29 of 30 declared records came", refused=1),
}

NESTED = "documents lead to it"
UNTOLD = "does not say how many"
CRAWLED = {
    # documents that link to others and name no total: whether all were linked nobody knows
    fault: replace(cell, complete=UNKNOWN, because=UNTOLD)
    for fault, cell in TABLE.items()
    if cell.complete is not NO or "declared" in cell.because
} | {
    Fault.HALF_PAGE: broken("no XML"),
    Fault.ENTITY_BOMB: broken("declares a document type"),
    Fault.GROWS: Cell(UNKNOWN, 30, UNTOLD, duplicates=1),
    Fault.REPEATED_TOKEN: Cell(UNKNOWN, 20, UNTOLD),
    Fault.ENDLESS: Cell(NO, 10, NESTED),
    Fault.NO_TITLE: Cell(UNKNOWN, 30, UNTOLD, refused=1),
}
FILES = CRAWLED | {
    # a document for each record, asked for once; only those that lead nowhere end
    Fault.HALF_PAGE: TABLE[Fault.HALF_PAGE],
    Fault.ENTITY_BOMB: TABLE[Fault.ENTITY_BOMB],
    Fault.GROWS: Cell(UNKNOWN, 30, UNTOLD),
    Fault.DUPLICATE: Cell(UNKNOWN, 30, UNTOLD),
    Fault.REPEATED_RECORDS: Cell(NO, 20, NESTED),
    Fault.NO_TITLE: Cell(UNKNOWN, 30, UNTOLD),
    Fault.NO_RECORD: Cell(NO, 29, "no STAC catalogue"),
}
PAGES = {
    # an index leads to all sitemaps: where one is missing, the last comes all the same
    fault: replace(cell, distinct=20) if cell.distinct == 10 else cell
    for fault, cell in (TABLE | CRAWLED).items()
} | {
    Fault.WAIT_LONG: TABLE[Fault.WAIT_LONG],
    Fault.GROWS: Cell(UNKNOWN, 29, UNTOLD),
    Fault.REPEATED_RECORDS: Cell(UNKNOWN, 20, UNTOLD),
    Fault.ENDLESS: Cell(UNKNOWN, 10, UNTOLD),
    # a page has an address, and one that describes nothing is a page like others
    Fault.NO_RECORD: Cell(UNKNOWN, 29, UNTOLD),
}
for fault in (Fault.ENDS_EARLY, Fault.REPEATED_TOKEN, Fault.DUPLICATE, Fault.NO_ID):
    PAGES[fault] = CRAWLED[Fault.NONE]
WRITTEN = "not in the charset iso-8859-1"

BY_LESS = {
    # less is asked for at once: all but the record with which the fault begins come
    fault: replace(cell, distinct=29, because="record 11: ", retries=2 * cell.retries)
    for fault, cell in TABLE.items()
    if cell.complete is NO and cell.distinct == 10
}
FOREVER = {fault: TABLE[fault] for fault in (Fault.WAIT_LONG, Fault.FORBIDDEN, Fault.ABSENT)}
REFUSED = {fault: TABLE[fault] for fault in (Fault.REDIRECT_SCHEME, Fault.REDIRECT_PRIVATE)}

OTHERWISE = {
    "csw": BY_LESS
    | FOREVER
    | REFUSED
    | COUNTED
    | NAMELESS
    | {
        Fault.ENTITY_BOMB: broken("declares a document type"),
        Fault.WRONG_CHARSET: Cell(YES, 30, mended=WRITTEN),
    },
    "thredds": CRAWLED | {Fault.WRONG_CHARSET: Cell(UNKNOWN, 30, UNTOLD, mended=WRITTEN)},
    "intake_catalog": {
        # the same, and what a catalogue does not list nobody can know
        fault: replace(cell, complete=UNKNOWN, because=UNTOLD) if cell.distinct else cell
        for fault, cell in SINGLE.items()
    }
    | {
        Fault.ENTITY_BOMB: Cell(NO, 0, "maximum nesting depth"),
        Fault.EMPTY: Cell(UNKNOWN, 0, UNTOLD),
        Fault.NO_ID: Cell(UNKNOWN, 29, UNTOLD, refused=1),
        Fault.NO_RECORD: Cell(UNKNOWN, 29, UNTOLD, refused=1),
    },
    "static_stac": FILES,
    "schemaorg": PAGES,
    "sdmx": SINGLE
    | NAMELESS
    | {
        Fault.HALF_PAGE: Cell(NO, 0, "no XML"),
        Fault.ENTITY_BOMB: Cell(NO, 0, "declares a document type"),
        Fault.WRONG_CHARSET: Cell(YES, 30, mended=WRITTEN),
    },
    "dcat": NAMELESS
    | {
        Fault.HALF_PAGE: broken("no RDF"),
        Fault.ENTITY_BOMB: broken("no RDF"),
        Fault.WRONG_CHARSET: Cell(YES, 30, mended=WRITTEN),
    },
    "data_json": SINGLE | NAMELESS,
    "erddap": SINGLE | NAMELESS,
    "cmr": NAMELESS,
    "datacite": NAMELESS,
    "dataverse": NAMELESS | COUNTED,
    "invenio_rdm": NAMELESS,
    "ckan": {
        Fault.SLOW: less(""),
        Fault.CUT: less("", retries=6),
        Fault.RESET: less("", retries=6),
        Fault.BUSY: less("", retries=6),
        Fault.LOGIN_PAGE: less(""),
        Fault.HALF_PAGE: less(""),
        Fault.GZIP_BOMB: less(""),
        Fault.ENTITY_BOMB: less(""),
        Fault.REDIRECT_RING: less(""),
        Fault.HUGE_RECORD: less(""),
        Fault.TOTAL_ABSENT: Cell(NO, 0, "no count of packages"),
        # pages overlap by a record, which shows that the list has moved
        Fault.GROWS: Cell(UNKNOWN, 30, "the list moved at record 10", duplicates=2),
        Fault.SHRINKS: Cell(UNKNOWN, 30, "the list moved at record 10"),
        # CKAN has no tokens: what comes next is counted
        Fault.ENDS_EARLY: Cell(YES, 30),
        Fault.REPEATED_TOKEN: Cell(YES, 30),
        Fault.REPEATED_RECORDS: Cell(NO, 21, "21 of 30 declared", duplicates=10),
        Fault.ENDLESS: Cell(NO, 10, "10 of 30 declared records came"),
        Fault.DUPLICATE: Cell(NO, 29, "29 of 30 declared records came", duplicates=2),
    },
    "oai_pmh": {
        # windows are halved by date until their pages come
        Fault.SLOW: Cell(YES, 30),
        Fault.CUT: Cell(YES, 30, retries=12),
        Fault.RESET: Cell(YES, 30, retries=12),
        Fault.BUSY: Cell(YES, 30, retries=12),
        Fault.LOGIN_PAGE: Cell(YES, 30),
        Fault.HALF_PAGE: Cell(YES, 30),
        Fault.GZIP_BOMB: Cell(YES, 30),
        Fault.REDIRECT_RING: Cell(YES, 30),
        Fault.HUGE_RECORD: Cell(NO, 29, "what changed from 2020-01-11 to 2020-01-11"),
        Fault.ENTITY_BOMB: broken("declares a document type"),
        Fault.WRONG_CHARSET: Cell(YES, 30, mended="not in the charset iso-8859-1"),
        # Dublin Core has no other name for a record
        Fault.NO_TITLE: Cell(YES, 30, refused=1),
    },
}


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.protocol)
def test_the_receipt_says_what_happened(dialect, fault, tmp_path, public_name):
    cell = OTHERWISE.get(dialect.protocol, {}).get(fault, TABLE[fault])
    got = []
    with HostileServer(dialect, fault, huge=2_000_000) as server:
        address = server.address
        if fault is Fault.REDIRECT_PRIVATE:
            address = address.replace("127.0.0.1", public_name)
        asked = Asked(source="case", address=address, protocol=dialect.protocol, size=10)
        manners = Manners(deadline=1.0 if fault is Fault.SLOW else 30, limit=1_000_000)
        receipt = harvest(asked, Archive(tmp_path), manners=manners, take=got.append)
    assert receipt.complete is cell.complete, receipt.because
    assert receipt.distinct == cell.distinct
    assert cell.because in receipt.because
    assert bool(receipt.because) == (cell.complete is not YES)
    assert receipt.duplicates == cell.duplicates
    assert receipt.refused_count == len(receipt.refused) == cell.refused
    assert receipt.retries == cell.retries
    assert list(receipt.mended) == ([cell.mended] if cell.mended else [])
    # a record without an id is refused and counts for no id
    assert len(got) == receipt.distinct - sum(bool(item.id) for item in receipt.refused)
    (run,) = Archive(tmp_path).runs("case")
    assert list(replay(run)) == got
    assert recount(run) == receipt


def test_titles_come_through_a_wrong_charset(tmp_path):
    for dialect in DIALECTS:
        got = []
        with HostileServer(dialect, Fault.WRONG_CHARSET) as server:
            asked = Asked(source="case", address=server.address, protocol=dialect.protocol, size=10)
            harvest(asked, Archive(tmp_path / dialect.protocol), take=got.append)
            titles = [item.dataset.title.best() for item in got]
            assert titles == [row.title for row in server.rows]


def test_a_second_harvest_after_an_empty_answer_loses_nothing(tmp_path):
    """An empty answer marks records as unseen; the next full one brings them back."""
    (dialect,) = (item for item in DIALECTS if item.protocol == "stac_api")
    with HostileServer(dialect) as server:
        asked = Asked(source="case", address=server.address, protocol="stac_api")
        full = harvest(asked, Archive(tmp_path))
        rows, server.rows = server.rows, []
        empty = harvest(asked, Archive(tmp_path))
        server.rows = rows
        again = harvest(asked, Archive(tmp_path))
    assert len(empty.unseen) == 30
    assert empty.deleted == again.unseen == ()
    assert again == replace(full, began=again.began, ended=again.ended)
