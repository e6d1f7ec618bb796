"""Stores in the real search engines, for tests."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from spindrift.conf import Settings
from spindrift.services.running import RunningService
from spindrift.store import open_store

SETTINGS = Settings({"store.search.shards": 3, "store.search.bulk.interval": "100ms"})
_INDICES = ("status", "content", "hosts", "sources", "claims")


class SearchServer:
    """One engine, and a store in it that is made once, as to make indices takes seconds."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.base = f"http://{service.address}"
        self.prefix = f"t{uuid.uuid4().hex[:12]}"
        self.url = f"{service.name}://{service.address}/{self.prefix}"

    def send(self, method: str, path: str, body: str = "", **params: str) -> Any:
        """The answer to a request of a test's own."""
        headers = {"content-type": "application/json"}
        answer = requests.request(
            method, self.base + path, data=body.encode(), params=params, headers=headers, timeout=60
        )
        answer.raise_for_status()
        return answer.json()

    def empty(self) -> None:
        """Delete all that is in the store."""
        open_store(self.url, SETTINGS).close()
        names = ",".join(f"{self.prefix}-{name}" for name in _INDICES)
        self.send("POST", f"/{names}/_refresh")
        while hits := self.send("POST", f"/{names}/_search", '{"size": 10000, "_source": false}')["hits"]["hits"]:
            lines = [
                json.dumps({"delete": {key: hit[name] for key, name in _KEYS.items() if name in hit}}) for hit in hits
            ]
            self.send("POST", "/_bulk", "\n".join(lines) + "\n", refresh="true")

    def remove(self) -> None:
        """Delete the indices."""
        for name in _INDICES:
            requests.delete(f"{self.base}/{self.prefix}-{name}", timeout=60)


_KEYS = {"_index": "_index", "_id": "_id", "routing": "_routing"}


@pytest.fixture(scope="module", params=["elasticsearch", "opensearch"])
def server(request: pytest.FixtureRequest) -> Iterator[SearchServer]:
    """Each engine."""
    with new_server(request.getfixturevalue(request.param)) as server:
        yield server


@contextmanager
def new_server(service: RunningService) -> Iterator[SearchServer]:
    """`service` with a store of its own."""
    server = SearchServer(service)
    try:
        yield server
    finally:
        server.remove()
