"""The context that Storm hands to a component's `initialize`: its place in the topology."""

from typing import Any

from spindrift.local.plan import ComponentPlan, Subscription, TopologyPlan


def task_context(plan: TopologyPlan, component: ComponentPlan, task: int) -> dict[str, Any]:
    """The multilang context of a task, with the keys and shapes of Storm's `TopologyContext`."""
    return {
        "taskid": task,
        "componentid": component.name,
        "task->component": {str(each): owner.name for owner in plan.components.values() for each in owner.tasks},
        "streams": list(component.streams),
        "stream->outputfields": {stream.name: list(stream.fields) for stream in component.streams.values()},
        "stream->target->grouping": {
            stream: {each.target: _grouping(each) for each in plan.consumers(component.name, stream)}
            for stream in component.streams
        },
        "source->stream->grouping": _by_source(component, _grouping),
        "source->stream->fields": _by_source(
            component, lambda each: list(plan.components[each.source].streams[each.stream].fields)
        ),
    }


def _grouping(subscription: Subscription) -> dict[str, Any]:
    described: dict[str, Any] = {"type": subscription.kind.value}
    if subscription.fields:
        described["fields"] = list(subscription.fields)
    return described


def _by_source(component: ComponentPlan, value: Any) -> dict[str, dict[str, Any]]:
    sources: dict[str, dict[str, Any]] = {}
    for each in component.inputs:
        sources.setdefault(each.source, {})[each.stream] = value(each)
    return sources
