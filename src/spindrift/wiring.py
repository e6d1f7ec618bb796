"""Makes one topology of another: with more components, or others in the place of its own.

A streamparse Topology class does not inherit the components of the class that it is derived from; a copy has them.
"""

import sys
from collections.abc import Iterator, Mapping
from copy import copy
from types import new_class
from typing import Any

from streamparse import Topology
from streamparse.dsl.component import ComponentSpec


def extend(
    topology: type[Topology], /, *, config: Mapping[str, Any] | None = None, **components: ComponentSpec
) -> type[Topology]:
    """A topology with the components of `topology`, which stays as it is, and `components`, as in the body of a class.

    A component of the same name takes the other's place, and its streams; to be its bolt, it has to name its inputs.
    Inputs name the components of `topology` as its attributes (`CrawlTopology.parse`, `CrawlTopology.fetch["status"]`),
    and others of `components` as the specs that they are. `config` is laid over the topology's.

    Raises TypeError for what is no spec, ValueError for an input that no component has.
    """
    for name, spec in components.items():
        if not isinstance(spec, ComponentSpec):
            raise TypeError(f"{name}: expected a component's spec, such as MyBolt.spec(inputs=...), got {spec!r}")
        spec.name = spec.name or name  # so that others of `components` have an input of that name
    specs = {spec.name: spec for spec in topology.specs}
    for spec in components.values():
        specs = _with(specs, spec)
    body = {name: _copied(spec) for name, spec in specs.items()}
    for name, spec in body.items():
        for source, stream in _inputs(spec):
            if source not in body:
                raise ValueError(f"{name} listens to {source}, and there are only {', '.join(body)}")
            if stream not in body[source].outputs:
                streams = ", ".join(body[source].outputs) or "none"
                raise ValueError(f"{name} listens to stream {stream} of {source}, whose streams are: {streams}")
    caller = sys._getframe(1).f_globals.get("__name__")  # whose class it is, as of one that is written there
    everything = {"__module__": caller, "config": {**topology.config, **(config or {})}, **body}
    made: type[Topology] = new_class(
        f"Extended{topology.__name__}", (Topology,), exec_body=lambda namespace: namespace.update(everything)
    )
    return made


def _with(specs: Mapping[str, ComponentSpec], spec: ComponentSpec) -> dict[str, ComponentSpec]:
    """`specs` with one in its place: that of its name, or behind the last of those to which it listens."""
    if spec.name in specs:
        return {**specs, spec.name: spec}
    names = list(specs)
    sources = [names.index(source) for source, _ in _inputs(spec) if source in specs]
    place = max(sources) + 1 if sources else len(names)
    names.insert(place, spec.name)
    return {name: specs.get(name, spec) for name in names}


def _inputs(spec: ComponentSpec) -> Iterator[tuple[str, str]]:
    """Component and stream of each input."""
    for identity in spec.inputs:
        source = identity.componentId
        yield source.name if isinstance(source, ComponentSpec) else source, identity.streamId


def _copied(spec: ComponentSpec) -> ComponentSpec:
    """A spec of its own for a topology, which writes into it."""
    copied = copy(spec)
    copied.inputs = {copy(identity): grouping for identity, grouping in spec.inputs.items()}
    copied.common = copy(spec.common)
    copied.common.inputs = copied.inputs
    return copied
