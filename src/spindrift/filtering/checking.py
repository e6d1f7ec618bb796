"""Checks a configuration or filter file as the crawl would read it, and tells all mistakes."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from spindrift.conf.layers import Layers, check, load_project, right_values
from spindrift.conf.project import YAML_SUFFIXES, Project
from spindrift.errors import ConfigurationError
from spindrift.filtering.classes import Wrapper
from spindrift.filtering.loading import load_filters

_PARSE_LISTS = ("ParseFilters", "JSoupFilters")


class FileKind(StrEnum):
    """The files that can be checked."""

    CONFIG = "config.json"
    URL_FILTERS = "urlfilters.json"
    PARSE_FILTERS = "parsefilters.json"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `problems` have to be mended; `warnings` look like slips."""

    file: Path
    kinds: tuple[FileKind, ...]
    entries: int
    """Filters, or configuration keys."""
    problems: list[str]
    warnings: list[str]


def check_file(file: Path, ready: Callable[[Project, dict[str, Any]], list[str]]) -> Checked:
    """Check a file; what it is, its content says; .yaml is configuration.

    `ready` is given what a configuration says in each of its environments: it raises ConfigurationError where a crawl
    would refuse to start with that, and returns what such a crawl has to be told besides. Raises
    ConfigurationError for what is none of them, or no JSON.
    """
    if file.suffix in YAML_SUFFIXES:
        return _config(file, ready)
    document = _read(file)
    lists = {str(key).rpartition(".")[2] for key in document}
    kinds = []
    if "URLFilters" in lists:
        kinds.append(FileKind.URL_FILTERS)
    if lists.intersection(_PARSE_LISTS):
        kinds.append(FileKind.PARSE_FILTERS)
    if not kinds and lists.intersection(("envs", "topology_specs", "virtualenv_specs", "serializer", "library")):
        return _config(file, ready)
    if not kinds:
        raise ConfigurationError(
            f"{file}: neither a configuration nor a filter file; expected "
            '{"envs": {...}} (config.json), {"….URLFilters": [...]} or {"….ParseFilters": [...]}'
        )
    entries, problems = 0, []
    for kind in kinds:
        wrapper: Wrapper = "URLFilters" if kind is FileKind.URL_FILTERS else "ParseFilters"
        try:
            entries += len(load_filters(file, wrapper))
        except ConfigurationError as error:
            problems += error.problems
    return Checked(file, tuple(kinds), entries, list(dict.fromkeys(problems)), [])


def _config(file: Path, ready: Callable[[Project, dict[str, Any]], list[str]]) -> Checked:
    kinds = (FileKind.CONFIG,)
    try:
        project = load_project(file)
    except ConfigurationError as error:
        return Checked(file, kinds, 0, error.problems, [])
    problems, warnings, entries = [], [], 0
    for name, environment in project.config.get("envs", {}).items():
        layers = Layers()
        layers.put(environment.get("options", {}), project.origin(name, "options"))
        found, suspicious = check(layers)
        problems += found
        try:
            suspicious += [
                f"{project.origin(name, 'options')}: {needed}" for needed in ready(project, right_values(layers))
            ]
        except ConfigurationError as error:
            problems += [f"{project.origin(name, 'options')}: {problem}" for problem in error.problems]
        warnings += suspicious
        entries += len(layers.conf)
    return Checked(file, kinds, entries, problems, warnings)


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{file}: not JSON ({error})") from error
    if not isinstance(document, dict):
        raise ConfigurationError(f"{file}: holds {type(document).__name__}; expected an object")
    return document
