"""A small crawl to be copied, and all that a copy must have."""

from typing import Any

from spindrift.frontier import StatusUpdate
from spindrift.index import Document
from spindrift.status import Status
from spindrift.store import Store

FAR = 4_000_000_000.0


def fill(store: Store) -> None:
    """URLs of three statuses, more of them than fit into a part, a held host, and two pages."""
    store.frontier.put(
        [
            StatusUpdate("http://a.example/", "a.example", Status.FETCHED, {"x.y": ["1", "2"]}, FAR, updated=5e8),
            StatusUpdate("http://b.example/", "b.example", Status.ERROR, {"error.cause": ["é"]}, None, updated=6e8),
            *[
                StatusUpdate(f"http://a.example/{n:04}", "a.example", Status.DISCOVERED, {}, FAR + n, updated=7e8)
                for n in range(2100)
            ],
        ]
    )
    store.frontier.hold("b.example", FAR, "503 with Retry-After", 2)
    store.documents.put(
        [
            Document("http://a.example/", "a.example", "Tides", "The spring tide.", {"words": ["3"]}, 200, 1.7e9, "en"),
            Document("http://a.example/1", "a.example", "", "x", {}, None, 1.6e9, source="http://a.example/?1"),
        ]
    )


def content(store: Store) -> tuple[Any, ...]:
    """All that is in a store."""
    return (
        sorted(store.frontier.records(), key=lambda record: record.url),
        store.frontier.hosts(9, held_only=True),
        sorted(store.documents.iterate(), key=lambda document: document.url),
    )
