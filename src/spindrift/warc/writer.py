"""Writes visits to WARC files, in a thread of its own, with one sync for all that have gathered meanwhile."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.errors import ArchiveError, ConfigurationError
from spindrift.warc.capture import Capture
from spindrift.warc.files import WarcFile, new_file, recover
from spindrift.warc.records import RecordFormat
from spindrift.warc.trouble import explained

_log = logging.getLogger(__name__)

OnDurable = Callable[[BaseException | None], None]
"""Called once, in the writer's thread: None when the visit is on the disk, else why it is not.

An ArchiveError says that nothing can be written, any other error that this visit cannot.
"""

OnTrouble = Callable[[str], object]

_MAX_WAITING: Final = 64 * 1024 * 1024
"""Bytes that wait to be written at which `write` blocks."""
_RECORD_OVERHEAD: Final = 4096
_TELL_SECONDS: Final = 60.0


class ArchiveWriter:
    """Appends visits to files in `folder`; a new file after `max_size` bytes or `max_age` seconds (None: never).

    What an earlier process has left unfinished in the folder is completed first. `close` completes the last file.
    A disk that is full, or a folder that is gone, is told to each visit, and once a minute to the log and to
    `on_trouble`, in the writer's thread.
    """

    def __init__(
        self,
        folder: Path,
        records: RecordFormat,
        *,
        prefix: str = "crawl",
        task: int = 0,
        max_size: int = 1_000_000_000,
        max_age: float | None = None,
        clock: Clock | None = None,
        on_trouble: OnTrouble = lambda text: None,
    ) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            recover(folder)
        except OSError as error:
            raise ConfigurationError(
                f"the archive cannot be written to {folder}: {error.strerror or error}; warc.path names a folder"
            ) from error
        self._folder = folder
        self._records = records
        self._prefix = prefix
        self._task = task
        self._max_size = max_size
        self._max_age = max_age
        self._clock = clock or SystemClock()
        self._file: WarcFile | None = None
        self._queue: deque[tuple[Capture, OnDurable]] = deque()
        self._waiting = 0
        self._closing = False
        self._on_trouble = on_trouble
        self._told = float("-inf")
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="spindrift-warc", daemon=True)
        self._thread.start()

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        task: int = 0,
        clock: Clock | None = None,
        on_trouble: OnTrouble = lambda text: None,
    ) -> Self:
        """Reads warc.path, warc.prefix, warc.max.size, warc.max.age, warc.metadata.keys and protocol.md.prefix."""
        folder = settings.text("warc.path")
        if not folder:
            raise ConfigurationError("warc.path is not set: name the folder to which the archive is to be written")
        prefix = settings.text("warc.prefix")
        if "/" in prefix or prefix.startswith("."):
            raise ConfigurationError(f"warc.prefix is {prefix!r}; expected the beginning of a file's name")
        records = RecordFormat(
            settings.text("protocol.md.prefix"), settings.texts("warc.metadata.keys"), clock or SystemClock()
        )
        return cls(
            Path(folder),
            records,
            prefix=prefix,
            task=task,
            max_size=settings.integer("warc.max.size"),
            max_age=settings.seconds_or_none("warc.max.age"),
            clock=clock,
            on_trouble=on_trouble,
        )

    def write(self, capture: Capture, on_durable: OnDurable) -> None:
        """Have a visit written, soon; blocks while too much waits."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting < _MAX_WAITING or self._closing)
            self._waiting += len(capture.content) + _RECORD_OVERHEAD
            self._queue.append((capture, on_durable))
            self._changed.notify_all()

    def close(self) -> None:
        """Write what waits, and complete the file."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while batch := self._gather():
            self._write(batch)
        self._try_to_complete()

    def _gather(self) -> list[tuple[Capture, OnDurable]]:
        """Wait for visits; empty when the writer is closed and all are written. Completes a file that is too old."""
        with self._changed:
            while not self._queue and not self._closing:
                self._changed.wait(self._time_left())
                if not self._queue and not self._closing and self._is_too_old():
                    self._try_to_complete()
            batch = list(self._queue)
            self._queue.clear()
            self._waiting = 0
            self._changed.notify_all()
            return batch

    def _write(self, batch: list[tuple[Capture, OnDurable]]) -> None:
        """Append a batch, sync once, tell everybody."""
        written: list[OnDurable] = []
        for capture, on_durable in batch:
            try:
                data = self._records.records(capture)
                if data:
                    self._append(data, written)
            except OSError as error:
                _tell(on_durable, self._trouble(error))
            except Exception as error:  # whatever a page may bring: it must not end the archive
                _log.exception("%s could not be archived", capture.url)
                _tell(on_durable, error)
            else:
                written.append(on_durable)
        self._sync(written)

    def _append(self, data: bytes, written: list[OnDurable]) -> None:
        if self._file is not None and (self._file.size >= self._max_size or self._is_too_old()):
            self._sync(written)
            self._complete()
        if self._file is None:
            file = new_file(self._folder, self._prefix, self._task, self._clock.time())
            try:
                file.append(self._records.file_header(file.path.name))
            except OSError:
                file.discard()
                raise
            self._file = file
        self._file.append(data)

    def _sync(self, written: list[OnDurable]) -> None:
        trouble: ArchiveError | None = None
        if written and self._file is not None:
            try:
                self._file.sync()
            except OSError as error:
                trouble = self._trouble(error)
                # What the disk has of it nobody knows: to sync again may succeed, and mean nothing.
                self._file.leave()
                self._file = None
        for on_durable in written:
            _tell(on_durable, trouble)
        written.clear()

    def _complete(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.complete()

    def _try_to_complete(self) -> None:
        try:
            self._complete()
        except OSError as error:
            self._trouble(error)

    def _is_too_old(self) -> bool:
        left = self._time_left()
        return left is not None and left <= 0

    def _time_left(self) -> float | None:
        """Seconds until the file is to be completed, None where it is not."""
        if self._file is None or self._max_age is None:
            return None
        return self._file.opened + self._max_age - self._clock.time()

    def _trouble(self, error: OSError) -> ArchiveError:
        """What is wrong; said once a minute, since a disk that is full is full for every page."""
        trouble = ArchiveError(explained(error, self._folder))
        now = self._clock.monotonic()
        if now - self._told >= _TELL_SECONDS:
            self._told = now
            _log.error("%s", trouble)
            self._on_trouble(str(trouble))
        return trouble


def _tell(on_durable: OnDurable, error: BaseException | None) -> None:
    try:
        on_durable(error)
    except Exception:  # somebody else's, and the thread must not die of it
        _log.exception("a visit is archived, but what was to follow failed")
