"""Keys of sitemaps and feeds."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key(
        "sitemap.discovery",
        Kind.FLAG,
        True,
        "Emit the sitemaps that robots.txt names as DISCOVERED; metadata of the same name comes before it. "
        "StormCrawler: false, but true in its archetype.",
    ),
    Key(
        "sitemap.offset.guess",
        Kind.INTEGER,
        300,
        "First bytes in which a sitemap is looked for where the metadata isSitemap is not given; 0: all.",
        minimum=0,
    ),
    Key(
        "sitemap.extensions",
        Kind.TEXTS,
        [],
        "Extensions whose values become metadata of the links (NEWS.title, ...): IMAGE, LINKS, MOBILE, NEWS, VIDEO. "
        "Kept where metadata.persist names them (NEWS.*).",
    ),
    Key(
        "sitemap.filter.hours.since.modified",
        Kind.DURATION,
        -1.0,
        "Entries that were modified longer ago than this are left out.",
        unit="h",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "sitemap.schedule.delay",
        Kind.DURATION,
        -1.0,
        "The sitemaps of an index are due one after the other, each so much later than the one before.",
        unit="min",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "sitemap.other.hosts",
        Kind.FLAG,
        False,
        "Take URLs of any host from a sitemap, as StormCrawler does; else those of its own host, and of hosts whose "
        "robots.txt names it.",
    ),
    Key(
        "sitemap.max.bytes",
        Kind.INTEGER,
        50 * 1024 * 1024,
        "Bytes of a sitemap, unpacked, that are read (the protocol's limit).",
        minimum=1,
        none_is_minus_one=True,
    ),
    Key(
        "sitemap.max.urls",
        Kind.INTEGER,
        50_000,
        "URLs of a sitemap that are read (the protocol's limit).",
        minimum=1,
        none_is_minus_one=True,
    ),
    Key(
        "feed.sniffContent",
        Kind.FLAG,
        True,
        "Find RSS and Atom by their type or first bytes; false: by the metadata isFeed=true alone, StormCrawler's "
        "default.",
    ),
    Key(
        "feed.filter.hours.since.published",
        Kind.DURATION,
        -1.0,
        "Entries that were published longer ago than this are left out.",
        unit="h",
        minimum=0,
        none_is_minus_one=True,
    ),
)
