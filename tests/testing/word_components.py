"""Components such as users of streamparse write them."""

from collections import Counter
from typing import Any, ClassVar

from streamparse import BatchingBolt, Bolt, Grouping, ReliableSpout, Spout, Stream, TicklessBatchingBolt, Topology

from spindrift.clock import Clock, SystemClock


class WordSpout(ReliableSpout):
    outputs: ClassVar = ["word"]

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        self.words = list(conf.get("words", ["to", "be"]))

    def next_tuple(self) -> None:
        if self.words:
            word = self.words.pop(0)
            self.emit([word], tup_id=word)


class TwoStreamSpout(Spout):
    outputs: ClassVar = [Stream(["number"], "odd"), Stream(["number", "half"], "even")]

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        self.number = 0

    def next_tuple(self) -> None:
        self.number += 1
        if self.number % 2:
            self.emit([self.number], stream="odd")
        else:
            self.emit([self.number, self.number // 2], stream="even", tup_id=self.number)


class Count(Bolt):
    """Counts words; refuses one by raising."""

    outputs: ClassVar = [Stream(["word", "count"]), Stream(["total"], "ticks")]

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        self.counts: Counter[str] = Counter()
        self.conf, self.ctx = conf, ctx

    def process(self, tup: Any) -> None:
        if tup.values.word == "bad":
            raise ValueError("a bad word")
        self.counts[tup.values.word] += 1
        self.emit([tup.values.word, self.counts[tup.values.word]])

    def process_tick(self, tup: Any) -> None:
        self.emit([sum(self.counts.values())], stream="ticks")


class Stamp(Bolt):
    """Says when it saw a word, and when it is told to end."""

    outputs: ClassVar = ["word", "time"]
    clock: Clock = SystemClock()
    ended: ClassVar[list[str]] = []

    def process(self, tup: Any) -> None:
        self.emit([tup.values.word, self.clock.time()])

    def cleanup(self) -> None:
        self.ended.append("cleanup")


class Batch(BatchingBolt):
    outputs: ClassVar = ["word", "size"]
    ticks_between_batches = 1

    def group_key(self, tup: Any) -> str:
        return str(tup.values.word)

    def process_batch(self, key: str, tups: list[Any]) -> None:
        if key == "bad":
            raise ValueError("a bad batch")
        self.emit([key, len(tups)])


class TicklessBatch(TicklessBatchingBolt):
    outputs: ClassVar = ["word", "size"]
    secs_between_batches = 2
    group_key = Batch.group_key
    process_batch = Batch.process_batch


class Sink(Bolt):
    outputs: ClassVar = ()

    def process(self, tup: Any) -> None:
        pass


class WordCount(Topology):
    config: ClassVar = {"topology.message.timeout.secs": 30}

    words = WordSpout.spec()
    count = Count.spec(inputs={words: Grouping.fields("word")}, config={"topology.tick.tuple.freq.secs": 10})
    sink = Sink.spec(inputs=[count])


class Batches(Topology):
    words = WordSpout.spec()
    ticked = Batch.spec(inputs=[words], config={"topology.tick.tuple.freq.secs": 5})
    tickless = TicklessBatch.spec(inputs=[words])
