"""Metrics as the configuration wants them shown."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from spindrift.conf import Settings

if TYPE_CHECKING:
    from spindrift.local.stats import TopologyStats

log = logging.getLogger("spindrift.metrics")


def wanted(settings: Settings) -> bool:
    """Whether `metrics.port` or `metrics.log.interval` asks for metrics; components must report them then."""
    return settings.limit("metrics.port") is not None or settings.seconds_or_none("metrics.log.interval") is not None


@contextmanager
def exposed(
    settings: Settings, stats: "Callable[[], TopologyStats]", statuses: Callable[[], Mapping[str, int]] = dict
) -> Iterator[str | None]:
    """Serve and log metrics as `metrics.port`, `metrics.host` and `metrics.log.interval` say, while this lasts.

    Gives the address that they are served at, None where they are not. Where nothing is wanted nothing is done.
    Raises ConfigurationError where the port cannot be opened.
    """
    if not wanted(settings):
        yield None
        return
    from spindrift.metrics.log import MetricsLog
    from spindrift.metrics.reading import MetricsReader
    from spindrift.metrics.server import MetricsServer

    log.setLevel(logging.INFO)
    window = settings.seconds("fetcher.metrics.time.bucket.secs")
    address = None
    with ExitStack() as stack:
        port = settings.limit("metrics.port")
        if port is not None:
            reader = MetricsReader(stats, statuses, window=window)
            server = MetricsServer(reader.read, settings.text("metrics.host"), port)
            stack.callback(server.close)
            address = server.url
            log.info("metrics: %s (JSON), %smetrics (Prometheus)", address, address)
        interval = settings.seconds_or_none("metrics.log.interval")
        if interval is not None:
            stack.callback(MetricsLog(MetricsReader(stats, statuses, window=window).read, interval).close)
        yield address
