"""Spouts that emit what the configuration says, and keep a journal."""

import threading
from typing import Any

from streamparse import ReliableSpout, Spout, Stream

from tests.local.components.journal import Journal


class ListSpout(Spout):
    """Emits `test.tuples` once each; the message id is the tuple's place, or none with `test.unreliable`."""

    outputs: tuple[Any, ...] = ("value", "key")

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        self.journal = Journal(conf, context)
        self.tuples = list(conf["test.tuples"])
        self.reliable = not conf.get("test.unreliable")
        self.next = 0
        self.journal.write("initialize", name=conf["topology.name"])

    def next_tuple(self) -> None:
        if self.next < len(self.tuples):
            place = self.next
            self.next += 1
            self.emit(self.tuples[place], tup_id=place if self.reliable else None)

    def ack(self, tup_id: Any) -> None:
        self.journal.write("ack", id=tup_id)

    def fail(self, tup_id: Any) -> None:
        self.journal.write("fail", id=tup_id)

    def activate(self) -> None:
        self.journal.write("activate")

    def deactivate(self) -> None:
        self.journal.write("deactivate")

    def close(self) -> None:
        self.journal.write("close")


class CountingSpout(Spout):
    """Emits numbers without an end."""

    outputs: tuple[Any, ...] = ("value", "key")

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        self.journal = Journal(conf, context)
        self.count = 0

    def next_tuple(self) -> None:
        self.count += 1
        self.emit([self.count, self.count % 7], tup_id=self.count)

    def ack(self, tup_id: Any) -> None:
        pass


class EndlessSpout(CountingSpout):
    """Says when it is activated and deactivated."""

    def activate(self) -> None:
        self.journal.write("activate")

    def deactivate(self) -> None:
        self.journal.write("deactivate")


class StubbornSpout(ReliableSpout):
    """pystorm's ReliableSpout: emits `test.tuples`, and again what failed, up to max_fails times."""

    outputs: tuple[Any, ...] = ("value", "key")
    max_fails = 2

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        self.journal = Journal(conf, context)
        self.tuples = list(enumerate(conf["test.tuples"]))

    def next_tuple(self) -> None:
        if self.tuples:
            place, values = self.tuples.pop(0)
            self.emit(values, tup_id=place)

    def ack(self, tup_id: Any) -> None:
        self.journal.write("ack", id=tup_id)
        super().ack(tup_id)

    def fail(self, tup_id: Any) -> None:
        self.journal.write("fail", id=tup_id)
        super().fail(tup_id)


class TwoStreamSpout(ListSpout):
    """Odd values on one stream, even ones on another."""

    outputs: tuple[Any, ...] = (Stream(fields=["value"], name="odd"), Stream(fields=["value", "half"], name="even"))

    def next_tuple(self) -> None:
        if self.next < len(self.tuples):
            value = self.tuples[self.next][0]
            self.next += 1
            if value % 2:
                self.emit([value], tup_id=value, stream="odd")
            else:
                self.emit([value, value // 2], tup_id=value, stream="even")


class DirectSpout(ListSpout):
    """Emits each value to the task that the tuple names by its place among the receivers."""

    outputs: tuple[Any, ...] = (Stream(fields=["value", "key"], direct=True),)

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        super().initialize(conf, context)
        self.receivers = sorted(int(task) for task, name in context["task->component"].items() if name.endswith("echo"))

    def next_tuple(self) -> None:
        if self.next < len(self.tuples):
            value, key = self.tuples[self.next]
            self.next += 1
            tasks = self.emit([value, key], tup_id=value, direct_task=self.receivers[key], need_task_ids=True)
            self.journal.write("tasks", tasks=tasks)


class AskingSpout(ListSpout):
    """Asks where its tuples went."""

    def next_tuple(self) -> None:
        if self.next < len(self.tuples):
            values = self.tuples[self.next]
            self.next += 1
            self.journal.write("tasks", tasks=self.emit(values, tup_id=self.next, need_task_ids=True))


class RaisingSpout(ListSpout):
    """Raises before every tuple."""

    raised = False

    def next_tuple(self) -> None:
        self.raised = not self.raised
        if self.raised:
            raise RuntimeError("no luck this time")
        super().next_tuple()


class ThreadSpout(ListSpout):
    """Emits from a thread of its own."""

    def activate(self) -> None:
        threading.Thread(target=self.work, daemon=True).start()

    def work(self) -> None:
        for place, values in enumerate(self.tuples):
            self.emit(values, tup_id=place)

    def next_tuple(self) -> None:
        pass
