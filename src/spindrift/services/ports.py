"""The loopback ports that a service listens on."""

import json
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
_ANY: Final = 0


def choose_ports(
    usual: Sequence[int], remembered: Path, *, prefer_usual: bool, say: Callable[[str], object] = lambda message: None
) -> list[int]:
    """A free port for each of `usual`: that of the last time, from the file `remembered`, which is written; else the
    usual one, where that is preferred; else any. `say` is told where one that was to be had is taken by others.
    """
    former = _read(remembered)
    wanted = former if len(former) == len(usual) else usual if prefer_usual else [_ANY] * len(usual)
    with ExitStack() as stack:  # held together, so that none is given twice
        ports = [_hold(port, stack) or _hold(_ANY, stack) for port in wanted]
    for port, chosen in zip(wanted, ports, strict=True):
        if port not in (_ANY, chosen):
            say(f"port {port} is taken: using {chosen}")
    remembered.write_text(json.dumps(ports))
    return ports


def _read(file: Path) -> list[int]:
    try:
        return [int(port) for port in json.loads(file.read_text())]
    except (FileNotFoundError, ValueError):  # or who wrote it was killed
        return []


def _hold(port: int, stack: ExitStack) -> int:
    """The port, in nobody else's hands until the stack is closed; 0 where it is taken."""
    try:
        held = stack.enter_context(socket.create_server((HOST, port)))
    except OSError:
        if port == _ANY:
            raise
        return 0
    return int(held.getsockname()[1])
