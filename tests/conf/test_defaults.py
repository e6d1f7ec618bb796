"""Defaults are those of crawler-default.yaml and of Storm; of another one its meaning says so."""

import pytest

from spindrift.conf import KEYS
from spindrift.conf.key import Value

STORMCRAWLER: dict[str, Value] = {
    "fetcher.server.delay": 1.0,
    "fetcher.server.min.delay": 0.0,
    "fetcher.queue.mode": "byHost",
    "fetcher.threads.per.queue": 1,
    "fetcher.threads.number": 10,
    "fetcher.max.urls.in.queues": -1,
    "fetcher.max.queue.size": -1,
    "fetcher.timeout.queue": -1,
    "fetcher.max.crawl.delay": 30,
    "fetcher.max.crawl.delay.force": False,
    "fetcher.server.delay.force": False,
    "fetcher.metrics.time.bucket.secs": 10,
    "fetcher.max.throttle.sleep": -1,
    "partition.url.mode": "byHost",
    "metadata.persist": ["_redirTo", "error.cause", "error.source", "isSitemap", "isFeed"],
    "metadata.track.path": True,
    "metadata.track.depth": True,
    "http.accept.language": "en-us,en-gb,en;q=0.7,*;q=0.3",
    "http.accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "http.content.limit": -1,
    "http.store.headers": False,
    "http.timeout": 10000,
    "http.content.partial.as.trimmed": False,
    "http.retry.on.connection.failure": True,
    "http.robots.403.allow": True,
    "http.robots.5xx.allow": False,
    "http.robots.file.skip": False,
    "http.robots.headers.skip": False,
    "http.robots.meta.skip": False,
    "robots.noFollow.strict": True,
    "http.robots.content.limit": -1,
    "robots.cache.spec": "maximumSize=10000,expireAfterWrite=6h",
    "robots.error.cache.spec": "maximumSize=10000,expireAfterWrite=1h",
    "protocols": "http,https,file",
    "protocol.md.prefix": "protocol.",
    "jsoup.treat.non.html.as.error": True,
    "parser.emitOutlinks": True,
    "parser.emitOutlinks.max.per.page": -1,
    "track.anchors": True,
    "detect.mimetype": True,
    "detect.charset.maxlength": 10000,
    "textextractor.skip.after": -1,
    "sitemap.filter.hours.since.modified": -1,
    "sitemap.schedule.delay": -1,
    "sitemap.discovery": False,
    "sitemap.extensions": None,
    "scheduler.class": "org.apache.stormcrawler.persistence.DefaultScheduler",
    "fetchInterval.default": 1440,
    "fetchInterval.fetch.error": 120,
    "fetchInterval.error": -1,
    "max.fetch.errors": 3,
    "status.updater.use.cache": True,
    "status.updater.cache.spec": "maximumSize=10000,expireAfterAccess=1h",
    "status.updater.unit.round.date": "SECOND",
    "indexer.ignore.empty.fields": False,
    "indexer.url.fieldname": "url",
    "indexer.text.fieldname": "content",
    "indexer.text.maxlength": -1,
    "indexer.canonical.name": "canonical",
    "indexer.md.mapping": ["parse.title=title", "parse.keywords=keywords", "parse.description=description"],
    "feed.sniffContent": False,
    "http.trust.everything": True,
    "http.use.cookies": False,
    "jsoup.ignore.meta.redirections": False,
    "feed.filter.hours.since.published": -1,
    "sitemap.offset.guess": 300,
    "http.proxy.port": 8080,
    "http.proxy.rotation": "ROUND_ROBIN",
    "http.proxy.type": "HTTP",
    "urlfilters.config.file": None,
    "parsefilters.config.file": None,
    "textextractor.no.text": False,
}
STORM: dict[str, Value] = {
    "topology.name": None,
    "topology.debug": False,
    "topology.workers": 1,
    "topology.acker.executors": None,
    "topology.message.timeout.secs": 30,
    "topology.max.spout.pending": None,
    "topology.tick.tuple.freq.secs": None,
    "topology.executor.receive.buffer.size": 32768,
    "topology.sleep.spout.wait.strategy.time.ms": 1,
    "topology.subprocess.timeout.secs": 30,
}
"""Those of their keys that are read here."""


@pytest.mark.parametrize(("name", "theirs"), [*STORMCRAWLER.items(), *STORM.items()])
def test_where_a_default_is_another_one_its_meaning_says_so(name: str, theirs: Value) -> None:
    key = KEYS[name]
    if _value(name, key.default) != _value(name, theirs):
        assert "Storm" in key.meaning


def test_all_of_storm_s_keys_are_compared() -> None:
    ours = {"topology.local.process"}
    assert {name for name in KEYS if name.startswith("topology.")} == {*STORM, *ours}


def _value(name: str, value: Value) -> Value:
    if value is None or value in ("", []):
        return None
    if name == "scheduler.class":
        return str(value).rpartition(".")[2]
    return KEYS[name].parse(value)
