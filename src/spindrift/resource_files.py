"""Where the files lie that configuration names: filter files, rules of filters, seeds."""

import logging
import stat
from collections.abc import Iterable
from pathlib import Path

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.said_once import SaidOnce

_log = logging.getLogger(__name__)
_log.addFilter(SaidOnce())

_PACKAGED = Path(__file__).parent / "resources"

FileVersion = tuple[int, int, int] | None
"""Time of the last change (ns), size and inode of a file; None where there is none."""


def version_of(path: Path) -> FileVersion:
    """The version of the file that is at `path` now."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino) if stat.S_ISREG(found.st_mode) else None


class ResourceFiles:
    """Finds a file by the name that a configuration gives it.

    An absolute path stands for itself. Any other name is looked for in, and the first that is there wins: `resources/`
    beside the config.json in use, then its folder; `resources/` of the current folder, then this; what spindrift brings
    along. Where two of the user's folders have it, the log says once which one is used.
    """

    def __init__(self, folders: Iterable[Path], looked_at: dict[Path, FileVersion] | None = None) -> None:
        self.folders = tuple(dict.fromkeys(folders))
        self._looked_at = looked_at

    @classmethod
    def from_settings(cls, settings: Settings | None = None) -> "ResourceFiles":
        """The folders of the project that `settings` come from. Reads `spindrift.project.dir`."""
        project = settings.text("spindrift.project.dir") if settings else ""
        roots = [Path(project)] if project else []
        roots.append(Path.cwd())
        return cls([folder for root in roots for folder in (root / "resources", root)] + [_PACKAGED])

    def beside(self, file: Path) -> "ResourceFiles":
        """The same, but a name is looked for beside `file` first: a filter file and its rules travel together."""
        return ResourceFiles([file.parent, *self.folders], self._looked_at)

    def noting(self, looked_at: dict[Path, FileVersion]) -> "ResourceFiles":
        """The same, but every place where a file is looked for is noted with what was there: a later change shows."""
        return ResourceFiles(self.folders, looked_at)

    def find_typed(self, name: str) -> Path:
        """As `find`, for a name typed in a shell: the file that it means there comes first."""
        return Path(name).absolute() if Path(name).is_file() else self.find(name)

    def find(self, name: str) -> Path:
        """The path of the file called `name`. Raises ConfigurationError with every place that was tried."""
        candidates = [Path(name)] if Path(name).is_absolute() else [folder / name for folder in self.folders]
        for path in candidates:
            if self._looked_at is not None:
                self._looked_at.setdefault(path, version_of(path))
            if path.is_file():
                _tell_unused(name, path, candidates)
                return path
        if folder := next((path for path in candidates if path.is_dir()), None):
            raise ConfigurationError(f'"{name}" is a folder, not a file: {folder}')
        tried = ", ".join(str(path) for path in candidates)
        raise ConfigurationError(f'there is no file "{name}"; looked for {tried}')


def _tell_unused(name: str, used: Path, candidates: list[Path]) -> None:
    unused: list[Path] = []
    for path in candidates:
        if path.parent != _PACKAGED and path.is_file() and not any(map(path.samefile, [used, *unused])):
            unused.append(path)
    if used.parent != _PACKAGED and unused:
        _log.warning("of the files called %s, %s is used, not %s", name, used, ", ".join(map(str, unused)))
