"""`spindrift services`: real servers on this machine, without containers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from spindrift.cli.help_text import HelpfulCommand, HelpfulGroup
from spindrift.cli.options import Json

if TYPE_CHECKING:
    from spindrift.services.service import Service

services = typer.Typer(
    cls=HelpfulGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="SERVICE", help="storm, kafka, elasticsearch, opensearch; all by default."),
]


@services.callback()
def _services() -> None:
    """Start, end or show real servers on this machine: Storm, Kafka, Elasticsearch, OpenSearch.

    They are fetched by Maven (once, some 60 to 140 MB each) and run on loopback ports by a JDK 17 or later. They are
    for trying out and for tests: one node each, no passwords. Storm's daemons listen on all interfaces, as they cannot
    be told otherwise.

    Exit codes: 0 done, 1 a service cannot be fetched, started or ended, or (status) one does not run or answer,
    2 no such service.

    Examples:
      spindrift services up elasticsearch
      spindrift services status --json | jq -r '.[].address'
      spindrift services down
    """


@services.command(cls=HelpfulCommand)
def up(names: Names = None, json_: Json = False) -> None:
    """Start services, unless they run, and wait until they answer.

    They take the usual ports where these are free, and say which they take instead: use the addresses that are printed
    here, in configurations and commands. With Storm, an environment for config.json is printed that names them.

    What a service has stored is kept when it dies, or the machine ends: the next `up` goes on with it, on the same
    ports if they can be had. Only `down` removes it.

    Two of these commands wait for each other. Ctrl-C ends what is being started.

    Exit codes: 0 they run and answer, 1 one cannot be fetched or started, 2 no such service.

    Examples:
      spindrift services up elasticsearch
      spindrift crawl seeds.txt --store elasticsearch://127.0.0.1:9200/crawl
    """
    from spindrift.cli.output import print_json
    from spindrift.cli.services_report import as_json, print_environment, print_states
    from spindrift.services.lasting import State
    from spindrift.services.lasting import up as start

    chosen = _chosen(names)
    say = _sayer()
    started = [start(service, say) for service in chosen]
    states = [
        State(service.name, service.title, home=run.home, running=run)
        for service, run in zip(chosen, started, strict=True)
    ]
    if json_:
        print_json([as_json(each) for each in states])
    else:
        print_states(states)
        print_environment(states)


@services.command(cls=HelpfulCommand)
def down(names: Names = None, json_: Json = False) -> None:
    """End services, and remove all that they have stored.

    Exit codes: 0 none of them runs any more, 1 one cannot be ended, 2 no such service.

    Examples:
      spindrift services down
      spindrift services down kafka --json
    """
    from spindrift.cli.output import print_json
    from spindrift.services.lasting import down as end

    say = _sayer()
    ended = [(service, end(service, say)) for service in _chosen(names)]
    if json_:
        print_json(
            [
                {"service": each.name, "title": each.title, "ended": was.ran, "removed": was.had_data}
                for each, was in ended
            ]
        )
        return
    for service, was in ended:
        done = "ended" if was.ran else "did not run"
        say(f"{service.title} {done}{'; what it stored is removed' if was.had_data else ''}")


@services.command(cls=HelpfulCommand)
def status(names: Names = None, json_: Json = False) -> None:
    """Show which services run, and whether they answer: each is asked.

    Exit codes: 0 all that were named run and answer, 1 one does not, 2 no such service.

    Examples:
      spindrift services status
      spindrift services status elasticsearch --json | jq -r '.[].address'
    """
    from spindrift.cli.output import print_json
    from spindrift.cli.services_report import as_json, print_states
    from spindrift.services.lasting import state

    states = [state(service) for service in _chosen(names)]
    if json_:
        print_json([as_json(each) for each in states])
    else:
        print_states(states)
    if not all(each.is_usable for each in states):
        raise typer.Exit(1)


def _sayer() -> Callable[[str], object]:
    from spindrift.cli.output import shown, stderr

    console = stderr()
    return lambda message: console.print(shown(message, "dim"))


def _chosen(names: list[str] | None) -> "list[Service]":
    from spindrift.errors import ConfigurationError
    from spindrift.filtering.nearest import did_you_mean
    from spindrift.services.catalogue import SERVICES

    if unknown := [name for name in names or () if name not in SERVICES]:
        hint = f"; there are {', '.join(SERVICES)}"
        raise ConfigurationError([f"no such service: {name}{did_you_mean(name, SERVICES) or hint}" for name in unknown])
    return [SERVICES[name] for name in names or SERVICES]
