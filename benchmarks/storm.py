"""Tuples and pages a second through a real Storm cluster, in JSON and MessagePack, beside the embedded runner.

    python benchmarks/storm.py [--seconds 8]

The topology is spout -> bolt -> bolt, one task each, all acked, 200 in flight; on Storm each is a process of its own. A
page has 50 kB of random bytes, which JSON carries as base64. Also: the CPU of a worker whose spout has nothing to emit.
Needs a JDK 17 and Maven.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.peers.storm_topology import Pages
from spindrift.local import LocalTopology
from spindrift.services.catalogue import SERVICES
from spindrift.services.errors import ServiceError
from spindrift.services.running import RunningService, start_and_end
from spindrift.services.toolchain import find_toolchain
from tests.real.cluster import Project, storm_workers

PAGE = 50_000
_WARM_UP = 3.0


def rate(file: Path, seconds: float, until: Callable[[Callable[[], Any]], None]) -> float:
    """Acked tuples a second."""
    until(lambda: file.exists() and file.stat().st_size)
    time.sleep(_WARM_UP)
    acked, moment = map(float, file.read_text().split())
    time.sleep(seconds)
    acked_then, moment_then = map(float, file.read_text().split())
    return (acked_then - acked) / (moment_then - moment)


def conf(folder: Path, size: int) -> dict[str, Any]:
    return {
        "benchmark.bytes": size,
        "benchmark.file": str(folder / "acked"),
        "topology.max.spout.pending": 200,
        "topology.workers": 1,
    }


def here(size: int, seconds: float, workers: int) -> float:
    """On the embedded runner."""
    with tempfile.TemporaryDirectory() as folder:
        given = {**conf(Path(folder), size), "topology.workers": workers}
        topology = LocalTopology(Pages, name="benchmark", conf=given)
        topology.start()

        def until(true: Callable[[], Any]) -> None:
            while not true():
                time.sleep(0.05)

        try:
            return rate(Path(folder, "acked"), seconds, until)
        finally:
            topology.stop(drain=0)


def there(size: int, seconds: float, storm: RunningService, *, msgpack: bool) -> float:
    """On the cluster; of a spout that has nothing to emit, the share of a core that the worker's Java takes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = Project(folder / "project", storm, conf(folder, size))
        (project.folder / "src" / "benchmarks").symlink_to(Path(__file__).parent)
        project.topology("pages", "from benchmarks.peers.storm_topology import Pages\n")
        project.make_jar("--msgpack" if msgpack else "--no-msgpack")
        with project.submitted("pages"):
            if size >= 0:
                return rate(folder / "acked", seconds, project.until)
            project.until(lambda: storm_workers(storm))
            time.sleep(5 * _WARM_UP)
            return cpu(storm_workers(storm)[0], seconds)


def cpu(process: psutil.Process, seconds: float) -> float:
    """Share of a core."""
    before = sum(process.cpu_times()[:2])
    time.sleep(seconds)
    return float(sum(process.cpu_times()[:2]) - before) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=8, help="of each measurement")
    seconds = parser.parse_args().seconds
    try:
        find_toolchain()
    except ServiceError as error:
        print(f"left out: {error}")
        return
    with start_and_end(SERVICES["storm"]) as storm:
        print(f"{'acked, a second':40}{'small tuples':>14}{'50 kB pages':>14}", flush=True)
        runners: dict[str, Callable[[int], float]] = {
            "Storm, JSON (base64)": lambda size: there(size, seconds, storm, msgpack=False),
            "Storm, MessagePack": lambda size: there(size, seconds, storm, msgpack=True),
            "embedded runner": lambda size: here(size, seconds, 1),
            "embedded runner, a process a component": lambda size: here(size, seconds, 4),
        }
        for name, run in runners.items():
            print(f"{name:40}{run(0):14,.0f}{run(PAGE):14,.0f}", flush=True)
        print(f"\nidle worker (Java): {there(-1, seconds, storm, msgpack=True):.1%} of a core; promised: under 15 %")


if __name__ == "__main__":
    main()
