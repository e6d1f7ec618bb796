"""Runs one bolt."""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pystorm.bolt
from pystorm.component import Tuple

from spindrift.clock import Clock
from spindrift.local.errors import EmitError
from spindrift.local.transport import LocalTicklessBatchingBolt, forget_failed_batches
from spindrift.testing.component import ComponentRun, ids_of

_namedtuples: dict[tuple[str, ...], Callable[..., Any]] = {}


class BoltRun(ComponentRun):
    """A bolt that is given tuples one by one; made by `run_bolt`.

    Tuples that `send` returned are in `acked` or `failed` when the bolt has done so; those it still holds in `held`.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.acked: list[Any] = []
        self.failed: list[Any] = []
        self.held: list[Any] = []
        self._settled: set[Any] = set()
        self._next: Any = None
        self._sent = 0
        seconds = self.settings.seconds_or_none("topology.tick.tuple.freq.secs")
        if seconds is not None:
            self.timer.every(seconds, self.tick)
        if issubclass(self._plan.cls, pystorm.bolt.TicklessBatchingBolt):
            self.timer.every(self._plan.cls.secs_between_batches, self._process_batches)

    def send(
        self,
        fields: Mapping[str, Any] | None = None,
        /,
        *,
        stream: str = "default",
        source: str = "source",
        tup_id: str | None = None,
        **values: Any,
    ) -> Any:
        """Let the bolt process a tuple with these fields, in this order; returns the tuple.

        `fields` is for those that are named as one of the options. What the bolt raises is raised here, after it has
        failed its tuple as on Storm.
        """
        given = {**(fields or {}), **values}
        names = tuple(given)
        made = _namedtuples.get(names)
        if made is None:
            made = _namedtuples[names] = namedtuple("Values", names)
        self._sent += 1
        tup = Tuple(tup_id or str(self._sent), source, stream, 1, made(**given))
        self.held.append(tup)
        self._settled.discard(tup.id)
        self._process(tup)
        return tup

    def tick(self) -> None:
        """A tick tuple, now; `advance` sends those of topology.tick.tuple.freq.secs."""
        seconds = self.settings.seconds_or_none("topology.tick.tuple.freq.secs") or 0
        self._process(Tuple("tick", "__system", "__tick", -1, (seconds,)))

    def crash(self) -> None:
        """The end of its process: what it holds fails, and a new one, with nothing in its memory, takes its place.

        Its last call (`cleanup`) is not made.
        """
        for tup in self.held[:]:
            self.settle(tup.id, acked=False)
        self._begin()

    # What the transport asks.

    def take(self) -> Any:
        return self._next

    def emit(self, values: Any, stream: str | None, anchors: Sequence[Any], direct_task: int | None) -> list[int]:
        if any(anchor in self._settled for anchor in ids_of(anchors)):
            raise EmitError(
                f"{self._plan.name} emitted on stream {stream or 'default'!r} anchored to a tuple that it had "
                "already acked or failed"
            )
        return self._write_down(values, stream, direct_task, anchors=tuple(anchors))

    def settle(self, tuple_id: Any, acked: bool) -> None:
        for tup in self.held:
            if tup.id == tuple_id:
                # Written down first: other threads look at these lists to see whether it is done.
                (self.acked if acked else self.failed).append(tup)
                self._settled.add(tup.id)
                with suppress(ValueError):
                    self.held.remove(tup)
                return

    def _process(self, tup: Any) -> None:
        self._next = tup
        try:
            self.component._run()
        except BaseException as error:
            self.raised(error)
            self.component._current_tups = []
            raise

    def raised(self, error: BaseException) -> None:
        super().raised(error)
        forget_failed_batches(self.component)

    def _process_batches(self) -> None:
        if isinstance(self.component, LocalTicklessBatchingBolt):
            self.component._spindrift_process()

    def _said(self) -> str:
        return f"{super()._said()}, acked {len(self.acked)}, failed {len(self.failed)}, holds {len(self.held)}"


@contextmanager
def run_bolt(
    cls: type[Any],
    conf: Mapping[str, Any] | None = None,
    *,
    clock: Clock | None = None,
    name: str = "bolt",
    index: int = 0,
    par: int = 1,
    listened: Sequence[str] = (),
    **attributes: Any,
) -> Iterator[BoltRun]:
    """An initialized bolt that is given tuples by `send`; its last call (`cleanup`) is made at the end.

        with run_bolt(StatusUpdaterBolt, {"store.url": url}) as bolt:
            tup = bolt.send(url="http://a.example/", metadata={}, status="FETCHED")
            bolt.until(lambda: bolt.acked == [tup])

    Args:
        cls: any streamparse bolt class.
        conf: what `initialize` gets, with Storm's own keys added.
        clock: the clock that `advance` moves. A bolt with an attribute `clock` is given it in that place. With a
            SystemClock, for a bolt that has to do with real servers, `advance` brings no more than ticks and batches.
        name: the component's name in its context.
        index: which of `par` tasks it is, from 0.
        par: how many tasks the component has.
        listened: streams that its context says another component listens to; without them, none.
        attributes: set on the bolt before it is initialized.
    """
    run = BoltRun(cls, conf, clock, name, (index, par), attributes, listened)
    run._begin()
    try:
        yield run
    finally:
        run._end()
