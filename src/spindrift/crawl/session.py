"""One run of the crawl topology: from the start to the summary."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.crawl.causes import causes_since
from spindrift.crawl.finish import SHORTEST_HORIZON, FinishLine
from spindrift.crawl.progress import Progress, ProgressMeter, archive_trouble, emitted
from spindrift.crawl.stopping import StopConditions
from spindrift.crawl.summary import Ending, Summary, summarize
from spindrift.local import LocalTopology
from spindrift.local.collector import calm_collector
from spindrift.metrics import exposed
from spindrift.politeness.limits import longest_wait
from spindrift.store import Store
from spindrift.store_url import printable

_LOOK = 0.1
"""Seconds between two looks at the crawl."""
_DRAIN = 30.0
_DRAIN_SHORT = 5.0


class CrawlSession:
    """Runs `topology_class` (components `frontier`, `fetch`, `index`, `status` as in the crawl topology) on `store`.

    `conf` is the whole configuration. The session neither opens nor closes the store.
    """

    def __init__(self, topology_class: type, conf: Mapping[str, Any], store: Store, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._settings = Settings(conf)
        self._store = store
        self._topology = LocalTopology(topology_class, name="crawl", conf=conf, clock=self._clock)
        self._stopping = threading.Event()
        self._trouble: tuple[Ending, str] | None = None
        self._meter = ProgressMeter(self._topology.stats, self._topology.in_flight, store.frontier, self._clock)

    def interrupt(self) -> None:
        """End the run gracefully; may be called from a signal handler or another thread."""
        self._store.hurry()
        self._stopping.set()

    def run(
        self,
        show: Callable[[Progress, Ending | None], object],
        *,
        seconds: float | None = None,
        refresh: float = 0.5,
        injected: dict[str, Any] | None = None,
    ) -> Summary:
        """Crawl until nothing is due soon, a limit (`crawl.max.*`, `seconds`) is reached, or `interrupt` is called.

        Seconds count from the first URL that is given out: starting up is no crawling.
        A store or an archive that cannot be written any more (a full disk) ends the crawl, too, whatever else would
        have: what it did not take is fetched again next time.
        `show` is given a reading every `refresh` seconds, with the ending once the run is being brought to one.
        """
        began = self._clock.time()
        metrics = exposed(self._settings, self._topology.stats, self._store.frontier.count_by_status)
        with metrics, calm_collector():
            self._topology.start()
            try:
                ending = self._watch(show, StopConditions.from_settings(self._settings, seconds), refresh)
            except BaseException:
                self._topology.stop(drain=0)
                raise
            self._stop(show, ending, refresh)
        ending, trouble = self._find_trouble() or (ending, "")
        progress = self._meter.read(settled=True)
        return summarize(
            progress,
            ending,
            errors=causes_since(self._store.frontier, began),
            documents=self._store.documents.count(),
            store=printable(self._settings.text("store.url")),
            next_due=self._store.frontier.next_due(self._clock.time()),
            injected=injected or {},
            trouble=trouble,
        )

    def _watch(self, show: Callable[[Progress, None], object], enough: StopConditions, refresh: float) -> Ending:
        finish = FinishLine(
            self._store.frontier,
            self._topology.in_flight,
            self._given_out,
            self._horizon(),
            self._clock,
            self._longest_pause(),
        )
        shown_at = float("-inf")
        began: float | None = None
        while not self._stopping.wait(_LOOK):
            now = self._clock.monotonic()
            if now - shown_at >= refresh:
                show(self._meter.read(), None)
                shown_at = now
            if trouble := self._find_trouble():
                return trouble[0]
            if began is None and self._given_out() > 0:
                began = now
            if ending := enough.reached(0.0 if began is None else now - began, self._topology.stats()):
                return ending
            if finish.crossed():
                return Ending.FINISHED
        return Ending.INTERRUPTED

    def _stop(self, show: Callable[[Progress, Ending], object], ending: Ending, refresh: float) -> None:
        """Let what is in flight come down, and keep showing it."""
        drain = _DRAIN_SHORT if ending in (Ending.INTERRUPTED, Ending.STORE, Ending.ARCHIVE) else _DRAIN
        stopper = threading.Thread(target=self._topology.stop, args=(drain,), name="stop", daemon=True)
        stopper.start()
        while stopper.is_alive():
            show(self._meter.read(), ending)
            stopper.join(refresh)

    def _find_trouble(self) -> tuple[Ending, str] | None:
        """The ending of a crawl that cannot write any more, and why; once found, it stays."""
        if trouble := self._store.trouble:
            self._trouble = (Ending.STORE, str(trouble))
        elif self._trouble is None and (said := archive_trouble(self._topology.stats())):
            self._trouble = (Ending.ARCHIVE, said)
        return self._trouble

    def _given_out(self) -> int:
        return emitted(self._topology.stats(), "frontier", "default")

    def _longest_pause(self) -> float:
        """A pause that is kept, and what the fetcher holds a host for that has URLs enough."""
        longest = self._settings.seconds_or_none("fetcher.max.crawl.delay") or 0.0
        return longest + longest_wait(self._settings)

    def _horizon(self) -> float:
        return max(SHORTEST_HORIZON, 2 * self._settings.seconds("fetcher.server.delay"))
