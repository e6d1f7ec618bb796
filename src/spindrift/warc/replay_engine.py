"""Stands where the fetch engine does, and delivers what came of each visit when it was archived."""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from spindrift import metadata_keys as names
from spindrift.conf import Settings
from spindrift.errors import ArchiveError
from spindrift.fetching.item import FetchItem
from spindrift.fetching.outcomes import Failed, Outcome, Postponed, Refused, outcome_of
from spindrift.metadata import first
from spindrift.protocol.response import Response
from spindrift.warc.answers import response_of, was_conditional
from spindrift.warc.archive import Visit
from spindrift.warc.opening import open_archive

VISIT: Final = "replay.visit"
"""Metadata: which of the archive's visits this is."""
UNREADABLE: Final = "unreadable in the archive"


class ReplayEngine:
    """Delivers at once, in the thread that submits, in the order of submission: two replays do the same.

    Items name their visit in the metadata `replay.visit`.
    """

    def __init__(self, settings: Settings, deliver: Callable[[FetchItem, Outcome], None]) -> None:
        self._archive = open_archive(settings)
        self._deliver = deliver
        self._limit = settings.limit("http.content.limit")
        self._prefix = settings.text("protocol.md.prefix")
        self._codes: Counter[int] = Counter()
        self._unreadable: Counter[str] = Counter()
        self._bytes = 0

    def start(self) -> None:
        """Nothing has to run."""

    def give_back(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing runs."""

    def submit(self, item: FetchItem) -> None:
        """Deliver what came of the item's visit."""
        visit = self._archive.visits[int(item.metadata.pop(VISIT)[0])]
        self._deliver(item, self._outcome(item, visit))

    def report(self, receive: Callable[[dict[str, Any]], None]) -> None:
        """As the fetch engine: counts of answers; and of those that cannot be read, by file."""
        counts = {"status_codes": dict(self._codes), "unreadable": dict(self._unreadable)}
        receive({"fetched": sum(self._codes.values()), "bytes": self._bytes, **counts})

    def _outcome(self, item: FetchItem, visit: Visit) -> Outcome:
        fields = visit.fields
        response: Response | None = None
        if visit.answer is not None:
            try:
                response = response_of(self._archive, visit, self._limit)
            except ArchiveError as error:
                self._unreadable[str(visit.file)] += 1
                return Failed(f"{UNREADABLE}: {error}")
            self._codes[response.status_code] += 1
            self._bytes += len(response.content)
        else:
            item.metadata[self._prefix + names.REQUEST_TIME] = [str(round(visit.date * 1000))]
        if until := first(fields, names.POSTPONED_UNTIL):
            return Postponed(float(until), first(fields, names.ERROR_CAUSE) or "", response)
        if response is not None:
            return outcome_of(response, conditional=was_conditional(response))
        if cause := first(fields, names.FETCH_EXCEPTION):
            return Failed(cause)
        return Refused(first(fields, names.ERROR_CAUSE) or "")
