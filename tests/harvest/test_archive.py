"""The archive: killed at any moment nothing is lost and nothing comes twice."""

import gzip
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from amount import SOAK, lot

from sciknow.errors import IntegrityError, NotFound, SciknowError
from sciknow.harvest.archive import JOURNAL, RECEIPT, Archive
from sciknow.harvest.run import Manners, harvest, recount, replay
from sciknow.model.receipt import Asked, Complete
from sciknow.testing.hostile import DIALECTS, HostileServer, OaiDialect, StacDialect

AT_TIMES = 30 if SOAK else 12
KILLED = [item for item in DIALECTS if item.protocol in ("ckan", "oai_pmh", "stac_api")]


@contextmanager
def killer():
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("killed.py"))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
    ) as process:

        def ask(folder, server, moment):
            told = f"{folder} {server.address} {server.dialect.protocol} {moment}\n"
            process.stdin.write(told)
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield ask
        process.stdin.close()


@pytest.mark.parametrize("dialect", KILLED, ids=lambda dialect: dialect.protocol)
def test_harvests_killed_at_every_event_go_on_and_lose_nothing(dialect, tmp_path):
    """Every file-system event of a harvest in turn, then random moments: over 60 kills in all."""
    with HostileServer(dialect) as server, killer() as ask:
        events = int(ask(tmp_path / "whole", server, 0))
        (run,) = Archive(tmp_path / "whole").runs("case")
        whole, ids = run.receipt, list(run.ids())
        assert events > 20

        def check(folder):
            """Go on with what is there, and compare with the harvest that was not killed."""
            assert ask(folder, server, 0).isdecimal()
            runs = Archive(folder).runs("case")
            assert len(runs) <= 2  # two where the first was killed after its receipt
            for run in runs:
                found = run.receipt
                clock = {"began": found.began, "ended": found.ended, "until": found.until}
                assert found == replace(whole, requests=found.requests, **clock)
                assert list(run.ids()) == ids
                assert recount(run) == found
            assert list(Archive(folder).damages()) == []

        moments = (
            range(1, events + 1) if SOAK else lot(dialect.protocol).sample(range(1, events + 1), 20)
        )
        for number in moments:
            folder = tmp_path / f"event-{number}"
            assert ask(folder, server, number) == "killed"
            check(folder)
        folder = tmp_path / "again"
        for number in moments:  # killed over and over in one folder
            if ask(folder, server, number % 12 + 1) != "killed":
                break
        check(folder)
        for number in range(AT_TIMES // 3):
            folder = tmp_path / f"time-{number}"
            ask(folder, server, f"{lot(f'{dialect.protocol} {number}').uniform(0.001, 0.1):.3f}s")
            check(folder)


@pytest.fixture
def archive(tmp_path):
    archive = Archive(tmp_path / "archive")
    with HostileServer(StacDialect()) as server:
        asked = Asked(source="case", address=server.address, protocol="stac_api")
        harvest(asked, archive)
    return archive


def test_a_body_that_was_damaged_is_named(archive):
    (run,) = archive.runs("case")
    path = archive.path(run.digests[1])
    path.write_bytes(gzip.compress(b"something else"))
    assert [line.partition(" has changed")[0] for line in archive.damages()] == [str(path)]
    with pytest.raises(IntegrityError, match="has changed"):
        archive.get(run.digests[1])
    path.unlink()
    with pytest.raises(IntegrityError, match="missing"):
        archive.get(run.digests[1])


def test_a_body_that_was_torn_is_asked_for_again(archive):
    """A power cut may leave a body without its bytes although the journal names it."""
    (run,) = archive.runs("case")
    (run.folder / RECEIPT).unlink()
    archive.path(run.digests[2]).write_bytes(b"")
    with HostileServer(StacDialect()) as server:
        port = run.asked.address.rpartition(":")[2].partition("/")[0]
        assert str(server.port) != port
        answers = []

        def ask(request):
            from_now = server.address.rpartition("/")[0]
            answers.append(request.address)
            raise SciknowError(f"nothing at {from_now}")

        receipt = harvest(run.asked, archive, answers=ask)
    assert len(answers) == 1
    assert receipt.complete is Complete.NO


def test_equal_bodies_are_kept_once(archive):
    (run,) = archive.runs("case")
    with HostileServer(StacDialect()) as server:
        asked = Asked(source="other", address=server.address, protocol="stac_api")
        harvest(asked, archive)
    bodies = list(archive.objects.rglob("*.gz"))
    (other,) = archive.runs("other")
    assert len(bodies) == len({*run.digests, *other.digests})
    assert run.digests[-1] == other.digests[-1]  # the last page names no address


def test_two_harvests_of_one_source_at_once_are_refused(archive):
    (run,) = archive.runs("case")
    with archive.writing(run.asked), pytest.raises(SciknowError, match="another process"):
        harvest(run.asked, archive)


def test_another_question_does_not_go_on_with_a_broken_one(archive):
    (run,) = archive.runs("case")
    (run.folder / RECEIPT).unlink()
    with archive.writing(replace(run.asked, limit=5)) as other:
        assert other.folder != run.folder
    with pytest.raises(NotFound, match="broken off"):
        _ = run.receipt


def test_no_key_of_the_user_s_stands_in_an_archive(tmp_path):
    archive = Archive(tmp_path)
    with HostileServer(OaiDialect()) as server:
        asked = Asked(source="case", address=server.address, protocol="oai_pmh")
        harvest(asked, archive, manners=Manners(headers={"Authorization": "Bearer secret"}))
    (run,) = archive.runs("case")
    assert len(list(run.ids())) == len(list(replay(run))) == 30
    assert b"secret" not in (run.folder / JOURNAL).read_bytes()
    assert not any(b"secret" in archive.get(digest) for digest in run.digests)
