"""Components that give their process trouble, and topologies with one of them in a process."""

import logging
import os
import signal
import subprocess
import sys
import time
from typing import Any

from streamparse import Topology

from spindrift.errors import ConfigurationError
from tests.local.components.bolts import Echo, Recorder, Unmade
from tests.local.components.spouts import ListSpout, StubbornSpout
from tests.local.components.topologies import APART


class Poisoned(Echo):
    """Its process dies, hangs, or dies and leaves one behind, at every tuple with that key."""

    def process(self, tup: Any) -> None:
        match tup.values.key:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hang":
                self.journal.write("hangs", pid=os.getpid())
                time.sleep(3600)
            case "leave":
                if not os.fork():
                    time.sleep(3600)
                os.kill(os.getpid(), signal.SIGKILL)
        super().process(tup)


class Hoarder(Poisoned):
    """Acks when it is told to: what it holds when its process dies may have had any part in it."""

    auto_ack = False

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        super().initialize(conf, context)
        self.hoard: list[Any] = []

    def process(self, tup: Any) -> None:
        super().process(tup)
        self.hoard.append(tup)
        if tup.values.key == "ack":
            for held in self.hoard:
                self.ack(held)


class Sizes(Recorder):
    """Takes and gives large texts, and asks where they went."""

    outputs: tuple[Any, ...] = ("value",)

    def process(self, tup: Any) -> None:
        tasks = self.emit([tup.values.value], need_task_ids=True)
        self.journal.write("size", size=len(tup.values.value), tasks=tasks)


class Reads(Recorder):
    """Starts a program that reads standard input."""

    def process(self, tup: Any) -> None:
        program = "import sys; print(len(sys.stdin.read()))"
        read = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
        self.journal.write("read", count=int(read.stdout))


class Refuses(Recorder):
    """Cannot be configured."""

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        raise ConfigurationError(["the first mistake", "the second"])


class LogsElsewhere(Recorder):
    """Logs by a logger of its own."""

    def process(self, tup: Any) -> None:
        logging.getLogger("somebody.else").warning("of %s\nand more", tup.values.value)


class Late(Recorder):
    """Emits what it has acked, or more values than fields and then a page on another stream."""

    outputs: tuple[Any, ...] = ("value",)

    def process(self, tup: Any) -> None:
        if tup.values.key == "acked":
            self.ack(tup)
        self.emit([tup.values.value, *(["more"] if tup.values.key == "count" else [])])
        self.emit([tup.values.value])


class ShySpout(StubbornSpout):
    """Emits once more what failed."""

    max_fails = 1


def _apart(bolt: type[Any], **config: Any) -> Any:
    class Troubled(Topology):
        numbers = ShySpout.spec()
        troubled = bolt.spec(inputs=[numbers], config={**APART, **config})
        last = Recorder.spec(inputs=[troubled])

    return Troubled


PoisonedApart = _apart(Poisoned)
HoarderApart = _apart(Hoarder)
SizesApart = _apart(Sizes)
LateApart = _apart(Late)


class ReadsApart(Topology):
    numbers = ListSpout.spec()
    reads = Reads.spec(inputs=[numbers], config=APART)


class RefusesApart(Topology):
    numbers = ListSpout.spec()
    refuses = Refuses.spec(inputs=[numbers], config=APART)


class LogsElsewhereApart(Topology):
    numbers = ListSpout.spec()
    logs = LogsElsewhere.spec(inputs=[numbers], config=APART)


class UnmadeBesideApart(Topology):
    numbers = ListSpout.spec()
    echo = Echo.spec(inputs=[numbers], config=APART)
    unmade = Unmade.spec(inputs=[echo])


class HangingSpout(ListSpout):
    """Hangs in its first call."""

    def next_tuple(self) -> None:
        self.journal.write("hangs", pid=os.getpid())
        time.sleep(3600)


class CountingAtTheEnd(ListSpout):
    """Reports a metric in its last call."""

    def close(self) -> None:
        self.report_metric("emitted", self.next)


class CountingAtTheEndApart(Topology):
    numbers = CountingAtTheEnd.spec(config=APART)
    last = Recorder.spec(inputs=[numbers])


class HangingSpoutApart(Topology):
    numbers = HangingSpout.spec(config=APART)
    last = Recorder.spec(inputs=[numbers])
