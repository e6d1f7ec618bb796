"""How far archives have been read, so that reading can go on there."""

import json
import os
from pathlib import Path
from typing import Final

from spindrift.errors import ConfigurationError

DONE: Final = -1
"""Stands for the offset of a file that was read to its end."""


class Checkpoint:
    """Where to go on in each file: at the first record that is not settled. Kept in the file `path`, None: nowhere.

    Raises ConfigurationError for a file that cannot be read.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._offsets: dict[str, int] = {}
        self._open: dict[str, dict[int, None]] = {}
        self._last: dict[str, int] = {}
        self._ended: set[str] = set()
        self._changed = False
        if path is None or not path.exists():
            return
        try:
            stored = json.loads(path.read_text())
            self._offsets = {str(name): int(offset) for name, offset in stored.items()}
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise ConfigurationError(
                f"{path} (key warc.checkpoint) could not be read: {error}; without it, all is read from the beginning"
            ) from error

    def start(self, file: Path) -> int:
        """Offset at which to begin with `file`; DONE where there is nothing left."""
        return self._offsets.get(str(file), 0)

    def begin(self, file: Path, offset: int) -> None:
        """A record is on its way."""
        name = str(file)
        self._open.setdefault(name, {})[offset] = None
        self._last[name] = offset

    def settle(self, file: Path, offset: int) -> None:
        """A record is dealt with, for good."""
        self._open.get(str(file), {}).pop(offset, None)
        self._update(str(file))

    def end(self, file: Path) -> None:
        """Nothing more comes from `file`."""
        self._ended.add(str(file))
        self._update(str(file))

    def _update(self, name: str) -> None:
        waiting = self._open.get(name)
        if waiting:
            self._offsets[name] = next(iter(waiting))  # records begin in the order of their offsets
        elif name in self._ended:
            self._offsets[name] = DONE
        elif name in self._last:
            self._offsets[name] = self._last[name]
        self._changed = True

    def save(self) -> None:
        """Write it down, where that changes anything; the file is replaced as a whole. Raises OSError."""
        if self._path is None or not self._changed:
            return
        unfinished = self._path.with_name(f".{self._path.name}.{os.getpid()}.unfinished")
        unfinished.write_text(json.dumps(self._offsets, indent=1))
        unfinished.replace(self._path)
        self._changed = False
