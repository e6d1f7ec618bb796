"""Keys of the HTTP protocol."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key(
        "http.agent.name",
        Kind.TEXT,
        None,
        "Required: who crawls, in letters, - and _ (RFC 9309); selects the rules of robots.txt.",
    ),
    Key("http.agent.version", Kind.TEXT, None, "Version, for the User-Agent."),
    Key("http.agent.description", Kind.TEXT, None, "Description, for the User-Agent."),
    Key("http.agent.url", Kind.TEXT, None, "Page about the crawler, for the User-Agent."),
    Key("http.agent.email", Kind.TEXT, None, "Address of who runs it, for the User-Agent."),
    Key("http.agent", Kind.TEXT, None, "User-Agent, verbatim, in place of the one made of the parts above."),
    Key("http.accept", Kind.TEXT, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept header."),
    Key("http.accept.language", Kind.TEXT, "en-us,en-gb,en;q=0.7,*;q=0.3", "Accept-Language header."),
    Key(
        "http.content.limit",
        Kind.INTEGER,
        10 * 1024 * 1024,
        "Bytes of a body, decoded, that are kept; the rest is cut off and marked http.trimmed. "
        "StormCrawler has no limit by default.",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "http.timeout",
        Kind.DURATION,
        10000.0,
        "Time to connect, and longest silence of a server.",
        unit="ms",
        minimum=0.001,
    ),
    Key(
        "http.timeout.total",
        Kind.DURATION,
        120.0,
        "Longest time for a whole response, headers and body.",
        unit="s",
        minimum=0.001,
    ),
    Key(
        "http.content.partial.as.trimmed",
        Kind.FLAG,
        False,
        "Keep what had arrived when a connection broke, marked http.trimmed, in place of an error.",
    ),
    Key(
        "http.retry.on.connection.failure",
        Kind.FLAG,
        True,
        "Ask once more, after the pause of the host, when a kept-alive connection turns out to be closed.",
    ),
    Key("http.trust.everything", Kind.FLAG, False, "Do not verify TLS certificates. StormCrawler's default is true."),
    Key(
        "http.allow.private.addresses",
        Kind.FLAG,
        False,
        "Let pages of public hosts lead to private and loopback addresses.",
    ),
    Key("protocol.md.prefix", Kind.TEXT, "protocol.", "Prefix of response headers among the metadata."),
)
