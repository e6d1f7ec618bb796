"""Where reading begins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar, Self

from spindrift.errors import ConfigurationError


class StartKind(StrEnum):
    """What a start is measured by."""

    EARLIEST = "earliest"
    LATEST = "latest"
    OFFSET = "offset"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Start:
    """`Start.EARLIEST`, `Start.LATEST`, `Start.offset(17)` or `Start.time(seconds)`.

    A time is that of the first record written then or later, the end where there is none. An offset that is not
    there any more is the earliest that is; one that is not there yet, the latest.
    """

    kind: StartKind
    value: float = 0

    EARLIEST: ClassVar["Start"]
    LATEST: ClassVar["Start"]

    @classmethod
    def offset(cls, offset: int) -> Self:
        """That of every partition."""
        return cls(StartKind.OFFSET, offset)

    @classmethod
    def time(cls, seconds: float) -> Self:
        """Seconds since the epoch."""
        return cls(StartKind.TIME, seconds)

    @classmethod
    def parse(cls, text: str) -> Self:
        """`earliest`, `latest`, a whole number (an offset), or a time such as 2026-05-01 or 2026-05-01T12:00:00Z (UTC
        unless it says otherwise). Raises ConfigurationError.
        """
        if text in (StartKind.EARLIEST, StartKind.LATEST):
            return cls(StartKind(text))
        try:
            if text.isdecimal():
                return cls.offset(int(text))
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ConfigurationError(
                f"start {text!r} is not understood; right is earliest, latest, an offset (a whole number), or a time "
                "such as 2026-05-01T12:00:00Z"
            ) from None
        return cls.time((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())

    def within(self, first: int, end: int, at: Callable[[float], int | None]) -> int:
        """The offset, of a partition that has `first` to before `end`; `at` gives that of the first since a time."""
        if self.kind is StartKind.LATEST:
            return end
        if self.kind is StartKind.TIME:
            found = at(self.value)
            return end if found is None else found
        return first if self.kind is StartKind.EARLIEST else min(max(int(self.value), first), end)


Start.EARLIEST = Start(StartKind.EARLIEST)
Start.LATEST = Start(StartKind.LATEST)
