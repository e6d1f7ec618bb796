"""Several configuration files as one, as StormCrawler takes several `-conf`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spindrift.conf.project import YAML_SUFFIXES, Project, load_project

_BY_KEY = ("options", "log")
"""The parts of an environment that are taken key by key."""


def load_projects(paths: Sequence[Path] | None = None) -> Project:
    """As `load_project`, for any number of files, of which a later one wins, key by key.

    The folder of the first is the project's. What a YAML file says holds in every environment; of several config.json,
    those of one name belong together. Raises ConfigurationError.
    """
    if not paths or len(paths) == 1:
        return load_project(*paths or ())
    projects = [load_project(path) for path in paths]
    environments = [name for each in projects if not _is_yaml(each) for name in _environments(each)]
    yaml = (name for each in projects for name in _environments(each))  # all that is left, where there are none
    origins: dict[tuple[str, str, str], str] = {}
    merged: dict[str, Any] = {}
    for name in dict.fromkeys(environments or yaml):
        own: dict[str, Any] = {}
        for each in projects:
            there = next(iter(_environments(each))) if _is_yaml(each) else name
            settings = _environments(each).get(there, {})
            own = {**own, **settings, **{part: {**own.get(part, {}), **settings.get(part, {})} for part in _BY_KEY}}
            origins |= {
                (name, part, key): each.origin(there, part) for part in _BY_KEY for key in settings.get(part, {})
            }
            origins |= {(name, "", key): each.origin(there, "") for key in settings}
        merged[name] = own
    config = {key: value for each in projects for key, value in each.config.items()}
    return Project(projects[0].path, {**config, "envs": merged}, origins)


def _environments(project: Project) -> Mapping[str, Mapping[str, Any]]:
    environments: Mapping[str, Mapping[str, Any]] = project.config.get("envs", {})
    return environments


def _is_yaml(project: Project) -> bool:
    return project.path is not None and project.path.suffix in YAML_SUFFIXES
