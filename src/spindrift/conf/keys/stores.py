"""Where what must last is kept."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key(
        "store.url",
        Kind.TEXT,
        "sqlite:///crawl.db",
        "Status store, frontier and documents: sqlite:///FILE, or a file; memory: is gone when the crawl ends, and "
        "takes 1 GiB at most; elasticsearch://HOST:9200/PREFIX or opensearch://HOST:9200/PREFIX.",
        server=True,
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
    Key("store.search.user", Kind.TEXT, None, "User of Elasticsearch or OpenSearch."),
    Key(
        "store.search.password",
        Kind.TEXT,
        None,
        "Password of store.search.user; better in the environment: SPINDRIFT_STORE_PASSWORD.",
        secret=True,
    ),
    Key(
        "store.search.api.key",
        Kind.TEXT,
        None,
        "API key, encoded, where there is no user; better in the environment: SPINDRIFT_STORE_API_KEY.",
        secret=True,
    ),
    Key("store.search.tls", Kind.FLAG, False, "Connect by HTTPS, where store.url does not say ?tls=true or false."),
    Key("store.search.tls.ca.file", Kind.TEXT, None, "File with the authority's certificate; none: the system's."),
    Key("store.search.tls.verify", Kind.FLAG, True, "Whether the server's certificate must be right."),
    Key(
        "store.search.shards",
        Kind.INTEGER,
        4,
        "Shards of the status index, and of the documents', when they are made: the frontier spout can have as many "
        "tasks.",
        minimum=1,
    ),
    Key("store.search.replicas", Kind.INTEGER, 0, "Copies of each shard, when the indices are made.", minimum=0),
    Key("store.search.bulk.size", Kind.INTEGER, 1000, "Most documents of one bulk request.", minimum=1),
    Key("store.search.bulk.bytes", Kind.INTEGER, 5_000_000, "Most bytes of one bulk request.", minimum=1),
    Key(
        "store.search.bulk.interval",
        Kind.DURATION,
        500.0,
        "Longest time that writes are gathered before they are sent together.",
        unit="ms",
        minimum=0,
    ),
    Key(
        "store.search.timeout",
        Kind.DURATION,
        30.0,
        "Longest time for the answer to one request.",
        unit="s",
        minimum=0.1,
    ),
    Key(
        "store.search.patience",
        Kind.DURATION,
        300.0,
        "For how long a server that is away, or refuses for too many requests, is waited for.",
        unit="s",
        minimum=0,
    ),
)
