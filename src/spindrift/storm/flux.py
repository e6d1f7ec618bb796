"""Topologies as `sparse run` writes them down: YAML for Storm's Flux."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from types import new_class
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from streamparse import Grouping, Topology
from streamparse.thrift import GlobalStreamId

from spindrift.local.errors import TopologyError

_GROUPINGS: Final = {
    "SHUFFLE": Grouping.SHUFFLE,
    "ALL": Grouping.ALL,
    "GLOBAL": Grouping.GLOBAL,
    "NONE": Grouping.NONE,
    "DIRECT": Grouping.DIRECT,
    "LOCAL_OR_SHUFFLE": Grouping.LOCAL_OR_SHUFFLE,
}


def read_flux(file: Path) -> tuple[type[Topology], str, dict[str, Any]]:
    """The topology, its name and its configuration. Raises TopologyError for what streamparse does not write."""
    try:
        flux = YAML(typ="safe").load(file.read_text("utf-8"))
        inputs: dict[str, dict[Any, Any]] = {}
        for stream in flux.get("streams", []):
            grouping = stream["grouping"]
            source = GlobalStreamId(componentId=stream["from"], streamId=grouping["streamId"])
            inputs.setdefault(stream["to"], {})[source] = _grouping(grouping)
        parts = [*flux["spouts"], *flux.get("bolts", [])]
        specs = {part["id"]: _spec(part, inputs.get(part["id"])) for part in parts}
        made = new_class("Flux", (Topology,), exec_body=lambda body: body.update(specs))
        return made, str(flux["name"]), dict(flux.get("config") or {})
    except OSError as error:
        raise TopologyError(f"{file}: cannot read the topology ({error.strerror or error})") from None
    except (YAMLError, AttributeError, IndexError, KeyError, TypeError, ValueError, ImportError) as error:
        raise TopologyError(
            f"{file}: not a topology as sparse run writes it ({type(error).__name__}: {error})"
        ) from error


def _spec(part: Mapping[str, Any], inputs: Any) -> Any:
    """Of a Python component, whose class knows its streams."""
    _command, script = part["constructorArgs"][0]
    module, _, name = script.split()[-1].rpartition(".")
    methods = [each["args"] for each in part.get("configMethods", []) if each["name"] == "addComponentConfig"]
    conf = dict(methods) or None
    cls = getattr(importlib.import_module(module), name)
    return cls.spec(par=part["parallelism"], config=conf, **({"inputs": inputs} if inputs else {}))


def _grouping(given: Mapping[str, Any]) -> Any:
    if given["type"] == "FIELDS":
        return Grouping.fields(*given["args"])
    if given["type"] not in _GROUPINGS:
        raise ValueError(f"grouping {given['type']}")
    return _GROUPINGS[given["type"]]
