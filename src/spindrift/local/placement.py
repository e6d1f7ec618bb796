"""Which tasks run in processes of their own."""

import sys
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from spindrift.conf import Settings
from spindrift.local.plan import ComponentPlan, TopologyPlan


def tasks_in_processes(plan: TopologyPlan, conf: Mapping[str, Any]) -> set[int]:
    """With `topology.workers` above 1, that many tasks.

    Those of the components whose config has `topology.local.process`; where none has, the bolts' tasks, one of each
    bolt in turn in the order of the topology. Never a class that another process could not import by its name.
    """
    workers = Settings(conf).integer("topology.workers")
    if workers < 2:
        return set()
    movable = [component for component in plan.components.values() if _importable(component.cls)]
    marked = [each for each in movable if Settings({**conf, **each.conf}).flag("topology.local.process")]
    chosen: list[ComponentPlan] = marked or [each for each in movable if not each.is_spout]
    in_turn = [task for row in zip_longest(*(each.tasks for each in chosen)) for task in row if task is not None]
    return set(in_turn[:workers])


def _importable(cls: type[Any]) -> bool:
    return getattr(sys.modules.get(cls.__module__), cls.__qualname__, None) is cls and cls.__module__ != "__main__"
