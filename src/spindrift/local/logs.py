"""Logging of components as pystorm's configuration asks for it, once per component, and taken away again."""

import logging
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from os import getpid
from pathlib import Path
from typing import Any

from pystorm.component import _PYTHON_LOG_LEVELS

from spindrift.errors import ConfigurationError
from spindrift.local.plan import TopologyPlan


class ComponentLogs:
    """Applies `pystorm.log.level`, `.path`, `.file`, `.max_bytes`, `.backup_count`, `.format` and `topology.debug`.

    pystorm adds a handler to the root logger in every process; in one process each component's logger gets its own
    file, and without `pystorm.log.path` messages go where the application's logging sends them.
    """

    def __init__(self, conf: Mapping[str, Any]) -> None:
        self._conf = conf
        self._handlers: list[tuple[logging.Logger, logging.Handler]] = []

    def install(self, plan: TopologyPlan) -> None:
        """Raises ConfigurationError where there can be no such files."""
        debug = str(self._conf.get("topology.debug", False)).lower() == "true"
        level = _PYTHON_LOG_LEVELS.get(str(self._conf.get("pystorm.log.level", "info")).lower(), logging.INFO)
        level = logging.DEBUG if debug else level
        logging.getLogger("pystorm").setLevel(level)
        if debug:
            logging.getLogger("spindrift.local").setLevel(level)
        for component in plan.components.values():
            logger = logging.getLogger(f"pystorm.component.{component.name}")
            logger.setLevel(level)
            if self._conf.get("pystorm.log.path"):
                handler = self._file(plan.name, component.name, component.tasks[0])
                handler.setLevel(level)
                logger.addHandler(handler)
                self._handlers.append((logger, handler))

    def remove(self) -> None:
        """Take away what `install` added."""
        for logger, handler in self._handlers:
            logger.removeHandler(handler)
            handler.close()
        self._handlers.clear()

    def _file(self, topology: str, component: str, task: int) -> logging.Handler:
        conf = self._conf
        pattern = str(conf.get("pystorm.log.file") or "pystorm_{topology_name}_{component_name}_{task_id}_{pid}.log")
        try:
            name = pattern.format(topology_name=topology, component_name=component, task_id=task, pid=getpid())
        except (LookupError, ValueError, AttributeError) as error:
            raise ConfigurationError(
                f"configuration key pystorm.log.file: {pattern!r} is not right ({error!r}); it may name "
                "{topology_name}, {component_name}, {task_id} and {pid}"
            ) from error
        path = Path(str(conf["pystorm.log.path"])) / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"configuration key pystorm.log.path: {path.parent} cannot be made ({error.strerror}); choose another"
            ) from error
        handler = RotatingFileHandler(
            path,
            maxBytes=int(conf.get("pystorm.log.max_bytes", 1_000_000)),
            backupCount=int(conf.get("pystorm.log.backup_count", 10)),
            delay=True,
        )
        default = "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
        handler.setFormatter(logging.Formatter(str(conf.get("pystorm.log.format", default))))
        return handler
