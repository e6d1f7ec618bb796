"""When a URL is due again, and what becomes of it after each fetch."""

from spindrift.scheduling.adaptive import AdaptiveScheduler
from spindrift.scheduling.default import DefaultScheduler
from spindrift.scheduling.lifecycle import Outcome, UrlLifecycle
from spindrift.scheduling.scheduler import Scheduler, load_scheduler

__all__ = ["AdaptiveScheduler", "DefaultScheduler", "Outcome", "Scheduler", "UrlLifecycle", "load_scheduler"]
