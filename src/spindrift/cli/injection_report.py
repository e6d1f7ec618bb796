"""What became of seeds, for people."""

from rich.console import Console

from spindrift.cli.numbers import count
from spindrift.cli.output import shown, stdout
from spindrift.frontier import InjectResult

_MOST_REFUSALS = 20


def print_injection(injection: InjectResult, store: str) -> None:
    """The counts, then each refused line with its reason."""
    console = stdout()
    refused = f", {count(len(injection.refused))} refused" if injection.refused else ""
    again = f" ({count(injection.again)} due again)" if injection.again else ""
    console.print(
        shown(f"{count(injection.added)} added, {count(injection.known)} known already{again}{refused}  ({store})"),
    )
    print_refusals(injection, console)


def print_refusals(injection: InjectResult, console: Console) -> None:
    """Each refused seed with its place and reason; not more than fit on a screen."""
    for refusal in injection.refused[:_MOST_REFUSALS]:
        console.print(shown(f"refused: {refusal}", "yellow"))
    if (more := len(injection.refused) - _MOST_REFUSALS) > 0:
        console.print(f"... and {count(more)} more refused; --json lists all", style="dim")
