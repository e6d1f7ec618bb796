"""Runs a topology of test components and reads their journal."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import new_class
from typing import Any

from streamparse import Topology

from spindrift.clock import Clock
from spindrift.local import LocalTopology
from tests.local.components.journal import read_journal

PATIENCE = 20.0
"""Seconds after which something that should come about has not."""


def in_a_row(**components: type[Any]) -> type[Topology]:
    """A topology of a spout and bolts, each of which hears the one before it."""
    specs: dict[str, Any] = {}
    before: list[Any] = []
    for name, component in components.items():
        specs[name] = component.spec(**({"inputs": before} if before else {}))
        before = [specs[name]]
    return new_class("InARow", (Topology,), exec_body=lambda body: body.update(specs))


class Run:
    """A running topology: its journal by event, and waiting for things to come about."""

    def __init__(self, topology: LocalTopology, journal: Path) -> None:
        self.topology = topology
        self._journal = journal

    def events(self, event: str, component: str | None = None) -> list[dict[str, Any]]:
        return [
            each
            for each in read_journal(self._journal)
            if each["event"] == event and component in (None, each["component"])
        ]

    def ids(self, event: str) -> list[Any]:
        """Message ids that the spout saw acked or failed, sorted."""
        return sorted(each["id"] for each in self.events(event))

    def values(self, component: str, event: str = "process") -> list[Any]:
        """First values that a bolt processed, in order."""
        return [each["values"][0] for each in self.events(event, component)]

    def by_task(self, component: str) -> dict[int, list[Any]]:
        """First values that each task processed."""
        tasks: dict[int, list[Any]] = {}
        for each in self.events("process", component):
            tasks.setdefault(each["task"], []).append(each["values"][0])
        return tasks

    def until(self, true: Callable[[], Any], meanwhile: Callable[[], None] | None = None) -> None:
        """Wait until something comes about; `meanwhile` is done again and again."""
        pause = threading.Event()
        for _ in range(int(PATIENCE / 0.005)):
            if true():
                return
            if meanwhile is not None:
                meanwhile()
            pause.wait(0.005)
        raise AssertionError(f"did not come about in {PATIENCE} s; {self.topology.stats()}")

    def settle(self) -> "Run":
        """Wait until nothing is left to do."""
        assert self.topology.wait_idle(PATIENCE), self.topology.stats()
        return self


@contextmanager
def running(
    topology_class: Any,
    folder: Path,
    tuples: Any = (),
    clock: Clock | None = None,
    env: str | None = None,
    **conf: Any,
) -> Iterator[Run]:
    """A topology of test components that is running; keys of the configuration have _ for the dots."""
    given = {name.replace("_", "."): value for name, value in conf.items()}
    journal = folder / "journal"
    everything = {"test.journal": str(journal), "test.tuples": [list(each) for each in tuples], **given}
    topology = LocalTopology(topology_class, name="tested", conf=everything, env=env, clock=clock)
    topology.start()
    try:
        yield Run(topology, journal)
    finally:
        topology.stop(drain=0.5)
