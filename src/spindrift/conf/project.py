"""A streamparse project on disk: its config.json, its environments, its topology files.

A configuration of StormCrawler's (a YAML file) stands for a config.json with one environment.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from spindrift.conf.stormcrawler import NoConfigurationError, NotYAMLError, read_yaml
from spindrift.errors import ConfigurationError

YAML_SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Project:
    """What config.json says. `path` is None where there is no file, and everything is empty then."""

    path: Path | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    """By environment, part and key: where a value stands, where that may not be `path`."""

    @property
    def root(self) -> Path:
        """The folder of config.json, which its other paths are relative to."""
        return self.path.parent if self.path else Path()

    @property
    def topologies(self) -> Path:
        """The folder of the topology files: in the working directory, as for sparse, or else beside config.json."""
        folder = Path(str(self.config.get("topology_specs", "topologies")))
        return folder if folder.is_dir() else self.root / folder

    def origin(self, environment: str | None, part: str) -> str:
        """Where a value stands, for people."""
        if self.path and self.path.suffix in YAML_SUFFIXES:
            return f"{self.path}, config"
        place = f"{self.path or 'config.json'}, envs/{environment or '*'}"
        return f"{place}/{part}" if part else place

    def origin_of(self, environment: str | None, part: str, key: str) -> str:
        """Where a key of a part stands, for people; one on which all environments agree, in any of them."""
        names = [environment] if environment else self.config.get("envs", {})
        found = (self.origins[name, part, key] for name in names if (name, part, key) in self.origins)
        return next(found, self.origin(environment, part))

    def environment(
        self, name: str | None = None, *, matters: Callable[[str], bool] | None = None
    ) -> tuple[str | None, Mapping[str, Any]]:
        """The environment to use and its settings, as streamparse chooses: the only one needs no name.

        `matters` says of a key whether the caller reads it. Where all environments agree about those, no name is
        needed either: then the settings are what all of them say alike, under no name.
        Raises ConfigurationError for an unknown name, or for none where one is needed.
        """
        environments = self.config.get("envs", {})
        known = ", ".join(environments) or "none"
        if name is None:
            if len(environments) > 1:
                differing = [key for key in self.disputed() if matters is not None and matters(key)]
                if matters is not None and not differing:
                    return None, self._agreed()
                why = f" (they differ in {', '.join(differing)})" if differing else ""
                raise ConfigurationError(f"{self.path}: which environment?{why} Choose one with -e: {known}")
            name = next(iter(environments), None)
        if name is None:
            return None, {}
        if self.path is None:
            raise ConfigurationError(
                f"-e {name}: there is no config.json here, and so no environment; name its file with -c"
            )
        if name not in environments:
            raise ConfigurationError(f"{self.path}: no environment {name!r} in envs (there are: {known})")
        return name, environments[name]

    def disputed(self) -> list[str]:
        """The configuration keys to which the environments give different values, or only some of them one."""
        options = [environment.get("options", {}) for environment in self.config.get("envs", {}).values()]
        keys = dict.fromkeys(key for each in options for key in each)
        return [key for key in keys if any(key not in each or each[key] != options[0].get(key) for each in options)]

    def _agreed(self) -> dict[str, Any]:
        """What all environments say alike."""
        first, *others = self.config["envs"].values()
        disputed = self.disputed()
        agreed = {part: value for part, value in first.items() if all(each.get(part) == value for each in others)}
        options = first.get("options", {})
        return {**agreed, "options": {key: value for key, value in options.items() if key not in disputed}}

    def topology_file(self, name: str | None = None) -> tuple[str, Path]:
        """Name and file of a topology; the only one needs no name. Raises ConfigurationError."""
        if not self.topologies.is_dir():
            raise ConfigurationError(
                f"{self.topologies}: there is no such folder, and so no topology to run. Change to the folder of a "
                "project (`spindrift new NAME` makes one, and so does `sparse quickstart NAME`), or name its "
                "config.json with -c"
            )
        files = sorted(path for path in self.topologies.glob("*.py") if not path.name.startswith("_"))
        known = ", ".join(path.stem for path in files) or "none"
        if name is None:
            if not files:
                raise ConfigurationError(f"{self.topologies}: there is no topology in this folder (no NAME.py)")
            if len(files) > 1:
                raise ConfigurationError(f"{self.topologies}: which topology? Choose one with -n: {known}")
            return files[0].stem, files[0]
        file = self.topologies / f"{name}.py"
        if not file.is_file():
            raise ConfigurationError(f"{file}: there is no topology {name!r} (there are: {known})")
        return name, file


def load_project(path: Path | str | None = None) -> Project:
    """Read a config.json, or a StormCrawler configuration in YAML; None looks for a config.json in the working
    directory, and makes do without.

    Raises ConfigurationError with all problems of the file.
    """
    if path is None:
        path = Path("config.json")
        if not path.exists():
            return Project()
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
        config = read_yaml(text) if path.suffix in YAML_SUFFIXES else json.loads(text)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot read the configuration ({error.strerror or error})") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: not UTF-8 text (byte {error.start}: {error.reason})") from None
    except NotYAMLError as error:
        raise ConfigurationError(f"{path}: not YAML ({error})") from None
    except NoConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path}: not JSON ({error})") from None
    problems = _problems(config)
    if problems:
        raise ConfigurationError([f"{path}: {problem}" for problem in problems])
    return Project(path, config)


def _problems(config: Any) -> list[str]:
    if not isinstance(config, dict):
        return [f"holds {type(config).__name__}; expected an object"]
    problems = [
        f"/{key}: {config[key]!r} is not right; expected text"
        for key in ("topology_specs", "virtualenv_specs", "serializer")
        if not isinstance(config.get(key, ""), str)
    ]
    environments = config.get("envs", {})
    if not isinstance(environments, dict):
        return [*problems, f"/envs: {environments!r} is not right; expected an object of environments"]
    for name, environment in environments.items():
        if not isinstance(environment, dict):
            problems.append(f"/envs/{name}: {environment!r} is not right; expected an object")
            continue
        problems += [
            f"/envs/{name}/{part}: {environment[part]!r} is not right; expected an object"
            for part in ("options", "log")
            if not isinstance(environment.get(part, {}), dict)
        ]
    return problems
