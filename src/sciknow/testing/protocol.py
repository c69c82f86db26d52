"""The contract of a harvesting protocol, as tests to inherit.

>>> class TestMyProtocol(ProtocolTests):                                     # doctest: +SKIP
...     @pytest.fixture
...     def dialect(self): return MyDialect()
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sciknow.harvest.archive import JOURNAL, RECEIPT, Archive
from sciknow.harvest.protocol import HarvestProtocol, Mapped
from sciknow.harvest.registry import find_protocol, protocol_named
from sciknow.harvest.run import Manners, harvest, recount, replay
from sciknow.model import Dataset
from sciknow.model.parse import Where, parse_slug
from sciknow.model.plain import from_plain, to_plain
from sciknow.model.receipt import Asked, Complete, Receipt
from sciknow.testing.hostile import Dialect, Fault, HostileServer
from sciknow.wire.client import Client


class ProtocolTests:
    """What every protocol must do; a subclass gives the fixture `dialect`."""

    source = "case"

    @pytest.fixture
    def dialect(self) -> Dialect:
        """Give the way in which pages of the protocol look."""
        raise AssertionError("a subclass of ProtocolTests gives a fixture 'dialect'")

    @pytest.fixture
    def archive(self, tmp_path: Path) -> Archive:
        """Give an empty archive."""
        return Archive(tmp_path / "archive")

    def asked(self, server: HostileServer, **more: object) -> Asked:
        """Return what is asked of a server."""
        name = server.dialect.protocol
        return Asked(
            source=self.source,
            address=server.address,
            protocol=name,
            size=server.size,
            **more,  # type: ignore[arg-type]
        )

    def come(
        self, server: HostileServer, archive: Archive, **more: object
    ) -> tuple[Receipt, list[Mapped]]:
        """Harvest a server."""
        got: list[Mapped] = []
        manners = Manners(deadline=10)
        return harvest(self.asked(server, **more), archive, manners=manners, take=got.append), got

    def test_it_is_registered_under_its_name(self, dialect: Dialect) -> None:
        """The entry point gives an object that is a protocol of that name."""
        found = protocol_named(dialect.protocol)
        assert isinstance(found, HarvestProtocol)
        assert found.name == dialect.protocol
        assert found.title

    def test_it_is_recognised_by_its_answers(self, dialect: Dialect) -> None:
        """Of all protocols that are installed it is the one that is found, and says why."""
        with HostileServer(dialect) as server:
            found, why = find_protocol(server.address, Client(deadline=10).ask)
        assert found.name == dialect.protocol
        assert why

    def test_everything_comes_once(self, dialect: Dialect, archive: Archive) -> None:
        """The ids that came are those that are there."""
        with HostileServer(dialect) as server:
            receipt, got = self.come(server, archive)
        assert [item.id for item in got] == [row.id for row in server.rows]
        assert receipt.distinct == receipt.received == len(server.rows)
        assert receipt.complete is not Complete.NO, receipt.because

    def test_records_become_datasets_that_can_be_kept(
        self, dialect: Dialect, archive: Archive
    ) -> None:
        """Ids are of our kind and unique, titles are there in their languages."""
        with HostileServer(dialect) as server:
            _, got = self.come(server, archive)
        datasets = [item.dataset for item in got if item.dataset is not None]
        assert len({item.id for item in datasets}) == len(server.rows)
        for item, row in zip(datasets, server.rows, strict=True):
            assert parse_slug(item.id, Where()).startswith(f"{self.source}.")
            assert item.title.best() == row.title
            assert from_plain(Dataset, json.loads(json.dumps(to_plain(item)))) == item

    def test_an_archive_brings_the_same_again(self, dialect: Dialect, archive: Archive) -> None:
        """Nothing but the archive is asked, and the receipt is computed to the same."""
        with HostileServer(dialect) as server:
            receipt, got = self.come(server, archive)
        (run,) = archive.runs(self.source)
        assert list(replay(run)) == got
        assert recount(run) == receipt == run.receipt

    def test_a_harvest_goes_on_wherever_it_was_broken_off(
        self, dialect: Dialect, archive: Archive
    ) -> None:
        """What stands in the journal is not asked for again; the receipt is the same."""
        with HostileServer(dialect) as server:
            receipt, got = self.come(server, archive)
            (run,) = archive.runs(self.source)
            lines = (run.folder / JOURNAL).read_bytes().splitlines(keepends=True)
            for kept in range(1, len(lines)):
                torn = lines[kept][: len(lines[kept]) // 2]
                (run.folder / JOURNAL).write_bytes(b"".join(lines[:kept]) + torn)
                (run.folder / RECEIPT).unlink()
                server.asked.clear()
                again, more = self.come(server, archive)
                assert len(server.asked) == len(lines) - kept
                assert more == got
                assert again.digest == receipt.digest
                assert (again.answers, again.requests) == (receipt.answers, receipt.requests)

    def test_a_limit_is_kept_and_said(self, dialect: Dialect, archive: Archive) -> None:
        """No more records come than are wanted, and the receipt is not called complete."""
        with HostileServer(dialect) as server:
            receipt, got = self.come(server, archive, limit=12)
        assert len(got) == receipt.distinct == 12
        assert receipt.complete is Complete.NO

    def test_what_is_gone_is_unseen_and_not_deleted(
        self, dialect: Dialect, archive: Archive
    ) -> None:
        """A second harvest names what came before and does not come now, each time anew."""
        with HostileServer(dialect) as server:
            self.come(server, archive)
            gone = server.rows.pop(3)
            for _ in range(2):
                receipt, _ = self.come(server, archive)
                assert receipt.unseen == (gone.id,)
                assert receipt.deleted == ()

    def test_a_source_that_fails_at_once_is_told(self, dialect: Dialect, archive: Archive) -> None:
        """Nothing came; the receipt says no, and why."""
        with HostileServer(dialect, Fault.FORBIDDEN) as server:
            server.befalls = lambda listing: True  # type: ignore[method-assign]
            receipt, got = self.come(server, archive)
        assert (got, receipt.complete) == ([], Complete.NO)
        assert "403" in receipt.because
