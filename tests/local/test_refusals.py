"""What the embedded runner refuses, and how it says so."""

from pathlib import Path
from typing import Any

import pytest
from streamparse import Grouping, JavaBolt, JavaSpout, ShellBolt, Spout, Topology

from spindrift.local import LocalTopology, TopologyError
from spindrift.local.loading import load_topology
from tests.local.components.bolts import Echo, Recorder, Wrong
from tests.local.components.spouts import ListSpout
from tests.local.running import running


def refusal(topology_class: Any, env: str | None = None) -> list[str]:
    with pytest.raises(TopologyError) as caught:
        LocalTopology(topology_class, name="tested", conf={}, env=env)
    return caught.value.problems


def test_everything_of_the_jvm_is_refused_by_name_and_all_at_once() -> None:
    class Java(Topology):
        kafka = JavaSpout.spec(full_class_name="org.apache.storm.KafkaSpout", args_list=[], outputs=["url"])
        count = JavaBolt.spec(full_class_name="com.example.Count", args_list=[], inputs=[kafka])
        ruby = ShellBolt.spec(command="ruby", script="count.rb", inputs=[kafka])
        numbers = ListSpout.spec()
        record = Recorder.spec(inputs={numbers: Grouping.custom_object("com.example.MyGrouping", [])})

    problems = refusal(Java)
    assert len(problems) == 4
    assert "component kafka is a Java class org.apache.storm.KafkaSpout" in problems[0]
    assert "component count is a Java class com.example.Count" in problems[1]
    assert "component ruby runs the command ruby count.rb" in problems[2]
    assert "component record groups stream default of numbers by a Java class (com.example.MyGrouping)" in problems[3]


def test_parallelism_without_a_number_for_the_environment() -> None:
    class Sized(Topology):
        numbers = ListSpout.spec(par={"prod": 4})
        record = Recorder.spec(inputs=[numbers])

    (problem,) = refusal(Sized, env="test")
    assert "component numbers has its parallelism per environment (prod) and none for test" in problem


def test_fields_that_cannot_be_a_namedtuple() -> None:
    class Odd(Spout):
        outputs: tuple[Any, ...] = ("class", "a-b")

    class Named(Topology):
        odd = Odd.spec()

    (problem,) = refusal(Named)
    assert "component odd, stream default: fields class, a-b must be different Python names" in problem


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (
            '{numbers: Grouping.fields("colour")}',
            r"component record groups stream 'default' of numbers, fields value, key: .*colour",
        ),
        ('[numbers["colours"]]', r"Invalid stream for .*colours"),
        ("[silent]", r"component record listens to stream 'default' of silent, which declares: none"),
    ],
)
def test_a_topology_file_that_streamparse_cannot_load(inputs: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "broken_topology.py"
    file.write_text(
        "from streamparse import Grouping, Topology\n"
        "from tests.local.components.bolts import Recorder\n"
        "from tests.local.components.spouts import ListSpout\n"
        "class Broken(Topology):\n"
        "    numbers = ListSpout.spec()\n"
        "    silent = Recorder.spec(inputs=[numbers])\n"
        f"    record = Recorder.spec(inputs={inputs})\n"
    )
    with pytest.raises(TopologyError, match=rf"broken_topology\.py: cannot load the topology: .*{said}"):
        load_topology(file)


def test_a_file_without_a_topology(tmp_path: Path) -> None:
    file = tmp_path / "empty_topology.py"
    file.write_text("x = 1\n")
    with pytest.raises(TopologyError, match="holds no topology"):
        load_topology(file)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("stream", "wrong emitted on stream 'nowhere', which it does not declare (declared: default, direct)"),
        ("count", "wrong emitted 2 values on stream 'default', which has 1 fields (value): [1, 2]"),
        ("type", "All Tuples must be either lists or tuples, received <class 'str'> instead."),
        ("direct", "wrong emitted on direct stream 'direct' without direct_task"),
        ("task", "wrong emitted to task 1 on stream 'default', which is not direct"),
    ],
)
def test_an_emit_that_is_not_allowed_fails_its_tuple_and_says_why(key: str, said: str, tmp_path: Path) -> None:
    with running(wrong(), tmp_path, [(1, key), (2, "fine")]) as run:
        run.settle()
        assert (run.ids("fail"), run.ids("ack")) == ([0], [1])
        (error,) = run.topology.stats().components["wrong"].errors
    assert said in error.message


def test_an_emit_anchored_to_an_acked_tuple_is_an_error(tmp_path: Path) -> None:
    with running(wrong(), tmp_path, [(1, "acked")]) as run:
        run.settle()
        assert run.ids("ack") == [0]
        (error,) = run.topology.stats().components["wrong"].errors
    assert "anchored to a tuple that it had already acked" in error.message


def wrong() -> Any:
    class HasWrong(Topology):
        numbers = ListSpout.spec()
        wrong = Wrong.spec(inputs=[numbers])
        echo = Echo.spec(inputs=[numbers])

    return HasWrong
