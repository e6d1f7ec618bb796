"""Work in processes."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from spindrift.extraction.workers import AHEAD, Workers


def work(given: str) -> str:
    match given.split():
        case ["die"]:
            os.kill(os.getpid(), signal.SIGKILL)
        case ["leave"]:
            os._exit(3)
        case ["raise"]:
            raise ValueError("no good")
        case ["hang"]:
            threading.Event().wait()
        case ["pid"]:
            return str(os.getpid())
        case ["wait", path]:
            while not Path(path).exists():
                time.sleep(0.01)
    return given.upper()


def outcomes(*inputs: str, jobs: int = 2, time_limit: float = 60.0) -> list[tuple[str, str]]:
    workers = Workers(work, jobs, time_limit=time_limit)
    return [(given, result or str(error)) for given, result, error in workers.outcomes(inputs)]


def test_results_come_in_the_order_of_the_inputs() -> None:
    inputs = [f"{number}x" for number in range(50)]
    assert outcomes(*inputs, jobs=3) == [(given, given.upper()) for given in inputs]


def test_no_inputs_give_no_results() -> None:
    assert outcomes() == []


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ("die", "the process that worked on it was killed by SIGKILL; has the machine run out of memory?"),
        ("leave", "the process that worked on it ended by itself (exit code 3)"),
        ("raise", "ValueError: no good"),
    ],
)
def test_an_input_that_takes_its_process_along_is_named_and_the_others_go_on(bad: str, error: str) -> None:
    assert outcomes("a", bad, "b", bad, "c") == [("a", "A"), (bad, error), ("b", "B"), (bad, error), ("c", "C")]


def test_an_input_that_takes_too_long_is_given_up() -> None:
    assert outcomes("hang", "a", jobs=1, time_limit=0.5) == [
        ("hang", "it took more than 0.5 s and was stopped"),
        ("a", "A"),
    ]


def test_work_is_done_in_other_processes() -> None:
    pids = {result for _, result in outcomes(*["pid"] * 20)}
    assert str(os.getpid()) not in pids
    assert len(pids) <= 2


def test_few_inputs_are_read_ahead(tmp_path: Path) -> None:
    read = []
    go = tmp_path / "go"

    def inputs() -> Iterator[str]:
        for number in range(1000):
            read.append(number)
            yield f"wait {go}" if number == 0 else "x"

    results = Workers(work, 2).outcomes(inputs())
    threading.Timer(0.5, go.touch).start()
    next(results)
    assert len(read) <= 2 * AHEAD + 8
    results.close()


def test_what_the_inputs_raise_is_raised_after_the_results_before_it() -> None:
    def inputs() -> Iterator[str]:
        yield "a"
        raise OSError("torn")

    results = Workers(work, 1).outcomes(inputs())
    assert next(results).result == "A"
    with pytest.raises(OSError, match="torn"):
        next(results)
