"""Replays an archive for the command line: signals, progress, what came of it, exit code."""

import shlex
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

from rich.console import Console
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from spindrift.cli.apart import apart
from spindrift.cli.configuration import Loaded, load
from spindrift.cli.logs import log_to
from spindrift.cli.numbers import clock_time, count, counted, rate
from spindrift.cli.output import clean, facts, print_json, print_steps, shown, stderr, stdout
from spindrift.cli.signals import INTERRUPTED, on_signals
from spindrift.cli.views import InPlace, LineByLine
from spindrift.conf import Settings
from spindrift.crawl.configuration import CrawlChoices, check_ready
from spindrift.crawl.replay import ReplayProgress, ReplaySession, ReplaySummary
from spindrift.crawl.summary import Ending
from spindrift.errors import ConfigurationError
from spindrift.store import open_store
from spindrift.store_url import is_in_memory, printable, store_exists
from spindrift.warc.archive import Archive
from spindrift.warc.clock import ArchiveClock
from spindrift.warc.listing import list_archives
from spindrift.warc.opening import index_once

DEFAULT_STORE: Final = "sqlite:///replay.db"
_EVERY: Final = 500
_MOST_PROBLEMS: Final = 5
_LEFT: Final = (
    Control.show_cursor(True),
    Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2)),
)
"""What a display in place has to leave on a terminal."""


def replay_command(
    paths: list[str],
    choices: CrawlChoices,
    config: list[Path] | None,
    environment: str | None,
    overrides: list[str] | None,
    *,
    json_: bool,
) -> int:
    """Replay into a new store; returns the exit code."""
    from spindrift.topologies.replay import ReplayTopology

    chosen = {"store.url": DEFAULT_STORE, **choices.as_conf(), "warc.paths": paths}
    loaded = load(config, environment, overrides, topology=ReplayTopology, chosen=chosen)
    conf = _with_agent(loaded)
    check_ready(conf)
    files = list_archives(paths)
    _check_new(conf["store.url"], Settings(conf))
    console = stderr()
    with _progress(console) as show:
        settings = loaded.settings
        archive = _indexed(files, paths, settings, show)
        conf["replay.time"] = archive.end
        with open_store(conf["store.url"], settings, clock=ArchiveClock(archive.end)) as opened:
            session = ReplaySession(ReplayTopology, conf, opened)
            with log_to(console), on_signals(_ending(session)):
                summary = session.run(lambda progress: show(_line(progress)), archive)
    if json_:
        print_json(summary.as_json())
    else:
        _print_summary(summary)
    if summary.ended is Ending.INTERRUPTED:
        return INTERRUPTED
    return 1 if summary.ended is Ending.STORE or summary.failed or summary.damaged else 0


def compare_command(
    paths: list[str],
    filters: str,
    choices: CrawlChoices,
    config: list[Path] | None,
    environment: str | None,
    overrides: list[str] | None,
    *,
    json_: bool,
) -> int:
    """Say what another filter file would change; returns the exit code."""
    from spindrift.crawl.filter_changes import FilterChanges, FilterComparison
    from spindrift.filtering import URLFilters
    from spindrift.resource_files import ResourceFiles

    loaded = load(config, environment, overrides, chosen=choices.as_conf())
    conf = _with_agent(loaded)
    settings = Settings(conf)
    file = str(ResourceFiles.from_settings(settings).find_typed(filters))
    console = stderr()

    def compare() -> FilterChanges:
        check_ready(conf)
        changed = URLFilters.from_settings(settings.overlaid({"urlfilters.config.file": file}))
        with _progress(console) as show, log_to(console):
            archive = _indexed(list_archives(paths), paths, settings, show)
            total = len(archive.pages())
            return FilterComparison(archive, settings, changed).run(
                lambda pages: show(f"{count(pages)} of {counted(total, 'visit')} read") if pages % _EVERY == 0 else None
            )

    seconds = settings.seconds("topology.subprocess.timeout.secs")
    result = apart(compare, seconds, leave=lambda: console.control(*_LEFT))
    if json_:
        print_json(result.as_json())
        return 1 if result.damaged else 0
    out = stdout()
    for change in result.changes:
        mark, what, style = ("+", "kept", "green") if change.kept else ("-", "dropped", "red")
        why = f"refused by {change.by} so far" if change.kept else change.by
        origin = f"; found on {change.source}" if change.source else ""
        line = Text(f"{mark} {what}  ", style).append(clean(change.url), "bold")
        out.print(line.append(clean(f"  ({why}{origin})"), "dim"), soft_wrap=True)
    out.print(
        f"{counted(result.dropped, 'URL')} dropped, {count(result.added)} kept that {_were(result.added)} not, of "
        f"{counted(result.urls, 'URL')}; {counted(result.links, 'link')} of {counted(result.pages, 'visit')} followed."
    )
    if result.added:
        out.print(shown("What lies behind URLs that the archive does not have, only a crawl can tell.", "dim"))
    _print_problems(out, result.unreadable, result.damaged)
    return 1 if result.damaged else 0


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _with_agent(loaded: Loaded) -> dict[str, Any]:
    """The configuration; nobody is asked for anything, so that the agent need not be named."""
    loaded.conf.setdefault("http.agent.name", "spindrift")
    return loaded.conf


def _check_new(url: str, settings: Settings) -> None:
    if not store_exists(url, settings):
        return
    with open_store(url, settings, read_only=True) as store:
        if any(store.frontier.count_by_status().values()):
            raise ConfigurationError(
                f"{printable(url)} holds a crawl already; a replay needs a new store: name one with --store, or "
                "remove that file"
            )


def _indexed(files: list[Path], paths: list[str], settings: Settings, show: Callable[[str], object]) -> Archive:
    def progress(records: int) -> None:
        if records % _EVERY == 0:
            show(f"{counted(records, 'record')} found in the archive")

    archive = index_once(files, settings, progress)
    if not archive.pages():
        raise ConfigurationError(f"there are no answers to HTTP requests in {', '.join(paths)}")
    return archive


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[str], object]]:
    """Shows how far it is, in place or in lines."""
    if console.is_terminal:
        with InPlace(console) as view:
            yield lambda line: view.draw(Text(line))
    else:
        with LineByLine(console):
            yield lambda line: None


def _line(progress: ReplayProgress) -> str:
    speed = progress.done / progress.seconds if progress.seconds else 0.0
    return (
        f"{clock_time(progress.seconds)}  {count(progress.done)} of {counted(progress.visits, 'visit')} replayed, "
        f"{rate(speed)}/s"
    )


def _print_summary(summary: ReplaySummary) -> None:
    out = stdout()
    lasts = not is_in_memory(summary.store)
    again = " Remove it to replay again." if lasts else ""
    headline = {
        Ending.FINISHED: "Replayed.",
        Ending.INTERRUPTED: f"Interrupted: the store holds a part of the crawl only.{again}",
        Ending.STORE: "Stopped: the store could not be written.",
    }[summary.ended]
    out.print(shown(headline, "bold"))
    if summary.trouble:
        out.print(shown(summary.trouble, "red"))
    grid = facts()
    speed = summary.done / summary.seconds if summary.seconds else 0.0
    grid.add_row("visits", f"{count(summary.done)} of {count(summary.visits)}, {rate(speed)} a second")
    if summary.failed:
        grid.add_row("failed", shown(f"{counted(summary.failed, 'visit')}, left out", "red"))
    grid.add_row("answers", ", ".join(f"{code}: {count(number)}" for code, number in summary.status_codes.items()))
    statuses = [f"{name} {count(number)}" for name, number in summary.statuses.items() if number]
    grid.add_row("frontier", ", ".join(statuses))
    grid.add_row("documents", count(summary.documents))
    grid.add_row("store", clean(summary.store))
    out.print(grid)
    _print_problems(out, summary.problems, summary.damaged)
    if summary.ended is Ending.FINISHED and lasts:
        store = shlex.quote(clean(summary.store))
        out.print()
        steps = (("search WORDS", "find pages"), ("export", "take it all out"))
        print_steps(out, [(f"{command} --store {store}", what) for command, what in steps])


def _print_problems(out: Console, problems: list[str], damaged: int) -> None:
    for problem in problems[:_MOST_PROBLEMS]:
        out.print(shown(f"could not be read: {problem}", "yellow"), soft_wrap=True)
    if len(problems) > _MOST_PROBLEMS:
        out.print(shown(f"... and {count(len(problems) - _MOST_PROBLEMS)} more places", "yellow"))
    if damaged:
        what = "1 archive is damaged" if damaged == 1 else f"{count(damaged)} archives are damaged"
        out.print(shown(f"{what}: what can be read was read.", "red"))


def _ending(session: ReplaySession) -> Callable[[int, FrameType | None], None]:
    """SIGINT and SIGTERM end the replay; a second Ctrl-C raises."""

    def stop(number: int, frame: FrameType | None) -> None:
        session.interrupt()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    return stop
