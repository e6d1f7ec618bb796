"""What `spindrift services` says of services."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from spindrift.cli.output import facts, shown, stdout

if TYPE_CHECKING:
    from spindrift.services.lasting import State

_NIMBUS: Final = "nimbus"
_LOGS: Final = "log.path"


def as_json(state: "State") -> dict[str, Any]:
    """For programs."""
    found: dict[str, Any] = {
        "service": state.name,
        "title": state.title,
        "running": state.running is not None,
        "answers": state.is_usable,
    }
    if state.running is None:
        return found | ({"folder": state.home} if state.has_data else {})
    if state.silent is not None:
        found["problem"] = state.silent
    run = state.running
    return found | {"address": run.address, "pid": run.pid, "folder": run.home, "use": run.use}


def print_states(states: "Sequence[State]") -> None:
    """Each service: where it is, or why it cannot be used."""
    console = stdout()
    for state in states:
        run = state.running
        if run is None:
            kept = f"; what it stored is kept in {state.home}: `up` goes on with it, `down` removes it"
            console.print(shown(f"{state.title} does not run{kept if state.has_data else ''}", "dim"))
            continue
        if state.silent is None:
            console.print(shown(f"{state.title} at {run.address}", "bold"))
        else:
            console.print(
                shown(f"{state.title} runs, but does not answer at {run.address}: {state.silent}", "bold red")
            )
        table = facts()
        for key, value in run.use.items():
            table.add_row(shown(f"  {key}"), shown(value))
        table.add_row(shown("  process"), shown(str(run.pid)))
        table.add_row(shown("  data and logs"), shown(run.home))
        console.print(table)


def environment(states: "Sequence[State]", project: Path) -> dict[str, Any] | None:
    """For the `envs` of the config.json of `project`: all that says where these services are; None without Storm."""
    use: dict[str, str] = {}
    for state in reversed(states):  # of two search engines, the first
        use |= state.running.use if state.running is not None else {}
    if _NIMBUS not in use:
        return None
    return {
        "nimbus": use.pop(_NIMBUS),
        "use_ssh_for_nimbus": False,
        "workers": ["127.0.0.1"],
        "log": {"path": use.pop(_LOGS)},
        "virtualenv_root": str(project.resolve() / "virtualenvs"),
        "install_virtualenv": False,
        "options": {"http.agent.name": "my-crawler", **use},
    }


def print_environment(states: "Sequence[State]") -> None:
    """An environment that uses these services, ready for config.json."""
    found = environment(states, Path.cwd())
    if found is None:
        return
    console = stdout()
    console.print(shown('For config.json, among its "envs"; http.agent.name is to say who you are:', "dim"))
    for line in f'"prod": {json.dumps(found, indent=4)}'.splitlines():
        console.print(line, soft_wrap=True)
