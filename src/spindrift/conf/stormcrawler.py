"""Configuration files of StormCrawler's: YAML, with all keys below `config:` or without that."""

import json
from types import NoneType
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from spindrift.conf.key import Kind
from spindrift.conf.settings import key_for


class NotYAMLError(ValueError):
    """What is wrong, on one line."""


class NoConfigurationError(ValueError):
    """YAML that is no configuration; what is wrong with it, on one line."""


def read_yaml(text: str) -> dict[str, Any]:
    """What a config.json would say in place of a StormCrawler configuration.

    As there, a single key `config` with keys and values below it stands for these. Raises NotYAMLError and
    NoConfigurationError.
    """
    try:
        given = YAML(typ="safe", pure=True).load(text)
        written = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        raise NotYAMLError(" ".join(str(error).replace('in "<unicode string>", ', "at ").split())) from None
    given = {} if given is None else given
    if isinstance(given, dict) and list(given) == ["config"] and isinstance(given["config"], dict | NoneType):
        given = given["config"] or {}
        written = written.value[0][1]
    if not isinstance(given, dict):
        found = "a list" if isinstance(given, list) else "one value"
        raise NoConfigurationError(f"holds {found}; expected keys and values, or those below config:")
    if isinstance(given.get("config"), dict | list):
        beside = ", ".join(str(key) for key in given if key != "config")
        wrong = f"{beside} beside config:" if beside else "a list below config:"
        raise NoConfigurationError(f"holds {wrong}; expected config: as its only key, and keys and values below it")
    try:
        json.dumps(given, default=str)
    except (ValueError, TypeError, RecursionError) as error:
        raise NoConfigurationError(f"holds what no configuration does ({error})") from None
    texts = _as_written(written)
    return {"envs": {"config": {"options": {str(key): texts.get(str(key), value) for key, value in given.items()}}}}


def _as_written(node: Node | None) -> dict[str, Any]:
    """The values of keys that are texts: `1.0` is a version, and no number."""
    found: dict[str, Any] = {}
    for name, value in node.value if isinstance(node, MappingNode) else ():
        key = key_for(str(name.value))
        if key is None or key.choices:
            continue
        if key.kind is Kind.TEXT and _is_scalar(value):
            found[str(name.value)] = value.value
        elif key.kind is Kind.TEXTS and isinstance(value, SequenceNode) and all(map(_is_scalar, value.value)):
            found[str(name.value)] = [each.value for each in value.value]
    return found


def _is_scalar(node: Node) -> bool:
    """Whether it holds a value; not where nothing is written, which is none, or `null`."""
    return isinstance(node, ScalarNode) and not str(node.tag).endswith(":null")
