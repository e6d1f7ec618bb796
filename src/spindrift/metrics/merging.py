"""One value for all tasks of a component."""

from collections.abc import Iterable, Mapping
from typing import Any

Scopes = dict[str, float]
"""A metric with several counts, such as StormCrawler's MultiCountMetric: by scope."""


def merged(values: Iterable[Any]) -> Any:
    """Numbers added, objects part by part, lists joined; None where there is nothing of these, or they differ."""
    total: Any = None
    for value in values:
        if isinstance(value, bool | str) or value is None:
            continue
        if isinstance(value, Mapping):
            before = total if isinstance(total, dict) else {}
            parts = {name: merged([before.get(name), part]) for name, part in value.items()}
            total = {**before, **{str(name): part for name, part in parts.items() if part is not None}}
        elif isinstance(value, list | tuple):
            total = [*(total if isinstance(total, list) else ()), *value]
        elif isinstance(value, int | float):
            total = (total if isinstance(total, int | float) else 0) + value
    return total
