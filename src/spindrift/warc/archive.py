"""An archive as a whole: all visits in their order, and which of them are of a URL."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from spindrift import metadata_keys as names
from spindrift.clock import Clock, SystemClock
from spindrift.errors import ArchiveError
from spindrift.metadata import Metadata
from spindrift.urls.schemes import SUPPORTED
from spindrift.warc.fields import CONTENT_TYPE, OUTCOME, parse_fields
from spindrift.warc.packing import UNADDRESSABLE
from spindrift.warc.reading import ArchiveReader, Problem, Record
from spindrift.warc.uris import WEB, crawled_url

_HEAD: Final = 64 * 1024
"""Bytes of each record that are looked at while the index is made: heads and fields, not bodies."""
_ANSWERS: Final = frozenset({"response", "revisit", "resource"})
_ARC_DATE: Final = 14
_DAY: Final = 86_400.0
_SHOWN: Final = 80


@dataclass(slots=True)
class Visit:
    """One visit of a URL: where its records are (byte offsets in `file`), None for those that it has not."""

    url: str
    file: Path
    date: float
    """Epoch seconds of the request; of the visit before where the record's date cannot be read."""
    answer: int | None = None
    request: int | None = None
    fields: Metadata = field(default_factory=dict)
    """What its metadata record says."""
    digest: str = ""
    refers_to: str = ""
    """Payload digest of an earlier answer that has the same content (revisit)."""
    is_robots: bool = False

    @property
    def is_page(self) -> bool:
        """Whether anything came of it: not of a robots.txt, nor of an answer after which the fetcher asked again."""
        return not self.is_robots and names.ASKED_AGAIN not in self.fields


class Archive:
    """The index of WARC and ARC files; where bodies are is known, they are read when they are asked for."""

    def __init__(self, visits: list[Visit], problems: list[Problem], unreadable: Mapping[Path, str]) -> None:
        self.visits = visits
        """In the order of the files, and in each in the order of its records."""
        self.problems = problems
        """What could not be read of files of which there is something."""
        self.unreadable = unreadable
        """Files of which nothing can be replayed, and why."""
        self._by_url: dict[str, list[int]] = {}
        self._by_digest: dict[str, int] = {}
        for place, visit in enumerate(visits):
            self._by_url.setdefault(visit.url, []).append(place)
            if visit.digest and not visit.refers_to:
                self._by_digest.setdefault(visit.digest, place)

    @classmethod
    def index(
        cls,
        files: Iterable[Path],
        progress: Callable[[int], object] = lambda records: None,
        *,
        schemes: Collection[str] = WEB,
        clock: Clock | None = None,
    ) -> Self:
        """Read all files once. Raises ArchiveError where there is no visit, but a file that cannot be replayed.

        Such are files that are no archive, and those whose records have no offsets. Visits are of URLs of one of
        `schemes`; dates that are yet to come count for nothing.
        """
        builder = _Builder(progress, schemes, (clock or SystemClock()).time())
        unreadable: dict[Path, str] = {}
        for file in files:
            before = len(builder.visits)
            try:
                builder.add(file)
            except ArchiveError as error:
                unreadable[file] = str(error)
                del builder.visits[before:]
        if unreadable and not builder.visits:
            raise ArchiveError("\n".join(unreadable.values()))
        builder.settle_robots()
        return cls(builder.visits, builder.problems, unreadable)

    @property
    def troubles(self) -> list[str]:
        """All that could not be read, as one would say it."""
        return [*self.unreadable.values(), *map(str, self.problems)]

    def damaged(self, more: Iterable[Path] = ()) -> int:
        """Files of which something could not be read; `more`: those in which that has shown later."""
        return len({*self.unreadable, *(problem.file for problem in self.problems if problem.is_damage), *more})

    @property
    def end(self) -> float:
        """Epoch seconds of the last visit; 0 where there is none."""
        return max((visit.date for visit in self.visits), default=0.0)

    def of(self, url: str) -> Sequence[Visit]:
        """The visits of a URL, the first one first."""
        return [self.visits[place] for place in self._by_url.get(url, ())]

    def pages(self) -> list[Visit]:
        """The visits from which something came, see `Visit.is_page`."""
        return [visit for visit in self.visits if visit.is_page]

    def original(self, visit: Visit) -> Visit | None:
        """The visit whose content a revisit has had again."""
        place = self._by_digest.get(visit.refers_to)
        return None if place is None else self.visits[place]


class _Builder:
    """Puts the records of visits together."""

    def __init__(self, progress: Callable[[int], object], schemes: Collection[str], now: float) -> None:
        self.visits: list[Visit] = []
        self.problems: list[Problem] = []
        self._progress = progress
        self._schemes = frozenset(schemes)
        self._now = now
        self._told: set[Path] = set()
        self._records = 0
        self._date = 0.0

    def add(self, file: Path) -> None:
        by_id: dict[str, Visit] = {}
        requests: dict[str, int] = {}
        reader = ArchiveReader(file, block_limit=_HEAD)
        for record in reader:
            self._records += 1
            self._progress(self._records)
            if record.kind in (*_ANSWERS, "request", "metadata") and record.offset == UNADDRESSABLE:
                raise ArchiveError(
                    f"{file}: the records of this file share a gzip member, so that none can be found again; "
                    f"make it readable with: warcio recompress {file} NEW.warc.gz"
                )
            if record.kind == "request":
                self._add_request(record, by_id, requests)
            elif record.kind in _ANSWERS:
                self._add_answer(record, by_id, requests)
            elif record.kind == "metadata" and record.headers.get("content-type", "").startswith(CONTENT_TYPE):
                self._add_fields(record, by_id)
        self.problems += reader.problems

    def settle_robots(self) -> None:
        """Tell what was fetched as robots.txt from pages of that name, where the archive does."""
        if any(names.FOR_ROBOTS_TXT in visit.fields for visit in self.visits):
            for visit in self.visits:
                visit.is_robots = names.FOR_ROBOTS_TXT in visit.fields

    def _add_request(self, record: Record, by_id: dict[str, Visit], requests: dict[str, int]) -> None:
        answer = record.headers.get("warc-concurrent-to", "")
        if answer in by_id:
            by_id[answer].request = record.offset
        elif answer:
            requests[answer] = record.offset

    def _add_answer(self, record: Record, by_id: dict[str, Visit], requests: dict[str, int]) -> None:
        url = crawled_url(record.uri, self._schemes)
        if url is None:
            self._leave_out(record)
            return
        visit = Visit(url, record.file, self._date_of(record), answer=record.offset)
        visit.digest = record.headers.get("warc-payload-digest", "")
        if record.kind == "revisit" and "identical-payload" in record.headers.get("warc-profile", ""):
            visit.refers_to = visit.digest
        identity = record.headers.get("warc-record-id", "")
        visit.request = requests.pop(identity, None)
        visit.is_robots = urlsplit(url).path == "/robots.txt"
        by_id[identity] = visit
        self.visits.append(visit)

    def _add_fields(self, record: Record, by_id: dict[str, Visit]) -> None:
        fields = parse_fields(record.block)
        answer = record.headers.get("warc-concurrent-to") or record.headers.get("warc-refers-to", "")
        visit = by_id.get(answer)
        if visit is not None:
            visit.fields = fields
        elif not answer and record.uri.isprintable() and any(name in fields for name in OUTCOME):
            self.visits.append(Visit(record.uri, record.file, self._date_of(record), fields=fields))

    def _leave_out(self, record: Record) -> None:
        """Say so of the first answer in a file that looks as if it were a page's."""
        if record.uri.lower().startswith(SUPPORTED) and record.file not in self._told:
            self._told.add(record.file)
            what = f"the answers of {record.uri[:_SHOWN]!r} and its like are left out"
            why = f"it is no URL of {', '.join(sorted(self._schemes))} (key protocols)"
            self.problems.append(Problem(record.file, record.offset, f"{what}: {why}", is_damage=False))

    def _date_of(self, record: Record) -> float:
        date = seconds_of(record.date, self._now)
        if date is not None:
            self._date = date
        return self._date


def seconds_of(date: str, now: float) -> float | None:
    """The WARC-Date or ARC date (20241231235959) in epoch seconds; None where it cannot be read, or is behind `now`.

    A day later is taken: the clocks of machines differ, and not every date says of which time zone it is.
    """
    try:
        if len(date) == _ARC_DATE and date.isdigit():
            parsed = datetime.strptime(date, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        else:
            parsed = datetime.fromisoformat(date)
        seconds = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return seconds if seconds <= now + _DAY else None
