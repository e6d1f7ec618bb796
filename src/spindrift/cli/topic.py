"""`spindrift topic`: looks into topics, and writes to them."""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from spindrift.cli.options import ConfigFiles, Environment, Json, Overrides

if TYPE_CHECKING:
    from spindrift.broker import Broker


class Action(StrEnum):
    """What is done."""

    LIST = "list"
    PRODUCE = "produce"
    CONSUME = "consume"
    LAG = "lag"


def topic(
    action: Annotated[
        Action,
        typer.Argument(
            help="list: the topics; produce: write standard input, a JSON message a line; consume: print messages as "
            "JSON lines; lag: how far a group is behind."
        ),
    ],
    name: Annotated[str, typer.Argument(metavar="[TOPIC]", help="All but list need it.")] = "",
    broker: Annotated[
        str | None,
        typer.Option(
            "--broker", metavar="URL", help="A file, sqlite:///topics.db, or kafka://HOST:PORT (key broker.url)."
        ),
    ] = None,
    group: Annotated[
        str, typer.Option("--group", metavar="GROUP", help="Read for this group, which goes on there; or its lag.")
    ] = "",
    start: Annotated[
        str,
        typer.Option(
            "--from", metavar="START", help="earliest, latest, an offset, or a time; a group goes on where it was."
        ),
    ] = "earliest",
    count: Annotated[int | None, typer.Option(min=0, metavar="N", help="Consume at most so many.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for messages to come, until Ctrl-C.")] = False,
    key: Annotated[
        str, typer.Option("--key", metavar="FIELD", help="Field of produced messages that is the key.")
    ] = "",
    json_: Json = False,
    config: ConfigFiles = None,
    environment: Environment = None,
    options: Overrides = None,
) -> None:
    """List topics, write to them, read them, and see how far their readers are.

    Without --group nothing remembers what was consumed. A group's messages are committed as they are printed.

    Exit codes: 0 done, 1 the broker cannot be had, or a line could not be written.

    Examples:
      echo '{"url": "https://a.org/"}' | spindrift topic produce urls --key url
      spindrift topic consume statuses --follow | jq -c .value
      spindrift topic consume urls.dead-letter --from 2026-05-01
      spindrift topic lag urls --group spindrift
    """
    from spindrift.broker import open_broker
    from spindrift.cli.configuration import load
    from spindrift.errors import ConfigurationError

    if action is not Action.LIST and not name:
        raise ConfigurationError(f"name the topic: spindrift topic {action} TOPIC")
    if action is Action.LAG and not group:
        raise ConfigurationError("name the group whose lag it is: --group")
    chosen = {"broker.url": broker} if broker else {}
    settings = load(config, environment, options, chosen=chosen, reads=lambda each: each.startswith("broker.")).settings
    with open_broker(settings) as opened:
        match action:
            case Action.LIST:
                _list(opened.broker, json_)
            case Action.LAG:
                _lag(opened.broker, name, group, json_)
            case Action.PRODUCE:
                _produce(opened.broker, name, key)
            case Action.CONSUME:
                _consume(opened.broker, name, group, start, count, follow)


def _list(broker: "Broker", json_: bool) -> None:
    from spindrift.cli.output import print_json

    topics = broker.topics()
    if json_:
        print_json([{"topic": name, "partitions": count} for name, count in sorted(topics.items())])
    else:
        _print_table(("topic", "partitions"), [(name, count) for name, count in sorted(topics.items())])


def _lag(broker: "Broker", name: str, group: str, json_: bool) -> None:
    from spindrift.cli.output import print_json

    _check(broker, name)
    lag = sorted(broker.lag(group, [name]).items())
    if json_:
        print_json([{"topic": name, "partition": place.partition, "lag": left} for place, left in lag])
    else:
        rows = [(str(place.partition), left) for place, left in lag]
        _print_table(("partition", "lag"), [*rows, ("all", sum(left for _, left in lag))])


def _produce(broker: "Broker", name: str, key: str) -> None:
    from spindrift.broker.lines import produce
    from spindrift.cli.output import shown, stderr

    written, problems = produce(broker, name, sys.stdin.buffer, key)
    for problem in problems:
        stderr().print(shown(problem, "red"))
    stderr().print(shown(f"{written:,} written to topic {name}", "dim"))
    if problems:
        raise typer.Exit(1)


def _consume(broker: "Broker", name: str, group: str, start: str, count: int | None, follow: bool) -> None:
    from uuid import uuid4

    from spindrift.broker import Start
    from spindrift.broker.lines import Reading, as_line

    begin = Start.parse(start)
    _check(broker, name)
    reading = Reading(broker, name, group or f"spindrift-consume-{uuid4().hex}", begin)
    try:
        for records in reading.batches(follow=follow, count=count):
            sys.stdout.buffer.writelines(map(as_line, records))
            sys.stdout.buffer.flush()
    finally:
        reading.close()
        if not group:
            broker.forget(reading.group)


def _check(broker: "Broker", name: str) -> None:
    """Raises BrokerError where there is no such topic: to look at one does not make it."""
    from spindrift.errors import BrokerError
    from spindrift.filtering.nearest import did_you_mean

    topics = broker.topics()
    if name not in topics:
        raise BrokerError(f"there is no topic {name}{did_you_mean(name, topics)}; see: spindrift topic list")


def _print_table(heads: tuple[str, str], rows: list[tuple[str, int]]) -> None:
    from rich.table import Table

    from spindrift.cli.output import shown, stdout

    table = Table(box=None, pad_edge=False)
    table.add_column(heads[0])
    table.add_column(heads[1], justify="right")
    for name, number in rows:
        table.add_row(shown(name), shown(f"{number:,}"))
    stdout().print(table)
