"""Who may crawl a store in a search engine: leases, as there is no lock that ends with its process."""

import contextlib
import logging
import os
import socket
import threading
import uuid
from dataclasses import dataclass
from typing import Any, Final

import psutil

from spindrift.clock import Clock
from spindrift.errors import StoreError
from spindrift.frontier.protocol import Shard
from spindrift.search_engine.bulk import DONE, Bulk, Operation
from spindrift.search_engine.errors import Refused
from spindrift.search_engine.index import Index
from spindrift.search_engine.values import floor_ms, iso_ms, seconds_of

log = logging.getLogger(__name__)

_LEASE_SECONDS: Final = 60.0
_RENEW_SECONDS: Final = 15.0
_CONFLICT: Final = 409
_NOT_FOUND: Final = 404

_Version = tuple[int, int]
"""`_seq_no` and `_primary_term` of a document."""


class Claims:
    """One document a claim, renewed by a thread, which others respect until it expires.

    A process that was stopped for so long that another one took its claim over finds that out when it renews it: then
    it is `lost`, and gives out no more URLs.
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
        self._held: dict[str, _Lease] = {}
        self._lost: dict[str, StoreError] = {}
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def acquire(self, shard: Shard) -> "SearchClaim":
        """The claim to a shard. Raises StoreError when it, or a part of it, belongs to another crawl."""
        id_ = f"{shard.index}-of-{shard.count}"
        with self._mutex:
            before = self._check_others(shard)
            version = before.pop(id_, None)
            self._remove(before)
            operation = Operation(self._index, id_, self._document(shard), create=version is None, version=version)
            [outcome] = self._bulk.write([operation])
            if outcome.error is not None:
                raise StoreError(str(outcome.error))
            if outcome.conflict:
                raise self._quicker()
            [written] = self._index.get([(id_, None)])
            if written["_source"]["owner"] != self._owner:
                raise self._quicker()
            self._held[id_] = _Lease(shard, (written["_seq_no"], written["_primary_term"]))
            self._lost.pop(id_, None)
            if self._thread is None:
                self._thread = threading.Thread(target=self._renew, name="store claims", daemon=True)
                self._thread.start()
        return SearchClaim(self, id_)

    def release(self, id_: str) -> None:
        """Give a shard back."""
        with self._mutex:
            lease = self._held.pop(id_, None)
            if lease is not None:
                # Who cannot say so leaves a lease that expires; and whose lease it is no longer need not say so.
                with contextlib.suppress(StoreError):
                    self._index.client.request("DELETE", f"/{self._index.name}/_doc/{id_}", **lease.condition)

    @property
    def lost(self) -> StoreError | None:
        """That another process has taken a claim of this one over."""
        return next(iter(self._lost.values()), None)

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
        return any(hit["_source"]["owner"] != self._owner and self._lives(hit["_source"]) for hit in self._stored())

    def _check_others(self, shard: Shard) -> dict[str, _Version]:
        """The claims that nobody holds any more, to the shard and its parts, with their versions."""
        self._index.refresh()
        free: dict[str, _Version] = {}
        for hit in self._stored():
            claim = hit["_source"]
            if claim["count"] == shard.count and claim["shard"] != shard.index:
                continue
            if claim["owner"] == self._owner:
                raise StoreError(self._in_use("this process already"))
            if self._lives(claim):
                raise StoreError(self._in_use(f"process {claim['pid']} on {claim['machine']}"))
            free[hit["_id"]] = (hit["_seq_no"], hit["_primary_term"])
        return free

    def _stored(self) -> list[dict[str, Any]]:
        hits: list[dict[str, Any]] = self._index.search({"size": 1000, "seq_no_primary_term": True})["hits"]["hits"]
        return hits

    def _lives(self, claim: dict[str, Any]) -> bool:
        return (seconds_of(claim["expires"]) or 0.0) > self._clock.time() and not _is_gone(claim)

    def _remove(self, claims: dict[str, _Version]) -> None:
        """Take away what nobody holds any more of other numbers of tasks: whoever had them shall find them gone."""
        outcomes = self._bulk.write([Operation(self._index, id_, None, version=claims[id_]) for id_ in claims])
        left = [(id_, None) for id_, outcome in zip(claims, outcomes, strict=True) if outcome != DONE]
        if self._index.get(left):  # else another task of this crawl has removed them
            raise self._quicker()

    def _quicker(self) -> StoreError:
        return StoreError(self._in_use("another process, which started in the same moment"))

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
            self.renew()

    def renew(self) -> None:
        """Go on holding what is held, if nobody else has taken it meanwhile."""
        with self._mutex:
            for id_, lease in list(self._held.items()):
                try:
                    self._renew_one(id_, lease)
                except StoreError as error:  # the lease lasts for some more attempts
                    log.warning("the claim to the store could not be renewed: %s", error)

    def _renew_one(self, id_: str, lease: "_Lease") -> None:
        path = f"/{self._index.written_as}/_doc/{id_}"
        try:
            answer = self._index.client.request(
                "PUT", path, self._document(lease.shard), require_alias="true", **lease.condition
            )
        except Refused as error:
            if error.status != _CONFLICT:
                raise
            found = next(iter(self._index.get([(id_, None)])), None)
            if found is not None and found["_source"]["owner"] == self._owner:  # the answer to the last one was lost
                lease.version = (found["_seq_no"], found["_primary_term"])
                return
            del self._held[id_]
            self._lost[id_] = StoreError(
                f"store {self._index.client.name}: another crawl took it over while this process was stopped, or could "
                f"not reach it, for more than {_LEASE_SECONDS:g} s; this one gives out no more URLs"
            )
            log.error("%s", self._lost[id_])
            return
        if answer.status == _NOT_FOUND:
            raise self._index.missing()
        lease.version = (answer.body["_seq_no"], answer.body["_primary_term"])


@dataclass(slots=True)
class _Lease:
    shard: Shard
    version: _Version
    """Of the document, as this process wrote it."""

    @property
    def condition(self) -> dict[str, str]:
        """For a request that others' documents shall be safe from."""
        return {"if_seq_no": str(self.version[0]), "if_primary_term": str(self.version[1])}


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
