"""What Storm promises, on the embedded runner and on a real cluster: the same topology, the same assertions."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from spindrift.local import LocalTopology
from tests.local.components.journal import read_journal
from tests.local.running import Run
from tests.real.cluster import Project, remove_artifacts
from tests.real.conformance.suite import KEYS, NUMBERS, TIME_OUT, Conformance

pytestmark = pytest.mark.timeout(400)

TASKS: Final = sum(spec.par for spec in Conformance.specs)
ENDED: Final = {
    "groupings": len(NUMBERS),
    "keys": len(KEYS),
    "direct": 20,
    "streams": 20,
    "diamond": len(NUMBERS),
    "fails": 20,
    "timeout": 3,
    "batches": 11,
    "replay": 5,
    "threads": 20,
    "anchors": 4,
    "cut": 10,
}
"""How many acks and fails the spout of each part is told."""


class Seen:
    """A journal, looked at part by part."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.all: list[dict[str, Any]] = []
        self.read()

    def read(self) -> "Seen":
        """What there is by now."""
        self.all = read_journal(self._path)
        return self

    def events(self, event: str, component: str) -> list[dict[str, Any]]:
        return [each for each in self.all if (each["event"], each["component"]) == (event, component)]

    def ids(self, event: str, part: str) -> list[Any]:
        """Message ids that the part's spout saw acked or failed, sorted."""
        return sorted(each["id"] for each in self.events(event, f"{part}_numbers"))

    def values(self, component: str) -> list[Any]:
        return [each["values"][0] for each in self.events("process", component)]

    def by_task(self, component: str) -> dict[int, list[Any]]:
        tasks: dict[int, list[Any]] = {}
        for each in self.events("process", component):
            tasks.setdefault(each["task"], []).append(each["values"][0])
        return tasks

    def has_ended(self) -> bool:
        """Whether every spout has been told of all its tuples, and there were ticks."""
        told = {part: len(self.ids("ack", part)) + len(self.ids("fail", part)) for part in ENDED}
        return told == ENDED and len(self.events("tick", "batches_last")) >= 3


@contextmanager
def locally(folder: Path, conf: dict[str, Any]) -> Iterator[Callable[[Callable[[], Any]], None]]:
    topology = LocalTopology(Conformance, name="conformance", conf=conf)
    topology.start()
    try:
        yield lambda true: wait(true, Run(topology, folder / "journal"))
    finally:
        topology.stop(drain=0.5)


def wait(true: Callable[[], Any], run: Run) -> None:
    """Several times as long as usual: a time-out takes longer than what else is waited for."""
    for attempt in range(4):
        try:
            run.until(true)
        except AssertionError:
            if attempt == 3:
                raise
        else:
            return


@contextmanager
def on_storm(folder: Path, conf: dict[str, Any], service: Any) -> Iterator[Callable[[Callable[[], Any]], None]]:
    remove_artifacts(service)
    project = Project(folder / "project", service, conf)
    project.topology("conformance", "from tests.real.conformance.suite import Conformance\n")
    with project.submitted("conformance"):
        yield project.until


@pytest.fixture(scope="module", params=["local", "storm"])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What the topology's components saw on one of the runners."""
    folder = tmp_path_factory.mktemp(request.param)
    conf = {
        "test.journal": str(folder / "journal"),
        "test.gate": str(folder / "gate"),
        "topology.message.timeout.secs": TIME_OUT,
    }
    journal = Seen(folder / "journal")
    if request.param == "local":
        running = locally(folder, conf)
    else:
        running = on_storm(folder, conf, request.getfixturevalue("storm"))
    with running as until:
        until(lambda: sum(each["event"] == "began" for each in journal.read().all) >= TASKS)
        (folder / "gate").touch()
        until(lambda: journal.read().has_ended())
    return journal.read()


def test_each_component_began_once(seen: Seen) -> None:
    assert sum(each["event"] == "began" for each in seen.all) == TASKS


@pytest.mark.parametrize("grouping", ["shuffle", "local", "fields"])
def test_tuples_are_shared_among_tasks(seen: Seen, grouping: str) -> None:
    tasks = seen.by_task(f"groupings_{grouping}")
    assert sorted(value for values in tasks.values() for value in values) == list(range(len(NUMBERS)))
    assert len(tasks) > 1


def test_fields_sends_equal_values_to_one_task(seen: Seen) -> None:
    places = {(each["values"][1], each["task"]) for each in seen.events("process", "groupings_fields")}
    assert len(places) == 7


def test_fields_compares_by_value_whatever_the_type(seen: Seen) -> None:
    places = {(repr(each["values"][1]), each["task"]) for each in seen.events("process", "keys_record")}
    assert len(places) == 7


def test_all_sends_to_every_task(seen: Seen) -> None:
    tasks = seen.by_task("groupings_all")
    assert [sorted(values) for values in tasks.values()] == [list(range(len(NUMBERS)))] * 2


def test_global_sends_to_the_lowest_task(seen: Seen) -> None:
    (task,) = seen.by_task("groupings_global")
    others = {each["task"] for each in seen.events("began", "groupings_global")}
    assert task == min(others)


def test_direct_sends_to_the_task_that_is_named(seen: Seen) -> None:
    tasks = seen.by_task("direct_echo")
    assert [sorted(tasks[task]) for task in sorted(tasks)] == [list(range(0, 20, 2)), list(range(1, 20, 2))]
    told = Counter(each["tasks"][0] for each in seen.events("tasks", "direct_numbers"))
    assert told == {task: len(values) for task, values in tasks.items()}


def test_streams_go_to_who_listens_to_them_and_keep_their_order(seen: Seen) -> None:
    assert seen.values("streams_odd") == list(range(1, 20, 2))
    assert seen.values("streams_both") == list(range(20))
    assert seen.ids("ack", "streams") == list(range(20))


def test_a_tree_that_forks_and_joins_is_acked_once(seen: Seen) -> None:
    assert seen.ids("ack", "diamond") == list(range(len(NUMBERS)))
    assert sorted(seen.values("diamond_last")) == sorted(3 * list(range(len(NUMBERS))))


def test_what_is_failed_or_raised_at_fails_and_the_bolt_goes_on(seen: Seen) -> None:
    failed = [place for place in range(20) if (place + 1) % 2 or (place + 1) % 10 == 0]
    assert seen.ids("fail", "fails") == failed
    assert seen.ids("ack", "fails") == sorted(set(range(20)) - set(failed))


def test_what_nobody_acks_times_out(seen: Seen) -> None:
    assert seen.ids("fail", "timeout") == [0, 1, 2]
    assert seen.values("timeout_silent") == [1, 0, 2]


def test_batches_are_gathered_by_key_and_a_bad_one_fails(seen: Seen) -> None:
    gathered: dict[Any, list[int]] = {}
    for each in seen.events("batch", "batches_batch"):
        gathered.setdefault(each["key"], []).extend(each["values"])
    assert gathered == {0: [0, 3, 6, 9], 1: [1, 4, 7], 2: [2, 5, 8], "bad": [99]}
    assert seen.ids("ack", "batches") == list(range(10))
    assert seen.ids("fail", "batches") == [10]


def test_ticks_come_as_often_as_the_component_asks(seen: Seen) -> None:
    assert {each["seconds"] for each in seen.events("tick", "batches_last")} == {2}


def test_a_component_knows_its_place(seen: Seen) -> None:
    (event,) = seen.events("context", "batches_last")
    context = event["context"]
    assert (context["componentid"], context["task->component"][str(context["taskid"])]) == ("batches_last",) * 2
    assert context["source->stream->fields"] == {"batches_batch": {"default": ["key", "count"]}}
    assert event["conf"]["topology.name"] == "conformance"


def test_a_reliable_spout_replays_what_fails(seen: Seen) -> None:
    assert Counter(seen.values("replay_picky")) == {2: 1, 3: 3}
    assert (seen.ids("ack", "replay"), seen.ids("fail", "replay")) == ([0, 1], [1, 1, 1])


def test_other_threads_may_emit_ack_and_fail(seen: Seen) -> None:
    assert seen.ids("ack", "threads") == list(range(0, 20, 2))
    assert seen.ids("fail", "threads") == list(range(1, 20, 2))
    assert sorted(seen.values("threads_last")) == list(range(0, 20, 2))


def test_a_tuple_with_two_anchors_belongs_to_both_trees(seen: Seen) -> None:
    assert (seen.ids("ack", "anchors"), seen.ids("fail", "anchors")) == ([0, 1], [2, 3])


def test_without_anchor_the_tree_ends(seen: Seen) -> None:
    assert seen.ids("ack", "cut") == list(range(10))
