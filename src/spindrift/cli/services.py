"""`spindrift services`: real servers on this machine, without containers."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spindrift.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spindrift.services.running import RunningService
    from spindrift.services.service import Service


class Action(StrEnum):
    """What is done with the services."""

    UP = "up"
    DOWN = "down"
    STATUS = "status"


def services(
    action: Annotated[
        Action, typer.Argument(help="up: start them; down: end them and remove their data; status: show them.")
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SERVICE]...", help="storm, kafka, elasticsearch, opensearch; all by default."),
    ] = None,
    json_: Json = False,
) -> None:
    """Start, end or show real servers on this machine: Storm, Kafka, Elasticsearch, OpenSearch.

    They are fetched by Maven (once, some 60 to 140 MB each) and run on loopback ports by a JDK 17 or later: the usual
    ports where these are free. They are for trying out and for tests: one node each, no passwords, and `down` removes
    what they stored. Storm's daemons listen on all interfaces, as they cannot be told otherwise.

    Exit codes: 0 done (status: all that were named run), 1 one cannot be fetched, started or ended, or (status) does
    not run, 2 no such service.

    Examples:
      spindrift services up elasticsearch
      spindrift crawl seeds.txt --store elasticsearch://127.0.0.1:9200/crawl
      spindrift services status --json | jq -r '.[].address'
      spindrift services down
    """
    from spindrift.cli.output import print_json, shown, stderr
    from spindrift.services.running import down, running, up

    chosen = _chosen(names)
    console = stderr()

    def say(message: str) -> None:
        console.print(shown(message, "dim"))

    if action is Action.DOWN:
        for service in chosen:
            say(f"{service.title} {'ended' if down(service.name) else 'does not run'}")
        return
    found = [up(service, say) if action is Action.UP else running(service.name) for service in chosen]
    if json_:
        print_json([_as_json(service, run) for service, run in zip(chosen, found, strict=True)])
    else:
        _print(chosen, found)
    if not all(found):
        raise typer.Exit(1)


def _chosen(names: list[str] | None) -> "list[Service]":
    from spindrift.errors import ConfigurationError
    from spindrift.filtering.nearest import did_you_mean
    from spindrift.services.catalogue import SERVICES

    if unknown := [name for name in names or () if name not in SERVICES]:
        hint = f"; there are {', '.join(SERVICES)}"
        raise ConfigurationError([f"no such service: {name}{did_you_mean(name, SERVICES) or hint}" for name in unknown])
    return [SERVICES[name] for name in names or SERVICES]


def _as_json(service: "Service", run: "RunningService | None") -> dict[str, Any]:
    if run is None:
        return {"service": service.name, "title": service.title, "running": False}
    return {
        "service": service.name,
        "title": service.title,
        "running": True,
        "address": run.address,
        "pid": run.pid,
        "folder": run.home,
        "use": run.use,
    }


def _print(chosen: "Sequence[Service]", found: "Sequence[RunningService | None]") -> None:
    from spindrift.cli.output import facts, shown, stdout

    console = stdout()
    for service, run in zip(chosen, found, strict=True):
        if run is None:
            console.print(shown(f"{service.title} does not run", "dim"))
            continue
        console.print(shown(f"{service.title} at {run.address}", "bold"))
        table = facts()
        for key, value in run.use.items():
            table.add_row(shown(f"  {key}"), shown(value))
        table.add_row(shown("  process"), shown(str(run.pid)))
        table.add_row(shown("  data and logs"), shown(run.home))
        console.print(table)
