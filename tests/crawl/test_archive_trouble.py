"""An archive that cannot be written ends the crawl: soon, said once, with no status for what it did not take."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spindrift.demo.generated_web import Answer, GeneratedWeb, Request
from spindrift.store import open_store
from spindrift.warc.archive import Archive
from spindrift.warc.listing import list_archives

HOSTS, PAGES = 3, 10
OPTIONS = ["-o", "http.agent.name=full-disk", "-o", "fetcher.server.delay=0", "--json", "--warc", "archive"]
FULL_AFTER_BYTES = """
import os, sys
from spindrift.warc.files import WarcFile
append = WarcFile.append
def limited(self, data):
    if self.size + len(data) > {limit}:
        raise OSError(28, os.strerror(28))
    append(self, data)
WarcFile.append = limited
from spindrift.cli.main import main
main()
"""


@pytest.fixture
def web() -> Iterator[GeneratedWeb]:
    with GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=9000, links=20, plain=True) as web:
        yield web


def crawl(web: GeneratedWeb, folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, "crawl", web.seeds[0], *OPTIONS]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=90)


def stored(folder: Path) -> tuple[set[str], set[str]]:
    """URLs that have a status because they were visited, and those of documents."""
    with open_store(f"sqlite:///{folder}/crawl.db") as store:
        visited = {record.url for record in store.frontier.records() if record.status != "DISCOVERED"}
        return visited, {document.url for document in store.documents.iterate()}


def archived(folder: Path) -> set[str]:
    files = list_archives([str(folder / "archive")])
    return {visit.url for visit in Archive.index(files).pages()}


def ended(crawled: subprocess.CompletedProcess[str], said: str) -> dict[str, Any]:
    """The summary of a crawl that ended because its archive could not be written."""
    assert crawled.returncode == 1, crawled.stderr
    summary: dict[str, Any] = json.loads(crawled.stdout)
    assert summary["ended"] == "archive"
    assert said in summary["trouble"]
    assert crawled.stderr.count("could not be written") == 1
    assert "Traceback" not in crawled.stderr
    return summary


def test_a_full_disk_ends_the_crawl_and_the_next_run_goes_on(web: GeneratedWeb, tmp_path: Path) -> None:
    ended(crawl(web, tmp_path, FULL_AFTER_BYTES.format(limit=30_000)), "No space left on device; make room on the disk")
    visited, documents = stored(tmp_path)
    assert 0 < len(documents) < HOSTS * PAGES
    assert visited <= archived(tmp_path)
    finished = crawl(web, tmp_path, "from spindrift.cli.main import main; main()")
    assert finished.returncode == 0, finished.stderr
    visited, documents = stored(tmp_path)
    assert len(documents) == HOSTS * PAGES
    assert visited <= archived(tmp_path)


def test_with_nothing_archived_nothing_has_a_status(web: GeneratedWeb, tmp_path: Path) -> None:
    summary = ended(crawl(web, tmp_path, FULL_AFTER_BYTES.format(limit=1000)), "No space left on device")
    assert summary["pages"] == 0
    assert stored(tmp_path) == (set(), set())


def test_a_folder_that_goes_away_ends_the_crawl(web: GeneratedWeb, tmp_path: Path) -> None:
    def remove(request: Request) -> Answer | None:
        if "-3" in request.path:
            shutil.rmtree(tmp_path / "archive", ignore_errors=True)
        return None

    web.faults[web.host_name(0)] = remove
    program = "from spindrift.cli.main import main; main()"
    ended(crawl(web, tmp_path, program), "No such file or directory; the folder must stay where it is")
