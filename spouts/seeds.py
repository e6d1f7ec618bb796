"""Makes seeds known to the crawl."""

import heapq
from collections.abc import Iterator
from itertools import islice
from typing import Any, ClassVar

from streamparse import Spout, Stream

from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.frontier.seeds import Seed, SeedError, SeedPreparation, check_sources
from spindrift.metadata import copy
from spindrift.status import Status
from spindrift.tasks import task_position

_REPLAY_SECONDS = 1.0


class SeedSpout(Spout):
    """Emits `status` (url, metadata, DISCOVERED) once for each seed; what fails is emitted again after a second.

    Keys: `seeds` (URLs, or files with a line `url<TAB>key=value<TAB>...` each; `#` starts a comment; folders, patterns)
    and `urlfilters.config.file`. The message id is the URL. Several tasks share the seeds among them.
    Seeds that are no URLs, or that a filter refuses, are logged with file and line, and left out; user names
    and passwords in URLs, too. Raises ConfigurationError at the start for files that cannot be read.
    """

    outputs: ClassVar[list[Stream]] = [Stream(["url", "metadata", "status"], "status")]

    clock: Clock = SystemClock()

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        sources = settings.texts("seeds")
        check_sources(sources)
        index, tasks = task_position(ctx)
        prepared = SeedPreparation.from_settings(settings).prepare_all(sources)
        self._seeds: Iterator[Seed | SeedError] = islice(prepared, index, None, tasks)
        self._pending: dict[str, Seed] = {}
        self._replays: list[tuple[float, str]] = []

    def next_tuple(self) -> None:
        if self._replays and self._replays[0][0] <= self.clock.monotonic():
            self._emit(self._pending[heapq.heappop(self._replays)[1]])
            return
        seed = next(self._seeds, None)
        if isinstance(seed, SeedError):
            self.logger.warning("%s", seed)
        elif seed is not None and seed.url not in self._pending:
            if seed.warning:
                self.logger.warning("%s", seed.warning)
            self._pending[seed.url] = seed
            self._emit(seed)

    def ack(self, tup_id: str) -> None:
        self._pending.pop(tup_id, None)

    def fail(self, tup_id: str) -> None:
        if tup_id in self._pending:
            heapq.heappush(self._replays, (self.clock.monotonic() + _REPLAY_SECONDS, tup_id))

    def _emit(self, seed: Seed) -> None:
        self.emit([seed.url, copy(seed.metadata), Status.DISCOVERED.value], tup_id=seed.url, stream="status")
