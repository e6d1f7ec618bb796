"""Nothing is lost: a crawl that is killed at random moments ends as if it had never been disturbed."""

import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from spindrift.demo.generated_web import GeneratedWeb
from spindrift.store import open_store

KILLS = 20
HOSTS, PAGES = 8, 25
SEED = int(os.environ.get("SPINDRIFT_KILL_SEED", "0")) or random.randrange(1, 10**6)


class KillSwitch:
    """Fires when the web has been asked for a given number of further URLs; called by the web's own thread."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._left = 0

    def arm(self, requests: int) -> None:
        """Fire at the `requests`-th request from now on."""
        self.reached.clear()
        self._left = requests

    def __call__(self, host: str, path: str) -> float:
        self._left -= 1
        if self._left == 0:
            self.reached.set()
        return 0.03


def outcome(store: Path, port: int) -> tuple[dict[str, str], dict[str, str]]:
    """What a crawl left behind, whatever port the web had: status by URL, and text by URL."""
    with_port, without = f":{port}/", "/"
    opened = open_store(f"sqlite:///{store}", read_only=True)
    try:
        statuses = {record.url.replace(with_port, without): str(record.status) for record in opened.frontier.records()}
        documents = {document.url.replace(with_port, without): document.text for document in opened.documents.iterate()}
    finally:
        opened.close()
    return statuses, documents


def generated_web(latency: float | KillSwitch) -> GeneratedWeb:
    """The same small web each time, slow enough that a crawl does not outrun its killer."""
    return GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=4000, links=15, latency=latency)


def start_crawl(store: Path, web: GeneratedWeb, *more: str) -> subprocess.Popen[bytes]:
    """`spindrift crawl` as a process of its own, into `store`."""
    command = [
        sys.executable,
        "-m",
        "spindrift",
        "crawl",
        web.seeds[0],
        "--store",
        f"sqlite:///{store}",
        "--json",
        *more,
    ]
    options = ["http.agent.name=kill-test", "fetcher.server.delay=100ms", "fetcher.threads.number=4"]
    for option in options:
        command += ["-o", option]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=store.parent)


def finish(crawl: subprocess.Popen[bytes]) -> str:
    """Wait for a crawl to end by itself, and give what it printed."""
    output, _ = crawl.communicate(timeout=200)
    text = output.decode()
    assert crawl.returncode == 0, text
    return text


def kill_at_a_random_moment(crawl: subprocess.Popen[bytes], switch: KillSwitch, chance: random.Random) -> None:
    """SIGKILL, somewhere between a request and well after its page was stored, so that every stage gets its share."""
    assert switch.reached.wait(60), "the crawl asked for no further page"
    with suppress(subprocess.TimeoutExpired):
        crawl.wait(chance.uniform(0, 0.15))
    assert crawl.poll() is None, "the crawl was over too soon: the web is too small for this test"
    os.kill(crawl.pid, signal.SIGKILL)
    crawl.communicate()


@pytest.mark.timeout(300)  # the commands of 22 crawls are started one after the other
def test_a_crawl_killed_twenty_times_ends_with_exactly_the_pages_of_an_undisturbed_one(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    calm_store, killed_store = tmp_path / "calm.db", tmp_path / "killed.db"
    with generated_web(latency=0.03) as web:
        finish(start_crawl(calm_store, web))
        calm = outcome(calm_store, web.port)

    switch = KillSwitch()
    with generated_web(latency=switch) as web:
        for _ in range(KILLS):
            switch.arm(chance.randrange(1, 9))
            kill_at_a_random_moment(start_crawl(killed_store, web), switch, chance)
        finish(start_crawl(killed_store, web))
        killed = outcome(killed_store, web.port)

    assert killed[0] == calm[0], f"statuses differ (seed {SEED})"
    assert killed[1] == calm[1], f"documents differ (seed {SEED})"
    assert len(calm[1]) >= HOSTS * PAGES
