"""What the executors of bolts and spouts in processes of their own share: the process, its end, and what it refuses."""

from collections.abc import Mapping
from threading import Event
from typing import Any

from spindrift import errors
from spindrift.local.child import ChildProcess
from spindrift.local.context import task_context
from spindrift.local.executor import Executor, Site
from spindrift.local.plan import ComponentPlan

START_SECONDS = 60.0
"""How long a child may take to start, at least: to import and initialize takes longer than any tuple should."""
STARTS = 3
"""How often a child is started that is killed while it starts."""
_LONGEST_PAUSE = 10.0
_KILLED_SECONDS = 5.0
"""How long a thread may take to notice that its process was killed."""


class KilledAtStartError(RuntimeError):
    """A child was killed before it was ready, by whomever: the next one need not be."""


class ProcessTask(Executor):
    """Comes before the executor of a bolt or a spout."""

    def __init__(self, site: Site, plan: ComponentPlan, task: int) -> None:
        super().__init__(site, plan, task)
        self._timeout = self.settings.seconds("topology.subprocess.timeout.secs")
        self._start_timeout = max(self._timeout, START_SECONDS)
        self._child: ChildProcess | None = None
        self._aborted = Event()

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._child.pid if self._child else None

    def construct(self) -> None:
        """The component is constructed in the child."""

    def _initialize(self) -> None:
        for _ in range(STARTS - 1):
            try:
                self._begin()
            except KilledAtStartError as error:
                if self._aborted.is_set():
                    raise  # by us, for the topology ends: nobody needs another
                self.raised(KilledAtStartError(f"{error}; another is started"))
            else:
                return
        self._begin()

    def _begin(self) -> None:
        """Start a child and wait until it is ready. Raises what keeps it from that."""
        raise NotImplementedError

    def discard(self) -> None:
        if self._child is not None:
            self._gone(self._child)

    def abort(self) -> None:
        super().abort()
        self._aborted.set()

    def end(self, timeout: float | None = None) -> bool:
        if super().end(timeout):
            return True
        # Left alone, it would outlive the topology, and with it perhaps the program.
        self.abort()
        child = self._child
        if child is not None:
            self.logger.warning("%s, task %d: process %d comes to no end; killed", self.plan.name, self.task, child.pid)
            child.kill()
        return self.join(_KILLED_SECONDS)

    def raised(self, error: BaseException) -> None:
        self.logger.error("%s, task %d: %s", self.plan.name, self.task, error)
        self.report(f"{type(error).__name__}: {error}")

    def _spawn(self) -> ChildProcess:
        try:
            return ChildProcess(self.plan.cls, dict(self.conf), task_context(self.site.plan, self.plan, self.task))
        except BrokenPipeError:
            raise KilledAtStartError("its process ended before it was told what to start") from None

    def _not_begun(self, child: ChildProcess, error: Exception, complaint: Exception | None) -> Exception:
        """What to raise for a child that said, by its end or for too long, nothing more."""
        if isinstance(error, TimeoutError):
            ended = self._gone(child)
            return complaint or RuntimeError(f"its process said nothing in {self._start_timeout:g} s ({ended})")
        child.let_end(_KILLED_SECONDS)
        ended = self._gone(child)
        if complaint is None and child.was_killed:
            return KilledAtStartError(f"its process {child.pid} was {ended} while it started")
        return complaint or RuntimeError(f"its process ended before it was ready ({ended})")

    def _revive(self) -> ChildProcess | None:
        """Start another child, however often that takes; None when the topology ends before."""
        pause = 0.1
        while not self._ended:
            try:
                self._initialize()
                return self._child
            except Exception as error:
                if self._child is not None:
                    self._gone(self._child)
                if self._aborted.is_set():
                    break
                self.raised(error)
                self._aborted.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
        return None

    def _gone(self, child: ChildProcess) -> str:
        """Kill a child and clear away what is left of it; returns how it ended."""
        self._child = None
        child.kill()
        return child.wait(self._timeout)


def refusal(message: Mapping[str, Any]) -> Exception:
    """What to raise for the error that a child reports in place of starting: one that is made for users as it was."""
    said = str(message.get("msg"))
    if "class" not in message:
        return RuntimeError(said)
    known = getattr(errors, str(message["class"]), errors.SpindriftError)
    made: Exception = known(said)
    return made
