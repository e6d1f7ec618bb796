"""`spindrift crawl --warc` and `spindrift replay`."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from spindrift.demo.generated_web import GeneratedWeb
from spindrift.store import open_store
from spindrift.warc.archive import Archive
from spindrift.warc.files import OPEN
from spindrift.warc.reading import list_archives
from tests.cli.conftest import Run
from tests.crawl.test_killed_crawl import KillSwitch

AGENT = ("-o", "http.agent.name=test-crawler", "-o", "fetcher.server.delay=0", "-o", "urlfilters.config.file=")
HOSTS, PAGES = 2, 4


@pytest.fixture
def archived(spindrift: Run) -> str:
    """A crawl in crawl.db, its archive in the folder `warc`; the seed."""
    with GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=3000, links=8, plain=True) as web:
        assert spindrift("crawl", web.seeds[0], "--warc", "warc", *AGENT, "--json").code == 0
        return web.seeds[0]


def test_a_crawl_is_replayed_into_a_new_store(spindrift: Run, archived: str) -> None:
    outcome = spindrift("replay", "warc", "--store", "again.db", "--json")
    assert outcome.code == 0, outcome.err
    summary = json.loads(outcome.out)
    assert (summary["ended"], summary["done"], summary["documents"]) == ("finished", HOSTS * PAGES, HOSTS * PAGES)
    again = spindrift("export", "--store", "again.db").out
    assert sorted(again.splitlines()) == sorted(spindrift("export").out.splitlines())


def test_people_are_told_what_there_is(spindrift: Run, archived: str) -> None:
    outcome = spindrift("replay", "warc")
    assert outcome.code == 0, outcome.err
    assert f"visits     {HOSTS * PAGES} of {HOSTS * PAGES}" in outcome.out
    assert "spindrift search WORDS --store sqlite:///replay.db" in outcome.out


def test_a_store_that_holds_a_crawl_is_not_touched(spindrift: Run, archived: str) -> None:
    outcome = spindrift("replay", "warc", "--store", "crawl.db")
    assert outcome.code == 2
    assert "crawl.db holds a crawl already" in outcome.err


def test_other_filters_are_compared_without_a_store(spindrift: Run, archived: str) -> None:
    entry = {"class": "RegexURLFilter", "name": "not -2", "params": {"urlFilters": ["--2.html$", "+."]}}
    Path("other.json").write_text(json.dumps({"spindrift.URLFilters": [entry]}))
    options = ("--filters", "other.json", "-o", "urlfilters.config.file=")
    outcome = spindrift("replay", "warc", *options)
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    assert [line.startswith("- dropped  http://host00") and "(not -2; found on " in line for line in lines[:HOSTS]]
    assert lines[-1].startswith(f"{HOSTS} URLs dropped, 0 kept that were not, of {HOSTS * PAGES} URLs;")
    said = json.loads(spindrift("replay", "warc", *options, "--json").out)
    assert (said["dropped"], said["added"], len(said["changes"])) == (HOSTS, 0, HOSTS)
    assert not Path("replay.db").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no-such.warc",), "no-such.warc: there is no such file"),
        (("warc", "--filters", "no-such.json"), "no-such.json"),
        (("warc", "--filters", "x.json", "--store", "x.db"), "--filters compares and stores nothing"),
    ],
)
def test_what_is_wrong_is_said(spindrift: Run, archived: str, arguments: tuple[str, ...], said: str) -> None:
    outcome = spindrift("replay", *arguments)
    assert outcome.code in (1, 2)
    assert said in outcome.err


def test_what_a_killed_crawl_has_stored_is_in_its_archive(tmp_path: Path) -> None:
    """What was cut off is mended. Status and archive are written by different threads: of the moment of each kill, a
    page may have its status and not be archived.
    """
    switch = KillSwitch()
    with GeneratedWeb(hosts=4, pages=15, page_bytes=4000, links=15, latency=switch) as web:
        arguments = ["crawl", web.seeds[0], "--store", "killed.db", "--warc", "warc", "--json"]
        options = ["-o", "http.agent.name=killed", "-o", "fetcher.server.delay=50ms"]
        command = [sys.executable, "-m", "spindrift", *arguments, *options]
        for requests in (20, 10):
            switch.arm(requests)
            crawl = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            assert switch.reached.wait(60)
            os.kill(crawl.pid, signal.SIGKILL)
            crawl.communicate()
        assert list((tmp_path / "warc").glob(f"*{OPEN}")), "the second crawl was killed, too"
        with open_store(f"sqlite:///{tmp_path}/killed.db") as store:
            stored = {record.url for record in store.frontier.records() if str(record.status) == "FETCHED"}
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=100, check=False)
        assert ended.returncode == 0, ended.stderr
    assert not list((tmp_path / "warc").glob(f"*{OPEN}"))
    archive = Archive.index(list_archives([str(tmp_path / "warc")]))
    assert archive.problems == []
    visited = {visit.url for visit in archive.visits}
    assert stored, "something was stored before the kill"
    with open_store(f"sqlite:///{tmp_path}/killed.db") as store:
        final = {record.url for record in store.frontier.records() if str(record.status) == "FETCHED"}
    assert stored <= final
    assert len(final) >= 4 * 15
    assert len(final - visited) <= 4, "at most what two kills have met"
