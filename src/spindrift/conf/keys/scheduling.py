"""Keys of the status updater: when a URL is due again, and which metadata it keeps."""

import re

from spindrift.conf.key import Key, KeyFamily, Kind

KEYS = (
    Key(
        "fetchInterval.default",
        Kind.DURATION,
        1440.0,
        "A page is due again after this; -1: never.",
        unit="min",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "fetchInterval.fetch.error",
        Kind.DURATION,
        120.0,
        "A page that could not be fetched is due again after this; -1: never.",
        unit="min",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "fetchInterval.error",
        Kind.DURATION,
        -1.0,
        "A page that was given up is due again after this; -1: never.",
        unit="min",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "max.fetch.errors",
        Kind.INTEGER,
        3,
        "Fetch errors in a row after which a URL gets ERROR. Its own answers 429, or 503 with Retry-After, count after "
        "as many of them in a row; that its host or robots.txt has to be waited for never does.",
        minimum=1,
    ),
    Key(
        "scheduler.class",
        Kind.TEXT,
        "DefaultScheduler",
        "Scheduler: DefaultScheduler, AdaptiveScheduler, or a Python path of a class with the same method.",
    ),
    Key(
        "scheduler.sitemap.lastmod",
        Kind.FLAG,
        True,
        "A page whose sitemap says that it has changed since it was fetched is due at once. StormCrawler: no.",
    ),
    Key(
        "scheduler.sitemap.changefreq",
        Kind.FLAG,
        True,
        "A page that a sitemap gives a changefreq is due again after that, within the adaptive scheduler's bounds, "
        "where no fetchInterval.key=value says otherwise. StormCrawler: no.",
    ),
    Key(
        "scheduler.adaptive.fetchInterval.min",
        Kind.DURATION,
        60.0,
        "AdaptiveScheduler: shortest interval, which a page that always changes comes near to.",
        unit="min",
        minimum=1,
    ),
    Key(
        "scheduler.adaptive.fetchInterval.max",
        Kind.DURATION,
        14 * 1440.0,
        "AdaptiveScheduler: longest interval, that of a page that never changes.",
        unit="min",
        minimum=1,
    ),
    Key(
        "scheduler.adaptive.fetchInterval.rate.incr",
        Kind.NUMBER,
        0.5,
        "AdaptiveScheduler: the part by which the interval grows when a page has not changed.",
        minimum=0,
    ),
    Key(
        "scheduler.adaptive.fetchInterval.rate.decr",
        Kind.NUMBER,
        0.5,
        "AdaptiveScheduler: the part (0 to 1) by which the interval comes closer to the shortest when a page has "
        "changed.",
        minimum=0,
    ),
    Key(
        "scheduler.adaptive.setLastModified",
        Kind.FLAG,
        False,
        "AdaptiveScheduler: when the signature changes, keep the time as last-modified, for conditional requests.",
    ),
    Key("status.updater.use.cache", Kind.FLAG, True, "Remember which URLs were discovered, and store them once."),
    Key(
        "status.updater.cache.spec",
        Kind.TEXT,
        "maximumSize=100000,expireAfterAccess=1h",
        "Size and age of that memory (StormCrawler: maximumSize=10000).",
    ),
    Key(
        "status.updater.unit.round.date",
        Kind.TEXT,
        "SECOND",
        "Unit to which the next fetch date is rounded.",
        choices=("SECOND", "MINUTE", "HOUR"),
    ),
    Key(
        "metadata.transfer",
        Kind.TEXTS,
        [],
        "Metadata that a page hands to its links and keeps itself; a * at the end matches any rest.",
    ),
    Key(
        "metadata.persist",
        Kind.TEXTS,
        [
            "_redirTo",
            "error.cause",
            "error.message",
            "error.source",
            "fetch.exception",
            "fetch.statusCode",
            "http.trimmed",
            "http.trimmed.reason",
            "isSitemap",
            "isFeed",
            "protocol.etag",
            "protocol.last-modified",
        ],
        "Metadata that is stored with a URL and not handed on; a * at the end matches any rest. Why a URL failed, and "
        "how it is to be asked for (http.accept, set-header, crawl.delay, ...), is stored always. "
        "StormCrawler's default lacks etag and last-modified, without which no request is conditional, and "
        "error.message, fetch.exception, fetch.statusCode and http.trimmed, without which nobody can tell why a fetch "
        "failed, or that a page is cut.",
    ),
    Key(
        "metadata.track.path",
        Kind.FLAG,
        True,
        "Keep the chain of pages that led to a URL (url.path): the first and the last 19.",
    ),
    Key("metadata.track.depth", Kind.FLAG, True, "Keep the number of links from the seed (depth)."),
)

FAMILIES = (
    KeyFamily(
        "fetchInterval(.STATUS).key=value",
        re.compile(r"fetchInterval(?:\.(?P<status>[A-Z_]+))?\.(?P<key>[^=]+)=(?P<value>.+)"),
        Key(
            "fetchInterval(.STATUS).key=value",
            Kind.DURATION,
            None,
            "Interval of the pages whose metadata has the value, such as fetchInterval.FETCH_ERROR.isFeed=true.",
            unit="min",
            minimum=0,
            none_is_minus_one=True,
        ),
    ),
)
