"""Archived pages in place of fetched ones."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from streamparse import Spout, Stream

from spindrift import metadata_keys as names
from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.errors import ArchiveError, ConfigurationError
from spindrift.fetching.outcomes import NotModified, Page, Redirect, outcome_of
from spindrift.status import Status
from spindrift.tasks import task_position
from spindrift.warc.answers import block_limit, response_in
from spindrift.warc.checkpoint import DONE, Checkpoint
from spindrift.warc.emission import metadata_of
from spindrift.warc.listing import list_archives
from spindrift.warc.packing import UNADDRESSABLE
from spindrift.warc.reading import ArchiveReader, Record, read_at
from spindrift.warc.replays import Replays
from spindrift.warc.uris import crawled_url

_SAVE_SECONDS = 1.0


class WARCSpout(Spout):
    """Emits what archives hold as the fetcher does: url, content, metadata of pages; on `status` everything else.

    Reads `warc.paths` (local WARC and ARC files, folders, lists of files); several tasks share the files among them.
    Of each file the responses to HTTP requests are emitted, their bodies decoded, with the metadata warc.file.name,
    warc.record.offset and warc.record.length (where the file allows to find the record again). What cannot be read is
    logged, with its place. A tuple that fails is emitted again, `spout.max.replays` times.

    With `warc.checkpoint` it goes on where it was: at the first record that has not been acked. Other keys:
    http.content.limit, http.store.headers, protocol.md.prefix.
    """

    outputs: ClassVar[list[Stream]] = [
        Stream(fields=["url", "content", "metadata"]),
        Stream(fields=["url", "metadata", "status"], name="status"),
    ]

    clock: Clock = SystemClock()

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        task, tasks = task_position(ctx)
        try:
            files = list_archives(settings.texts("warc.paths"))
        except ArchiveError as error:
            raise ConfigurationError(f"warc.paths: {error}") from error
        if not files:
            raise ConfigurationError("warc.paths is not set: name the WARC files that are to be read")
        name = settings.text("warc.checkpoint")
        path = Path(name if tasks == 1 else f"{name}.{task}") if name else None
        self._checkpoint = Checkpoint(path)
        self._limit = settings.limit("http.content.limit")
        self._prefix = settings.text("protocol.md.prefix")
        self._verbatim = settings.flag("http.store.headers")
        self._records = self._read(files[task::tasks])
        self._replays: Replays[str] = Replays(settings.limit("spout.max.replays"))
        self._pending: dict[str, tuple[Path, int]] = {}
        self._saved = self.clock.monotonic()

    def next_tuple(self) -> None:
        if (tup_id := self._replays.take()) is not None:
            try:
                again = read_at(*self._pending[tup_id], block_limit(self._limit))
            except ArchiveError as error:
                self._leave_out(tup_id, error)
            else:
                self._emit(again, tup_id)
        elif (record := next(self._records, None)) is not None:
            tup_id = f"{record.file}:{record.offset}"
            if record.offset == UNADDRESSABLE:
                self._emit(record, record.uri)
            else:
                self._pending[tup_id] = (record.file, record.offset)
                self._checkpoint.begin(record.file, record.offset)
                self._emit(record, tup_id)
        self._save()

    def ack(self, tup_id: str) -> None:
        self._settle(tup_id)

    def fail(self, tup_id: str) -> None:
        if tup_id not in self._pending or not self._replays.fail(tup_id):
            self.logger.error("%s failed; it is left out", tup_id)
            self._settle(tup_id)

    def close(self) -> None:
        """Note how far it is. Called by the embedded runner at the end, as Storm does with Java spouts."""
        self._save(now=True)

    def _read(self, files: list[Path]) -> Iterator[Record]:
        for file in files:
            start = self._checkpoint.start(file)
            if start == DONE:
                continue
            reader = ArchiveReader(file, start, block_limit(self._limit))
            try:
                for record in reader:
                    is_page = record.kind == "response" and crawled_url(record.uri) is not None
                    if is_page and record.problem is None:
                        yield record
            except ArchiveError as error:
                self.logger.error("%s", error)
            for problem in reader.problems:
                self.logger.error("%s", problem)
            self._checkpoint.end(file)

    def _emit(self, record: Record, tup_id: str) -> None:
        record.uri = crawled_url(record.uri) or record.uri
        try:
            response = response_in(record, self._limit)
        except ArchiveError as error:
            self._leave_out(tup_id, error)
            return
        metadata = metadata_of(record, response, self._prefix, verbatim=self._verbatim)
        match outcome_of(response, conditional=True):
            case Page():
                self.emit([record.uri, response.content, metadata], tup_id=tup_id)
                return
            case NotModified():
                status = Status.FETCHED
            case Redirect(target=target):
                metadata[names.REDIRECT_TO] = [target]
                status = Status.REDIRECTION
            case _:
                status = Status.FETCH_ERROR
        self.emit([record.uri, metadata, status.value], tup_id=tup_id, stream="status")

    def _leave_out(self, tup_id: str, error: ArchiveError) -> None:
        self.logger.error("%s", error)
        self._settle(tup_id)

    def _settle(self, tup_id: str) -> None:
        place = self._pending.pop(tup_id, None)
        self._replays.forget(tup_id)
        if place is not None:
            self._checkpoint.settle(*place)

    def _save(self, *, now: bool = False) -> None:
        moment = self.clock.monotonic()
        if not now and moment - self._saved < _SAVE_SECONDS:
            return
        self._saved = moment
        try:
            self._checkpoint.save()
        except OSError as error:
            self.logger.error("warc.checkpoint could not be written: %s", error)
