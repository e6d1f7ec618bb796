"""Who gets a tuple: Storm's groupings."""

from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from streamparse import Grouping, Topology

from tests.local.components.bolts import Echo, Recorder
from tests.local.components.spouts import AskingSpout, DirectSpout, ListSpout, TwoStreamSpout
from tests.local.running import running

NUMBERS = [(n, n % 7) for n in range(120)]


def one_bolt(grouping: Any, par: int = 4) -> Any:
    class OneBolt(Topology):
        numbers = ListSpout.spec()
        record = Recorder.spec(inputs={numbers: grouping}, par=par)

    return OneBolt


@pytest.mark.parametrize("grouping", [Grouping.SHUFFLE, Grouping.NONE, Grouping.LOCAL_OR_SHUFFLE], ids=repr)
def test_shuffle_none_and_local_or_shuffle_share_evenly(grouping: Any, tmp_path: Path) -> None:
    with running(one_bolt(grouping), tmp_path, NUMBERS) as run:
        tasks = run.settle().by_task("record")
    assert sorted(map(len, tasks.values())) == [30, 30, 30, 30]
    assert sorted(chain.from_iterable(tasks.values())) == list(range(120))


def test_fields_sends_equal_values_to_one_task(tmp_path: Path) -> None:
    with running(one_bolt(Grouping.fields("key")), tmp_path, NUMBERS) as run:
        tasks = run.settle().by_task("record")
    keys = [{value % 7 for value in values} for values in tasks.values()]
    assert sum(len(each) for each in keys) == 7, "no key at two tasks"
    assert len(tasks) > 1


def test_fields_compares_by_value_whatever_the_type(tmp_path: Path) -> None:
    class KeyAsFirst(Topology):
        numbers = ListSpout.spec()
        record = Recorder.spec(inputs={numbers: Grouping.fields("key", "value")}, par=5)

    keys: list[Any] = [None, "a", 7, ["x", {"y": [1]}], {"k": [1, 2]}, ["x", {"y": [2]}], 1.5, True]
    with running(KeyAsFirst, tmp_path, [(0, key) for key in keys for _ in range(10)]) as run:
        run.settle()
        seen = {(repr(each["values"][1]), each["task"]) for each in run.events("process")}
    assert len(seen) == len(keys)


def test_all_sends_to_every_task(tmp_path: Path) -> None:
    with running(one_bolt(Grouping.ALL), tmp_path, NUMBERS) as run:
        tasks = run.settle().by_task("record")
        assert run.ids("ack") == list(range(120))
    assert len(tasks) == 4
    assert all(sorted(values) == list(range(120)) for values in tasks.values())


def test_global_sends_to_the_lowest_task(tmp_path: Path) -> None:
    with running(one_bolt(Grouping.GLOBAL), tmp_path, NUMBERS) as run:
        tasks = run.settle().by_task("record")
        lowest = min(run.topology.plan.components["record"].tasks)
    assert list(tasks) == [lowest]


def test_direct_sends_to_the_task_that_is_named(tmp_path: Path) -> None:
    class Direct(Topology):
        numbers = DirectSpout.spec()
        echo = Echo.spec(inputs=[numbers], par=3)

    with running(Direct, tmp_path, [(n, n % 3) for n in range(30)]) as run:
        tasks = run.settle().by_task("echo")
        told = Counter(each["tasks"][0] for each in run.events("tasks"))
        assert run.ids("ack") == list(range(30))
    assert {task: len(values) for task, values in tasks.items()} == dict(told)
    assert all(len({value % 3 for value in values}) == 1 for values in tasks.values())


def test_need_task_ids_says_who_got_it(tmp_path: Path) -> None:
    class Asking(Topology):
        numbers = AskingSpout.spec()
        first = Recorder.spec(inputs={numbers: Grouping.ALL}, par=2)
        second = Recorder.spec(inputs={numbers: Grouping.GLOBAL}, par=2)

    with running(Asking, tmp_path, [(1, 1)]) as run:
        run.settle()
        plan = run.topology.plan.components
        (told,) = run.events("tasks")
    assert sorted(told["tasks"]) == [*plan["first"].tasks, min(plan["second"].tasks)]


def test_streams_go_to_who_listens_to_them(tmp_path: Path) -> None:
    class Streams(Topology):
        numbers = TwoStreamSpout.spec()
        odd = Recorder.spec(inputs=[numbers["odd"]])
        even = Recorder.spec(inputs=[numbers["even"]])
        both = Recorder.spec(inputs=[numbers["odd"], numbers["even"]])

    with running(Streams, tmp_path, [(n,) for n in range(10)]) as run:
        run.settle()
        assert run.values("odd") == [1, 3, 5, 7, 9]
        assert run.values("even") == [0, 2, 4, 6, 8]
        assert run.values("both") == list(range(10)), "one source's tuples keep their order, also over streams"
        assert [each["stream"] for each in run.events("process", "both")][:2] == ["even", "odd"]
        assert run.ids("ack") == list(range(10))
        assert run.topology.stats().components["numbers"].emitted == {"odd": 5, "even": 5}
        assert run.topology.stats().components["numbers"].transferred == 20


def test_parallelism_may_depend_on_the_environment(tmp_path: Path) -> None:
    class Sized(Topology):
        numbers = ListSpout.spec(par={"prod": 2, "test": 1})
        record = Recorder.spec(inputs=[numbers], par={"prod": 5, "test": 3})

    with running(Sized, tmp_path, NUMBERS, env="test") as run:
        assert len(run.settle().by_task("record")) == 3
