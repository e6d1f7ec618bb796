"""Keys of robots.txt, X-Robots-Tag and meta robots."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key(
        "http.robots.agents",
        Kind.TEXTS,
        [],
        "Names looked for in robots.txt, the first with a group decides; none: http.agent.name.",
    ),
    Key("http.robots.403.allow", Kind.FLAG, True, "robots.txt answers 403: allow all (true) or nothing (false)."),
    Key(
        "http.robots.5xx.allow",
        Kind.FLAG,
        False,
        "robots.txt answers 5xx: allow all; by default its host is asked again later.",
    ),
    Key("http.robots.file.skip", Kind.FLAG, False, "Ignore robots.txt."),
    Key("http.robots.headers.skip", Kind.FLAG, False, "Ignore X-Robots-Tag."),
    Key("http.robots.meta.skip", Kind.FLAG, False, "Ignore meta robots."),
    Key(
        "http.robots.content.limit",
        Kind.INTEGER,
        500 * 1024,
        "Bytes of robots.txt that are read (RFC 9309 asks for at least 500 KiB). StormCrawler: no limit of its own.",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "robots.noFollow.strict",
        Kind.FLAG,
        True,
        "Drop the links of a nofollow page; false: keep them without their anchors.",
    ),
    Key(
        "robots.cache.spec",
        Kind.TEXT,
        "maximumSize=10000,expireAfterWrite=6h",
        "Size and age of the cache of robots.txt rules.",
    ),
    Key(
        "robots.error.cache.spec",
        Kind.TEXT,
        "maximumSize=10000,expireAfterWrite=1h",
        "The same for robots.txt that could not be fetched: how long to wait before it is asked for again.",
    ),
)
