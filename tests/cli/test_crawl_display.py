"""The live display: readable on 80 columns and 24 lines, whatever hosts and errors are called."""

import io

import pytest
from rich.console import Console

from spindrift.cli.crawl_display import PlainLines, draw
from spindrift.cli.statuses import bar
from spindrift.crawl.progress import Progress, SlowHost
from spindrift.crawl.summary import Ending
from spindrift.frontier import HostRecord

NOW = 1_700_000_000.0


def busy(**changes: object) -> Progress:
    """A crawl that has much to show."""
    values: dict[str, object] = {
        "elapsed": 3723.0,
        "pages": 123_456,
        "bytes": 3_333_333_333,
        "rate": 85.25,
        "active": 50,
        "queued": 1234,
        "queues": 321,
        "in_flight": 1284,
        "indexed": 123_400,
        "frontier": {"DISCOVERED": 9_876_543, "FETCHED": 123_456, "FETCH_ERROR": 7, "REDIRECTION": 0, "ERROR": 1},
        "slow": tuple(SlowHost(f"slow{number}." + "x" * 80 + ".example", 12.5, 40) for number in range(10)),
        "held": (HostRecord("held.example", 4, {}, None, NOW + 600, "\x1b[31mstatus 503[bold]", 3),),
        "last_error": "parse: ValueError: " + "y" * 200,
        **changes,
    }
    return Progress(**values)  # type: ignore[arg-type]


def drawn(progress: Progress, ending: Ending | None = None) -> list[str]:
    console = Console(file=io.StringIO(), width=80, height=24, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(draw(progress, ending, "sqlite:///crawl.db", NOW))
    return capture.get().splitlines()


def test_fits_a_terminal_of_80_by_24() -> None:
    lines = drawn(busy(), Ending.INTERRUPTED)
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


def test_shows_rates_statuses_and_who_holds_it_up() -> None:
    text = "\n".join(drawn(busy()))
    for words in ("1:02:03", "123,456", "85.2/s", "33.2/s", "3.3 GB", "9,876,543", "Ctrl-C stops gracefully"):
        assert words in text
    held = next(line for line in drawn(busy()) if "held.example" in line)
    assert "held 10 min" in held
    assert "[31mstatus 503[bold]" in held
    assert "\x1b" not in text


def test_nothing_to_show_yet() -> None:
    assert "0.0/s" in "\n".join(drawn(Progress()))


def test_says_that_it_is_ending() -> None:
    assert "nothing is due soon: finishing" in "\n".join(drawn(busy(), Ending.FINISHED))


@pytest.mark.parametrize(
    ("number", "total", "shown"), [(0, 10, ""), (1, 10_000, "▏"), (10, 10, "████"), (5, 10, "██"), (0, 0, "")]
)
def test_bars(number: int, total: int, shown: str) -> None:
    assert bar(number, total, 4) == shown


def test_plain_lines_come_every_five_seconds_and_at_the_end() -> None:
    out = io.StringIO()
    lines = PlainLines(Console(file=out, width=10_000))
    for elapsed in (0.1, 0.6, 4.9, 5.2, 9.9, 10.0):
        lines.show(busy(elapsed=elapsed), None)
    lines.show(busy(elapsed=10.5), Ending.TIME)
    lines.show(busy(elapsed=11.0), Ending.TIME)
    starts = [line[:5] for line in out.getvalue().splitlines()]
    assert starts == ["00:00", "00:05", "00:10", "00:10"]
    assert "time is up" in out.getvalue().splitlines()[-1]
