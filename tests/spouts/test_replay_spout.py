"""The spout of a replay: each visit of an archive in its order, and again when it fails."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.spouts.replay import ReplaySpout
from spindrift.testing import SpoutRun, run_spout
from spindrift.warc.capture import Capture
from spindrift.warc.listing import list_archives
from spindrift.warc.opening import index_once, open_archive
from spindrift.warc.records import RecordFormat

HEAD = {"protocol._response.headers_": ["HTTP/1.1 200 OK\r\n\r\n"], "fetch.statusCode": ["200"]}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A robots.txt, an answer after which was asked again, and two pages."""
    visits = [
        ("/robots.txt", {"robots.txt": ["true"]}),
        ("/a", {"fetch.asked.again": ["true"]}),
        ("/a", {}),
        ("/b", {}),
    ]
    form = RecordFormat("protocol.", ["depth"], VirtualClock())
    captures = [Capture("http://a.example" + path, b"", HEAD | {"depth": ["1"]} | more) for path, more in visits]
    (tmp_path / "x.warc.gz").write_bytes(b"".join(map(form.records, captures)))
    return tmp_path


def spout(archive: Path, **conf: Any) -> AbstractContextManager[SpoutRun]:
    return run_spout(ReplaySpout, {"warc.paths": [str(archive)], **conf})


def emitted(started: SpoutRun, turns: int) -> list[str]:
    """Message ids of what comes in so many turns."""
    before = len(started.emissions)
    started.next(turns)
    return [str(each.tup_id) for each in started.emissions[before:]]


def test_visits_of_which_something_came_are_emitted_in_their_order(archive: Path) -> None:
    with spout(archive) as started:
        assert emitted(started, 9) == ["2", "3"]
    assert started.emitted() == [
        ("http://a.example/a", {"depth": ["1"], "replay.visit": ["2"]}),
        ("http://a.example/b", {"depth": ["1"], "replay.visit": ["3"]}),
    ]


@pytest.mark.parametrize(("most", "times"), [(2, 3), (0, 1), (-1, 20)])
def test_what_fails_is_emitted_again_so_many_times(archive: Path, most: int, times: int) -> None:
    with spout(archive, **{"spout.max.replays": most}) as started:
        count = 0
        while count < 20 and emitted(started, 1) == ["2"]:
            count += 1
            started.fail("2")
    assert count == times


def test_how_far_it_is_is_reported_and_the_end_once(archive: Path) -> None:
    with spout(archive) as started:
        for visit in emitted(started, 2):
            started.ack(visit)
        emitted(started, 5)
        values = [value for _, value in started.metrics]
    assert values == [{"visits": 2, "done": 0, "failed": 0}, {"visits": 2, "done": 2, "failed": 0}]


def test_an_archive_is_indexed_once_whoever_asks(archive: Path) -> None:
    counted: list[int] = []
    indexed = index_once(list_archives([str(archive)]), Settings({}), counted.append)
    assert open_archive(Settings({"warc.paths": [str(archive)]})) is indexed
    assert counted
