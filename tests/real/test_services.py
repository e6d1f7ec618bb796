"""Real servers: they start, answer, and end, whatever becomes of whoever started them."""

import gc
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from streamparse.util import get_nimbus_client

from spindrift.services.catalogue import SERVICES
from spindrift.services.running import RunningService, start_and_end
from tests.cli.conftest import Run, spindrift  # noqa: F401 - a fixture

pytestmark = pytest.mark.timeout(300)


def members(service: RunningService) -> list[psutil.Process]:
    """The processes of its session."""
    return [process for process in psutil.process_iter() if session(process.pid) == service.pid]


def session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def test_elasticsearch_stores_and_finds(elasticsearch: RunningService) -> None:
    assert_stores_and_finds(f"http://{elasticsearch.address}/try")


def test_opensearch_stores_and_finds(opensearch: RunningService) -> None:
    assert_stores_and_finds(f"http://{opensearch.address}/try")


def assert_stores_and_finds(index: str) -> None:
    requests.put(f"{index}/_doc/1?refresh=true", json={"title": "A storm of foam"}, timeout=30).raise_for_status()
    found = requests.get(f"{index}/_search", json={"query": {"match": {"title": "foam"}}}, timeout=30).json()
    assert [hit["_source"]["title"] for hit in found["hits"]["hits"]] == ["A storm of foam"]


def test_storm_has_a_supervisor_with_free_slots(storm: RunningService) -> None:
    host, port = storm.address.split(":")
    nimbus = get_nimbus_client(host=host, port=int(port))
    (supervisor,) = nimbus.getClusterInfo().supervisors
    assert (supervisor.num_workers, supervisor.num_used_workers) == (4, 0)
    assert json.loads(nimbus.getNimbusConf())["storm.log.dir"] == storm.use["log.path"], "what `sparse tail` asks for"


def test_a_service_goes_on_when_garbage_is_collected_where_it_was_started(elasticsearch: RunningService) -> None:
    gc.collect()
    with pytest.raises(psutil.TimeoutExpired):
        psutil.Process(elasticsearch.pid).wait(timeout=1)
    assert elasticsearch.is_alive()


def test_nothing_is_left_when_it_has_ended(toolchain: None) -> None:
    with start_and_end(SERVICES["kafka"]) as service:
        assert len(members(service)) == 2, "the keeper and the broker"
        home = Path(service.home)
        assert home.is_dir()
    assert not members(service)
    assert not home.exists()


def test_it_ends_when_whoever_started_it_is_killed(toolchain: None, tmp_path: Path) -> None:
    script = """
        import time
        from spindrift.services.catalogue import SERVICES
        from spindrift.services.running import start_and_end
        with start_and_end(SERVICES["kafka"]) as service:
            print(service.pid, flush=True)
            time.sleep(600)
    """
    starter = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert starter.stdout is not None
    with starter:
        keeper = psutil.Process(int(starter.stdout.readline()))
        started = [keeper, *keeper.children(recursive=True)]
        starter.send_signal(signal.SIGKILL)
        assert len(started) == 2
        _gone, alive = psutil.wait_procs(started, timeout=60)
    assert not alive


@pytest.fixture
def of_its_own(
    toolchain: None,
    spindrift: Run,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., list[dict[str, Any]]]]:
    """Runs `spindrift services ACTION kafka` where no other command's services are, and ends them."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def services(action: str, code: int = 0) -> list[dict[str, Any]]:
        done = spindrift("services", action, "kafka", "--json")
        assert done.code == code, done.err
        return list(json.loads(done.out))

    yield services
    spindrift("services", "down", "kafka")


def test_up_status_and_down(of_its_own: Callable[..., list[dict[str, Any]]]) -> None:
    of_its_own("status", code=1)
    (first,) = of_its_own("up")
    assert of_its_own("up") == [first], "it is not started twice"
    assert of_its_own("status") == [first]
    broker = psutil.Process(first["pid"]).children()[0]
    broker.suspend()
    (stopped,) = of_its_own("status", code=1)
    assert (stopped["running"], stopped["answers"]) == (True, False)
    broker.resume()
    assert of_its_own("down") == [{"service": "kafka", "title": first["title"], "ended": True, "removed": True}]
    assert not psutil.pid_exists(first["pid"])
    of_its_own("status", code=1)


def test_what_a_broker_keeps_outlives_its_death(
    of_its_own: Callable[..., list[dict[str, Any]]],
    spindrift: Run,  # noqa: F811
) -> None:
    (first,) = of_its_own("up")
    url = first["use"]["broker.url"]
    assert spindrift("topic", "produce", "kept", "--broker", url, said='{"n": 1}\n').code == 0
    keeper = psutil.Process(first["pid"])
    keeper.children()[0].kill()
    keeper.wait(60)
    (again,) = of_its_own("up")
    assert (again["address"], again["pid"] != first["pid"]) == (first["address"], True)
    assert json.loads(spindrift("topic", "consume", "kept", "--broker", url).out)["value"] == {"n": 1}
