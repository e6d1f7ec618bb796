"""The archive that a replay reads: indexed once a process, whoever asks for it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from spindrift.conf import Settings
from spindrift.errors import ArchiveError, ConfigurationError
from spindrift.warc.archive import Archive
from spindrift.warc.listing import list_archives

_last: dict[tuple[Path, ...], Archive] = {}


def open_archive(settings: Settings) -> Archive:
    """The archive of `warc.paths`. Raises ConfigurationError where it cannot be read."""
    paths = settings.texts("warc.paths")
    if not paths:
        raise ConfigurationError("warc.paths is not set: name the WARC files that are to be replayed")
    try:
        return index_once(list_archives(paths))
    except ArchiveError as error:
        raise ConfigurationError(str(error)) from error


def index_once(files: Sequence[Path], progress: Callable[[int], object] = lambda records: None) -> Archive:
    """As Archive.index, unless the same files were indexed last."""
    name = tuple(files)
    if name not in _last:
        archive = Archive.index(files, progress)
        _last.clear()
        _last[name] = archive
    return _last[name]
