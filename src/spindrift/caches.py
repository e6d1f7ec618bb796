"""Bounded caches, configured as StormCrawler's: `maximumSize=10000,expireAfterWrite=6h` (Guava's CacheBuilderSpec)."""

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from spindrift.clock import Clock
from spindrift.errors import ConfigurationError

K = TypeVar("K")
V = TypeVar("V")

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+)([smhd])")
_SIZE = re.compile(r"\d+")
# Hints to Guava that change no answer of a cache: taken, so that a StormCrawler configuration loads unchanged.
_HINTS = frozenset({"initialCapacity", "concurrencyLevel", "recordStats", "softValues", "weakKeys", "weakValues"})


@dataclass(frozen=True, slots=True)
class CacheSpec:
    """Size and ages of a cache; None is no bound.

    `maximum_size`: entries. `expire_after_write`, `expire_after_access`: seconds since an entry was put, or was put
    or last read.
    """

    maximum_size: int | None = None
    expire_after_write: float | None = None
    expire_after_access: float | None = None

    @classmethod
    def parse(cls, spec: str, key: str = "") -> Self:
        """Read `maximumSize=N,expireAfterWrite=6h,expireAfterAccess=30m` (units s, m, h, d; each part optional).

        Raises ConfigurationError naming every bad part, and the configuration `key` it came from where given.
        """
        size: int | None = None
        ages: dict[str, float] = {}
        problems: list[str] = []
        for part in filter(None, (part.strip() for part in spec.split(","))):
            name, _, value = (side.strip() for side in part.partition("="))
            if name == "maximumSize" and _SIZE.fullmatch(value):
                size = int(value)
            elif name in ("expireAfterWrite", "expireAfterAccess") and (match := _DURATION.fullmatch(value)):
                ages[name] = int(match[1]) * _SECONDS[match[2]]
            elif name not in _HINTS:
                problems.append(part)
        if problems:
            where = f"configuration key {key}: " if key else ""
            raise ConfigurationError(
                [
                    f"{where}cannot read {part!r} in the cache specification {spec!r}; right is for example "
                    "maximumSize=10000,expireAfterWrite=6h or expireAfterAccess=30m (units s, m, h, d)"
                    for part in problems
                ]
            )
        return cls(size, ages.get("expireAfterWrite"), ages.get("expireAfterAccess"))


@dataclass(slots=True)
class _Entry(Generic[V]):
    value: V
    written: float
    accessed: float


class SpecCache(Generic[K, V]):
    """Keeps at most `maximum_size` values, the least recently used go first, and none beyond its age.

    For one thread, or one event loop. Ages are measured on the clock's monotonic time.
    """

    def __init__(self, spec: CacheSpec, clock: Clock) -> None:
        self.spec = spec
        self._clock = clock
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()

    @classmethod
    def from_spec(cls, spec: str, clock: Clock, key: str = "") -> Self:
        """A cache of a specification text. Raises ConfigurationError naming the configuration `key` it came from."""
        return cls(CacheSpec.parse(spec, key), clock)

    def get(self, key: K) -> V | None:
        """The value of `key`, which now counts as used; None where there is none, or it is too old."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        now = self._clock.monotonic()
        if self._expired(entry, now):
            del self._entries[key]
            return None
        entry.accessed = now
        self._entries.move_to_end(key)
        return entry.value

    def put(self, key: K, value: V) -> None:
        """Keep `value`; its age starts anew."""
        now = self._clock.monotonic()
        self._entries[key] = _Entry(value, now, now)
        self._entries.move_to_end(key)
        if self.spec.maximum_size is not None and len(self._entries) > self.spec.maximum_size:
            self._entries.popitem(last=False)

    def discard(self, key: K) -> None:
        """Forget `key`, if it is there."""
        self._entries.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

    def __contains__(self, key: K) -> bool:
        """Whether a value is there that is not too old; does not count as use."""
        entry = self._entries.get(key)
        return entry is not None and not self._expired(entry, self._clock.monotonic())

    def __len__(self) -> int:
        """Entries held, among them those whose age nobody has asked for yet."""
        return len(self._entries)

    def __iter__(self) -> Iterator[K]:
        """Keys held, least recently used first."""
        return iter(self._entries)

    def _expired(self, entry: _Entry[V], now: float) -> bool:
        spec = self.spec
        if spec.expire_after_write is not None and now - entry.written >= spec.expire_after_write:
            return True
        return spec.expire_after_access is not None and now - entry.accessed >= spec.expire_after_access
