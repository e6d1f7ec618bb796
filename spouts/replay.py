"""Hands out the URLs of an archive, as they were visited."""

from typing import Any, ClassVar

from streamparse import Spout

from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.metadata import Metadata, copy
from spindrift.warc.opening import open_archive
from spindrift.warc.replay_engine import VISIT
from spindrift.warc.replays import Replays

_REPORT_SECONDS = 0.25


class ReplaySpout(Spout):
    """Emits url, metadata of each visit in the archive, in its order, with the metadata that the URL had then.

    The message id is the number of the visit, which `replay.visit` in the metadata repeats. What fails is emitted
    again, `spout.max.replays` times. Reads `warc.paths`; reports the metric `replay` (visits, done, failed). For one
    task.
    """

    outputs: ClassVar[list[str]] = ["url", "metadata"]

    clock: Clock = SystemClock()

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        self._visits = open_archive(settings).visits
        self._places = [place for place, visit in enumerate(self._visits) if visit.is_page]
        self._next = 0
        self._replays: Replays[int] = Replays(settings.limit("spout.max.replays"))
        self._done = self._failed = 0
        self._reported = float("-inf")

    def next_tuple(self) -> None:
        if (place := self._replays.take()) is not None:
            self._emit(place)
        elif self._next < len(self._places):
            self._next += 1
            self._emit(self._places[self._next - 1])
        self._report()

    def ack(self, tup_id: str) -> None:
        self._done += 1
        self._replays.forget(int(tup_id))
        self._report()

    def fail(self, tup_id: str) -> None:
        place = int(tup_id)
        if not self._replays.fail(place):
            self._failed += 1
            self.logger.error("%s failed again and again; it is left out", self._visits[place].url)
            self._report()

    def _emit(self, place: int) -> None:
        visit = self._visits[place]
        metadata: Metadata = copy(visit.fields) | {VISIT: [str(place)]}
        self.emit([visit.url, metadata], tup_id=str(place))

    def _report(self) -> None:
        """Now and then, and once more at the end."""
        moment = self.clock.monotonic()
        ended = self._done + self._failed >= len(self._places)
        if moment - self._reported >= _REPORT_SECONDS or (ended and self._reported < float("inf")):
            self._reported = float("inf") if ended else moment
            self.report_metric("replay", {"visits": len(self._places), "done": self._done, "failed": self._failed})
