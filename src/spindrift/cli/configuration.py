"""The configuration of a command: config.json, topology, `-o`, and what the command's own options say."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spindrift.conf import Settings
from spindrift.conf.layers import Project, check, load_projects, parse_options, resolve, right_values
from spindrift.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration, and where each of its values comes from."""

    conf: dict[str, Any]
    origins: dict[str, str]
    disputed: list[str]
    """Keys that are left out because the environments, of which none was chosen, differ in them."""

    @property
    def settings(self) -> Settings:
        """For reading it typed."""
        return Settings(self.conf)


def load(
    config: list[Path] | None,
    environment: str | None,
    overrides: list[str] | None,
    *,
    topology: Any = None,
    store: str | None = None,
    chosen: Mapping[str, Any] | None = None,
    reads: Callable[[str], bool] = lambda key: True,
    ready: Callable[[dict[str, Any]], object] = lambda conf: None,
) -> Loaded:
    """Layer the configuration; `chosen`, and `store` for `store.url`, are what the command's own options say.

    `reads` says of a key whether the command reads it: an environment must be chosen where they differ in one of those.
    `ready` raises ConfigurationError where the command could not do with a configuration: it is asked where values are
    wrong, of the others, so that all is told at once; of a right one the command asks it.
    Raises ConfigurationError with everything that is wrong; what merely looks like a slip is said on stderr.
    """
    project = load_projects(config)
    make_importable(project.root)
    options, malformed = parse_options(overrides or [])
    own = {**(chosen or {}), **({"store.url": store} if store else {})}
    decided = {*options, *own, *(getattr(topology, "config", None) or {})}
    name, settings = project.environment(environment, matters=lambda key: key not in decided and reads(key))
    layers = resolve(project, settings, topology, options, env=name)
    layers.put(own, "option of the command")
    problems, warnings = check(layers)
    if malformed or problems:
        more = _problems(ready, right_values(layers) | project_folder(project))
        raise ConfigurationError(malformed + problems + more)
    layers.put(project_folder(project), str(project.path))
    warn(warnings)
    disputed = [key for key in project.disputed() if key not in decided] if name is None else []
    return Loaded(layers.conf, layers.origins, disputed)


def _problems(ready: Callable[[dict[str, Any]], object], conf: dict[str, Any]) -> list[str]:
    try:
        ready(conf)
    except ConfigurationError as error:
        return error.problems
    return []


def store_keys(key: str) -> bool:
    """What commands read that only look into a store."""
    return key.startswith("store.")


def project_folder(project: Project) -> dict[str, str]:
    """Tells components where the project is whose files they are to find."""
    return {"spindrift.project.dir": str(project.root)} if project.path else {}


def make_importable(root: Path) -> None:
    """Let a project's modules be imported: from `src`, which Storm's workers get, and from the project's folder."""
    for folder in (root / "src", root):
        path = str(folder.resolve())
        if path not in sys.path and folder.is_dir():
            sys.path.append(path)


def warn(warnings: list[str]) -> None:
    """Say what looks like a slip on standard error."""
    if warnings:
        from spindrift.cli.output import shown, stderr

        for warning in warnings:
            stderr().print(shown(f"warning: {warning}", "yellow"), soft_wrap=True)
