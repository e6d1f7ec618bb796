"""WARC files that are being written: under a name that ends in `.open`, until they are complete."""

import logging
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

try:
    import fcntl
except ImportError:  # not made for Windows: there, files of a crawl that runs are not told from those of a dead one
    fcntl = None  # type: ignore[assignment]

_log = logging.getLogger(__name__)

OPEN: Final = ".open"
ENDING: Final = ".warc.gz"
_PIECE: Final = 1 << 20


class WarcFile:
    """One file: whole records are appended, and last once `sync` has returned. Raises OSError.

    It is locked, so that whoever recovers what dead processes have left does not touch it.
    """

    def __init__(self, folder: Path, name: str, opened: float) -> None:
        self.opened = opened
        self.records = 0
        self._final = folder / name
        self._path = folder / (name + OPEN)
        self._file: IO[bytes] = self._path.open("xb", buffering=0)
        _lock(self._file)
        self.size = 0

    @property
    def path(self) -> Path:
        """Where the file will be once it is complete."""
        return self._final

    def append(self, data: bytes) -> None:
        """Write whole records; where that fails, the file is cut back to what it held."""
        try:
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
        except OSError:
            self._file.seek(self.size)
            with suppress(OSError):
                self._file.truncate()
            raise
        self.size += len(data)
        self.records += 1

    def sync(self) -> None:
        """Have everything that was appended on the disk, where the file can be found."""
        os.fsync(self._file.fileno())
        self._path.stat()  # what was removed takes bytes without complaint

    def complete(self) -> None:
        """Give the file its name: nothing more will be appended."""
        self.sync()
        _rename(self._path, self._final)
        self._file.close()

    def leave(self) -> None:
        """Append no more; `recover` completes the file one day."""
        self._file.close()

    def discard(self) -> None:
        """Remove the file."""
        self._file.close()
        with suppress(OSError):
            self._path.unlink()


def new_file(folder: Path, prefix: str, task: int, now: float) -> WarcFile:
    """A file that is not there yet: `prefix-20261121120000123-00-00000.warc.gz`, in the order of their beginning."""
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d%H%M%S%f")[:17]
    for serial in range(100_000):
        name = f"{prefix}-{stamp}-{task:02}-{serial:05}{ENDING}"
        if not (folder / name).exists():
            with suppress(FileExistsError):
                return WarcFile(folder, name, now)
    raise OSError(f"no name is free for {prefix}-{stamp}-{task:02} in {folder}")


def recover(folder: Path, told: Callable[[str], object] = _log.warning) -> list[Path]:
    """Complete the files that dead processes have left in `folder`, without the record in which they were cut off.

    Files of processes that live are left alone. Returns the files that are complete now.
    """
    completed = []
    for path in sorted(folder.glob(f"*{ENDING}{OPEN}")):
        try:
            with path.open("r+b") as file:
                if not _lock(file):
                    continue
                end, members = whole_members(file)
                rest = path.stat().st_size - end
                if members <= 1:  # a warcinfo alone
                    path.unlink()
                    continue
                file.truncate(end)
                os.fsync(file.fileno())
                final = path.with_name(path.name.removesuffix(OPEN))
                _rename(path, final)
        except FileNotFoundError:
            continue  # another one was faster
        completed.append(final)
        told(f"{final} was left by a crawl that did not end; {rest:,} bytes of a record that was cut off are gone")
    return completed


def whole_members(file: IO[bytes]) -> tuple[int, int]:
    """Where the last whole gzip member of `file` ends, and how many whole members there are."""
    file.seek(0)
    end = read = members = 0
    inflater = zlib.decompressobj(zlib.MAX_WBITS + 16)
    data = b""
    while data or (data := file.read(_PIECE)):
        if not data:
            break
        before = len(data)
        try:
            pending = data
            while pending:
                inflater.decompress(pending, _PIECE)
                pending = inflater.unconsumed_tail
                if inflater.eof:
                    break
        except zlib.error:
            break
        if inflater.eof:
            read += before - len(inflater.unused_data)
            data = inflater.unused_data
            end, members = read, members + 1
            inflater = zlib.decompressobj(zlib.MAX_WBITS + 16)
        else:
            read += before
            data = b""
    return end, members


def _lock(file: IO[bytes]) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _rename(path: Path, final: Path) -> None:
    path.rename(final)
    with suppress(OSError):  # not every file system lets folders be synced
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
