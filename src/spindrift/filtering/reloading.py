"""What was made of files is made anew when they change, if they are right."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.resource_files import FileVersion, ResourceFiles, version_of
from spindrift.said_once import SaidOnce

_log = logging.getLogger(__name__)
_log.addFilter(SaidOnce())

T = TypeVar("T")
_Versions = dict[Path, FileVersion]


class Reloading(Generic[T]):
    """Keeps what `make` makes of files up to date; to be used by one thread at a time.

    `make` finds its files by the resources it is given, and raises ConfigurationError where they are wrong. `fresh`,
    which costs a look at the clock, looks at the files when `filters.reload.interval` has passed: no thread, no tick.
    A change counts once two looks have found the same, so that half a file is never taken for all of it. Where the
    files are wrong, what was made before stays, and the log says why; it says, too, when they are in use.
    """

    def __init__(
        self,
        make: Callable[[ResourceFiles], T],
        what: str,
        settings: Settings,
        clock: Clock | None = None,
    ) -> None:
        self._make = make
        self._what = what
        self._resources = ResourceFiles.from_settings(settings)
        self._interval = settings.seconds_or_none("filters.reload.interval")
        self._now = (clock or SystemClock()).monotonic
        self._known: _Versions = {}
        self._changed: _Versions | None = None
        self.first = make(self._resources.noting(self._known))
        self._next_look = self._now() + self._interval if self._interval is not None else float("inf")

    def fresh(self) -> T | None:
        """What the files make now, if they have changed and are right; None where all stays as it was."""
        now = self._now()
        if now < self._next_look:
            return None
        self._next_look = now + (self._interval or 0.0)
        found = {path: version_of(path) for path in self._known}
        if found == self._known:
            self._changed = None
            return None
        if found != self._changed:
            self._changed = found
            return None
        self._changed = None
        return self._made_anew(found)

    def _made_anew(self, found: _Versions) -> T | None:
        looked_at: _Versions = {}
        try:
            made = self._make(self._resources.noting(looked_at))
        except ConfigurationError as error:
            # All places count: a mistake may be mended in a file that only the new version names.
            self._known = found | looked_at
            reasons = "\n".join(error.problems)
            newest = _newest(self._known)
            _log.error("%s changed, but cannot be used; the old ones stay%s:\n%s", self._what, newest, reasons)
            return None
        self._known = looked_at
        _log.warning("%s changed, and are in use now%s", self._what, _newest(looked_at))
        return made


def _newest(known: _Versions) -> str:
    """Which file was changed last, and when: tells a version of the files from the others."""
    times = {path: version[0] for path, version in known.items() if version is not None}
    if not times:
        return ""
    path = max(times, key=times.__getitem__)
    return f" ({path} of {datetime.fromtimestamp(times[path] / 1e9):%H:%M:%S})"  # noqa: DTZ006  # for the reader's clock
