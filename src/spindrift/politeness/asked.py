"""What the metadata of a URL asks of its queue."""

from spindrift.conf.durations import parse_duration
from spindrift.metadata import Metadata, first

DELAY = "crawl.delay"
MIN_DELAY = "crawl.min.delay"
THREADS = "max.threads.queue"


def delays_asked(metadata: Metadata) -> tuple[float, float] | None:
    """crawl.delay and crawl.min.delay in seconds, as fetcher.server.delay and .min.delay are; None for none."""
    if DELAY not in metadata and MIN_DELAY not in metadata:
        return None
    return _seconds(metadata, DELAY), _seconds(metadata, MIN_DELAY)


def threads_asked(metadata: Metadata) -> int | None:
    """max.threads.queue: concurrent requests of the queue; None for none."""
    if THREADS not in metadata:
        return None
    value = first(metadata, THREADS) or ""
    return int(value) if value.isascii() and value.isdigit() and 0 < len(value) < 5 and int(value) > 0 else None


def _seconds(metadata: Metadata, key: str) -> float:
    """0 for what is no duration: a slip in a seed must not stop its host for ever."""
    try:
        return max(0.0, parse_duration(first(metadata, key) or "0", "s"))
    except ValueError:
        return 0.0
