"""`spindrift run`: a streamparse topology in one process."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spindrift.cli.options import ConfigFiles, Environment, Json, Overrides, TopologyName
from spindrift.cli.results import prints_go_to_stderr
from spindrift.cli.signals import on_signals

if TYPE_CHECKING:
    from spindrift.conf import Settings
    from spindrift.local import LocalTopology

_DRAIN = 30.0


def run(
    name: TopologyName = None,
    environment: Environment = None,
    option: Overrides = None,
    config: ConfigFiles = None,
    seconds: Annotated[
        float, typer.Option("--time", "-t", metavar="SECONDS", help="Stop after so many seconds; 0: run until stopped.")
    ] = 0,
    workers: Annotated[
        int | None,
        typer.Option("--workers", "-w", help="Processes for components (topology.workers); 1: all in this process."),
    ] = None,
    ackers: Annotated[
        int | None, typer.Option("--ackers", "-a", help="0 turns tuple tracking off (topology.acker.executors).")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", "-d", help="Log every tuple (topology.debug).")] = False,
    json_: Json = False,
) -> None:
    """Run a streamparse topology here: no Storm, no JVM, no change to the topology.

    Works in any streamparse project folder. Ctrl-C stops: spouts first, then what is in flight gets 30 seconds; a
    second Ctrl-C stops at once. What was not acked is for the spouts to emit again at the next start.

    What components log goes to standard error, from the level of the key pystorm.log.level on (info), or to the files
    of pystorm.log.path; what they print goes to standard output.

    Exit codes: 0 stopped, also by Ctrl-C; 1 a component did not start; 2 wrong usage, configuration or topology.

    Examples:
      spindrift run
      spindrift run -n hosts -t 10
      spindrift run -n crawl -e local -o topology.workers=2
    """
    chosen: dict[str, Any] = {"topology.workers": workers, "topology.acker.executors": ackers}
    if debug:
        chosen["topology.debug"] = True
    given = {key: value for key, value in chosen.items() if value is not None}
    with prints_go_to_stderr() if json_ else contextlib.nullcontext():
        topology, settings = _load(name, environment, option or [], config, given)
        run_topology(topology, settings, seconds, json_)


def _load(
    name: str | None, environment: str | None, option: list[str], config: list[Path] | None, chosen: Mapping[str, Any]
) -> "tuple[LocalTopology, Settings]":
    from spindrift.cli.configuration import make_importable, project_folder, warn
    from spindrift.conf import Settings
    from spindrift.conf.layers import Layers, check, load_projects, parse_options, resolve
    from spindrift.errors import ConfigurationError
    from spindrift.local import LocalTopology
    from spindrift.local.loading import load_topology
    from spindrift.metrics import wanted

    project = load_projects(config)
    env, settings = project.environment(environment)
    name, file = project.topology_file(name)
    make_importable(project.root)
    topology_class = load_topology(file)
    options, malformed = parse_options(option)
    layers = resolve(project, settings, topology_class, {**options, **chosen}, env=env)
    problems, warnings = check(layers)
    for spec in topology_class.specs:
        own = Layers()
        own.put(json.loads(spec.config or "{}"), f"{file}, config of component {spec.name}")
        found, suspicious = check(own)
        problems += found
        warnings += suspicious
    if malformed or problems:
        raise ConfigurationError(malformed + problems)
    layers.put(project_folder(project), str(project.path))
    warn(warnings)
    if wanted(Settings(layers.conf)):
        layers.put({"metrics.report": True}, "metrics.port")
    return LocalTopology(topology_class, name=name, conf=layers.conf, env=env), Settings(layers.conf)


def run_topology(topology: "LocalTopology", settings: "Settings", seconds: float, json_: bool) -> None:
    """Run it until it is stopped, or for so many seconds if that is more than 0; show how it goes, and the summary."""
    from spindrift.cli.logs import log_components_to
    from spindrift.cli.output import print_json, stderr
    from spindrift.cli.run_display import display, stopped, stopping, summary
    from spindrift.local.collector import calm_collector
    from spindrift.metrics import exposed

    console = stderr()
    with contextlib.ExitStack() as stack:
        logs = stack.enter_context(log_components_to(console, settings))
        stack.enter_context(calm_collector())
        stack.enter_context(exposed(settings, topology.stats))
        view = stack.enter_context(display(console))

        def show() -> None:
            logs.flush()
            view.show(topology.stats())

        with _signals(topology) as asked:
            topology.start()
            until = time.monotonic() + seconds if seconds > 0 else float("inf")
            while not asked.wait(min(view.interval, max(until - time.monotonic(), 0))):
                if time.monotonic() >= until:
                    break
                show()
            before = topology.stats()
            console.print(stopping(before, _DRAIN))
            stopper = threading.Thread(target=topology.stop, args=(_DRAIN,), name="stop")
            stopper.start()
            while stopper.is_alive():
                stopper.join(view.interval)
                show()
    stats = topology.stats()
    console.print(stopped(before, stats, topology.plan))
    if json_:
        print_json(stats.as_dict())
    else:
        summary(console, stats)


@contextlib.contextmanager
def _signals(topology: "LocalTopology") -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set; a second signal ends the drain."""
    stopping = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        if stopping.is_set():
            topology.stop(0)
        stopping.set()

    with on_signals(handle):
        yield stopping
