"""Mistakes in a filter file: collected, so that all of them can be mended in one go."""

import json
from collections.abc import Sequence
from pathlib import Path

from spindrift.errors import ConfigurationError

Step = str | int
"""One step into a JSON document: the key of an object or the index of a list."""


class Mistakes:
    """The mistakes of one file, each with the JSON pointer (RFC 6901) of the value that it is about."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.problems: list[str] = []

    def add(self, where: Sequence[Step], message: str) -> None:
        """Note that the value at `where` is wrong; `message` says what was given and what is right."""
        place = f" at {pointer(where)}" if where else ""
        self.problems.append(f"{self._file}{place}: {message}")

    def raise_if_any(self) -> None:
        """Raise ConfigurationError with every mistake noted so far, if there is any."""
        if self.problems:
            raise ConfigurationError(self.problems)


def pointer(where: Sequence[Step]) -> str:
    """The JSON pointer of a place: `/a.URLFilters/0/params/maxDepth`."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in where)


def shown(value: object, limit: int = 80) -> str:
    """A JSON value for a message: as JSON, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= limit else text[: limit - 1] + "…"
