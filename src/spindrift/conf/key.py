"""What is known of one configuration key: its type, default, bounds and meaning stand together."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from spindrift.conf.durations import parse_duration

Value = str | int | float | bool | list[str] | list[dict[str, Any]] | None


class Kind(StrEnum):
    """The types of values, named as users are told them."""

    TEXT = "text"
    INTEGER = "whole number"
    NUMBER = "number"
    FLAG = "true or false"
    TEXTS = "list of texts"
    DURATION = "duration"
    ENTRIES = "list of objects"


HIDDEN: Final = "***"
_CREDENTIALS = re.compile(r"(?i)auth|cookie|token|secret|key|password")
"""Names of headers whose values are for the server alone."""
LONGEST: Final = 36_500 * 86_400.0
"""Seconds of the longest duration, 100 years: what waits for it, or adds it to the time, takes no more than 292."""

LARGEST: Final = 2**63 - 1
"""No whole number is larger: SQLite takes none, and neither does a queue."""


@dataclass(frozen=True, slots=True)
class Key:
    """One configuration key.

    A `secret` is never shown; of a list of `headers` those that are credentials are not, nor is a password in the URL
    of a `server`.
    `internal` keys are set by spindrift itself, and not listed.
    `unit` is the unit of a bare number of a DURATION (`ms`, `s`, `min`, `h`, `d`).
    A `minimum` bounds numbers and durations (in seconds); of what is below it only -1 (without a unit) passes, where
    `none_is_minus_one`. Durations are at most `LONGEST`, whole numbers `LARGEST`.
    """

    name: str
    kind: Kind
    default: Value
    meaning: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    none_is_minus_one: bool = False
    secret: bool = False
    headers: bool = False
    server: bool = False
    internal: bool = False

    def parse(self, value: object) -> Value:
        """`value` in this key's type (a duration becomes seconds). Raises ValueError saying what is right."""
        parsed = self._parse_kind(value)
        if self.kind is Kind.INTEGER and isinstance(parsed, int) and abs(parsed) > LARGEST:
            raise ValueError(f"{self.expected()}, and at most {LARGEST}")
        if any("\0" in text for text in (parsed if isinstance(parsed, list) else [parsed]) if isinstance(text, str)):
            raise ValueError(f"{self.expected()}, without a NUL")  # neither a file nor a header takes one
        if self.choices and parsed not in self.choices:
            raise ValueError(f"one of {', '.join(self.choices)}")
        too_small = self.minimum is not None and isinstance(parsed, int | float) and parsed < self.minimum
        if too_small and not (self.none_is_minus_one and _is_minus_one(value)):
            raise ValueError(self.expected())
        if self.kind is Kind.DURATION and isinstance(parsed, int | float) and parsed > LONGEST:
            raise ValueError(f"{self.expected()}, and at most {LONGEST / 86_400:.0f}d")
        return parsed

    def shown(self, value: object) -> object:
        """`value` without what nobody is to read on a screen or in a log."""
        if self.secret and value not in (None, ""):
            return HIDDEN
        if self.server and isinstance(value, str):
            from spindrift.urls.credentials import hidden_secrets  # with a package that reads keys itself

            return hidden_secrets(value)
        if not self.headers:
            return value
        if isinstance(value, str):
            shown = [_without_credentials(part) for part in value.split(",")]
            return ",".join(shown)
        return [_without_credentials(str(part)) for part in value] if isinstance(value, list | tuple) else value

    def expected(self) -> str:
        """What is right for this key, in words."""
        words: str = self.kind
        if self.kind is Kind.DURATION:
            words = f'duration such as "5s", "250ms" or "24h", or a bare number in {_UNIT_NAMES[self.unit]}'
        if self.choices:
            words = f"one of {', '.join(self.choices)}"
        if self.minimum is not None:
            words += f", at least {self.minimum:g}" + (" s" if self.kind is Kind.DURATION else "")
        if self.none_is_minus_one:
            words += ", or -1 for none"
        return words

    def _parse_kind(self, value: object) -> Value:
        try:
            if self.kind is Kind.DURATION:
                return parse_duration(value, self.unit)
            if isinstance(value, bool) and "true" in self.choices:
                return str(value).lower()
            return _CONVERTERS[self.kind](value)
        except ValueError:
            raise ValueError(self.expected()) from None


def _without_credentials(header: str) -> str:
    name, sign, _ = header.partition("=")
    return f"{name}={HIDDEN}" if sign and _CREDENTIALS.search(name) else header


def _is_minus_one(value: object) -> bool:
    """As it is written: without a unit."""
    try:
        return isinstance(value, int | float | str) and float(value) == -1
    except ValueError:
        return False


def _text(value: object) -> Value:
    if value is None or isinstance(value, str):
        return value
    raise ValueError(value)


def _flag(value: object) -> Value:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise ValueError(value)


def _integer(value: object) -> Value:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise ValueError(value)


def _number(value: object) -> Value:
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        return float(value)
    raise ValueError(value)


def _texts(value: object) -> Value:
    # As StormCrawler: a scalar where a list is expected is a list of one; commas separate.
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return list(value)
    raise ValueError(value)


def _entries(value: object) -> Value:
    if isinstance(value, list | tuple) and all(isinstance(part, Mapping) for part in value):
        return [dict(part) for part in value]
    raise ValueError(value)


_CONVERTERS: dict[Kind, Callable[[object], Value]] = {
    Kind.TEXT: _text,
    Kind.FLAG: _flag,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.TEXTS: _texts,
    Kind.ENTRIES: _entries,
}


@dataclass(frozen=True, slots=True)
class KeyFamily:
    """Keys of one form, such as `fetchInterval.isFeed=true`; `model` gives type, default and meaning of each."""

    form: str
    pattern: re.Pattern[str]
    model: Key


_UNIT_NAMES = {"ms": "milliseconds", "s": "seconds", "min": "minutes", "h": "hours", "d": "days", "": ""}
