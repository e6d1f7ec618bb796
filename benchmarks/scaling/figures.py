"""What is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SearchMeasured:
    """Of one node, which runs on the same machine; a second."""

    urls: int
    bytes_per_url: float
    """In the status index, after its segments were merged."""
    upserts: float
    due_urls: float
    """In batches of 1,000."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one machine; bytes, a second."""

    cores: int
    urls: int
    """In the status store, when it was measured."""
    bytes_per_url: float
    """In the status store, indexes included."""
    index_bytes_per_url: float
    """Of the two indexes."""
    bytes_per_document: float
    """Of a page of 27 kB, with its full-text index."""
    upserts: float
    """Of pages and links, put one by one."""
    due_urls: float
    """In batches of 1,000."""
    tuples: float
    """That the embedded runner hands over and has acked, on one core."""
    pages: float
    """Of a whole crawl of a generated web on loopback, without pauses."""
    cpu_per_page: float
    """Seconds, everything included."""
    worker_memory: float
    """Peak."""
    search: SearchMeasured | None = None
