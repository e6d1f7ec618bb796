"""The interface of schedulers, and how one is found by the key `scheduler.class`."""

import importlib
from typing import Protocol

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.metadata import Metadata
from spindrift.status import Status


class Scheduler(Protocol):
    """Says when a URL is due. A class with a constructor that takes `Settings` is enough; it may keep state in
    `metadata`, which is stored as far as `metadata.persist` and `metadata.transfer` say, or an attribute `persisted`
    (names of metadata) of the scheduler.

        class Hourly:
            def __init__(self, settings): ...
            def schedule(self, status, metadata, now):
                return now + 3600
    """

    def schedule(self, status: Status, metadata: Metadata, now: float) -> float | None:
        """Seconds since the epoch at which the URL is due; None: never. Sees all metadata of the fetch."""
        ...


def load_scheduler(settings: Settings) -> Scheduler:
    """The scheduler of `scheduler.class`: a short name, a Python path, or StormCrawler's Java class name.

    Raises ConfigurationError when there is no such class, or it has no `schedule`.
    """
    name = settings.text("scheduler.class")
    # The short names, and org.apache.stormcrawler.persistence.DefaultScheduler, which is the same.
    path = name if "." in name else f"spindrift.scheduling.{name}"
    if name.startswith(("org.apache.stormcrawler.", "com.digitalpebble.stormcrawler.")):
        path = f"spindrift.scheduling.{name.rpartition('.')[2]}"
    module, _, attribute = path.rpartition(".")
    try:
        cls = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"configuration key scheduler.class: {name!r} is not there ({error}); expected DefaultScheduler, "
            "AdaptiveScheduler or the Python path of a class, such as my_project.scheduling.Hourly"
        ) from error
    if not callable(getattr(cls, "schedule", None)):
        raise ConfigurationError(
            f"configuration key scheduler.class: {name!r} has no method schedule(status, metadata, now)"
        )
    scheduler: Scheduler = cls(settings)
    return scheduler
