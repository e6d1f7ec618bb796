"""What test components saw, as JSON lines in a file: works the same in a thread, in a process and on a Storm worker."""

import json
import os
from pathlib import Path
from typing import Any

import spindrift  # noqa: F401 - guards the components that keep journals, on Storm


class Journal:
    """Appends events to the file that the configuration names (`test.journal`)."""

    def __init__(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        self._file = os.open(conf["test.journal"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._who = {"component": context["componentid"], "task": context["taskid"]}
        self.write("began")

    def write(self, event: str, **details: Any) -> None:
        """One line, in one write."""
        line = json.dumps({**self._who, "event": event, **details}, default=repr) + "\n"
        os.write(self._file, line.encode())


def read_journal(path: Path) -> list[dict[str, Any]]:
    """All events so far; not the last of them when it is just being written."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]
