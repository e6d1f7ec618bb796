"""The configuration of a command: config.json, topology, `-o`, and what the command's own options say."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spindrift.conf import Settings
from spindrift.conf.layers import check, load_project, parse_options, resolve
from spindrift.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration, and where each of its values comes from."""

    conf: dict[str, Any]
    origins: dict[str, str]

    @property
    def settings(self) -> Settings:
        """For reading it typed."""
        return Settings(self.conf)


def load(
    config: Path | None,
    environment: str | None,
    overrides: list[str] | None,
    *,
    topology: Any = None,
    store: str | None = None,
    chosen: Mapping[str, Any] | None = None,
) -> Loaded:
    """Layer the configuration; `chosen`, and `store` for `store.url`, are what the command's own options say.

    Raises ConfigurationError with everything that is wrong; what merely looks like a slip is said on stderr.
    """
    project = load_project(config)
    make_importable(project.root)
    name, settings = project.environment(environment)
    layers = resolve(project, settings, topology, parse_options(overrides or []), env=name)
    layers.put({**(chosen or {}), **({"store.url": store} if store else {})}, "option of the command")
    problems, warnings = check(layers)
    if problems:
        raise ConfigurationError(problems)
    if project.path:
        layers.put({"spindrift.project.dir": str(project.root)}, str(project.path))
    _warn(warnings)
    return Loaded(layers.conf, layers.origins)


def make_importable(root: Path) -> None:
    """Let filters and schedulers be imported from a project: its folder, and `src` in it, which Storm's workers get."""
    for folder in (root, root / "src"):
        path = str(folder.resolve())
        if path not in sys.path and folder.is_dir():
            sys.path.append(path)


def _warn(warnings: list[str]) -> None:
    if warnings:
        from spindrift.cli.output import shown, stderr

        for warning in warnings:
            stderr().print(shown(f"warning: {warning}", "yellow"))
