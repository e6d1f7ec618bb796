"""Which of its component's tasks a component is."""

from collections.abc import Mapping
from typing import Any


def task_position(context: Mapping[str, Any]) -> tuple[int, int]:
    """The position of this task among those of its component, and how many they are, from Storm's context."""
    components = {int(task): name for task, name in context.get("task->component", {}).items()}
    own = context.get("taskid")
    if own is None or int(own) not in components:
        return 0, 1
    tasks = sorted(task for task, name in components.items() if name == components[int(own)])
    return tasks.index(int(own)), len(tasks)
