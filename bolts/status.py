"""Stores what became of each URL, and schedules it."""

from collections import deque
from queue import SimpleQueue
from typing import Any, ClassVar

from streamparse import Bolt, Stream

from spindrift.caches import SpecCache
from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.errors import StoreError
from spindrift.frontier import StatusUpdate
from spindrift.frontier.store_key import StoreKeys
from spindrift.metadata_keys import SAID_BY_SITEMAPS
from spindrift.politeness.backoff import PAUSE
from spindrift.scheduling import UrlLifecycle
from spindrift.status import Status
from spindrift.store import Store, open_store
from spindrift.warc.capture import request_time

_MAX_WAITING = 20_000
"""Updates that wait to be written, at which no more are taken: a second's work, and the bolts before this one wait."""


class StatusUpdaterBolt(Bolt):
    """The last word on each URL: stores its status, says when it is due again, gives up what keeps failing.

    Input: (url, metadata, status) of any stream, by fields grouping on url; stream `host` (key, until, reason,
    failures): no URL of the key before `until`; with the reason `pause`: none in the next crawl.
    Emits `deletion` (url, metadata) for URLs that got ERROR.
    Keys: `store.url`, `status.updater.*`, `max.fetch.errors`, `fetchInterval.*`, `scheduler.*`, `metadata.*`,
    `partition.url.mode`.
    A tuple is acked when it is durable, and fails when it could not be stored. A DISCOVERED URL that was stored lately
    is acked at once, unless a sitemap says something of it.
    """

    outputs: ClassVar[list[Stream]] = [Stream(["url", "metadata"], "deletion")]
    auto_ack = False

    clock: Clock = SystemClock()

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        self._prefix = settings.text("protocol.md.prefix")
        self._lifecycle = UrlLifecycle.from_settings(settings)
        self._keys = StoreKeys.from_settings(settings)
        self._known: SpecCache[str, bool] | None = None
        if settings.flag("status.updater.use.cache"):
            name = "status.updater.cache.spec"
            self._known = SpecCache.from_spec(settings.text(name), self.clock, name)
        # Filled by the writer's thread, emptied by this bolt's: a deque needs no lock, the cache would.
        self._durable: deque[str] = deque()
        # A semaphore: Python's own takes ten times as long, for every link of every page.
        self._room: SimpleQueue[None] = SimpleQueue()
        for _ in range(_MAX_WAITING):
            self._room.put(None)
        self._store: Store = open_store(settings.text("store.url"), settings, clock=self.clock)

    def process(self, tup: Any) -> None:
        if tup.stream == "host":
            self._hold(tup)
            return
        url, metadata, status = tup.values
        if self._known is not None:
            while self._durable:
                self._known.put(self._durable.popleft(), True)
            if status == "DISCOVERED" and self._known.get(url) and metadata.keys().isdisjoint(SAID_BY_SITEMAPS):
                self.ack(tup)
                return
        # Of an archived visit the time is known, so that its replay leads to the same.
        now = request_time(metadata, self._prefix) or self.clock.time()
        outcome = self._lifecycle.outcome(Status(status), metadata, now)
        if outcome.given_up is not None:
            self.emit([url, outcome.given_up], stream="deletion", anchors=[tup])
        update = StatusUpdate(
            url, self._keys.of(url), outcome.status, outcome.metadata, outcome.next_fetch, outcome.said
        )
        self._room.get()
        self._store.frontier.put([update], lambda error: self._finish(tup, error, url))

    def cleanup(self) -> None:
        """Have everything written. Called by the embedded runner at the end, as Storm does with Java bolts."""
        self._store.close()

    def _hold(self, tup: Any) -> None:
        key, until, reason, failures = tup.values
        self._room.get()
        if reason == PAUSE:
            self._store.frontier.pause(key, until, lambda error: self._finish(tup, error))
        else:
            self._store.frontier.hold(key, until, reason, failures, lambda error: self._finish(tup, error))

    def _finish(self, tup: Any, error: BaseException | None, url: str = "") -> None:
        """On the writer's thread."""
        self._room.put(None)
        if error is not None:
            if not isinstance(error, StoreError):  # those the store logs itself: once, not for every URL
                self.logger.error("status of %s could not be stored: %s", url or "a host", error)
            self.fail(tup)
            return
        if url and self._known is not None:
            self._durable.append(url)
        self.ack(tup)
