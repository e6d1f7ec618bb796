"""A service that needs no JVM: it stores a line at each start, and answers once there is a file `ready`."""

import socket
import sys
from pathlib import Path
from typing import ClassVar, Final

from spindrift.services.daemon import Daemon
from spindrift.services.jars import Jars
from spindrift.services.ports import HOST
from spindrift.services.service import Place, Prepared, Service

_SERVER: Final = """\
import socket, sys
from pathlib import Path
with (Path(sys.argv[1]) / "stored").open("a") as stored:
    stored.write("a start\\n")
server = socket.create_server(("127.0.0.1", int(sys.argv[2])))
while True:
    connection, _ = server.accept()
    connection.close()
"""


class SmallService(Service):
    """Stores and answers."""

    name: ClassVar[str] = "small"
    title: ClassVar[str] = "Small 1.0"
    jars: ClassVar[Jars] = Jars("small", ())
    usual_port: ClassVar[int] = 0  # any
    needs: ClassVar[str] = ""
    """A file in its folder without which it does not answer."""

    def prepare(self, place: Place) -> Prepared:
        (port,) = place.ports(self.usual_port)
        command = [sys.executable, "-c", _SERVER, str(place.home), str(port)]
        daemon = Daemon("small", command, place.home, place.logs / "small.out")
        return Prepared([daemon], f"{HOST}:{port}", {"store.url": f"small://{HOST}:{port}"})

    def answers(self, port: int, home: Path) -> bool:
        socket.create_connection((HOST, port), timeout=5).close()
        return not self.needs or (home / self.needs).exists()


class SlowService(SmallService):
    """Answers when it is told to."""

    needs: ClassVar[str] = "ready"
