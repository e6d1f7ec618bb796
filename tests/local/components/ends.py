"""Components whose processes end in odd ways, or are told of the end, and topologies with one of them in a process."""

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from streamparse import Topology

from tests.local.components.bolts import Echo, Recorder
from tests.local.components.journal import read_journal
from tests.local.components.spouts import CountingSpout, ListSpout
from tests.local.components.topologies import APART
from tests.local.components.troubles import Poisoned, ShySpout


class GivesUp(Poisoned):
    """Has something to say of a tuple that its process hung in; of "odd" nothing that could be emitted."""

    @classmethod
    def hung(cls, tup: Any, seconds: float) -> list[tuple[str, list[Any]]]:
        return [("default", [f"{tup.values.value} in {seconds:g} s", *([0] if tup.values.value != "odd" else [])])]


class HangsInATick(GivesUp):
    """Hangs in the first tick that it ever sees."""

    def process_tick(self, tup: Any) -> None:
        first = not any(each["event"] == "hangs" for each in read_journal(Path(self.conf["test.journal"])))
        if first:
            self.journal.write("hangs", pid=os.getpid())
            time.sleep(3600)


def _killed_at_first(self: Any) -> None:
    self.journal.write("starts")
    starts = [each for each in read_journal(Path(self.storm_conf["test.journal"])) if each["event"] == "starts"]
    if len(starts) <= self.storm_conf["test.kills"]:
        os.kill(os.getpid(), signal.SIGKILL)


class KilledAtFirst(Echo):
    """Its process is killed while it starts, `test.kills` times."""

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        super().initialize(conf, context)
        _killed_at_first(self)


class SpoutKilledAtFirst(ListSpout):
    """Likewise."""

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        super().initialize(conf, context)
        _killed_at_first(self)


class LeavesAtFirst(Echo):
    """Raises, or leaves, while it starts."""

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        super().initialize(conf, context)
        self.journal.write("starts")
        if conf["test.how"] == "raise":
            raise ValueError("no way")
        os._exit(7)


class SlowToComeBack(Poisoned):
    """Starts once; what is to take its place when it was killed comes to no end with that."""

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        super().initialize(conf, context)
        again = any(each["event"] == "starts" for each in read_journal(Path(conf["test.journal"])))
        self.journal.write("starts again" if again else "starts")
        if again:
            time.sleep(3600)


class HasForked(Poisoned):
    """Has forked a process that holds its pipes open."""

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        super().initialize(conf, context)
        if not os.fork():
            self.journal.write("forked", pid=os.getpid())
            time.sleep(3600)


class Stubborn(Echo):
    """Works on a tuple until it is told that the topology stops; then it fails what comes."""

    auto_ack = False

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        super().initialize(conf, context)
        self.told = threading.Event()

    def process(self, tup: Any) -> None:
        self.journal.write("works")
        if tup.values.key == "kill" and not self.told.wait(0.3):
            os.kill(os.getpid(), signal.SIGKILL)
        self.told.wait()
        self.fail(tup)

    def stopping(self) -> None:
        self.journal.write("stopping")
        self.told.set()
        if self.conf.get("test.raises"):
            raise ValueError("it should not stop")


def _apart(bolt: type[Any], spout: type[Any] = ShySpout, **config: Any) -> Any:
    class EndingApart(Topology):
        numbers = spout.spec()
        ending = bolt.spec(inputs=[numbers], config={**APART, **config})
        last = Recorder.spec(inputs=[ending])

    return EndingApart


GivesUpApart = _apart(GivesUp)
HangsInATickApart = _apart(HangsInATick, CountingSpout, **{"topology.tick.tuple.freq.secs": 1})
KilledAtFirstApart = _apart(KilledAtFirst)
LeavesAtFirstApart = _apart(LeavesAtFirst)
SlowToComeBackApart = _apart(SlowToComeBack)
HasForkedApart = _apart(HasForked)
StubbornApart = _apart(Stubborn)


class SpoutKilledAtFirstApart(Topology):
    numbers = SpoutKilledAtFirst.spec(config=APART)
    last = Recorder.spec(inputs=[numbers])
