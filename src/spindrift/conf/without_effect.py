"""StormCrawler's keys that are known and change nothing here, each with the reason."""

from collections.abc import Mapping
from typing import Final

_KEYS: Final[Mapping[str, str]] = {
    "fetcher.threads.start.delay": "one thread fetches all, so that there are none to start one after the other",
    "fetcherbolt.queue.debug.filepath": "spindrift status and the metrics show the queues",
    "http.allow.redirects": "every redirect is a URL of its own, with a status",
    "http.protocol.versions": "the HTTP client speaks HTTP/1.1 alone",
    "http.proxy.manager": "http.proxy.file and http.proxy.rotation say which proxies take turns, and how",
    "metadata.transfer.class": "metadata.transfer, .persist and .track.* say what is handed on and kept",
    "navigationfilters.config.file": "no browser drives pages",
    "protocol.instances.num": "one instance of a protocol serves all fetches",
    "spout.reset.fetchdate.after": "the frontier asks its store for what is due, and pages through no results",
    "spout.ttl.purgatory": "a URL is in flight until its tuple is acked or fails",
}
_PREFIXES: Final[Mapping[str, str]] = {
    "okhttp.": "the HTTP client is another one",
    "playwright.": "no browser drives pages",
    "selenium.": "no browser drives pages",
    "urlbuffer.": "the frontier spreads its URLs over the hosts by itself",
    "urlfrontier.": "the frontier is the store of store.url, not a URLFrontier service",
}


def why_without_effect(name: str) -> str | None:
    """Why StormCrawler's key `name` has no effect; None of any other key."""
    if reason := _KEYS.get(name):
        return reason
    return next((reason for prefix, reason in _PREFIXES.items() if name.startswith(prefix)), None)
