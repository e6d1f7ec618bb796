"""Layers of configuration, and whether they make sense.

The order is streamparse's, so that a topology gets the same configuration from `spindrift run` and `sparse submit`:
the `options` of the environment in config.json (of several files, the later one wins), then the topology's own
`config`, then `-o key=value`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from spindrift.conf.key import Key, Kind
from spindrift.conf.keys import KEYS
from spindrift.conf.project import Project, load_project
from spindrift.conf.settings import key_for, parse_value
from spindrift.conf.several import load_projects
from spindrift.conf.without_effect import why_without_effect
from spindrift.errors import ConfigurationError

__all__ = ["Layers", "Project", "check", "load_project", "load_projects", "parse_options", "resolve", "right_values"]

_LOG_KEYS: Mapping[str, tuple[str, type]] = {
    "path": ("pystorm.log.path", str),
    "file": ("pystorm.log.file", str),
    "max_bytes": ("pystorm.log.max_bytes", int),
    "backup_count": ("pystorm.log.backup_count", int),
    "level": ("pystorm.log.level", str),
}
_VIRTUALENV_KEYS = (
    "install_virtualenv",
    "use_virtualenv",
    "virtualenv_flags",
    "virtualenv_root",
    "virtualenv_name",
)
_OPEN_PREFIXES = ("topology", "pystorm", "storm")
"""Storm has many more keys with these prefixes than spindrift reads: only near misses are worth a word."""


@dataclass(slots=True)
class Layers:
    """The configuration that components get, and where each key of it came from."""

    conf: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def put(self, values: Mapping[str, Any], origin: str) -> None:
        """Lay values over what is there."""
        self.conf.update(values)
        self.origins.update(dict.fromkeys(values, origin))


def resolve(
    project: Project,
    environment: Mapping[str, Any],
    topology_class: Any = None,
    options: Mapping[str, Any] | None = None,
    *,
    env: str | None = None,
) -> Layers:
    """The layers of a run: `environment` and `env` are what `Project.environment` returned, `options` those of `-o`."""
    layers = Layers()
    for key, value in environment.get("options", {}).items():
        layers.put({key: value}, project.origin_of(env, "options", key))
    for key, value, part, name in _log_options(environment):
        layers.put({key: value}, project.origin_of(env, part, name))
    for key in _VIRTUALENV_KEYS:
        if key in environment:
            layers.put({key: environment[key]}, project.origin_of(env, "", key))
    if topology_class is not None:
        layers.put(getattr(topology_class, "config", None) or {}, f"config of topology {topology_class.__name__}")
    layers.put(options or {}, "-o")
    if str(layers.conf.get("topology.debug", False)).lower() == "true":
        layers.put({"pystorm.log.level": "debug"}, "topology.debug")
    return layers


def parse_options(given: Iterable[str]) -> tuple[dict[str, Any], list[str]]:
    """`key=value` texts of the command line, values read as YAML scalars as sparse does (`5` is a number).

    Also a problem for every text that is not of that form.
    """
    options: dict[str, Any] = {}
    problems: list[str] = []
    for text in given:
        key, sign, value = text.partition("=")
        # Keys such as fetchInterval.isFeed=true have a sign of their own; then the last one separates.
        if sign and _is_family_key(text):
            key, _, value = text.rpartition("=")
        if not sign or not key.strip():
            problems.append(f"-o {text}: expected key=value, such as -o topology.max.spout.pending=500")
            continue
        try:
            options[key.strip()] = _as_text(key.strip(), value, YAML(typ="safe", pure=True).load(StringIO(value)))
        except (YAMLError, ValueError):
            # An unquoted text that YAML takes for syntax (`*/*`, `a: b`, `2026-02-30`) is that text.
            options[key.strip()] = value
    return options, problems


def _as_text(name: str, written: str, value: Any) -> Any:
    """The value of an option; of a key that is a text as it was written: nothing is the empty text, `1.0` no number."""
    key = key_for(name)
    if key is None or key.kind is not Kind.TEXT or key.choices or isinstance(value, str):
        return value
    return written.strip() if value is not None or not written.strip() else value


def check(layers: Layers) -> tuple[list[str], list[str]]:
    """Every wrong value (key, value, where it was given, what is right), and every key that looks like a slip, or that
    is known to change nothing.
    """
    problems: list[str] = []
    warnings: list[str] = []
    for name, value in layers.conf.items():
        origin = layers.origins.get(name, "")
        key = key_for(name)
        if key is not None:
            problems += _wrong(key, name, value, origin)
        elif why := why_without_effect(name):
            warnings.append(f"configuration key {name} ({origin}) is StormCrawler's and has no effect here: {why}")
        elif near := _nearest(name):
            warnings.append(f"unknown configuration key {name} ({origin}); did you mean {near}?")
        elif _foreign(name):
            warnings.append(f"unknown configuration key {name} ({origin}); see `spindrift conf` for all keys")
    return problems, warnings


def right_values(layers: Layers) -> dict[str, Any]:
    """The configuration without the values that `check` calls wrong."""
    return {
        name: value
        for name, value in layers.conf.items()
        if (key := key_for(name)) is None or not _wrong(key, name, value, "")
    }


def _wrong(key: Key, name: str, value: Any, origin: str) -> list[str]:
    try:
        parse_value(key, name, value, origin)
    except ConfigurationError as error:
        return error.problems
    return []


def _nearest(name: str) -> str | None:
    """The declared key that was probably meant, among those that start alike."""
    prefix = name.partition(".")[0]
    alike = [known for known in KEYS if known.partition(".")[0].lower() == prefix.lower()]
    candidates = alike or [known for known in KEYS if get_close_matches(prefix, [known.partition(".")[0]], cutoff=0.8)]
    found = get_close_matches(name.lower(), [known.lower() for known in candidates], n=1, cutoff=0.85)
    return next((known for known in candidates if found and known.lower() == found[0]), None)


def _foreign(name: str) -> bool:
    """Whether a key with a prefix of ours is none of ours; other prefixes are the user's own business."""
    prefix, dot, _ = name.partition(".")
    return bool(dot) and prefix not in _OPEN_PREFIXES and any(known.startswith(f"{prefix}.") for known in KEYS)


def _is_family_key(text: str) -> bool:
    name = text.rpartition("=")[0]
    return "=" in name and key_for(name) is not None


def _log_options(environment: Mapping[str, Any]) -> Iterator[tuple[str, Any, str, str]]:
    """The `log` of an environment in pystorm's keys, as streamparse translates it: key, value, and the part and the
    name under which it stands.
    """
    log = environment.get("log", {})
    for name, (key, kind) in _LOG_KEYS.items():
        value, part, given = log.get(name), "log", name
        if not value and name in ("path", "file"):
            part, given = "", f"log_{name}"
            value = environment.get(given)
        if value and isinstance(value, kind):
            yield key, str(value).lower() if name == "level" else value, part, given
