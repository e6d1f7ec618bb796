"""What both libraries for Kafka are to the consumers, with one topic in memory, and a call that fails."""

import asyncio
from collections.abc import Callable, Collection
from types import SimpleNamespace
from typing import Any

TOPIC = "t"


class Failing:
    """Counts calls; the one with the number `at` raises what `make` makes, and does nothing. So do commits just after
    partitions have come, if `joining`, until the next poll has brought the joining to an end.
    """

    def __init__(self, at: int, make: Callable[[], BaseException], *, joining: bool = False) -> None:
        self.calls: list[str] = []
        self.joins = False
        self._at = at
        self._make = make
        self._joining = joining

    def __call__(self, name: str) -> None:
        self.calls.append(name)
        if len(self.calls) - 1 == self._at or (self._joining and self.joins and name == "commit"):
            raise self._make()


class Log:
    """A topic of 4 partitions with 5 messages each, of which a member of a group gets what `moves` says.

    `moves` are, one at a poll: partitions that come, and partitions that go. Positions move on when messages are handed
    out, as in the libraries.
    """

    messages = tuple(range(5))

    def __init__(self, failing: Failing) -> None:
        self.call = failing
        self.moves: list[tuple[set[int], set[int]]] = [({0, 1}, set()), ({2}, set()), ({3}, {1}), ({1}, set())]
        self.assigned: dict[int, int] = {}
        self.paused: set[int] = set()
        self.committed: dict[int, int] = {0: 1}

    def next_move(self) -> tuple[set[int], set[int]]:
        """That of this poll."""
        come, go = self.moves.pop(0) if self.moves else (set(), set())
        self.call.joins = bool(come)
        return come, go

    def fetch(self, limit: int) -> list[tuple[int, int]]:
        """Partitions and offsets; from each one at a time, so that the last call of a test finds some left."""
        found = [
            (partition, self.assigned[partition])
            for partition in sorted(self.assigned.keys() - self.paused)
            if self.assigned[partition] in self.messages
        ][:limit]
        for partition, offset in found:
            self.assigned[partition] = offset + 1
        return found

    def place(self, partition: int) -> int:
        """Where a library begins that was told nothing."""
        return self.committed.get(partition, 0)


class FakeKafkaPython:
    """`kafka.KafkaConsumer`."""

    log: Log
    make_partition: Callable[[str, int], Any]

    def __init__(self, **conf: object) -> None:
        self._listener: Any = None

    def subscribe(self, topics: Collection[str], listener: Any) -> None:
        self._listener = listener

    def partitions_for_topic(self, topic: str) -> set[int]:
        return {0, 1, 2, 3}

    def poll(self, timeout_ms: int, max_records: int) -> dict[Any, list[Any]]:
        self.log.call("poll")
        come, go = self.log.next_move()
        if go:
            asyncio.run(self._listener.on_partitions_revoked([self.make_partition(TOPIC, each) for each in go]))
            for each in go:
                del self.log.assigned[each]
                self.log.paused.discard(each)
        if come:
            self.log.assigned |= {each: self.log.place(each) for each in come}
            asyncio.run(self._listener.on_partitions_assigned([self.make_partition(TOPIC, each) for each in come]))
        return {
            self.make_partition(TOPIC, partition): [
                SimpleNamespace(
                    topic=TOPIC, partition=partition, offset=at, timestamp=0, key=None, value=b"%d" % at, headers=[]
                )
            ]
            for partition, at in self.log.fetch(max_records)
        }

    def commit(self, offsets: dict[Any, Any], timeout_ms: int) -> None:
        self.log.call("commit")
        self.log.committed |= {place.partition: each.offset for place, each in offsets.items()}

    async def commit_async(self, offsets: dict[Any, Any]) -> None:
        self.commit(offsets, 0)

    def committed(self, place: Any, timeout_ms: int) -> int | None:
        self.log.call("committed")
        return self.log.committed.get(place.partition)

    def assignment(self) -> set[Any]:
        return {self.make_partition(TOPIC, each) for each in self.log.assigned}

    def seek(self, place: Any, offset: int) -> None:
        self.log.call("seek")
        self.log.assigned[place.partition] = offset

    def pause(self, *places: Any) -> None:
        for each in places:
            self.log.call("pause")
            self.log.paused.add(each.partition)

    def resume(self, *places: Any) -> None:
        for each in places:
            self.log.call("resume")
            self.log.paused.discard(each.partition)

    def highwater(self, place: Any) -> int | None:
        return None

    def beginning_offsets(self, places: list[Any], timeout_ms: int = 0) -> dict[Any, int]:
        self.log.call("beginning_offsets")
        return dict.fromkeys(places, 0)

    def end_offsets(self, places: list[Any], timeout_ms: int = 0) -> dict[Any, int]:
        self.log.call("end_offsets")
        return dict.fromkeys(places, len(self.log.messages))

    def offsets_for_times(self, times: dict[Any, int], timeout_ms: int) -> dict[Any, Any]:
        self.log.call("offsets_for_times")
        return {place: SimpleNamespace(offset=0) for place in times}

    def close(self, timeout_ms: int) -> None:
        pass


class FakeConfluent:
    """`confluent_kafka.Consumer`."""

    log: Log
    make_partition: Callable[..., Any]

    def __init__(self, conf: object) -> None:
        self._come: Any = None
        self._go: Any = None

    def subscribe(self, topics: Collection[str], on_assign: Any, on_revoke: Any, on_lost: Any) -> None:
        self._come, self._go = on_assign, on_revoke

    def consume(self, limit: int, timeout: float) -> list[Any]:
        self.log.call("consume")
        found = self.log.fetch(limit)  # and lost, if what is called now raises
        come, go = self.log.next_move()
        if go:
            self._go(self, [self.make_partition(TOPIC, each) for each in go])
        if come:
            self._come(self, [self.make_partition(TOPIC, each) for each in come])
        return [
            SimpleNamespace(
                error=lambda: None,
                topic=lambda: TOPIC,
                partition=lambda partition=partition: partition,
                offset=lambda at=at: at,
                headers=lambda: None,
                timestamp=lambda: (0, 0),
                key=lambda: None,
                value=lambda at=at: b"%d" % at,
            )
            for partition, at in found
        ]

    def incremental_assign(self, places: list[Any]) -> None:
        self.log.call("incremental_assign")
        assert self.log.assigned.keys().isdisjoint(each.partition for each in places), "the library refuses that"
        for each in places:
            self.log.assigned[each.partition] = each.offset if each.offset >= 0 else self.log.place(each.partition)

    def incremental_unassign(self, places: list[Any]) -> None:
        self.log.call("incremental_unassign")
        for each in places:
            del self.log.assigned[each.partition]
            self.log.paused.discard(each.partition)

    def assignment(self) -> list[Any]:
        self.log.call("assignment")
        return [self.make_partition(TOPIC, each) for each in self.log.assigned]

    def pause(self, places: list[Any]) -> None:
        self.log.call("pause")
        self.log.paused.update(each.partition for each in places)

    def resume(self, places: list[Any]) -> None:
        self.log.call("resume")
        self.log.paused.difference_update(each.partition for each in places)

    def commit(self, offsets: list[Any], asynchronous: bool) -> list[Any]:
        self.log.call("commit")
        self.log.committed |= {each.partition: each.offset for each in offsets}
        return [SimpleNamespace(error=None) for _ in offsets]

    def committed(self, places: list[Any], timeout: float) -> list[Any]:
        self.log.call("committed")
        return [
            self.make_partition(TOPIC, each.partition, self.log.committed.get(each.partition, -1001)) for each in places
        ]

    def get_watermark_offsets(self, place: Any, timeout: float = 0, cached: bool = False) -> tuple[int, int]:
        self.log.call("get_watermark_offsets")
        return 0, len(self.log.messages)

    def offsets_for_times(self, places: list[Any], timeout: float) -> list[Any]:
        self.log.call("offsets_for_times")
        return [self.make_partition(TOPIC, each.partition, 0) for each in places]

    def close(self) -> None:
        pass
