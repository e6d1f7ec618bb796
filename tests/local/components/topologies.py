"""Topologies of importable classes, for processes of their own and for a real Storm."""

import os
import time
from datetime import datetime
from typing import Any

from streamparse import Grouping, Topology

from tests.local.components.bolts import Batches, Chatty, Echo, Picky, Recorder, Unready
from tests.local.components.spouts import ListSpout, StubbornSpout

APART = {"topology.local.process": True}


class Deadly(Echo):
    """Kills its process at the first tuple with the key `kill`, and hangs at the first with `hang`."""

    def process(self, tup: Any) -> None:
        marker = f"{self.conf['test.journal']}.{tup.values.key}"
        if tup.values.key in ("kill", "hang") and not os.path.exists(marker):  # noqa: PTH110
            open(marker, "w").close()  # noqa: PTH123
            if tup.values.key == "kill":
                os.kill(os.getpid(), 9)
            time.sleep(3600)
        super().process(tup)


class Odd(Recorder):
    """Emits what msgpack cannot carry when the key says so."""

    outputs: tuple[Any, ...] = ("value",)

    def process(self, tup: Any) -> None:
        self.emit([datetime(2026, 1, 1) if tup.values.key == "date" else tup.values.value])  # noqa: DTZ001


class Asking(Recorder):
    """Asks where its tuples went; from its own process."""

    outputs: tuple[Any, ...] = ("value",)

    def process(self, tup: Any) -> None:
        self.journal.write("tasks", tasks=self.emit([tup.values.value], need_task_ids=True), pid=os.getpid())


class Apart(Topology):
    numbers = ListSpout.spec()
    echo = Echo.spec(inputs=[numbers], par=2, config=APART)
    picky = Picky.spec(inputs={echo: Grouping.fields("key")}, config=APART)


class SpoutApart(Topology):
    numbers = StubbornSpout.spec(config=APART)
    picky = Picky.spec(inputs=[numbers])


class BatchesApart(Topology):
    numbers = ListSpout.spec()
    batches = Batches.spec(inputs=[numbers], config={**APART, "topology.tick.tuple.freq.secs": 1})
    last = Recorder.spec(inputs=[batches])


class DeadlyApart(Topology):
    numbers = StubbornSpout.spec()
    deadly = Deadly.spec(inputs=[numbers], config=APART)
    last = Recorder.spec(inputs=[deadly])


class OddApart(Topology):
    numbers = ListSpout.spec()
    odd = Odd.spec(inputs=[numbers], config=APART)
    last = Recorder.spec(inputs=[odd])


class ToApart(Topology):
    numbers = ListSpout.spec()
    record = Recorder.spec(inputs=[numbers], config=APART)


class AskingApart(Topology):
    numbers = ListSpout.spec()
    asking = Asking.spec(inputs=[numbers], config=APART)
    last = Recorder.spec(inputs=[asking], par=3)


class ChattyApart(Topology):
    numbers = ListSpout.spec()
    chatty = Chatty.spec(inputs=[numbers], config=APART)


class UnreadyApart(Topology):
    numbers = ListSpout.spec()
    unready = Unready.spec(inputs=[numbers], config=APART)


class Unmarked(Topology):
    numbers = ListSpout.spec()
    first = Echo.spec(inputs=[numbers], par=2)
    second = Recorder.spec(inputs=[first], par=2)
