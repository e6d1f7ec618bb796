"""What a running topology tells of itself: as JSON, for Prometheus, in the log."""

from spindrift.metrics.exposure import exposed, wanted

__all__ = ["exposed", "wanted"]
