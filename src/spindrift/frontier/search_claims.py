"""Who may crawl a store in a search engine: leases, as there is no lock that ends with its process."""

import contextlib
import logging
import os
import socket
import threading
import uuid
from typing import Any, Final

import psutil

from spindrift.clock import Clock
from spindrift.errors import StoreError
from spindrift.frontier.protocol import Shard
from spindrift.search_engine.bulk import Bulk, Operation
from spindrift.search_engine.index import Index
from spindrift.search_engine.values import floor_ms, iso_ms, seconds_of

log = logging.getLogger(__name__)

_LEASE_SECONDS: Final = 60.0
_RENEW_SECONDS: Final = 15.0


class Claims:
    """One document a claim, renewed by a thread, which others respect until it expires.

    Best effort: the machines' clocks must agree within some seconds, and two crawls of different numbers of spout tasks
    that start in the same moment may both go on. A claim whose process is gone is free at once on the same machine,
    elsewhere after a minute.
    """

    def __init__(self, index: Index, bulk: Bulk, clock: Clock) -> None:
        self._index = index
        self._bulk = bulk
        self._clock = clock
        self._owner = uuid.uuid4().hex
        self._mutex = threading.Lock()
        self._held: dict[str, Shard] = {}
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def acquire(self, shard: Shard) -> "SearchClaim":
        """The claim to a shard. Raises StoreError when it, or a part of it, belongs to another crawl."""
        id_ = f"{shard.index}-of-{shard.count}"
        with self._mutex:
            self._check_others(shard)
            found = next(iter(self._index.get([(id_, None)])), None)
            version = None if found is None else (found["_seq_no"], found["_primary_term"])
            operation = Operation(self._index, id_, self._document(shard), create=found is None, version=version)
            [outcome] = self._bulk.write([operation])
            if outcome.error is not None:
                raise StoreError(str(outcome.error))
            if outcome.conflict:
                raise StoreError(self._in_use("another process, which started in the same moment"))
            self._held[id_] = shard
            if self._thread is None:
                self._thread = threading.Thread(target=self._renew, name="store claims", daemon=True)
                self._thread.start()
        return SearchClaim(self, id_)

    def release(self, id_: str) -> None:
        """Give a shard back."""
        with self._mutex:
            if self._held.pop(id_, None) is not None:
                # Who cannot say so leaves a lease that expires.
                with contextlib.suppress(StoreError):
                    self._index.client.request("DELETE", f"/{self._index.name}/_doc/{id_}")

    def close(self) -> None:
        """Renew nothing any more."""
        self._ended.set()
        for id_ in list(self._held):
            self.release(id_)

    def are_held(self) -> bool:
        """Whether anybody crawls the store, this process included."""
        if self._held or not self._index.exists():
            return bool(self._held)
        # What this process gave back may still be found.
        return any(claim["owner"] != self._owner for claim in self._living())

    def _check_others(self, shard: Shard) -> None:
        self._index.refresh()
        for claim in self._living():
            if claim["count"] == shard.count and claim["shard"] != shard.index:
                continue
            if claim["owner"] == self._owner:
                raise StoreError(self._in_use("this process already"))
            raise StoreError(self._in_use(f"process {claim['pid']} on {claim['machine']}"))

    def _living(self) -> list[dict[str, Any]]:
        """Claims whose holders have not gone, and this process's own."""
        now = self._clock.time()
        claims = [hit["_source"] for hit in self._index.search({"size": 1000})["hits"]["hits"]]
        return [
            claim
            for claim in claims
            if claim["owner"] == self._owner or ((seconds_of(claim["expires"]) or 0.0) > now and not _is_gone(claim))
        ]

    def _in_use(self, by: str) -> str:
        return (
            f"store {self._index.client.name} is being crawled by {by}; "
            "wait for it, stop it, or crawl into another store (--store)"
        )

    def _document(self, shard: Shard) -> dict[str, Any]:
        return {
            "owner": self._owner,
            "machine": socket.gethostname(),
            "pid": os.getpid(),
            "shard": shard.index,
            "count": shard.count,
            "expires": iso_ms(floor_ms(self._clock.time() + _LEASE_SECONDS)),
        }

    def _renew(self) -> None:
        while not self._ended.wait(_RENEW_SECONDS):
            with self._mutex:
                try:
                    for id_, shard in self._held.items():
                        path = f"/{self._index.name}/_doc/{id_}"
                        self._index.client.request("PUT", path, self._document(shard))
                except StoreError as error:  # the lease lasts for some more attempts
                    log.warning("the claim to the store could not be renewed: %s", error)


class SearchClaim:
    """The right to crawl a shard."""

    def __init__(self, claims: Claims, id_: str) -> None:
        self._claims = claims
        self._id = id_

    def release(self) -> None:
        """Give it back; once is enough, more does no harm."""
        self._claims.release(self._id)


def _is_gone(claim: dict[str, Any]) -> bool:
    """Whether its process was one of this machine and has ended."""
    return claim["machine"] == socket.gethostname() and not psutil.pid_exists(claim["pid"])
