"""Keys of what a running topology tells of itself."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key(
        "metrics.port",
        Kind.INTEGER,
        None,
        "Serve the metrics of a running topology over HTTP on this port: / is JSON, /metrics Prometheus text. "
        "0: any free port; none: off.",
        minimum=0,
    ),
    Key(
        "metrics.host",
        Kind.TEXT,
        "127.0.0.1",
        "Address that metrics.port is opened on. Other machines can read it at 0.0.0.0; there is no password.",
    ),
    Key(
        "metrics.log.interval",
        Kind.DURATION,
        None,
        "Log the metrics, a line a component, every so often; none: never.",
        unit="s",
        minimum=0.1,
    ),
    Key("metrics.hosts", Kind.INTEGER, 100, "Hosts with most fetches that metrics tell of one by one.", minimum=0),
    Key(
        "fetcher.metrics.time.bucket.secs",
        Kind.DURATION,
        10.0,
        "Time over which rates a second are averaged.",
        unit="s",
        minimum=1,
    ),
)
