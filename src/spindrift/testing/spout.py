"""Runs one spout."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from spindrift.clock import Clock
from spindrift.testing.component import ComponentRun

_MOST = 10_000


class SpoutRun(ComponentRun):
    """A spout that is asked for tuples, and told what became of them; made by `run_spout`."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.pending: list[Any] = []
        """Message ids that were emitted and neither acked nor failed, oldest first."""
        self._command: dict[str, Any] = {}

    @property
    def ids(self) -> list[Any]:
        """Message ids of everything that came out, in order."""
        return [each.tup_id for each in self.emissions]

    def next(self, times: int = 1) -> list[Any]:
        """Ask for the next tuple, `times` times; returns the values that came out, of all streams."""
        before = len(self.emissions)
        for _ in range(times):
            self._run("next")
        return [each.values for each in self.emissions[before:]]

    def drain(self) -> list[Any]:
        """Ask until nothing comes out any more; returns the values that came out.

        Raises AssertionError for a spout that does not come to an end.
        """
        before = len(self.emissions)
        for _ in range(_MOST):
            if not self.next():
                return [each.values for each in self.emissions[before:]]
        raise AssertionError(f"{self._plan.name} still emits after {_MOST} calls; ask it with next(times)")

    def ack(self, tup_id: Any) -> None:
        """Tell the spout that a tuple's tree is acked."""
        self._settled(tup_id)
        self._run("ack", id=tup_id)

    def fail(self, tup_id: Any) -> None:
        """Tell the spout that a tuple failed, or took too long."""
        self._settled(tup_id)
        self._run("fail", id=tup_id)

    def activate(self) -> None:
        """As `storm activate`."""
        self._run("activate")

    def deactivate(self) -> None:
        """As `storm deactivate`."""
        self._run("deactivate")

    def crash(self) -> None:
        """The end of its process: a new spout, with nothing in its memory, takes its place.

        Its last call (`close`) is not made. Storm still tells the new one of the old one's tuples: see `pending`.
        """
        self._begin()

    # What the transport asks.

    def take(self) -> Any:
        return self._command

    def emit_root(self, values: Any, stream: str | None, message_id: Any, direct_task: int | None) -> list[int]:
        tasks = self._write_down(values, stream, direct_task, tup_id=message_id)
        if message_id is not None:
            self.pending.append(message_id)
        return tasks

    def _run(self, command: str, **more: Any) -> None:
        self._command = {"command": command, **more}
        try:
            self.component._run()
        except BaseException as error:
            self.raised(error)
            raise

    def _settled(self, tup_id: Any) -> None:
        if tup_id in self.pending:
            self.pending.remove(tup_id)


@contextmanager
def run_spout(
    cls: type[Any],
    conf: Mapping[str, Any] | None = None,
    *,
    clock: Clock | None = None,
    name: str = "spout",
    index: int = 0,
    par: int = 1,
    listened: Sequence[str] = (),
    **attributes: Any,
) -> Iterator[SpoutRun]:
    """An initialized spout that is asked by `next` and told by `ack` and `fail`; its `close` is called at the end.

        with run_spout(SeedSpout, {"seeds": ["http://a.example/"]}) as spout:
            spout.next()
            spout.fail("http://a.example/")
            spout.advance(1)
            assert len(spout.next()) == 1

    The arguments are those of `run_bolt`.
    """
    run = SpoutRun(cls, conf, clock, name, (index, par), attributes, listened)
    run._begin()
    try:
        yield run
    finally:
        run._end()
