"""What a streamparse `Topology` class asks for, checked and in plain terms: components, tasks, streams, groupings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from keyword import iskeyword
from typing import Any

import pystorm.bolt
import pystorm.spout
from streamparse.dsl.component import JavaComponentSpec

from spindrift.local.errors import TopologyError


class GroupingKind(StrEnum):
    """Storm's groupings, under the names that Storm's topology context gives them."""

    SHUFFLE = "SHUFFLE"
    FIELDS = "FIELDS"
    GLOBAL = "GLOBAL"
    ALL = "ALL"
    NONE = "NONE"
    LOCAL_OR_SHUFFLE = "LOCAL_OR_SHUFFLE"
    DIRECT = "DIRECT"


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """An output stream of a component."""

    name: str
    fields: tuple[str, ...]
    direct: bool


@dataclass(frozen=True, slots=True)
class Subscription:
    """An input of a bolt: which stream of which component, and how its tuples are shared among the bolt's tasks."""

    source: str
    stream: str
    target: str
    kind: GroupingKind
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComponentPlan:
    """A spout or bolt: its class, the ids of its tasks, its own configuration, its streams and inputs."""

    name: str
    cls: type[Any]
    is_spout: bool
    tasks: tuple[int, ...]
    conf: Mapping[str, Any]
    streams: Mapping[str, StreamPlan]
    inputs: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class TopologyPlan:
    """A topology that can run: components in the order of the class, and who listens to whom."""

    name: str
    components: Mapping[str, ComponentPlan]

    def consumers(self, source: str, stream: str) -> list[Subscription]:
        """The subscriptions to a stream, in the order of the components."""
        return [
            subscription
            for component in self.components.values()
            for subscription in component.inputs
            if (subscription.source, subscription.stream) == (source, stream)
        ]

    def downstream(self, name: str) -> set[str]:
        """The components that tuples of `name` can lead to, directly or not (itself only if it is on a cycle)."""
        reached: set[str] = set()
        frontier = [name]
        while frontier:
            source = frontier.pop()
            for component in self.components.values():
                if component.name not in reached and any(each.source == source for each in component.inputs):
                    reached.add(component.name)
                    frontier.append(component.name)
        return reached


def plan_topology(topology_class: Any, name: str, env: str | None = None) -> TopologyPlan:
    """The plan of a streamparse `Topology` class; `env` selects among parallelisms that are given per environment.

    Raises TopologyError with everything that the embedded runner cannot run: JVM components and groupings, commands
    other than Python classes, streams or fields that nobody declares.
    """
    problems: list[str] = []
    components: dict[str, ComponentPlan] = {}
    next_task = 1
    for spec in topology_class.specs:
        found = _runnable(spec)
        if found:
            problems.append(found)
            continue
        par = _parallelism(spec, env, problems)
        components[spec.name] = ComponentPlan(
            name=spec.name,
            cls=spec.component_cls,
            is_spout=issubclass(spec.component_cls, pystorm.spout.Spout),
            tasks=tuple(range(next_task, next_task + par)),
            conf=_component_conf(spec, problems),
            streams=_streams(spec, problems),
            inputs=_inputs(spec, problems),
        )
        next_task += par
    if not problems:
        problems += _broken_subscriptions(components)
    if problems:
        raise TopologyError([f"topology {name}: {problem}" for problem in problems])
    return TopologyPlan(name, components)


def _runnable(spec: Any) -> str | None:
    if isinstance(spec, JavaComponentSpec):
        java = spec.component_object.java_object
        what = f"Java class {java.full_class_name}" if java else "serialized Java object"
        return (
            f"component {spec.name} is a {what}; the embedded runner has no JVM. "
            "Run this topology on Storm (sparse submit), or put a Python component in its place"
        )
    cls = spec.component_cls
    if not issubclass(cls, pystorm.spout.Spout | pystorm.bolt.Bolt):
        shell = spec.component_object.shell
        return (
            f"component {spec.name} runs the command {shell.execution_command} {shell.script}; the embedded runner "
            "runs Python components only (streamparse Spout or Bolt classes)"
        )
    return None


def _parallelism(spec: Any, env: str | None, problems: list[str]) -> int:
    par = spec.par
    if isinstance(par, dict):
        if env in par:
            return int(par[env])
        known = ", ".join(sorted(par))
        problems.append(
            f"component {spec.name} has its parallelism per environment ({known}) and none for "
            f"{env or 'no environment'}; choose one with -e, or add {env or 'a number for all'} to its par"
        )
        return 1
    return int(par)


def _component_conf(spec: Any, problems: list[str]) -> dict[str, Any]:
    try:
        conf = json.loads(spec.config or "{}")
    except (TypeError, ValueError) as error:
        problems.append(f"component {spec.name}: its config is not JSON ({error})")
        return {}
    if not isinstance(conf, dict):
        problems.append(f"component {spec.name}: its config is {conf!r}; expected an object of keys and values")
        return {}
    return conf


def _streams(spec: Any, problems: list[str]) -> dict[str, StreamPlan]:
    streams = {}
    for stream, info in spec.outputs.items():
        fields = tuple(info.output_fields)
        wrong = [field for field in fields if not field.isidentifier() or iskeyword(field) or field.startswith("_")]
        if wrong or len(set(fields)) < len(fields):
            problems.append(
                f"component {spec.name}, stream {stream}: fields {', '.join(fields)} must be different Python names "
                f"without a leading underscore, because bolts get them as a namedtuple"
            )
        streams[stream] = StreamPlan(stream, fields, bool(info.direct))
    return streams


def _inputs(spec: Any, problems: list[str]) -> tuple[Subscription, ...]:
    inputs = []
    for stream_id, grouping in (spec.inputs or {}).items():
        source, stream = stream_id.componentId, stream_id.streamId
        if grouping.custom_object is not None or grouping.custom_serialized is not None:
            java = grouping.custom_object.full_class_name if grouping.custom_object else "a serialized object"
            problems.append(
                f"component {spec.name} groups stream {stream} of {source} by a Java class ({java}); "
                "the embedded runner has no JVM. Use one of Storm's own groupings, or run it on Storm (sparse submit)"
            )
            continue
        inputs.append(Subscription(source, stream, spec.name, *_kind(grouping)))
    return tuple(inputs)


def _kind(grouping: Any) -> tuple[GroupingKind, tuple[str, ...]]:
    if grouping.fields is not None:
        # Storm's thrift has no union member for the global grouping: it is a fields grouping on no field.
        return (GroupingKind.FIELDS, tuple(grouping.fields)) if grouping.fields else (GroupingKind.GLOBAL, ())
    for kind in GroupingKind:
        if getattr(grouping, kind.lower(), None) is not None:
            return kind, ()
    return GroupingKind.SHUFFLE, ()


def _broken_subscriptions(components: Mapping[str, ComponentPlan]) -> list[str]:
    problems = []
    for component in components.values():
        for each in component.inputs:
            source = components.get(each.source)
            stream = source.streams.get(each.stream) if source else None
            where = f"component {component.name} listens to stream {each.stream} of {each.source}"
            if stream is None:
                declared = ", ".join(source.streams) if source else ""
                problems.append(f"{where}, which is not declared (streams of {each.source}: {declared or 'none'})")
                continue
            unknown = [field for field in each.fields if field not in stream.fields]
            if unknown:
                problems.append(f"{where} by field {', '.join(unknown)}; its fields are {', '.join(stream.fields)}")
            if stream.direct and each.kind is not GroupingKind.DIRECT:
                problems.append(f"{where}, which is a direct stream: group it by Grouping.DIRECT")
    return problems
