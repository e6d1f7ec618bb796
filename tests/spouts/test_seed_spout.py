"""The seed spout: every seed becomes DISCOVERED once."""

from pathlib import Path

import pytest

from spindrift.clock import VirtualClock
from spindrift.errors import ConfigurationError
from spindrift.spouts.seeds import SeedSpout
from tests.component_probe import Probe, probe


def start(seeds: list[str], clock: VirtualClock | None = None, context: dict[str, object] | None = None) -> Probe:
    return probe(SeedSpout, {"seeds": seeds, "urlfilters.config.file": ""}, context, clock=clock or VirtualClock())


def run(spout: Probe, times: int = 10) -> list[str]:
    before = len(spout.emitted)
    for _ in range(times):
        spout.component.next_tuple()
    return [str(one.tup_id) for one in spout.emitted[before:]]


def test_emits_each_seed_once_as_discovered() -> None:
    spout = start(["http://a.example", "http://b.example/x"])
    assert run(spout) == ["http://a.example/", "http://b.example/x"]
    metadata = {"depth": ["0"], "fetch.private.allowed": ["true"]}
    assert spout.on("status")[0] == ["http://a.example/", metadata, "DISCOVERED"]


def test_what_failed_is_emitted_again_until_it_is_acked() -> None:
    clock = VirtualClock()
    spout = start(["http://a.example/"], clock)
    run(spout)
    spout.component.fail("http://a.example/")
    assert run(spout) == []
    clock.advance(1)
    assert run(spout) == ["http://a.example/"]
    spout.component.ack("http://a.example/")
    spout.component.fail("http://a.example/")
    clock.advance(1)
    assert run(spout) == []


def test_reads_files_and_leaves_out_what_is_no_url(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "seeds.txt"
    file.write_text("http://a.example/\ttag=t\nnothing\nhttp://b.example/\n")
    spout = start([str(file)])
    assert run(spout) == ["http://a.example/", "http://b.example/"]
    assert spout.on("status")[0][1]["tag"] == ["t"]
    assert f"{file}:2: 'nothing' is not a URL" in caplog.text


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"missing\.txt"):
        start([str(tmp_path / "missing.txt")])


def test_tasks_share_the_seeds() -> None:
    seeds = [f"http://h{n}.example/" for n in range(5)]
    components = {1: "seeds", 2: "seeds"}
    parts = [run(start(seeds, context={"taskid": task, "task->component": components})) for task in (1, 2)]
    assert parts == [seeds[::2], seeds[1::2]]
