"""A spout that emits what a test gives it, in the place of one of the topology's."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from streamparse import Spout

from spindrift.local.plan import ComponentPlan


@dataclass(slots=True)
class _Row:
    number: int
    stream: str
    values: list[Any]
    replays: int


class Feed:
    """The tuples that are still to be emitted; outlives the spout, and serves all its tasks."""

    def __init__(self, plan: ComponentPlan, replays: int) -> None:
        self._plan = plan
        self._replays = replays
        self._numbers = count()
        self._waiting: deque[_Row] = deque()
        self._open: dict[int, _Row] = {}

    def add(self, rows: Any, stream: str = "default") -> None:
        """Tuples for a stream: lists of values, or dicts by field.

        Raises ValueError for a stream that the spout does not declare, or fields that the stream does not have.
        """
        rows = list(rows)
        declared = self._plan.streams.get(stream)
        if declared is None:
            if not rows and stream == "default":
                return  # a spout that is to be silent need not have this stream
            streams = ", ".join(self._plan.streams) or "none"
            raise ValueError(f"{self._plan.name} declares no stream {stream!r} (declared: {streams})")
        for row in rows:
            values = self._values(row, declared.fields)
            self._waiting.append(_Row(next(self._numbers), stream, values, self._replays))

    def take(self) -> _Row | None:
        """The next one to emit."""
        try:
            row = self._waiting.popleft()
        except IndexError:
            return None
        self._open[row.number] = row
        return row

    def ack(self, number: int) -> None:
        self._open.pop(number, None)

    def fail(self, number: int) -> None:
        row = self._open.pop(number, None)
        if row is not None and row.replays > 0:
            row.replays -= 1
            self._waiting.append(row)

    def _values(self, row: Any, fields: tuple[str, ...]) -> list[Any]:
        if isinstance(row, Mapping) and set(row) == set(fields):
            return [row[field] for field in fields]
        if isinstance(row, list | tuple) and len(row) == len(fields):
            return list(row)
        raise ValueError(f"{self._plan.name} cannot emit {row!r:.200}: its fields are {', '.join(fields)}")


class FeedSpout(Spout):  # type: ignore[misc]  # streamparse has no type hints
    """Emits what its `feed` holds; what fails is emitted again as often as the feed says."""

    outputs = ("value",)
    feed: Feed

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        """Nothing is needed."""

    def next_tuple(self) -> None:
        row = self.feed.take()
        if row is not None:
            self.emit(row.values, tup_id=row.number, stream=row.stream)

    def ack(self, tup_id: Any) -> None:
        self.feed.ack(tup_id)

    def fail(self, tup_id: Any) -> None:
        self.feed.fail(tup_id)
