"""The archive that a replay reads: indexed once a process, whoever asks for it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from spindrift.conf import Settings
from spindrift.errors import ArchiveError, ConfigurationError
from spindrift.warc.archive import Archive
from spindrift.warc.listing import list_archives

_last: dict[tuple[tuple[Path, ...], frozenset[str]], Archive] = {}


def open_archive(settings: Settings) -> Archive:
    """The archive of `warc.paths`. Raises ConfigurationError where it cannot be read."""
    paths = settings.texts("warc.paths")
    if not paths:
        raise ConfigurationError("warc.paths is not set: name the WARC files that are to be replayed")
    try:
        return index_once(list_archives(paths), settings)
    except ArchiveError as error:
        raise ConfigurationError(str(error)) from error


def index_once(
    files: Sequence[Path], settings: Settings, progress: Callable[[int], object] = lambda records: None
) -> Archive:
    """As Archive.index, with the schemes of `protocols`, unless that was asked for last."""
    schemes = frozenset(map(str.lower, settings.texts("protocols")))
    name = (tuple(files), schemes)
    if name not in _last:
        archive = Archive.index(files, progress, schemes=schemes)
        _last.clear()
        _last[name] = archive
    return _last[name]
