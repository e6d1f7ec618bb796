"""What became of seeds, for people."""

from rich.console import Console

from spindrift.cli.numbers import count
from spindrift.cli.output import shown, stdout
from spindrift.frontier import InjectResult

_MOST = 20


def print_injection(injection: InjectResult, store: str) -> None:
    """The counts, then each warning, and each refused line with its reason."""
    console = stdout()
    refused = f", {count(len(injection.refused))} refused" if injection.refused else ""
    again = f" ({count(injection.again)} due again)" if injection.again else ""
    console.print(
        shown(f"{count(injection.added)} added, {count(injection.known)} known already{again}{refused}  ({store})"),
    )
    print_remarks(injection, console)


def print_remarks(injection: InjectResult, console: Console) -> None:
    """What was left out of seeds, and each refused one with its place and reason; not more than fit on a screen."""
    for kind, remarks in (("warning", injection.warnings), ("refused", injection.refused)):
        for remark in remarks[:_MOST]:
            console.print(shown(f"{kind}: {remark}", "yellow"))
        if (more := len(remarks) - _MOST) > 0:
            console.print(f"... and {count(more)} more; --json lists all", style="dim")
