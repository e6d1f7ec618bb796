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


def read_yaml(text: str) -> dict[str, Any]:
    """What a config.json would say in place of a StormCrawler configuration.

    As there, a single key `config` with keys and values below it stands for these. Raises NotYAMLError.
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
    if not isinstance(given, dict) or isinstance(given.get("config"), dict | list):
        raise NotYAMLError(
            "that of a configuration: it holds keys and values, or config: as its only key, and those below it"
        )
    try:
        json.dumps(given, default=str)
    except (ValueError, TypeError, RecursionError) as error:
        raise NotYAMLError(f"that of a configuration: {error}") from None
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
