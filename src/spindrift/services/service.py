"""What a service is."""

import socket
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from spindrift.services.daemon import Daemon
from spindrift.services.jars import Jars
from spindrift.services.toolchain import Toolchain

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Place:
    """Where a service is put together."""

    home: Path
    """An empty folder of its own: configuration, data, logs."""
    jars: Path
    toolchain: Toolchain
    usual_ports: bool
    """Whether to take the ports that users expect, where they are free."""

    def ports(self, *usual: int) -> list[int]:
        """As many free ports of the loopback interface; all of the `usual` ones, if these shall be taken and can be."""
        if self.usual_ports and all(map(_is_free, usual)):
            return list(usual)
        with ExitStack() as stack:  # held together, so that none is given twice
            sockets = [stack.enter_context(closing(socket.create_server((HOST, 0)))) for _ in usual]
            return [int(each.getsockname()[1]) for each in sockets]

    @property
    def logs(self) -> Path:
        """Where the daemons' output goes."""
        return self.home / "logs"

    def java(self, name: str, arguments: list[str], *, restarts: bool = False) -> Daemon:
        """A Java process in `home`."""
        command = [str(self.toolchain.java), *arguments]
        return Daemon(name, command, self.home, self.logs / f"{name}.out", restarts=restarts)


@dataclass(frozen=True)
class Prepared:
    """A service that is ready to be started."""

    daemons: list[Daemon]
    address: str
    """host:port of what its clients connect to."""
    use: dict[str, str]
    """What a configuration says to use it: keys and values."""
    answers: Callable[[], bool]
    """Whether it can be used; False or any exception: not yet."""


class Service(ABC):
    """A server that runs on one machine."""

    name: ClassVar[str]
    title: ClassVar[str]
    jars: ClassVar[Jars]

    @abstractmethod
    def prepare(self, place: Place) -> Prepared:
        """Write its configuration and data folders. Raises ServiceError."""


def _is_free(port: int) -> bool:
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True
