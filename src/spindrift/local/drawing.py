"""Draws a topology: as text that Graphviz, or anything that knows Mermaid (Markdown on the web), makes a picture of."""

from collections.abc import Iterator

from spindrift.local.plan import ComponentPlan, GroupingKind, Subscription, TopologyPlan


def dot(plan: TopologyPlan) -> str:
    """In Graphviz's language: spouts are ellipses, bolts are boxes, arrows say stream and grouping."""
    lines = [f"digraph {_quoted(plan.name)} {{", "  rankdir=LR", "  node [shape=box]"]
    for component in plan.components.values():
        shape = ", shape=ellipse" if component.is_spout else ""
        lines.append(f"  {_quoted(component.name)} [label={_quoted(_label(component))}{shape}]")
    lines += [
        f"  {_quoted(each.source)} -> {_quoted(each.target)} [label={_quoted(_said(each))}]"
        for each in _subscriptions(plan)
    ]
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(plan: TopologyPlan) -> str:
    """In Mermaid's language, with the same shapes. Components get numbers, as their names may be words of Mermaid's."""
    number = {name: f"c{position}" for position, name in enumerate(plan.components)}
    lines = ["flowchart LR"]
    for name, component in plan.components.items():
        opening, closing = ("([", "])") if component.is_spout else ("[", "]")
        lines.append(f"  {number[name]}{opening}{_quoted(_label(component))}{closing}")
    lines += [
        f"  {number[each.source]} -- {_quoted(_said(each))} --> {number[each.target]}" for each in _subscriptions(plan)
    ]
    return "\n".join(lines) + "\n"


def _subscriptions(plan: TopologyPlan) -> Iterator[Subscription]:
    for component in plan.components.values():
        yield from component.inputs


def _label(component: ComponentPlan) -> str:
    return component.name if len(component.tasks) == 1 else f"{component.name} x {len(component.tasks)}"


def _said(subscription: Subscription) -> str:
    kind = subscription.kind.lower().replace("_", "-")
    if subscription.kind is GroupingKind.FIELDS:
        kind = f"fields({', '.join(subscription.fields)})"
    return kind if subscription.stream == "default" else f"{subscription.stream}: {kind}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'
