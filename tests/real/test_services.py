"""Real servers: they start, answer, and end, whatever becomes of whoever started them."""

import gc
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

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
    (supervisor,) = get_nimbus_client(host=host, port=int(port)).getClusterInfo().supervisors
    assert (supervisor.num_workers, supervisor.num_used_workers) == (4, 0)


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


def test_up_status_and_down(
    toolchain: None,
    spindrift: Run,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert spindrift("services", "status", "kafka").code == 1
    started = spindrift("services", "up", "kafka", "--json")
    assert started.code == 0, started.err
    try:
        (first,) = json.loads(started.out)
        assert json.loads(spindrift("services", "up", "kafka", "--json").out) == [first], "it is not started twice"
        shown = spindrift("services", "status", "kafka")
        assert (shown.code, first["address"] in shown.out) == (0, True)
    finally:
        assert "ended" in spindrift("services", "down", "kafka").err
    assert not psutil.pid_exists(first["pid"])
    assert spindrift("services", "status", "kafka").code == 1
