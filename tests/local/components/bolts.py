"""Bolts that do one thing each, and keep a journal."""

import os
import sys
import threading
import time
from typing import Any

from streamparse import BatchingBolt, Bolt, Stream, TicklessBatchingBolt

from tests.local.components.journal import Journal


class Recorder(Bolt):
    """Writes down what it gets."""

    outputs: tuple[Any, ...] = ()

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        self.journal = Journal(conf, context)
        self.conf = conf

    def process(self, tup: Any) -> None:
        self.journal.write("process", values=list(tup.values), source=tup.component, stream=tup.stream)

    def process_tick(self, tup: Any) -> None:
        self.journal.write("tick", seconds=tup.values[0])

    def cleanup(self) -> None:
        self.journal.write("cleanup")


class Echo(Recorder):
    """Writes down and emits what it gets."""

    outputs: tuple[Any, ...] = ("value", "key")

    def process(self, tup: Any) -> None:
        super().process(tup)
        self.emit([tup.values.value, tup.values.key])


class Twice(Echo):
    """Emits everything twice."""

    def process(self, tup: Any) -> None:
        super().process(tup)
        self.emit([tup.values.value, tup.values.key])


class Many(Recorder):
    """Emits everything fifty times."""

    outputs: tuple[Any, ...] = ("value", "key")

    def process(self, tup: Any) -> None:
        for _ in range(50):
            self.emit([tup.values.value, tup.values.key])


class Picky(Recorder):
    """Fails odd values by hand, without a word; raises at multiples of ten."""

    auto_ack = False

    def process(self, tup: Any) -> None:
        super().process(tup)
        if tup.values.value % 10 == 0:
            raise ValueError(f"cannot take {tup.values.value}")
        if tup.values.value == 99:
            sys.exit("enough")
        if tup.values.value % 2:
            self.fail(tup)
        else:
            self.ack(tup)


class Silent(Recorder):
    """Never acks, and does not fail what it raises at."""

    auto_ack = False
    auto_fail = False

    def process(self, tup: Any) -> None:
        super().process(tup)
        if tup.values.value == 0:
            raise ValueError("zero")


class Pairs(Recorder):
    """Joins two tuples into one that is anchored to both."""

    outputs: tuple[Any, ...] = ("value", "key")
    auto_ack = False

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        super().initialize(conf, context)
        self.held: Any = None

    def process(self, tup: Any) -> None:
        if self.held is None:
            self.held = tup
            return
        first, self.held = self.held, None
        self.emit([first.values.value + tup.values.value, 0], anchors=[first, tup])
        self.ack(first)
        self.ack(tup)


class Unanchored(Recorder):
    """Emits without anchoring."""

    outputs: tuple[Any, ...] = ("value", "key")
    auto_anchor = False

    def process(self, tup: Any) -> None:
        self.emit([tup.values.value, tup.values.key])


class Later(Recorder):
    """Acks, fails and emits from another thread, when process has long returned."""

    outputs: tuple[Any, ...] = ("value", "key")
    auto_ack = False

    def process(self, tup: Any) -> None:
        threading.Timer(0.01, self.finish, [tup]).start()

    def finish(self, tup: Any) -> None:
        if tup.values.value % 2:
            self.fail(tup)
            return
        self.emit([tup.values.value, tup.values.key], anchors=[tup])
        self.ack(tup)


class Wrong(Recorder):
    """Emits what its streams do not allow, as the tuple's key says."""

    outputs: tuple[Any, ...] = (Stream(fields=["value"]), Stream(fields=["value"], name="direct", direct=True))

    def process(self, tup: Any) -> None:
        match tup.values.key:
            case "stream":
                self.emit([1], stream="nowhere")
            case "count":
                self.emit([1, 2])
            case "type":
                self.emit("text")
            case "direct":
                self.emit([1], stream="direct")
            case "task":
                self.emit([1], direct_task=1)
            case "acked":
                self.ack(tup)
                self.emit([1])


class Loop(Recorder):
    """Sends a number round until it is 0."""

    outputs: tuple[Any, ...] = ("value", "key")

    def process(self, tup: Any) -> None:
        super().process(tup)
        if tup.values.value > 0:
            self.emit([tup.values.value - 1, tup.values.key])


class Slow(Recorder):
    """Waits for `test.gate` (a file) to appear before it takes its first tuple."""

    def process(self, tup: Any) -> None:
        while not os.path.exists(self.conf["test.gate"]):  # noqa: PTH110
            time.sleep(0.001)
        super().process(tup)


class Batches(BatchingBolt):
    """pystorm's BatchingBolt: batches by key; raises at the key `bad`."""

    outputs: tuple[Any, ...] = ("key", "count")

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        self.journal = Journal(conf, context)

    def group_key(self, tup: Any) -> Any:
        return tup.values.key

    def process_batch(self, key: Any, tups: list[Any]) -> None:
        self.journal.write("batch", key=key, values=[tup.values.value for tup in tups])
        if key == "bad":
            raise ValueError("a bad batch")
        self.emit([key, len(tups)])


class TicklessBatches(TicklessBatchingBolt):
    """The same on a timer thread."""

    outputs: tuple[Any, ...] = ("key", "count")
    secs_between_batches = 0.01
    initialize = Batches.initialize
    group_key = Batches.group_key
    process_batch = Batches.process_batch


class OwnLoop(Recorder):
    """Overrides what pystorm lets be overridden: its loop, emit and ack."""

    outputs: tuple[Any, ...] = ("value", "key")

    def _run(self) -> None:
        self.journal.write("run")
        super()._run()

    def emit(self, tup: Any, **kwargs: Any) -> Any:
        self.journal.write("emit")
        return super().emit(tup, **kwargs)

    def ack(self, tup: Any) -> None:
        self.journal.write("ack")
        super().ack(tup)

    def process(self, tup: Any) -> None:
        self.emit([tup.values.value, tup.values.key])


class Chatty(Recorder):
    """Logs, prints, reports a metric."""

    def process(self, tup: Any) -> None:
        super().process(tup)
        self.logger.warning("logged %s", tup.values.value)
        self.log("sent to Storm's log")
        print("printed", tup.values.value)
        os.write(1, b"written past Python\n")
        self.report_metric("chatter", {"value": tup.values.value})


class Unready(Recorder):
    """Cannot initialize."""

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        raise OSError("no database")


class Unmade(Recorder):
    """Cannot be constructed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sys.exit("not today")


class Leaving(Recorder):
    """Ends the program in its last call, or tries to."""

    def cleanup(self) -> None:
        sys.exit("bye")


class ContextRecorder(Recorder):
    """Writes down what initialize was given."""

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        super().initialize(conf, context)
        self.journal.write("context", context=context, conf=conf)


class PassOn(Bolt):
    """Emits what it gets, and writes nothing down."""

    outputs: tuple[Any, ...] = ("value", "key")

    def process(self, tup: Any) -> None:
        self.emit(list(tup.values))


class Flood(Recorder):
    """Emits everything 10,000 times, the last when the first have arrived."""

    outputs: tuple[Any, ...] = ("value", "key")

    def process(self, tup: Any) -> None:
        for _ in range(9_999):
            self.emit([tup.values.value, tup.values.key])
        assert FLOOD_SEEN.wait(20), "what was emitted is still held back"
        self.emit([tup.values.value, tup.values.key])


class FloodMark(Bolt):
    """Tells that the flood has reached it."""

    outputs: tuple[Any, ...] = ()

    def process(self, tup: Any) -> None:
        FLOOD_SEEN.set()


FLOOD_SEEN = threading.Event()
