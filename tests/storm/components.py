"""Bolts that try what a process on Storm has to stand."""

import os
import sys
import time
from pathlib import Path
from typing import Any

from streamparse import Bolt, Spout, Stream

from spindrift.status import Status


class Echo(Bolt):
    """Emits what it gets."""

    outputs: tuple[Any, ...] = ("value",)

    def process(self, tup: Any) -> None:
        self.emit([tup.values.value])


class Uncarriable(Bolt):
    """Emits, as field `second` of the stream `odd`, what no serializer takes."""

    outputs: tuple[Any, ...] = (Stream(["first", "second"], name="odd"),)

    def process(self, tup: Any) -> None:
        self.emit(["fine", {"what": [Status] if tup.values.value == "class" else {1, 2}}], stream="odd")


class NotANumber(Bolt):
    """Emits one."""

    outputs: tuple[Any, ...] = ("value",)

    def process(self, tup: Any) -> None:
        self.emit([float("nan")])


class Directing(Bolt):
    """Emits to task 7."""

    outputs: tuple[Any, ...] = (Stream(["value"], direct=True),)

    def process(self, tup: Any) -> None:
        self.emit([1], direct_task=7)


class Printing(Bolt):
    """Writes to standard output in every way, and reads standard input."""

    def process(self, tup: Any) -> None:
        print("printed", tup.values.value)
        sys.stdout.write("written\n")
        os.write(1, b"past Python\nend\n")
        self.logger.info("read %r", sys.stdin.read())
        self.report_metric("prints", {"value": 2})


class Busy(Bolt):
    """Works on a tuple until a file is there."""

    outputs: tuple[Any, ...] = ("value",)

    def process(self, tup: Any) -> None:
        self.emit([1])
        while not Path(tup.values.value).exists():
            time.sleep(0.01)


class BusySpout(Spout):
    """Works on its first tuple until a file is there."""

    outputs: tuple[Any, ...] = ("value",)

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        self.gate = Path(conf["gate"])

    def next_tuple(self) -> None:
        while not self.gate.exists():
            time.sleep(0.01)
        self.emit([1], tup_id=1)


class Raising(Bolt):
    """Raises at every tuple but `good`."""

    def process(self, tup: Any) -> None:
        if tup.values.value != "good":
            raise ValueError(f"cannot take {tup.values.value}")


class FailingFirst(Bolt):
    """Fails its tuple, twice, and is acked for it, too; or emits what is anchored to it."""

    outputs: tuple[Any, ...] = ("value",)

    def process(self, tup: Any) -> None:
        self.fail(tup)
        if tup.values.value == "emit":
            self.emit([1])
        self.fail(tup)


class Exiting(Bolt):
    """Wants to end at every tuple but `good`."""

    def process(self, tup: Any) -> None:
        if tup.values.value != "good":
            sys.exit(tup.values.value)


class Forking(Bolt):
    """Forks a process that leaves at once, and one that lives until a file is there."""

    outputs: tuple[Any, ...] = ("value",)

    def process(self, tup: Any) -> None:
        self.emit([1])
        if (child := os.fork()) == 0:
            sys.exit(3)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
        if os.fork() == 0:
            while not Path(tup.values.value).exists():
                time.sleep(0.01)
            os._exit(0)


class Closing(Bolt):
    """Says in a file when it was closed."""

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        self.file = Path(conf["file"])

    def cleanup(self) -> None:
        self.file.write_text("closed")


class Misemitting(Bolt):
    """Emits on a stream that it does not declare, or a value too many."""

    outputs: tuple[Any, ...] = ("value",)

    def process(self, tup: Any) -> None:
        if tup.values.value == "stream":
            self.emit([1], stream="nope")
        else:
            self.emit([1, 2])


class Nesting(Bolt):
    """Emits a value that is nested so deep."""

    outputs: tuple[Any, ...] = ("value",)

    def process(self, tup: Any) -> None:
        value: Any = 1
        for _ in range(tup.values.value):
            value = [value]
        self.emit([value])
