"""Where what must last is kept."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key(
        "store.url",
        Kind.TEXT,
        "sqlite:///crawl.db",
        "Status store, frontier and documents: sqlite:///FILE, or a file; memory: is gone when the crawl ends, and "
        "takes 1 GiB at most.",
    ),
    Key(
        "store.commit.interval",
        Kind.DURATION,
        100.0,
        "Longest time that writes are gathered before they are committed together.",
        unit="ms",
        minimum=0,
    ),
    Key("store.commit.size", Kind.INTEGER, 5000, "Most writes that are committed together.", minimum=1),
)
