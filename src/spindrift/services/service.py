"""What a service is."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from spindrift.services.daemon import Daemon
from spindrift.services.jars import Jars
from spindrift.services.ports import HOST, choose_ports
from spindrift.services.toolchain import Toolchain

__all__ = ["HOST", "Place", "Prepared", "Service"]


@dataclass(frozen=True)
class Place:
    """Where a service is put together."""

    home: Path
    """A folder of its own: configuration, data, logs; with those of a former run, where there was one."""
    jars: Path
    toolchain: Toolchain
    usual_ports: bool
    """Whether to take the ports that users expect, where they are free."""
    say: Callable[[str], object] = lambda message: None

    def ports(self, *usual: int) -> list[int]:
        """As many free ports of the loopback interface; those of a former run, if they can be had."""
        return choose_ports(usual, self.home / "ports.json", prefer_usual=self.usual_ports, say=self.say)

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


class Service(ABC):
    """A server that runs on one machine."""

    name: ClassVar[str]
    title: ClassVar[str]
    jars: ClassVar[Jars]

    @abstractmethod
    def prepare(self, place: Place) -> Prepared:
        """Write its configuration, and make its data folders unless they are there: what it has stored stays.

        Raises ServiceError.
        """

    @abstractmethod
    def answers(self, port: int, home: Path) -> bool:
        """Whether it can be used at `port`, that of its address; False or any exception: not, or not yet."""
