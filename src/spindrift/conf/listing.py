"""The configuration keys as users look them up."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from spindrift.conf.durations import format_duration
from spindrift.conf.key import Key, Kind
from spindrift.conf.keys import FAMILIES, GROUPS

_WILD: Final = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One key, and the value that a configuration gives it; `origin` is empty where it has its default."""

    group: str
    key: Key
    name: str
    """The key's own name; that of a family's member is the one in the configuration."""
    value: object
    origin: str

    @property
    def type(self) -> str:
        """What its values are, in words."""
        return self.key.expected()

    @property
    def default(self) -> object:
        """The default, durations with their unit."""
        return readable(self.key, self.key.default)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "name": self.name,
            "group": self.group,
            "type": self.type,
            "default": self.default,
            "meaning": self.key.meaning,
            "value": self.value,
            "origin": self.origin or "default",
        }


def listing(conf: Mapping[str, Any], origins: Mapping[str, str], pattern: str | None = None) -> list[KeyEntry]:
    """All keys by group, in order; or the one called `pattern`; or those with `pattern` in their names (any case), or
    whose names it fits where it holds a `*`, `?` or `[`, as for a shell.
    """
    entries = list(_entries(conf, origins))
    if pattern is None:
        return entries
    exact = [entry for entry in entries if entry.name == pattern]
    part = pattern.lower()
    form = part if _WILD.search(part) else f"*{part}*"
    return exact or [entry for entry in entries if fnmatchcase(entry.name.lower(), form)]


def readable(key: Key, value: object) -> object:
    """A value as users write it: durations with a unit, secrets not at all."""
    if (shown := key.shown(value)) != value:
        return shown
    if key.kind is Kind.DURATION and isinstance(value, int | float) and not isinstance(value, bool):
        # A default is in the key's own unit, as a bare number of a user is.
        seconds = key.parse(value)
        assert isinstance(seconds, int | float)
        return -1 if key.none_is_minus_one and seconds < 0 else format_duration(float(seconds))
    return value


def _entries(conf: Mapping[str, Any], origins: Mapping[str, str]) -> Iterator[KeyEntry]:
    families = {family.form: family for family in FAMILIES}
    for group, keys in GROUPS.items():
        for key in keys:
            if key.internal:
                continue
            family = families.get(key.name)
            members = [name for name in conf if family.pattern.fullmatch(name)] if family else []
            for name in members or [key.name]:
                given = conf.get(name)
                value = key.default if given is None else given
                yield KeyEntry(group, key, name, readable(key, value), origins.get(name, "") if name in conf else "")
