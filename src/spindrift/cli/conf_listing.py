"""Configuration keys, for people."""

from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from spindrift.cli.output import clean, facts, shown, stdout
from spindrift.conf.listing import KeyEntry


def print_keys(entries: list[KeyEntry], *, full: bool = False) -> None:
    """Keys under their groups: name and value on a line, the meaning below it; `full`: all there is to say of one."""
    console = stdout()
    if full:
        _print_one(console, entries[0])
        return
    for number, (group, members) in enumerate(groupby(entries, key=lambda entry: entry.group)):
        if number:
            console.print()
        console.print(Text(group, "bold underline"))
        for entry in members:
            line = Text(clean(entry.name), "cyan").append(" = ", "dim").append_text(_value(entry))
            console.print(line, soft_wrap=True)
            console.print(Padding(Text(entry.key.meaning, "dim"), (0, 0, 0, 4), expand=False))


def _print_one(console: Console, entry: KeyEntry) -> None:
    console.print(Text(clean(entry.name), "bold cyan"))
    console.print(entry.key.meaning)
    console.print()
    grid = facts()
    grid.add_row("value", _value(entry))
    if entry.origin:
        grid.add_row("default", _written(entry.default))
    grid.add_row("type", entry.type)
    grid.add_row("group", entry.group)
    console.print(grid)


def _value(entry: KeyEntry) -> Text:
    value = shown(_written(entry.value), "bold" if entry.origin else "")
    return value.append_text(shown(f"  ({entry.origin})", "yellow")) if entry.origin else value


def _written(value: object) -> str:
    """As it would be written after `-o key=`."""
    match value:
        case None | "":
            return "(none)"
        case bool():
            return str(value).lower()
        case list() | tuple():
            return ", ".join(map(str, value)) or "(none)"
        case _:
            return str(value)
