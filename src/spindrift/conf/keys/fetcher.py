"""Keys of the fetcher: queues and politeness."""

import re

from spindrift.conf.key import Key, KeyFamily, Kind

KEYS = (
    Key(
        "partition.url.mode",
        Kind.TEXT,
        "byHost",
        "What URLs are grouped by: host, registered domain or IP address.",
        choices=("byHost", "byDomain", "byIP"),
    ),
    Key(
        "fetcher.queue.mode",
        Kind.TEXT,
        "byHost",
        "Key of the fetcher's queues where a tuple brings none.",
        choices=("byHost", "byDomain", "byIP"),
    ),
    Key("fetcher.threads.number", Kind.INTEGER, 10, "Concurrent fetches of a fetcher task.", minimum=1),
    Key("fetcher.threads.per.queue", Kind.INTEGER, 1, "Concurrent fetches a queue (host).", minimum=1),
    Key(
        "fetcher.server.delay",
        Kind.DURATION,
        1.0,
        "Pause between the end of one response and the start of the next request to the same queue.",
        unit="s",
        minimum=0,
    ),
    Key(
        "fetcher.server.min.delay",
        Kind.DURATION,
        0.0,
        "The same pause where a queue has more than one thread.",
        unit="s",
        minimum=0,
    ),
    Key(
        "fetcher.server.delay.force",
        Kind.FLAG,
        False,
        "Never go below fetcher.server.delay, even where robots.txt asks for less.",
    ),
    Key(
        "fetcher.server.delay.randomize",
        Kind.FLAG,
        False,
        "Pauses of random lengths: each is drawn from once to twice what fetcher.server.delay or robots.txt asks for, "
        "one and a half times on average. Never shorter: what a host asks for is kept.",
    ),
    Key(
        "fetcher.max.crawl.delay",
        Kind.DURATION,
        30.0,
        "Longest Crawl-delay that is accepted from robots.txt; fetcher.max.crawl.delay.force says what happens above.",
        unit="s",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "fetcher.max.crawl.delay.force",
        Kind.TEXT,
        "false",
        "Crawl-delay above the maximum. false: its URLs get ERROR (crawl_delay); true: the maximum is used; "
        "slow: the long delay is honoured.",
        choices=("false", "true", "slow"),
    ),
    Key(
        "fetcher.max.urls.in.queues",
        Kind.INTEGER,
        -1,
        "URLs queued and in progress at which the fetcher takes no more tuples.",
        minimum=1,
        none_is_minus_one=True,
    ),
    Key(
        "fetcher.max.bytes.in.flight",
        Kind.INTEGER,
        32 * 1024 * 1024,
        "Bytes of pages that are being received, or are still held by bolts of the same process, at which bodies of "
        "more than 256 KiB wait. While bolts hold half of it, no fetch is started.",
        minimum=1,
        none_is_minus_one=True,
    ),
    Key(
        "fetcher.max.queue.size",
        Kind.INTEGER,
        -1,
        "Most URLs waiting in one queue; further tuples fail and are replayed.",
        minimum=1,
        none_is_minus_one=True,
    ),
    Key(
        "fetcher.timeout.queue",
        Kind.DURATION,
        -1.0,
        "A URL that waited longer than this in its queue goes back to the frontier.",
        unit="s",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "fetcher.backoff.min",
        Kind.DURATION,
        30.0,
        "First pause of a host that answers 429 or 503 without Retry-After, or fails repeatedly; doubles each time.",
        unit="s",
        minimum=0,
    ),
    Key(
        "fetcher.backoff.max",
        Kind.DURATION,
        24 * 3600.0,
        "Longest such pause, also of a Retry-After.",
        unit="s",
        minimum=0,
    ),
    Key(
        "fetcher.backoff.failures",
        Kind.INTEGER,
        5,
        "Failures in a row (connection, time-out, 5xx) after which a host is paused.",
        minimum=1,
    ),
    Key(
        "fetcher.retry.times",
        Kind.INTEGER,
        0,
        "How often a failed URL is asked for again at once (after its host's pause), before it gets FETCH_ERROR and "
        "fetchInterval.fetch.error. Scrapy: 2. Metadata max.retry.times says it for one URL.",
        minimum=0,
    ),
    Key(
        "fetcher.retry.codes",
        Kind.TEXTS,
        ["500", "502", "503", "504", "522", "524", "408", "429"],
        "Status codes that are asked for again, beside failures without an answer; 429 and Retry-After hold the host.",
    ),
    Key("fetcher.autothrottle", Kind.FLAG, False, "Adjust the pause of each queue to how quickly its server answers."),
    Key(
        "fetcher.autothrottle.start.delay",
        Kind.DURATION,
        5.0,
        "First pause of a queue that is adjusted.",
        unit="s",
        minimum=0,
    ),
    Key("fetcher.autothrottle.max.delay", Kind.DURATION, 60.0, "Longest such pause.", unit="s", minimum=0),
    Key(
        "fetcher.autothrottle.target.concurrency",
        Kind.NUMBER,
        1.0,
        "Requests that a server should have to work on at a time, on average.",
        minimum=0,
    ),
    Key(
        "fetcher.max.throttle.sleep",
        Kind.DURATION,
        -1.0,
        "SimpleFetcherBolt: longest it sleeps until a host may be asked; a URL that would have to wait longer is put "
        "aside meanwhile.",
        unit="ms",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key("redirections.allowed", Kind.FLAG, True, "Emit the target of a redirect as DISCOVERED."),
)

FAMILIES = (
    KeyFamily(
        "fetcher.maxThreads.<regex>",
        re.compile(r"fetcher\.maxThreads\.(?P<regex>.*)"),
        Key(
            "fetcher.maxThreads.<regex>",
            Kind.INTEGER,
            None,
            "Concurrent fetches of the queues whose key matches the regular expression.",
            minimum=1,
        ),
    ),
    KeyFamily(
        "fetcher.serverDelay.<regex>",
        re.compile(r"fetcher\.serverDelay\.(?P<regex>.*)"),
        Key(
            "fetcher.serverDelay.<regex>",
            Kind.DURATION,
            None,
            "Pause of the queues whose key matches the regular expression, in place of fetcher.server.delay.",
            unit="s",
            minimum=0,
        ),
    ),
)
