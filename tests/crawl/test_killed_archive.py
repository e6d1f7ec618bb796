"""The archive of a crawl that is killed at random moments has all that its store knows of, after each of them."""

import os
import random
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator

from spindrift.demo.generated_web import GeneratedWeb
from spindrift.status import Status
from spindrift.store import open_store
from spindrift.warc.archive import Archive
from spindrift.warc.listing import list_archives
from tests.crawl.test_killed_crawl import KillSwitch, finish, kill_at_a_random_moment, start_crawl

KILLS = 4
SEED = int(os.environ.get("SPINDRIFT_KILL_SEED", "0")) or random.randrange(1, 10**6)


def visited(store: Path) -> dict[str, Status]:
    """The status of the URLs that have one because they were visited."""
    with open_store(f"sqlite:///{store}") as opened:
        records = list(opened.frontier.records())
    return {record.url: record.status for record in records if record.status is not Status.DISCOVERED}


def archived(folder: Path) -> set[str]:
    """URLs of which something came, as we read them, also in a file that is not complete."""
    return {visit.url for visit in Archive.index(list_archives([str(folder)])).pages()}


def responses(file: Path) -> tuple[list[str], list[str]]:
    """URLs of the responses in a file, as warcio and as FastWARC see them."""
    with file.open("rb") as stream:
        by_warcio = [
            record.rec_headers.get_header("WARC-Target-URI")
            for record in ArchiveIterator(stream)
            if record.rec_type == "response" and record.content_stream().read() is not None
        ]
    with file.open("rb") as stream:
        found = FastIterator(stream, record_types=WarcRecordType.response)
        by_fastwarc = [record.headers["WARC-Target-URI"] for record in found if record.reader.read() is not None]
    return by_warcio, by_fastwarc


def test_whatever_has_a_status_is_in_the_archive_after_every_kill(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    store, folder = tmp_path / "killed.db", tmp_path / "warc"
    switch = KillSwitch()
    with GeneratedWeb(hosts=4, pages=15, page_bytes=4000, links=15, latency=switch) as web:
        for kill in range(KILLS):
            switch.arm(chance.randrange(3, 12))
            kill_at_a_random_moment(start_crawl(store, web, "--warc", str(folder)), switch, chance)
            missing = visited(store).keys() - archived(folder)
            assert not missing, f"after kill {kill} (seed {SEED})"
        finish(start_crawl(store, web, "--warc", str(folder)))
    archive = Archive.index(list_archives([str(folder)]))
    assert archive.problems == []
    statuses = visited(store)
    assert statuses.keys() <= {visit.url for visit in archive.pages()}
    files = sorted(folder.iterdir())
    assert [file.name for file in files if not file.name.endswith(".warc.gz")] == [], "all are complete"
    seen = [responses(file) for file in files]
    assert all(by_warcio == by_fastwarc for by_warcio, by_fastwarc in seen)
    answered = {uri for by_warcio, _ in seen for uri in by_warcio}
    assert {url for url, status in statuses.items() if status is Status.FETCHED} <= answered
    assert len(answered) > 60
