"""Runs a crawl for the command line: signals, display, summary, exit code."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from rich.console import Console

from spindrift.cli.configuration import load
from spindrift.cli.crawl_display import LiveDisplay, PlainLines
from spindrift.cli.crawl_summary import print_summary
from spindrift.cli.injection_report import print_refusals
from spindrift.cli.logs import log_to
from spindrift.cli.output import print_json, stderr
from spindrift.crawl.configuration import CrawlChoices, check_ready
from spindrift.crawl.session import CrawlSession
from spindrift.crawl.summary import Ending, Summary
from spindrift.errors import ConfigurationError, StoreError
from spindrift.frontier import InjectResult
from spindrift.frontier.inject import inject
from spindrift.store import Store, open_store

INTERRUPTED = 130


def crawl_command(
    seeds: Sequence[str],
    choices: CrawlChoices,
    config: Path | None,
    environment: str | None,
    overrides: list[str] | None,
    *,
    seconds: float | None,
    json_: bool,
) -> int:
    """Crawl, show it on stderr, print the summary; returns the exit code. Raises ConfigurationError first."""
    from spindrift.topologies.crawl import CrawlTopology

    loaded = load(config, environment, overrides, topology=CrawlTopology, chosen=choices.as_conf())
    check_ready(loaded.conf)
    settings = loaded.settings
    name = settings.text("store.url")
    console = stderr()
    if not seeds:
        _require_store(name)
    with open_store(name, settings) as store:
        injection = inject(store.frontier, seeds, settings)
        print_refusals(injection, console)
        _require_work(store, injection, name)
        session = CrawlSession(CrawlTopology, loaded.conf, store)
        summary = _run(session, console, name, injection, seconds)
    if json_:
        print_json(summary.as_json())
    else:
        print_summary(summary)
    return _exit_code(summary)


def _require_store(name: str) -> None:
    """An empty store shall not be made only to say that there is nothing in it."""
    try:
        open_store(name, read_only=True).close()
    except StoreError as error:
        raise ConfigurationError(
            f"there is nothing to crawl: {error}; or give a URL, such as spindrift crawl https://example.com/"
        ) from None


def _require_work(store: Store, injection: InjectResult, name: str) -> None:
    if not injection.added and not injection.known and not any(store.frontier.count_by_status().values()):
        raise ConfigurationError(
            f"there is nothing to crawl: {name} is empty and no seed could be used; "
            "give a URL, such as spindrift crawl https://example.com/"
        )


def _run(session: CrawlSession, console: Console, name: str, injection: InjectResult, seconds: float | None) -> Summary:
    display = LiveDisplay(console, name) if console.is_terminal else PlainLines(console)
    with log_to(console), display, _signals(session, console):
        return session.run(display.show, seconds=seconds, injected=asdict(injection))


@contextmanager
def _signals(session: CrawlSession, console: Console) -> Iterator[None]:
    """SIGINT and SIGTERM end the crawl gracefully; a second one at once, which the store survives like SIGKILL."""
    asked = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            console.show_cursor(True)
            sys.stderr.write("\nStopped at once; what was in flight is fetched again next time.\n")
            sys.stderr.flush()
            os._exit(INTERRUPTED)
        asked = True
        session.interrupt()

    before: dict[signal.Signals, Callable[[int, FrameType | None], object] | int | None] = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit_code(summary: Summary) -> int:
    if summary.ended is Ending.INTERRUPTED:
        return INTERRUPTED
    return 1 if summary.fetched_nothing or summary.ended is Ending.STORE else 0
