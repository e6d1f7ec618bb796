"""Keys of the spouts: seeds and frontier."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key("seeds", Kind.TEXTS, [], "Seed URLs, or files with one URL a line and optional tab-separated key=value."),
    Key(
        "spout.max.urls.per.key",
        Kind.INTEGER,
        10,
        "Most URLs of one partition key (host) in a batch, and in flight; more in flight for a host that is quick.",
        minimum=1,
    ),
    Key("spout.batch.size", Kind.INTEGER, 1000, "Most URLs taken from the frontier at once.", minimum=1),
    Key(
        "spout.min.delay.queries",
        Kind.DURATION,
        200.0,
        "Shortest time between two questions to the frontier.",
        unit="ms",
        minimum=0,
    ),
    Key(
        "spout.max.delay.queries",
        Kind.DURATION,
        20000.0,
        "Longest time between two questions to the frontier while it has nothing due.",
        unit="ms",
        minimum=0,
    ),
    Key(
        "spout.max.replays",
        Kind.INTEGER,
        10,
        "A URL whose tuple failed this many times in a row is stored as FETCH_ERROR instead of being replayed again.",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "crawl.max.pages",
        Kind.INTEGER,
        -1,
        "Stop handing out URLs when this many pages were fetched in this run: stored as FETCHED, so that redirects,"
        " errors and refused pages do not count, unchanged pages (304) and those that must not be indexed do.",
        minimum=0,
        none_is_minus_one=True,
    ),
)
