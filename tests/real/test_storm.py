"""A real Storm cluster through unmodified streamparse: what is submitted runs, from the JAR of `spindrift jar`."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spindrift.services.running import RunningService
from spindrift.storm.msgpack_classes import SERIALIZER
from tests.local.components.journal import read_journal
from tests.real.cluster import ENVIRONMENT, SOURCES, Project, remove_artifacts
from tests.real.components import METADATA, PAGE
from tests.real.ssh_server import PASSWORD, ssh_server

pytestmark = pytest.mark.timeout(300)

NewProject = Callable[..., Project]


@pytest.fixture
def new_project(storm: RunningService, tmp_path: Path) -> NewProject:
    remove_artifacts(storm)

    def make(**options: Any) -> Project:
        given = {name.replace("_", "."): value for name, value in options.items()}
        return Project(tmp_path / "project", storm, {"test.journal": str(tmp_path / "journal"), **given})

    return make


TWO_BOLTS = """
    from streamparse import Grouping, Topology
    from tests.local.components.bolts import Echo, Recorder
    from tests.local.components.spouts import ListSpout

    class TwoBolts(Topology):
        numbers = ListSpout.spec()
        echo = Echo.spec(inputs=[numbers], par=2)
        record = Recorder.spec(inputs={echo: Grouping.fields("key")}, par=2)
"""


def test_a_topology_is_submitted_listed_and_killed(new_project: NewProject, tmp_path: Path) -> None:
    project = new_project(test_tuples=[[n, n % 7] for n in range(100)])
    project.topology("two", TWO_BOLTS)

    def ids() -> list[int]:
        return sorted(each["id"] for each in read_journal(tmp_path / "journal") if each["event"] == "ack")

    with project.submitted("two"):
        project.until(lambda: len(ids()) == 100)
        assert "two" in project.sparse("list", "-e", ENVIRONMENT)
    assert ids() == list(range(100))
    seen = [each for each in read_journal(tmp_path / "journal") if each["event"] == "process"]
    recorded = {(each["values"][1], each["task"]) for each in seen if each["component"] == "record"}
    assert sorted(each["values"][0] for each in seen if each["component"] == "record") == list(range(100))
    assert len(recorded) == 7, "each key at one task"
    assert "No topologies found" in project.sparse("list", "-e", ENVIRONMENT)


def test_sparse_submits_what_leiningen_makes_and_tails_its_logs(new_project: NewProject, tmp_path: Path) -> None:
    if shutil.which("lein") is None:
        pytest.skip("Leiningen is not there (Debian: apt install leiningen)")
    logs = tmp_path / "logs"
    logs.mkdir()
    project = new_project(test_tuples=[[n, n % 7] for n in range(10)])
    project.topology("two", TWO_BOLTS.replace("Recorder", "Chatty"))
    shutil.copy(SOURCES.parent / "project.clj", project.folder)

    def acks() -> int:
        return sum(each["event"] == "ack" for each in read_journal(tmp_path / "journal"))

    with ssh_server() as address:
        project.configure(workers=[address], user="anyone", ssh_password=PASSWORD, log={"path": str(logs)})
        with project.submitted("two", by_leiningen=True):
            project.until(lambda: acks() == 10)
            project.until(lambda: any("logged 9" in file.read_text() for file in logs.iterdir()))
            assert "logged 9" in project.sparse("tail", "-n", "two", "-e", ENVIRONMENT, "--num_lines", "100")


def test_sparse_visualizes(new_project: NewProject) -> None:
    if shutil.which("dot") is None:
        pytest.skip("sparse visualize needs Graphviz (Debian: apt install graphviz)")
    project = new_project()
    project.topology("two", TWO_BOLTS)
    project.sparse("visualize", "-n", "two", "-f", "svg", "-o", "two")
    assert "record" in (project.folder / "two.svg").read_text()


PAGES = """
    from streamparse import Grouping, Topology
    from tests.real.components import Digesting, PageSpout, Passing, Slow

    class Pages(Topology):
        pages = PageSpout.spec()
        passing = Passing.spec(inputs=[pages], par=2)
        digest = Digesting.spec(inputs=[passing], par=2)
        slow = Slow.spec(inputs=[passing])
"""


@pytest.mark.parametrize(("serializer", "seconds"), [("--no-msgpack", 15), ("--msgpack", 60)])
def test_pages_arrive_byte_for_byte_whatever_is_printed_and_however_long_a_bolt_takes(
    serializer: str, seconds: float, new_project: NewProject, tmp_path: Path
) -> None:
    times = {"topology_subprocess_timeout_secs": 8, "topology_message_timeout_secs": 150, "test_seconds": seconds}
    project = new_project(topology_workers=2, **times)
    project.topology("pages", PAGES)
    project.make_jar(serializer)

    def events(event: str) -> list[dict[str, Any]]:
        return [each for each in read_journal(tmp_path / "journal") if each["event"] == event]

    with project.submitted("pages"):
        project.until(lambda: len(events("ack")) == 4)
    assert sorted(each["id"] for each in events("ack")) == list(range(4))
    seen = {each["digest"] for each in events("page")}
    assert seen == {hashlib.sha256(PAGE).hexdigest()}
    assert all(each["metadata"] == METADATA for each in events("page"))
    assert {each["serializer"] == SERIALIZER for each in events("page")} == {serializer == "--msgpack"}
    assert len(events("page")) == len(events("done")) == 4
    assert len(events("began")) == 6, "each process was started once"
