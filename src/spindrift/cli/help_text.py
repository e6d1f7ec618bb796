"""Help as it is meant: paragraphs filled to the width there is, examples line by line, no blanks at ends of lines."""

import sys
from collections.abc import Callable
from contextlib import nullcontext, redirect_stdout
from typing import Any, TextIO, cast

from rich.markup import escape
from typer.core import TyperCommand, TyperGroup

from spindrift.cli.output import Trimmed


class HelpfulCommand(TyperCommand):
    """A command whose help is its docstring: prose is filled, and paragraphs that are indented stand as they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What looks like markup ("[null]") is meant literally.
        self.help = escape(unbroken(self.help or ""))

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the arguments; what is wrong with one is told without the name of the library's exception."""
        try:
            return super().make_context(*args, **kwargs)
        except Exception as error:
            if isinstance(message := getattr(error, "message", None), str):
                error.message = message.removeprefix("Value error, ")  # type: ignore[attr-defined]
            raise

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        print_trimmed(lambda: super(HelpfulCommand, self).format_help(ctx, formatter))


class HelpfulGroup(TyperGroup):
    """Commands of one subject; its help is shaped as theirs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.help = escape(unbroken(self.help or ""))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        print_trimmed(lambda: super(HelpfulGroup, self).format_help(ctx, formatter))


def unbroken(text: str) -> str:
    """`text` with the lines of each paragraph joined, but for those with an indented line or click's mark `\\b`."""
    return "\n\n".join(_unbroken(paragraph) for paragraph in text.split("\n\n"))


def _unbroken(paragraph: str) -> str:
    as_it_stands = paragraph.startswith("\b\n") or "\n " in f"\n{paragraph}"
    return paragraph.removeprefix("\b\n") if as_it_stands else paragraph.replace("\n", " ")


def print_trimmed(show: Callable[[], object]) -> None:
    """Call `show`, which prints help; where that is not for a terminal, leave out the blanks that fill up lines."""
    with nullcontext() if sys.stdout.isatty() else redirect_stdout(cast(TextIO, Trimmed(sys.stdout))):
        show()
