"""One replay of an archive: from the first visit to the last."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from spindrift.crawl.progress import merged
from spindrift.crawl.summary import Ending
from spindrift.errors import StoreError
from spindrift.local import LocalTopology
from spindrift.local.collector import calm_collector
from spindrift.store import Store
from spindrift.store_url import printable
from spindrift.warc.archive import Archive

_LOOK = 0.02
_DRAIN = 30.0


@dataclass(frozen=True, slots=True)
class ReplayProgress:
    """How far a replay is."""

    visits: int = 0
    done: int = 0
    failed: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ReplaySummary:
    """What a replay has done."""

    ended: Ending
    """FINISHED, INTERRUPTED or STORE."""
    visits: int
    done: int
    failed: int
    seconds: float
    status_codes: dict[str, int]
    statuses: dict[str, int]
    documents: int
    store: str
    problems: list[str] = field(default_factory=list)
    """What of the archive could not be read."""
    damaged: int = 0
    """Files of the archive of which something could not be read."""
    trouble: str = ""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {**asdict(self), "ended": str(self.ended)}


class ReplaySession:
    """Runs a replay topology (components `frontier`, a ReplaySpout, and `fetch`) into `store`."""

    def __init__(self, topology_class: type, conf: Mapping[str, Any], store: Store) -> None:
        self._conf = conf
        self._store = store
        self._topology = LocalTopology(topology_class, name="replay", conf=conf)
        self._stopping = threading.Event()
        self._trouble: StoreError | None = None

    def interrupt(self) -> None:
        """End the replay; may be called from a signal handler."""
        self._stopping.set()

    def run(self, show: Callable[[ReplayProgress], object], archive: Archive, refresh: float = 0.5) -> ReplaySummary:
        """Replay `archive` (of `warc.paths`) to the end, unless `interrupt` is called or the store fails."""
        start = time.monotonic()
        with calm_collector():
            self._topology.start()
            try:
                ended = self._watch(show, start, refresh)
            finally:
                self._topology.stop(drain=_DRAIN)
        progress = self._progress(start)
        fetched = merged(self._topology.stats(), "fetch", "fetcher")
        return ReplaySummary(
            ended=ended,
            visits=progress.visits,
            done=progress.done,
            failed=progress.failed,
            seconds=round(progress.seconds, 3),
            status_codes={str(code): count for code, count in sorted(fetched.get("status_codes", {}).items())},
            statuses=self._store.frontier.count_by_status(),
            documents=self._store.documents.count(),
            store=printable(str(self._conf["store.url"])),
            problems=archive.troubles,
            damaged=archive.damaged(map(Path, fetched.get("unreadable", {}))),
            trouble=str(self._trouble or ""),
        )

    def _watch(self, show: Callable[[ReplayProgress], object], start: float, refresh: float) -> Ending:
        shown = start
        while not self._stopping.wait(_LOOK):
            progress = self._progress(start)
            if progress.visits and progress.done + progress.failed >= progress.visits:
                show(progress)
                return Ending.FINISHED
            self._trouble = self._store.trouble or self._trouble
            if self._trouble is not None:
                return Ending.STORE
            if time.monotonic() - shown >= refresh:
                shown = time.monotonic()
                show(progress)
        return Ending.INTERRUPTED

    def _progress(self, start: float) -> ReplayProgress:
        counted = merged(self._topology.stats(), "frontier", "replay")
        return ReplayProgress(
            int(counted.get("visits", 0)),
            int(counted.get("done", 0)),
            int(counted.get("failed", 0)),
            time.monotonic() - start,
        )
