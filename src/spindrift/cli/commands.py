"""The commands by name. A command's module is imported when it runs, so that help and small commands start at once."""

from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from spindrift.cli.help_text import HelpfulCommand, print_trimmed
from spindrift.cli.results import prints_go_to_stderr
from spindrift.cli.signals import interrupts_end_at_once


class Command(NamedTuple):
    """Where a command is, and what the list of commands says of it."""

    module: str
    function: str
    summary: str
    panel: str
    runs_users_code: bool = False
    """Filters, or modules of a project: what they print is no result of the command."""


_CRAWL = "Crawl"
_TOPOLOGIES = "Topologies and configuration"
_PIPES = "For pipes: JSON lines in, JSON lines out"

COMMANDS = {
    "crawl": Command("crawl", "crawl", "Crawl from seeds, politely, until nothing is due soon.", _CRAWL, True),
    "inject": Command("inject", "inject", "Put URLs into the frontier.", _CRAWL, True),
    "status": Command("status", "status", "Show the frontier, its hosts, or one URL.", _CRAWL),
    "search": Command("search", "search", "Search the pages that were fetched.", _CRAWL),
    "explain": Command("explain", "explain", "Say what would stop a URL, and why.", _CRAWL, True),
    "parse": Command("parse", "parse", "Show what the parser and the filters make of a page.", _CRAWL, True),
    "export": Command("export", "export", "Write pages or statuses as JSON lines, CSV or Parquet.", _CRAWL),
    "copy": Command("copy", "copy", "Copy a crawl to another store.", _CRAWL),
    "replay": Command("replay", "replay", "Crawl again, from an archive.", _CRAWL, True),
    "new": Command("new", "new", "Make a project: a topology, its bolts, a filter and their tests.", _TOPOLOGIES),
    "run": Command("run", "run", "Run a topology in this process, without Storm.", _TOPOLOGIES),
    "graph": Command("graph", "graph", "Draw a topology, for Graphviz or Mermaid.", _TOPOLOGIES, True),
    "jar": Command("jar", "jar", "Make the JAR that a Storm cluster runs a project from.", _TOPOLOGIES),
    "conf": Command("conf", "conf", "List the configuration keys.", _TOPOLOGIES),
    "check": Command("check", "check", "Check configuration and filter files.", _TOPOLOGIES, True),
    "services": Command(
        "services", "services", "Start real servers on this machine: Storm, Kafka, search.", _TOPOLOGIES
    ),
    "topic": Command("topic", "topic", "List, write and read topics, and see how far their readers are.", _TOPOLOGIES),
    "extract": Command("extract", "extract", "Extract main text, date, language and links of pages.", _PIPES),
    "filter": Command("filter", "filter_urls", "Say what URL filters make of URLs.", _PIPES, True),
    "robots": Command("robots", "robots", "Say what robots.txt files allow.", _PIPES),
}


class QuietCommand(HelpfulCommand):
    """A command that lets nothing into standard output but its own results."""

    def invoke(self, ctx: Any) -> Any:
        """Run it."""
        with prints_go_to_stderr():
            return super().invoke(ctx)


class LazyCommands(TyperGroup):
    """A group whose commands are listed from `COMMANDS` and imported when one is asked for.

    Contexts and commands are click's or typer's own copies of click's classes, as the version of typer has it.
    """

    _listing = False

    def list_commands(self, ctx: Any) -> list[str]:
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, None where there is none; while help is written only its name and summary."""
        command = COMMANDS.get(cmd_name)
        if command is None:
            return None
        if self._listing:
            return TyperCommand(cmd_name, help=command.summary, rich_help_panel=command.panel)
        with interrupts_end_at_once():
            module = import_module(f"spindrift.cli.{command.module}")
        function = getattr(module, command.function)
        if isinstance(function, typer.Typer):  # commands of its own
            return typer.main.get_group(function)
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        kind = QuietCommand if command.runs_users_code else HelpfulCommand
        app.command(cmd_name, cls=kind, context_settings={"help_option_names": ["-h", "--help"]})(function)
        return typer.main.get_command(app)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is asked for; where there is none, the one that was probably meant is named."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from spindrift.filtering.nearest import did_you_mean

            ctx.fail(f"No such command {args[0]!r}{did_you_mean(args[0], COMMANDS) or '; --help lists them'}")
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Help of the group, without importing a command."""
        self._listing = True
        try:
            print_trimmed(lambda: super(LazyCommands, self).format_help(ctx, formatter))
        finally:
            self._listing = False
