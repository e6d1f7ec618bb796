"""The seed spout: every seed becomes DISCOVERED once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from spindrift.errors import ConfigurationError
from spindrift.spouts.seeds import SeedSpout
from spindrift.testing import SpoutRun, run_spout

Start = Callable[..., SpoutRun]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def start(seeds: list[str], index: int = 0, par: int = 1) -> SpoutRun:
            conf = {"seeds": seeds, "urlfilters.config.file": ""}
            return stack.enter_context(run_spout(SeedSpout, conf, index=index, par=par))

        yield start


def run(spout: SpoutRun, times: int = 10) -> list[str]:
    before = len(spout.ids)
    spout.next(times)
    return [str(tup_id) for tup_id in spout.ids[before:]]


def test_emits_each_seed_once_as_discovered(start: Start) -> None:
    spout = start(["http://a.example", "http://b.example/x"])
    assert run(spout) == ["http://a.example/", "http://b.example/x"]
    metadata = {"depth": ["0"], "fetch.private.allowed": ["true"]}
    assert spout.emitted("status")[0] == ("http://a.example/", metadata, "DISCOVERED")


def test_what_failed_is_emitted_again_until_it_is_acked(start: Start) -> None:
    spout = start(["http://a.example/"])
    run(spout)
    spout.fail("http://a.example/")
    assert run(spout) == []
    spout.advance(1)
    assert run(spout) == ["http://a.example/"]
    spout.ack("http://a.example/")
    spout.fail("http://a.example/")
    spout.advance(1)
    assert run(spout) == []


def test_reads_files_and_leaves_out_what_is_no_url(
    start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "seeds.txt"
    file.write_text("http://a.example/\ttag=t\nnothing\nhttp://b.example/\n")
    spout = start([str(file)])
    assert run(spout) == ["http://a.example/", "http://b.example/"]
    assert spout.emitted("status")[0].metadata["tag"] == ["t"]
    assert f"{file}:2: 'nothing' is not a URL" in caplog.text


def test_a_file_that_is_not_there_stops_the_start(start: Start, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"missing\.txt"):
        start([str(tmp_path / "missing.txt")])


def test_tasks_share_the_seeds(start: Start) -> None:
    seeds = [f"http://h{n}.example/" for n in range(5)]
    parts = [run(start(seeds, index, par=2)) for index in (0, 1)]
    assert parts == [seeds[::2], seeds[1::2]]
