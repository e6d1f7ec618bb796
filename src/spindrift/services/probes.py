"""Whether a server answers."""

import socket

import requests

from spindrift.services.service import HOST


def accepts(port: int) -> bool:
    """Whether something listens there. Raises OSError where not."""
    with socket.create_connection((HOST, port), timeout=2):
        return True


def is_healthy(port: int) -> bool:
    """Whether a search cluster holds all of its shards that it needs. Raises requests.RequestException."""
    answer = requests.get(f"http://{HOST}:{port}/_cluster/health", timeout=5)
    return answer.ok and answer.json()["status"] in ("yellow", "green")
