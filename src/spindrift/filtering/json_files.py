"""JSON files that users write: read whole, every mistake in them told."""

import json
from pathlib import Path

from spindrift.filtering.mistakes import Mistakes, Step, shown


def read_json(path: Path, mistakes: Mistakes, expected: str) -> object:
    """What the file holds; keys that stand twice are noted. Raises ConfigurationError where it cannot be read.

    `expected` is said of an empty file: what ought to be in it.
    """
    try:
        # Windows' editors put a mark before UTF-8.
        text = path.read_text(encoding="utf-8-sig")
        if not text.strip():
            mistakes.add((), f"is empty, {expected}")
        document: object = json.loads(
            text, object_pairs_hook=lambda pairs: _Doubled(pairs) if len(dict(pairs)) < len(pairs) else dict(pairs)
        )
        _note_doubled(document, [], mistakes)
    except json.JSONDecodeError as error:
        if not mistakes.problems:
            mistakes.add((), f"is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}")
    except UnicodeDecodeError as error:
        mistakes.add((), f"is not UTF-8: byte {error.start} ({error.reason})")
    except RecursionError:
        mistakes.add((), "is nested too deeply")
    except OSError as error:
        mistakes.add((), f"cannot be read: {error.strerror}")
    else:
        return document
    mistakes.raise_if_any()
    return None


def _note_doubled(value: object, where: list[Step], mistakes: Mistakes) -> None:
    if isinstance(value, _Doubled):
        for key in value.twice:
            mistakes.add([*where, key], f"the key {shown(key)} stands more than once in its object")
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        _note_doubled(part, [*where, step], mistakes)


class _Doubled(dict[str, object]):
    """An object of a file in which keys stand more than once: the last value of each, as JSON readers take it."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.twice = [key for key in self if keys.count(key) > 1]
