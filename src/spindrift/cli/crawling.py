"""Runs a crawl for the command line: signals, display, summary, exit code."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from rich.console import Console

from spindrift.cli.configuration import load
from spindrift.cli.crawl_display import LiveDisplay, PlainLines
from spindrift.cli.crawl_summary import print_summary
from spindrift.cli.injection_report import print_remarks
from spindrift.cli.logs import log_to
from spindrift.cli.output import print_json, stderr
from spindrift.cli.repeating import options_again
from spindrift.cli.signals import INTERRUPTED, on_signals
from spindrift.conf import Settings
from spindrift.crawl.configuration import CrawlChoices, check_ready, default_workers
from spindrift.crawl.session import CrawlSession
from spindrift.crawl.summary import Ending, Summary
from spindrift.errors import ConfigurationError
from spindrift.frontier import InjectResult
from spindrift.frontier.inject import Injection
from spindrift.store import Store, open_store
from spindrift.store_url import is_in_memory, printable, store_exists


def crawl_command(
    seeds: Sequence[str],
    choices: CrawlChoices,
    config: list[Path] | None,
    environment: str | None,
    overrides: list[str] | None,
    *,
    again: bool,
    seconds: float | None,
    json_: bool,
) -> int:
    """Crawl, show it on stderr, print the summary; returns the exit code.

    What is wrong is found before anything is stored: ConfigurationError for that. StoreError for a store that cannot be
    opened, or that another crawl has.
    """
    from spindrift.topologies.archiving_crawl import ArchivingCrawlTopology
    from spindrift.topologies.crawl import CrawlTopology

    topology = ArchivingCrawlTopology if choices.warc else CrawlTopology
    loaded = load(config, environment, overrides, topology=topology, chosen=choices.as_conf(), ready=check_ready)
    filters = check_ready(loaded.conf)
    loaded.conf.setdefault("topology.workers", default_workers(filters))
    settings = loaded.settings
    name = settings.text("store.url")
    console = stderr()
    injection = Injection(seeds, settings, filters=filters)
    if not injection.usable() and (injection.result.refused or not _holds_urls(name, settings)):
        print_remarks(injection.result, console)
        if injection.result.refused:
            raise ConfigurationError(
                f"no seed could be used, so nothing was crawled; a crawl in {printable(name)} goes on without seeds"
            )
        raise ConfigurationError(
            f"there is nothing to crawl: {printable(name)} {_emptiness(name, settings)} and "
            f"{'no seed could be used' if seeds else 'no seed was given'}; "
            "give a URL, such as spindrift crawl https://example.com/"
        )
    with open_store(name, settings) as store:
        _inject(injection, store, again=again)
        print_remarks(injection.result, console)
        session = CrawlSession(topology, loaded.conf, store)
        summary = _run(session, console, name, injection.result, seconds)
    if json_:
        print_json(summary.as_json())
    else:
        print_summary(summary, injection.known, again=options_again(choices, config, environment, overrides))
    return _exit_code(summary)


def _emptiness(name: str, settings: Settings) -> str:
    return "is empty" if is_in_memory(name) or store_exists(name, settings) else "does not exist"


def _holds_urls(name: str, settings: Settings) -> bool:
    """Without making a store only to say that there is nothing in it."""
    if not store_exists(name, settings):
        return False
    with open_store(name, settings, read_only=True) as store:
        return any(store.frontier.count_by_status().values())


def _inject(injection: Injection, store: Store, *, again: bool) -> None:
    """Put the seeds into the store. StoreError where another crawl has it."""
    claim = store.frontier.claim()
    try:
        injection.into(store.frontier, again=again)
    finally:
        claim.release()  # the frontier's spout will claim its part


def _run(session: CrawlSession, console: Console, name: str, injection: InjectResult, seconds: float | None) -> Summary:
    display = LiveDisplay(console, printable(name)) if console.is_terminal else PlainLines(console)
    try:
        with log_to(console), display, on_signals(_ending(session)):
            return session.run(display.show, seconds=seconds, injected=asdict(injection))
    except KeyboardInterrupt:
        # Only now: by an exception the display ends as it should, wherever the signal has found it.
        again = "." if is_in_memory(name) else "; what was in flight is fetched again next time."
        sys.stderr.write(f"Stopped at once{again}\n")
        sys.stderr.flush()
        os._exit(INTERRUPTED)


def _ending(session: CrawlSession) -> Callable[[int, FrameType | None], None]:
    """SIGINT and SIGTERM end the crawl gracefully; a second one at once, which the store survives like SIGKILL."""
    asked = 0

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise KeyboardInterrupt
        if asked > 2:
            os._exit(INTERRUPTED)
        session.interrupt()

    return stop


def _exit_code(summary: Summary) -> int:
    if summary.ended is Ending.INTERRUPTED:
        return INTERRUPTED
    return 1 if summary.fetched_nothing or summary.ended in (Ending.STORE, Ending.ARCHIVE) else 0
