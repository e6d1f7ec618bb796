"""What commands print: results on stdout, everything about them on stderr, and nothing that could steer a terminal."""

import json
import shlex
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any, TextIO, cast

from rich.console import Console
from rich.table import Table
from rich.text import Text

from spindrift.cli.results import results
from spindrift.errors import ConfigurationError, SpindriftError

# What may reorder or hide text on a terminal though it is no control character.
_STEERING = {"Cc", "Cf", "Zl", "Zp", "Cs"}


def stdout() -> Console:
    """Console for results. Long lines are wrapped on a terminal only."""
    return _console(stderr=False)


def stderr() -> Console:
    """Console for messages and progress."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else results()
    terminal = stream.isatty()
    # Piped text is for programs and files: never folded to a width.
    file, width = (stream, None) if terminal else (cast(IO[str], Trimmed(stream)), 10_000)
    return Console(file=file, highlight=False, markup=False, emoji=False, width=width)


class Trimmed:
    """A stream for pipes and files: without the blanks that tables and help put at the ends of lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.encoding = getattr(stream, "encoding", None) or "utf-8"  # decides what boxes are drawn with

    def write(self, text: str) -> int:
        """Write what is left of `text`."""
        *lines, rest = text.split("\n")
        self._stream.write("".join(line.rstrip(" ") + "\n" for line in lines) + rest)
        return len(text)

    def fileno(self) -> int:
        """The stream's; rich turns it away from a pipe that nobody reads any more."""
        return self._stream.fileno()

    def flush(self) -> None:
        """Flush the stream."""
        self._stream.flush()


def print_error(error: SpindriftError) -> None:
    """Each problem as a line on standard error."""
    console = stderr()
    problems = error.problems if isinstance(error, ConfigurationError) else str(error).splitlines() or [repr(error)]
    for problem in problems:
        console.print(shown("error: ", "bold red").append_text(shown(problem, "red")))


def announce(text: str) -> None:
    """Say on a terminal what is beginning, until the next line is written over it: loading takes its time."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{text}\r")
        sys.stderr.flush()


def clean(text: str) -> str:
    """Text from the web, safe on a terminal: one line, without control characters, escapes and bidi overrides."""
    if text.isprintable() and text.isascii():
        return text
    kept = "".join(" " if character.isspace() else character for character in text)
    return "".join(character for character in kept if unicodedata.category(character) not in _STEERING)


def shown(text: str, style: str = "") -> Text:
    """`clean(text)` in a style, never read as markup."""
    return Text(clean(text), style=style)


def facts() -> Table:
    """A table of two columns, to be filled: names, and what there is to say of each, folded where it is long."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def program() -> str:
    """What to type for spindrift in a shell: its name, or its path where its environment is not active."""
    script = Path(sys.executable).parent / "spindrift"
    if shutil.which("spindrift") or not script.is_file():
        return "spindrift"
    here = Path.cwd()
    near = here != Path(here.anchor) and script.is_relative_to(here)
    return shlex.quote(str(script.relative_to(here) if near else script))


def print_steps(console: Console, steps: Iterable[tuple[str, str]]) -> None:
    """What may be done next: commands of spindrift, and what each is for."""
    for command, what in steps:
        console.print(Text(f"  {program()} ").append(command, "cyan").append(f"  {what}", "dim"), soft_wrap=True)


def print_json(value: Mapping[str, Any] | list[Any]) -> None:
    """One JSON value on a line of its own."""
    results().write(json.dumps(value, default=str) + "\n")
    results().flush()
