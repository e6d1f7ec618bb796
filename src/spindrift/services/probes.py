"""Whether a server answers."""

import socket
import struct
from typing import Final

import requests

from spindrift.services.ports import HOST

_SECONDS: Final = 5
_API_VERSIONS: Final = 18


def speaks_kafka(port: int) -> bool:
    """Whether a broker says which requests it takes (ApiVersions, version 0). Raises OSError where there is none.

    To be listened to is not enough: the system takes connections for a process that is stopped.
    """
    request = struct.pack(">hhih", _API_VERSIONS, 0, 1, -1)  # correlation id 1, no client's name
    with socket.create_connection((HOST, port), timeout=_SECONDS) as connection, connection.makefile("rb") as answers:
        connection.sendall(struct.pack(">i", len(request)) + request)
        _length, correlation, error = struct.unpack(">iih", answers.read(10))
    return (correlation, error) == (1, 0)


def is_healthy(port: int) -> bool:
    """Whether a search cluster holds all of its shards that it needs. Raises requests.RequestException."""
    answer = requests.get(f"http://{HOST}:{port}/_cluster/health", timeout=_SECONDS)
    return answer.ok and answer.json()["status"] in ("yellow", "green")
