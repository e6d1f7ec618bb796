"""What `make crawl` shows: a crawl of a generated web on loopback, its summary, and a search of what was found.

The arguments are those of `spindrift crawl`. The web has the same port each time, where that is free: a crawl that was
stopped then goes on the next time.
"""

import argparse
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spindrift.cli.crawl_summary import GOES_ON_OTHERWISE
from spindrift.cli.output import program
from spindrift.demo import syndication
from spindrift.demo.content import special_links
from spindrift.demo.generated_web import GeneratedWeb
from spindrift.errors import SpindriftError
from spindrift.status import Status
from spindrift.store import open_store
from spindrift.store_url import store_exists

STORE = "sqlite:///crawl-demo.db"
PORT = 38765
HOSTS, PAGES = 12, 25
CRAWL_DELAY = 0.2
QUERY = ("lantern", "keeper")
OPTIONS = {"http.agent.name": "spindrift-demo", "fetcher.server.delay": "200ms"}


def main() -> int:
    """Serve, crawl, search; returns the exit code of the crawl."""
    if {"--help", "-h"} & set(sys.argv[1:]):
        return _spindrift("crawl", "--help")
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--store", default=STORE)
    parser.add_argument("--json", action="store_true")
    own, _others = parser.parse_known_args()
    with _web() as web:
        _say(describe(HOSTS, PAGES))
        if _is_unfinished(own.store, web.seeds[0]):
            _say(f"The crawl in {own.store} goes on; to begin anew, remove that file.")
        elif own.store == STORE:
            for file in Path().glob("crawl-demo.db*"):
                file.unlink()
        _say(f"robots.txt asks for {CRAWL_DELAY:g} s between two requests to a host. One seed:\n{web.seeds[0]}\n")
        options = [part for key, value in OPTIONS.items() for part in ("-o", f"{key}={value}")]
        code = _spindrift("crawl", web.seeds[0], "--store", STORE, *options, *sys.argv[1:])
        unfinished = _is_unfinished(own.store, web.seeds[0])
    if unfinished and web.port == PORT:
        _say("\nThe generated web ends here, too: to go on, run this same command again.")
    if code == 0 and not own.json and store_exists(own.store):
        _say(f"\n$ {program()} search {' '.join(QUERY)} --store {own.store}\n")
        _spindrift("search", *QUERY, "--limit", "2", "--store", own.store)
    return code


@contextmanager
def _web() -> Iterator[GeneratedWeb]:
    web = GeneratedWeb(hosts=HOSTS, pages=PAGES, crawl_delay=CRAWL_DELAY, sitemaps=True, port=PORT)
    try:
        web.start()
    except OSError:
        _say(f"Port {PORT} is taken, so that the web has another one: a crawl that is stopped cannot go on there.\n")
        web.port = 0
        web.start()
    try:
        yield web
    finally:
        web.stop()


def _is_unfinished(name: str, seed: str) -> bool:
    """Whether a store holds a crawl of this web that was stopped."""
    try:
        if not store_exists(name):
            return False
        with open_store(name, read_only=True) as store:
            known = store.frontier.get(seed) is not None
            return known and store.frontier.count_by_status()[Status.DISCOVERED] > 0
    except SpindriftError:
        return False  # the command will say what is wrong with it


def describe(hosts: int, pages: int) -> str:
    """What there is to find, so that the summary can be checked against it."""
    special = Counter(path for host in range(hosts) for path, _ in special_links(host))
    hidden, read = len(syndication.HIDDEN_PAGES), len(syndication.DOCUMENTS)
    dead = special["/missing.html"] + special["/withdrawn.html"]
    return (
        f"A generated web of {hosts} hosts on loopback: {hosts * pages} pages, {special['/old-home.html']} redirects, "
        f"{dead} dead links,\n{special['/private/accounts.html']} private pages (one of them may be fetched: "
        "its host has no robots.txt),\na draft that asks not to be indexed, "
        "and a page each that only\na sitemap and only a feed names. "
        f"In all {hosts * pages + 2 + hidden} pages to fetch, {hosts * pages + 1 + hidden} to index,\n"
        f"and {read} sitemaps and feeds to read ({hosts * pages + 2 + hidden + read} together)."
    )


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _spindrift(*arguments: str) -> int:
    # Ctrl-C reaches the command, too: it is the one to end, and this waits for it.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        command = [sys.executable, "-m", "spindrift", *arguments]
        # Without this program, the web that is crawled is not there.
        return subprocess.call(command, env={**os.environ, GOES_ON_OTHERWISE: "1"})  # noqa: S603 - the user's own arguments
    finally:
        signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    sys.exit(main())
