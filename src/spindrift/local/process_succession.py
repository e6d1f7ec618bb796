"""What becomes of the tuples that a bolt's process held when it ended, and its successor."""

from contextlib import suppress
from threading import Thread

from pystorm.component import Tuple

from spindrift.local.bolt_executor import BoltExecutor
from spindrift.local.child import ChildProcess
from spindrift.local.executor import Site
from spindrift.local.plan import ComponentPlan
from spindrift.local.process_task import ProcessTask
from spindrift.local.transport import is_plain_bolt
from spindrift.local.wire import pack

TICK = "tick"
"""What the ids of tick tuples begin with; those of others are numbers."""


class BoltSuccession(ProcessTask, BoltExecutor):
    """Replaces a bolt's child that has ended. Who feeds and hears it comes after, and keeps `_held` true.

    A child that dies, or gives no sign of life for topology.subprocess.timeout.secs when it owes one, is replaced. Of
    a bolt that acks each tuple when it has processed it, the tuple that was being processed fails, and the others go
    to the new child: a page that kills its parser again and again must not take others along. Of any other bolt all
    the tuples that the child held fail.

    The tuple that a child hung in would most likely hang the next one as long. So a bolt whose class has a method
    `hung(tup, seconds)`, which gives streams with values to emit, has these emitted in place of what it did not come
    to, and the tuple acked.
    """

    def __init__(self, site: Site, plan: ComponentPlan, task: int) -> None:
        super().__init__(site, plan, task)
        # In the order in which they were sent.
        self._held: dict[str, Tuple] = {}
        # The first of these when the child was killed for its silence.
        self._hung: str | None = None
        self._reader: Thread | None = None
        self._one_by_one = is_plain_bolt(plan.cls) and plan.cls.auto_ack

    def heartbeat(self) -> None:
        """Ask for a sign of life; kill a child that owes one for too long. Called from the timer."""
        child = self._child
        if child is None:
            return
        if child.silence() > self._timeout:
            silent = f"no answer in {self._timeout:g} s (topology.subprocess.timeout.secs); it is killed"
            self.logger.error("%s, task %d: process %d: %s", self.plan.name, self.task, child.pid, silent)
            self.report(f"{self.plan.name}, process {child.pid}: {silent}")
            self._hung = next(iter(list(self._held)), None)
            child.kill()
        else:
            self.inbox.control(self._ask)

    def _ask(self) -> None:
        if self._child is not None:
            with suppress(OSError):
                self._child.heartbeat()

    def _replace(self, child: ChildProcess) -> None:
        """The child is gone: fail the tuples that it may have died of, and have another take the rest."""
        if child is not self._child:
            return
        gone: ChildProcess | None = child
        while gone is not None:
            ended = self._gone(gone)
            if self._one_by_one:
                lost = self._lose_first()
            else:
                lost = f"its {len(self._held)} tuples fail, and it is replaced"
                for tup in self._held.values():
                    self.out.fail(tup.id)
                self._held.clear()
            self._flush()
            self._tell_end(gone, ended, lost)
            gone = self._revive()
            if gone is None or self._resent(gone):
                return

    def _gone(self, child: ChildProcess) -> str:
        child.kill()
        if self._reader is not None:
            # What it acked before its end counts.
            self._reader.join()
        return super()._gone(child)

    def _lose_first(self) -> str:
        """See to the tuple that a child ended in, which is the first that it has not acked; returns what became of it.

        A tick is nothing to send again.
        """
        first = next(iter(self._held), None)
        lost = self._held.pop(first) if first is not None else None
        for name in [name for name in self._held if name.startswith(TICK)]:
            del self._held[name]
        rest = f"{len(self._held)} more go to its successor"
        if first is None or lost is None:
            return f"it worked on nothing; {rest}"
        if first.startswith(TICK):
            return f"it worked on a tick; {rest}"
        at = str(lost.values[0])[:200] if lost.values else "a tuple"
        if first == self._hung and self._given_up(lost):
            return f"it hung in {at}, which is given up; {rest}"
        self.out.fail(lost.id)
        return f"it worked on {at}, which fails; {rest}"

    def _given_up(self, tup: Tuple) -> bool:
        """Whether the bolt's class had something to say in place of what came to no end."""
        hung = getattr(self.plan.cls, "hung", None)
        if not callable(hung):
            return False
        try:
            for stream, values in hung(tup, self._timeout):
                self._send(self.out, values, stream, self._roots_of((tup,), stream), None)
        except Exception as error:
            self.raised(error)
            return False
        self.out.ack(tup.id)
        return True

    def _tell_end(self, child: ChildProcess, ended: str, lost: str) -> None:
        self.logger.error("%s, task %d: process %d ended (%s); %s", self.plan.name, self.task, child.pid, ended, lost)
        self.report(f"{self.plan.name}, process {child.pid}: {ended}; {lost}")

    def _resent(self, child: ChildProcess) -> bool:
        """Whether a new child has taken what the last one had not come to."""
        try:
            for name, tup in list(self._held.items()):
                child.write(packed(name, tup))
        except OSError:
            return False
        return True


def packed(name: str, tup: Tuple) -> bytes:
    """The message that gives a child a tuple."""
    values = tuple(tup.values)
    return pack({"id": name, "comp": tup.component, "stream": tup.stream, "task": tup.task, "tuple": values})
