"""Tuples a second through the embedded runner, beside plain function calls through a bare queue, in the same run.

    python benchmarks/runner_throughput.py [--seconds 3] [--rounds 3]

The topology is spout -> shuffle bolt (2 tasks) -> fields bolt (2 tasks), acking on, every spout tuple tracked; the
plain calls do the same work on the same tuples without Storm's promises. All on one core, where the system lets us.
Also printed: the CPU that the same topology uses while its spout has nothing to emit.
"""

import argparse
import os
import time
from collections import deque
from collections.abc import Callable
from statistics import median
from typing import Any

from streamparse import Bolt, Grouping, Spout, Topology

from spindrift.local import LocalTopology
from spindrift.local.collector import calm_collector

WORDS = ("dog", "cat", "zebra", "elephant", "gnu", "yak", "ibex", "okapi")
PROMISE = 150_000


class WordSpout(Spout):
    """Emits small tuples without an end, or none with `benchmark.idle`."""

    outputs: tuple[Any, ...] = ("word", "number")

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        self.number = 0
        self.acked = 0
        self.silent = conf.get("benchmark.idle", False)

    def next_tuple(self) -> None:
        if not self.silent:
            number = self.number = self.number + 1
            self.emit([WORDS[number & 7], number], tup_id=number)

    def ack(self, tup_id: int) -> None:
        self.acked += 1


class PassOnBolt(Bolt):
    """Emits what it gets."""

    outputs: tuple[Any, ...] = ("word", "number")

    def process(self, tup: Any) -> None:
        word, number = tup.values
        self.emit([word, number])


class CountBolt(Bolt):
    """Counts words."""

    outputs: tuple[Any, ...] = ()

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        self.counts: dict[str, int] = {}

    def process(self, tup: Any) -> None:
        word = tup.values.word
        self.counts[word] = self.counts.get(word, 0) + 1


class WordCount(Topology):
    words = WordSpout.spec()
    pass_on = PassOnBolt.spec(inputs=[words], par=2)
    count = CountBolt.spec(inputs={pass_on: Grouping.fields("word")}, par=2)


def through_the_runner(seconds: float) -> tuple[float, float]:
    """Acked spout tuples a second, and a second of CPU."""
    topology = LocalTopology(WordCount, name="benchmark", conf={})
    topology.start()
    time.sleep(0.3)
    before, wall, cpu = topology.stats().components["words"].acked, time.perf_counter(), time.process_time()
    time.sleep(seconds)
    acked = topology.stats().components["words"].acked - before
    rates = acked / (time.perf_counter() - wall), acked / (time.process_time() - cpu)
    topology.stop()
    return rates


def through_a_bare_queue(seconds: float) -> tuple[float, float]:
    """The same work: a function a component, a queue between them, an ack by a call."""
    first: deque[tuple[str, int]] = deque()
    second: deque[tuple[str, int]] = deque()
    counts: dict[str, int] = {}
    acked = 0

    def spout(number: int, emit: Callable[[tuple[str, int]], None]) -> None:
        emit((WORDS[number & 7], number))

    def pass_on(values: tuple[str, int], emit: Callable[[tuple[str, int]], None]) -> None:
        word, number = values
        emit((word, number))

    def count(values: tuple[str, int], ack: Callable[[int], None]) -> None:
        word, number = values
        counts[word] = counts.get(word, 0) + 1
        ack(number)

    def ack(number: int) -> None:
        nonlocal acked
        acked += 1

    wall, cpu = time.perf_counter(), time.process_time()
    number = 0
    while time.perf_counter() - wall < seconds:
        for _ in range(1000):
            number += 1
            spout(number, first.append)
        while first:
            pass_on(first.popleft(), second.append)
        while second:
            count(second.popleft(), ack)
    return acked / (time.perf_counter() - wall), acked / (time.process_time() - cpu)


def idle(seconds: float) -> float:
    """Share of a core that the topology uses while nothing happens."""
    topology = LocalTopology(WordCount, name="idle", conf={"benchmark.idle": True})
    topology.start()
    time.sleep(0.5)
    wall, cpu = time.perf_counter(), time.process_time()
    time.sleep(seconds)
    share = (time.process_time() - cpu) / (time.perf_counter() - wall)
    topology.stop()
    return share


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with calm_collector():
        rounds = [
            (through_a_bare_queue(arguments.seconds / 3), through_the_runner(arguments.seconds))
            for _ in range(arguments.rounds)
        ]
        share = idle(arguments.seconds)
    print(f"{'':34}{'per second':>12}{'per CPU second':>18}   (median of {arguments.rounds})")
    for place, name in enumerate(("function calls, bare queue", "spout -> shuffle -> fields, acked")):
        wall, cpu = (median(each[place][which] for each in rounds) for which in (0, 1))
        print(f"{name:34}{wall:12,.0f}{cpu:18,.0f}")
    print(f"\nidle topology: {share:.2%} of a core")
    print(f"promised: {PROMISE:,} tuples a second, idle under 1 %")


if __name__ == "__main__":
    main()
