"""Runs a spout's task in a process of its own, over the multilang protocol."""

import time
from contextlib import suppress
from math import inf
from typing import Any

from spindrift.local.child import ChildProcess
from spindrift.local.executor import Site
from spindrift.local.plan import ComponentPlan
from spindrift.local.process_task import ProcessTask, refusal
from spindrift.local.spout_executor import SpoutExecutor
from spindrift.local.wire import pack


class ProcessSpoutExecutor(ProcessTask, SpoutExecutor):
    """Sends commands in batches and reads until each is answered by a `sync`, as Storm's ShellSpout does one by one.

    A child that dies, or does not answer in topology.subprocess.timeout.secs, is replaced. Its trees are given up:
    the new child knows nothing of them, and emits what it has to emit.
    """

    def __init__(self, site: Site, plan: ComponentPlan, task: int) -> None:
        super().__init__(site, plan, task)
        self._own_run = False
        self._complaint: Exception | None = None

    def message(self, message: Any) -> None:
        if message.get("command") == "error":
            self._complaint = refusal(message)
        super().message(message)

    def _begin(self) -> None:
        child = self._child = self._spawn()
        self._complaint = None
        try:
            # The pid is its answer to the handshake; `initialize` is over when it answers a command.
            self._converse([{"command": "deactivate"}], self._start_timeout)
            if self._active:
                self._converse([{"command": "activate"}])
        except (OSError, EOFError) as error:
            raise self._not_begun(child, error, self._complaint) from None

    def _call_next(self, count: int) -> bool:
        before = sum(stream.emitted for stream in self._streams)
        self._ask([{"command": "next"}] * count)
        return before == sum(stream.emitted for stream in self._streams)

    def _tell(self, roots: Any, acked: bool) -> None:
        command = "ack" if acked else "fail"
        self._ask([{"command": command, "id": root.message_id} for root in roots])

    def _command_or_call(self, name: str) -> None:
        self._ask([{"command": name}])

    def _ask(self, commands: list[dict[str, Any]]) -> None:
        try:
            self._converse(commands)
        except (OSError, EOFError) as error:
            self._replace(error)

    def _converse(self, commands: list[dict[str, Any]], timeout: float | None = None) -> None:
        """Send commands and take in everything up to the last `sync`. Raises OSError or EOFError."""
        child = self._child
        if child is None:
            raise EOFError
        # In pieces that fit into a pipe, so that neither side waits for the other to read.
        for start in range(0, len(commands), 64):
            piece = commands[start : start + 64]
            child.write(b"".join(map(pack, piece)))
            open_commands = len(piece)
            while open_commands:
                for message in child.read(timeout or self._timeout):
                    if message.get("command") == "sync":
                        open_commands -= 1
                    elif "pid" not in message:
                        self._said(child, message)

    def _said(self, child: ChildProcess, message: dict[str, Any]) -> None:
        if message.get("command") != "emit":
            self.message(message)
            return
        try:
            tasks = self.emit_root(message["tuple"], message.get("stream"), message.get("id"), message.get("task"))
        except (ValueError, TypeError) as error:
            self.raised(error)
            tasks = []
        if message.get("need_task_ids", True):
            child.send(tasks)

    def _replace(self, error: BaseException) -> None:
        child = self._child
        if child is None:
            return
        ended = self._gone(child)
        self._flush()
        lost = self.site.acker.give_up(self.pending.older_than(inf))
        self.pending.remove(len(lost))
        self.failed += len(lost)
        why = f"no answer in {self._timeout:g} s" if isinstance(error, TimeoutError) else ended
        self.raised(RuntimeError(f"{self.plan.name}, process {child.pid}: {why}; its {len(lost)} trees are given up"))
        self._revive()

    def _cleanup(self) -> None:
        """The child's own last call comes at the end of its input; what it says then counts, too."""
        child = self._child
        if child is None:
            return
        until = time.monotonic() + self._timeout
        with suppress(EOFError, OSError, ValueError):
            child.close_input()
            while True:
                for message in child.read(max(until - time.monotonic(), 0.0)):
                    if message.get("command") != "sync":
                        self._said(child, message)
        child.wait(self._timeout)
        self._child = None
