"""Hands out the URLs that are due."""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, ClassVar

from streamparse import Spout

from spindrift import metadata_keys as keys
from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.errors import StoreError
from spindrift.frontier import Shard, StatusUpdate, UrlRecord
from spindrift.frontier.supply import SupplyLimits, UrlSupply
from spindrift.metadata import copy
from spindrift.scheduling import UrlLifecycle
from spindrift.status import Status
from spindrift.store import Store, open_store
from spindrift.tasks import task_position

_REPORT_SECONDS = 0.25


class FrontierSpout(Spout):
    """Emits (url, metadata) of due URLs, the URL being the message id; never one that is in flight.

    Keys: `store.url`; `spout.batch.size`, `spout.max.urls.per.key` (of one key in flight), `spout.min.delay.queries`,
    `spout.max.delay.queries`; `crawl.max.pages`; `spout.max.replays`. Several tasks share the keys among them.
    A failed URL is emitted again after 1 s, then 2 s, up to 60 s; after `spout.max.replays` it is stored as
    FETCH_ERROR. What fails while the topology stops was given back: it is due again. With `metrics.report` it reports
    the metric `frontier` (see UrlSupply.figures; and `statuses`, the URLs of the store by status) four times a second,
    and once more when nothing is in flight any more.
    Raises StoreError at the start when another crawl uses the store.
    """

    outputs: ClassVar[list[str]] = ["url", "metadata"]

    clock: Clock = SystemClock()
    executor: Executor | None = None
    """Where the frontier is asked; None: a thread of its own."""

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        shard = Shard(*task_position(ctx))
        self._store: Store = open_store(settings.text("store.url"), settings, clock=self.clock)
        self._frontier = self._store.frontier
        try:
            self._claim = self._frontier.claim(shard)
        except BaseException:
            self._store.close()
            raise
        self._lifecycle = UrlLifecycle.from_settings(settings)
        self._executor = self.executor or ThreadPoolExecutor(1, thread_name_prefix="frontier")
        limits = _limits(settings, shard)
        self._supply = UrlSupply(self._frontier, limits, self.clock, self._executor, self._give_up, shard)
        self._active = True
        self._reports = settings.flag("metrics.report")
        self._reported = self.clock.monotonic()

    def next_tuple(self) -> None:
        record = self._supply.take()
        if record is not None:
            self.emit([record.url, copy(record.metadata)], tup_id=record.url)
        self._report()

    def ack(self, tup_id: str) -> None:
        self._supply.ack(tup_id)
        # Also while the crawl ends, when next_tuple is not called any more.
        self._report(now=self._supply.settled)

    def fail(self, tup_id: str) -> None:
        if self._active:
            self._supply.fail(tup_id)
            return
        self._supply.release(tup_id)
        self._report(now=self._supply.settled)

    def activate(self) -> None:
        """Called before the first tuple, and after `deactivate`."""
        self._active = True

    def deactivate(self) -> None:
        """Called when the topology stops: what fails from now on is no failure of the URL's."""
        self._active = False

    def close(self) -> None:
        """Let another crawl use the store. Called by the embedded runner at the end, as Storm does with Java spouts."""
        self._executor.shutdown()
        self._claim.release()
        try:
            self._report(now=True)
        finally:
            self._store.close()

    def _report(self, *, now: bool = False) -> None:
        moment = self.clock.monotonic()
        if self._reports and (now or moment - self._reported >= _REPORT_SECONDS):
            self._reported = moment
            # The statuses of the same moment, so that whoever shows both shows what fits together.
            figures = self._supply.figures()
            self.report_metric("frontier", {**figures, "statuses": self._frontier.count_by_status()})

    def _give_up(self, record: UrlRecord, forget: Callable[[], None]) -> None:
        metadata = copy(record.metadata)
        metadata[keys.ERROR_CAUSE] = ["the topology could not process it (its log says why)"]
        outcome = self._lifecycle.outcome(Status.FETCH_ERROR, metadata, self.clock.time())
        update = StatusUpdate(record.url, record.key, outcome.status, outcome.metadata, outcome.next_fetch)

        def stored(error: BaseException | None) -> None:
            if error is not None and not isinstance(error, StoreError):  # those the store logs itself
                self.logger.error("status of %s could not be stored: %s", record.url, error)
            forget()  # if it could not be stored, it is due again

        self.logger.warning("%s failed again and again; stored as %s", record.url, outcome.status)
        self._frontier.put([update], stored)


def _limits(settings: Settings, shard: Shard) -> SupplyLimits:
    pages = settings.limit("crawl.max.pages")
    if pages is not None:
        # Each task has its part of the pages, so that all together keep to the limit.
        pages = pages // shard.count + (shard.index < pages % shard.count)
    return SupplyLimits(
        batch=settings.integer("spout.batch.size"),
        per_key=settings.integer("spout.max.urls.per.key"),
        min_delay=settings.seconds("spout.min.delay.queries"),
        max_delay=settings.seconds("spout.max.delay.queries"),
        max_pages=pages,
        max_replays=settings.limit("spout.max.replays"),
    )
