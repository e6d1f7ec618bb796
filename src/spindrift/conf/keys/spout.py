"""Keys of the spouts: seeds and frontier."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key(
        "seeds",
        Kind.TEXTS,
        [],
        "Seed URLs, or files with one URL a line and optional tab-separated key=value; also folders of such files, and "
        "patterns (seeds/*.txt).",
    ),
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
        2,
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
    Key(
        "crawl.max.items",
        Kind.INTEGER,
        -1,
        "`spindrift crawl` stops when so many pages were put into the index in this run. As with those below, what "
        "is in flight is still finished.",
        minimum=1,
        none_is_minus_one=True,
    ),
    Key(
        "crawl.max.errors",
        Kind.INTEGER,
        -1,
        "`spindrift crawl` stops when so many URLs could not be fetched in this run; those that are forbidden by "
        "robots.txt, and those that are merely put off, do not count.",
        minimum=1,
        none_is_minus_one=True,
    ),
    Key(
        "crawl.max.bytes",
        Kind.INTEGER,
        -1,
        "`spindrift crawl` stops when the answers of this run had so many bytes, decoded. What is in flight is "
        "still finished, and comes on top.",
        minimum=1,
        none_is_minus_one=True,
    ),
    Key(
        "crawl.max.time",
        Kind.DURATION,
        -1.0,
        "`spindrift crawl` stops so long after it has given out its first URL, as with --time.",
        unit="s",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "crawl.max.time.no.item",
        Kind.DURATION,
        -1.0,
        "`spindrift crawl` stops when for so long no page was put into the index.",
        unit="s",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "crawl.max.pages.no.item",
        Kind.INTEGER,
        -1,
        "`spindrift crawl` stops when so many answers in a row brought no page for the index. Not exact: pages are "
        "indexed later than they are answered, so it waits for 3 s without a new one; what is fetched meanwhile, and "
        "what is in flight then, comes on top.",
        minimum=1,
        none_is_minus_one=True,
    ),
    Key(
        "crawl.max.urls.per.host",
        Kind.INTEGER,
        -1,
        "Most URLs of a host (partition key) in the store; further links to it are left out, seeds are not. Holds "
        "calendars that go on for ever.",
        minimum=1,
        none_is_minus_one=True,
    ),
)
