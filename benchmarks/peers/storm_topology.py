"""The topology that benchmarks/storm.py runs on both runners: spout, bolt, bolt, all acked."""

import os
import time
from typing import Any

from streamparse import Bolt, Spout, Topology

from spindrift.metadata import Metadata

_METADATA: Metadata = {"fetch.statusCode": ["200"], "parse.title": ["A page"], "depth": ["3"]}


class PageSpout(Spout):
    """Emits tuples with `benchmark.bytes` of content without an end; none with -1. Writes how many were acked."""

    outputs: tuple[Any, ...] = ("url", "content", "metadata")

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        size = conf["benchmark.bytes"]
        self.content = os.urandom(size) if size >= 0 else None
        self.file = os.open(conf["benchmark.file"], os.O_WRONLY | os.O_CREAT)
        self.number = self.acked = 0
        self.told = 0.0

    def next_tuple(self) -> None:
        if self.content is not None:
            self.number += 1
            self.emit([f"http://a.example/{self.number}", self.content, _METADATA], tup_id=self.number)

    def ack(self, tup_id: Any) -> None:
        self.acked += 1
        now = time.monotonic()
        if now - self.told > 0.2:
            self.told = now
            os.pwrite(self.file, f"{self.acked:20} {now:20.6f}".encode(), 0)  # in one piece for who reads it


class PassOn(Bolt):
    """Emits what it gets."""

    outputs: tuple[Any, ...] = ("url", "content", "metadata")

    def process(self, tup: Any) -> None:
        self.emit(list(tup.values))


class End(Bolt):
    """Takes what it gets."""

    outputs: tuple[Any, ...] = ()

    def process(self, tup: Any) -> None:
        len(tup.values.content)


class Pages(Topology):
    pages = PageSpout.spec()
    pass_on = PassOn.spec(inputs=[pages])
    end = End.spec(inputs=[pass_on])
