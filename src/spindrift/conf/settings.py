"""Typed reading of a configuration: components are handed Storm's plain dict and read it through `Settings`."""

from collections.abc import Iterator, Mapping
from typing import Any

from spindrift.conf.key import Key, KeyFamily, Kind, Value
from spindrift.conf.keys import FAMILIES, KEYS
from spindrift.errors import ConfigurationError


class Settings:
    """A configuration with the declared types and defaults.

    Reading a key that is not declared in `spindrift.conf.keys`, or with the method of another type, is a
    programming error (KeyError, TypeError). A value of the wrong type raises ConfigurationError.
    """

    def __init__(self, conf: Mapping[str, Any] | None = None) -> None:
        self._conf = conf or {}
        self._parsed: dict[str, Value] = {}

    def overlaid(self, values: Mapping[str, Any]) -> "Settings":
        """The same configuration with other values of some keys."""
        return Settings({**self._conf, **values})

    def text(self, name: str) -> str:
        """A text; empty where there is none."""
        value = self._value(name, Kind.TEXT)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        value = self._value(name, Kind.TEXTS)
        return [part for part in value if isinstance(part, str)] if isinstance(value, list) else []

    def entries(self, name: str) -> list[dict[str, Any]]:
        """A list of objects."""
        value = self._value(name, Kind.ENTRIES)
        return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []

    def flag(self, name: str) -> bool:
        """True or false."""
        return bool(self._value(name, Kind.FLAG))

    def integer(self, name: str) -> int:
        """A whole number of a key that always has one."""
        value = self.limit(name)
        if value is None:
            raise ConfigurationError(f"configuration key {name} needs a value ({KEYS[name].expected()})")
        return value

    def number(self, name: str) -> float:
        """A number of a key that always has one."""
        value = self._value(name, Kind.NUMBER)
        if not isinstance(value, int | float):
            raise ConfigurationError(f"configuration key {name} needs a value ({KEYS[name].expected()})")
        return float(value)

    def limit(self, name: str) -> int | None:
        """A whole number, or None where the key has none (-1 in keys that say so)."""
        value = self._value(name, Kind.INTEGER)
        if not isinstance(value, int) or (KEYS[name].none_is_minus_one and value < 0):
            return None
        return value

    def seconds(self, name: str) -> float:
        """A duration in seconds of a key that always has one."""
        value = self.seconds_or_none(name)
        if value is None:
            raise ConfigurationError(f"configuration key {name} needs a value ({KEYS[name].expected()})")
        return value

    def seconds_or_none(self, name: str) -> float | None:
        """A duration in seconds, or None where the key has none (-1 in keys that say so)."""
        value = self._value(name, Kind.DURATION)
        if not isinstance(value, int | float) or (KEYS[name].none_is_minus_one and value < 0):
            return None
        return float(value)

    def family(self, form: str) -> Iterator[tuple[dict[str, str | None], Value]]:
        """The keys of a family in the order of the configuration: the named parts of each, and its value."""
        family = next(family for family in FAMILIES if family.form == form)
        for name, value in self._conf.items():
            if match := family.pattern.fullmatch(name):
                yield match.groupdict(), parse_value(family.model, name, value)

    def given(self, name: str) -> bool:
        """Whether the configuration holds the key (rather than leaving it to the default)."""
        return self._conf.get(name) is not None

    def _value(self, name: str, kind: Kind) -> Value:
        if name not in self._parsed:
            key = KEYS[name]
            if key.kind is not kind:
                raise TypeError(f"{name} is a {key.kind}, read as {kind}")
            value = self._conf.get(name)
            self._parsed[name] = parse_value(key, name, key.default if value is None else value)
        return self._parsed[name]


def parse_value(key: Key, name: str, value: object, origin: str = "") -> Value:
    """`value` in the type of `key`. Raises ConfigurationError naming key, value, origin and what is right."""
    if value is None:
        return None
    try:
        return key.parse(value)
    except ValueError as error:
        shown = key.shown(value)
        shown = shown if key.secret else repr(shown)
        where = f" ({origin})" if origin else ""
        raise ConfigurationError(f"configuration key {name}{where}: {shown} is not right; expected {error}") from None


def key_for(name: str) -> Key | None:
    """The declaration of a key, by its name or by the family that it belongs to."""
    if name in KEYS:
        return KEYS[name]
    family: KeyFamily
    for family in FAMILIES:
        if family.pattern.fullmatch(name):
            return family.model
    return None
