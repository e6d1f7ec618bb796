"""Writes statuses and holds to a search engine."""

from collections.abc import Sequence
from typing import NamedTuple

from spindrift.clock import Clock
from spindrift.errors import StoreError
from spindrift.frontier.host_limit import HostLimit
from spindrift.frontier.records import StatusUpdate
from spindrift.frontier.search_records import Routing, document, record, taken_over
from spindrift.search_engine.bulk import Bulk, Operation, Outcome
from spindrift.search_engine.index import Index
from spindrift.search_engine.values import ceil_ms, floor_ms, iso_ms, url_id
from spindrift.status import Status

_ATTEMPTS = 10


class Hold(NamedTuple):
    """No URL of `key` before `until` (seconds since the epoch; 0: at once)."""

    key: str
    until: float
    reason: str
    failures: int


class _Url:
    """What a batch has for one URL: the one update to write, and what is said of it after that."""

    def __init__(self) -> None:
        self.update: StatusUpdate | None = None
        self.said: list[StatusUpdate] = []
        self.error: BaseException | None = None

    def add(self, update: StatusUpdate) -> None:
        """The next update of this URL. The last status wins; DISCOVERED changes nothing, but for what is said."""
        if update.status is not Status.DISCOVERED:
            self.update = update
            self.said.clear()
            return
        if update.said is not None:
            self.said.append(update)
        if self.update is None:
            self.update = update


class StatusWriter:
    """Applies batches of updates: DISCOVERED creates or changes nothing, everything else is an upsert."""

    def __init__(
        self, bulk: Bulk, index: Index, routing: Routing, clock: Clock, host_limit: HostLimit | None = None
    ) -> None:
        self._bulk = bulk
        self._index = index
        self._routing = routing
        self._clock = clock
        self._host_limit = host_limit

    def __call__(self, updates: list[StatusUpdate]) -> Sequence[BaseException | None]:
        """See spindrift.search_engine.writer.Apply."""
        if self._host_limit is None:
            return self._apply(updates)
        refused = self._host_limit.refused(self, updates)
        kept = [update for update in updates if not refused(update)]
        errors = iter(self._apply(kept))
        return [None if refused(update) else next(errors) for update in updates]

    def count(self, key: str, most: int) -> int:
        """See spindrift.frontier.host_limit.Lookup."""
        found = self._index.search({"size": 0, "track_total_hits": most, "query": {"term": {"key": key}}})
        return min(int(found["hits"]["total"]["value"]), most)

    def known(self, urls: Sequence[str]) -> set[str]:
        """See spindrift.frontier.host_limit.Lookup."""
        by_id = {url_id(url): url for url in urls}
        wanted: list[tuple[str, str | None]] = [(id_, self._routing.of(url)) for id_, url in by_id.items()]
        return {by_id[hit["_id"]] for hit in self._index.get(wanted, source=False)}

    def _apply(self, updates: list[StatusUpdate]) -> Sequence[BaseException | None]:
        urls: dict[str, _Url] = {}
        ids = [url_id(update.url) for update in updates]
        for id_, update in zip(ids, updates, strict=True):
            urls.setdefault(id_, _Url()).add(update)
        now = floor_ms(self._clock.time())
        operations = [self._operation(id_, url.update, now) for id_, url in urls.items() if url.update is not None]
        outcomes = dict(zip(urls, self._bulk.write(operations), strict=True))
        for id_, outcome in outcomes.items():
            urls[id_].error = outcome.error
            if not outcome.conflict and urls[id_].said and urls[id_].update is urls[id_].said[0]:
                del urls[id_].said[0]  # it was new
        self._take_over({id_: url for id_, url in urls.items() if url.said and url.error is None})
        return [urls[id_].error for id_ in ids]

    def _operation(self, id_: str, update: StatusUpdate, now: int) -> Operation:
        create = update.status is Status.DISCOVERED
        updated = now if update.updated is None else floor_ms(update.updated)
        return Operation(self._index, id_, document(update, updated), self._routing.of(update.url), create=create)

    def _take_over(self, urls: dict[str, _Url]) -> None:
        """Read, change and write what is known of URLs, again where another process wrote in between."""
        for _ in range(_ATTEMPTS):
            if not urls:
                return
            wanted = [(id_, self._routing.of(url.said[0].url)) for id_, url in urls.items()]
            operations: list[Operation] = []
            for hit in self._index.get(wanted):
                before = after = record(hit["_source"])
                for update in urls[hit["_id"]].said:
                    if update.said is not None:
                        after = taken_over(after, update, update.said)
                if after == before:
                    continue
                update = StatusUpdate(after.url, after.key, after.status, after.metadata, after.next_fetch)
                operations.append(
                    Operation(
                        self._index,
                        hit["_id"],
                        document(update, round(after.updated * 1000)),
                        hit.get("_routing"),
                        version=(hit["_seq_no"], hit["_primary_term"]),
                    )
                )
            outcomes = dict(zip((op.id for op in operations), self._bulk.write(operations), strict=True))
            for id_, outcome in outcomes.items():
                urls[id_].error = outcome.error
            urls = {id_: url for id_, url in urls.items() if outcomes.get(id_, Outcome()).conflict}
        for url in urls.values():
            url.error = StoreError("other processes change it all the time")


class HoldWriter:
    """Applies holds: one document a key."""

    def __init__(self, bulk: Bulk, index: Index) -> None:
        self._bulk = bulk
        self._index = index

    def __call__(self, holds: list[Hold]) -> Sequence[BaseException | None]:
        """See spindrift.search_engine.writer.Apply."""
        return self._bulk.write_last(self._index, [(url_id(hold.key), _held(hold)) for hold in holds])


def _held(hold: Hold) -> dict[str, object]:
    found: dict[str, object] = {"key": hold.key, "reason": hold.reason, "failures": hold.failures}
    if hold.until > 0:
        found["heldUntil"] = iso_ms(ceil_ms(hold.until))
    return found
