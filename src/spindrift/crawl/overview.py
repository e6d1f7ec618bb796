"""What a store holds, at a glance."""

from dataclasses import asdict, dataclass
from typing import Any

from spindrift.frontier.records import HostRecord
from spindrift.store import Store

_MOST_HELD = 1000


@dataclass(frozen=True, slots=True)
class Overview:
    """The frontier and the documents of a store at `now` (seconds since the epoch)."""

    store: str
    now: float
    statuses: dict[str, int]
    documents: int
    next_due: float | None
    """When the next URL is due, counting holds; None: never."""
    hosts: list[HostRecord]
    """Those with most URLs."""
    host_count: int
    """How many there are in all."""
    held: list[HostRecord]
    """Those that are left alone for now, the longest hold first."""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def overview(store: Store, name: str, *, hosts: int, now: float) -> Overview:
    """What `store` holds; `hosts` of the largest hosts are listed."""
    return Overview(
        store=name,
        now=now,
        statuses=store.frontier.count_by_status(),
        documents=store.documents.count(),
        next_due=store.frontier.next_due(now),
        hosts=store.frontier.hosts(hosts) if hosts else [],
        host_count=store.frontier.count_hosts(),
        held=store.frontier.hosts(_MOST_HELD, held_only=True, now=now),
    )


def held_host(store: Store, key: str, now: float) -> HostRecord | None:
    """The host (partition key) where it is held at `now`."""
    return next((host for host in store.frontier.hosts(_MOST_HELD, held_only=True, now=now) if host.key == key), None)
