"""What commands print: results on stdout, everything about them on stderr, and nothing that could steer a terminal."""

import json
import sys
import unicodedata
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

# What may reorder or hide text on a terminal though it is no control character.
_STEERING = {"Cc", "Cf", "Zl", "Zp", "Cs"}


def stdout() -> Console:
    """Console for results. Long lines are wrapped on a terminal only."""
    return _console(stderr=False)


def stderr() -> Console:
    """Console for messages and progress."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    terminal = stream.isatty()
    # Piped text is for programs and files: never folded to a width.
    return Console(file=stream, highlight=False, markup=False, emoji=False, width=None if terminal else 10_000)


def clean(text: str) -> str:
    """Text from the web, safe on a terminal: one line, without control characters, escapes and bidi overrides."""
    if text.isprintable() and text.isascii():
        return text
    kept = "".join(" " if character.isspace() else character for character in text)
    return "".join(character for character in kept if unicodedata.category(character) not in _STEERING)


def shown(text: str, style: str = "") -> Text:
    """`clean(text)` in a style, never read as markup."""
    return Text(clean(text), style=style)


def print_json(value: Mapping[str, Any] | list[Any]) -> None:
    """One JSON value on a line of its own."""
    sys.stdout.write(json.dumps(value, default=str) + "\n")
    sys.stdout.flush()
