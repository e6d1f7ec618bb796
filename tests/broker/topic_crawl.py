"""A crawl between topics, without a network."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import uuid4

import orjson
from streamparse import Bolt

from spindrift.bolts.fetch import FetcherBolt
from spindrift.broker import Broker, Message, Record, open_broker
from spindrift.conf import Settings
from spindrift.store import open_store
from spindrift.testing import run_topology
from spindrift.topologies.crawl_kafka import KafkaCrawlTopology
from tests.broker.reading import read, wait_until, write

_PAGES: Final = {
    "http://a.example/": b"<title>Home</title><a href='/tides'>tides</a><a href='/hidden'>hidden</a>",
    "http://a.example/tides": b"<title>Tides</title><p>The spring tide.</p><a href='/gone'>gone</a>",
    "http://a.example/hidden": b"<title>Hidden</title><meta name='robots' content='noindex'><p>Not for you.</p>",
}
_WANTED: Final = {
    "http://a.example/": "FETCHED",
    "http://a.example/tides": "FETCHED",
    "http://a.example/hidden": "FETCHED",
    "http://a.example/gone": "FETCH_ERROR",
}


class Library(Bolt):
    """Serves pages."""

    outputs: ClassVar = FetcherBolt.outputs

    def process(self, tup: Any) -> None:
        url, _key, metadata = tup.values
        if url in _PAGES:
            headers = {"protocol.content-type": ["text/html"], "fetch.statusCode": ["200"]}
            self.emit([url, _PAGES[url], {**metadata, **headers}])
        else:
            self.emit([url, {**metadata, "fetch.statusCode": ["404"]}, "FETCH_ERROR"], stream="status")


def crawl_between_topics(conf: Mapping[str, Any], folder: Path) -> None:
    """URLs in; documents, statuses and dead letters out."""
    number = uuid4().hex
    names = {part: f"{part}-{number}" for part in ("urls", "statuses", "documents")}
    conf = {
        **conf,
        **{f"crawl.topic.{part}": name for part, name in names.items()},
        "topic.group": f"crawl-{number}",
        "store.url": f"sqlite:///{folder}/crawl.db",
        "http.agent.name": "tested",
        "urlfilters.config.file": "",
        "metadata.transfer": ["tag"],
        "spout.min.delay.queries": 0,
    }
    with open_broker(Settings(conf)) as opened, open_store(str(conf["store.url"])) as store:
        producer = opened.broker.producer()
        urls = [
            b'{"url": "http://a.example/", "metadata": {"tag": ["t"], "fetch.private.allowed": ["true"]}}',
            b"http://a.example/tides\ttag=line",
            b"no URL",
            b"",
        ]
        write(producer, [Message(names["urls"], value) for value in urls])
        producer.close()
        with run_topology(KafkaCrawlTopology, conf=conf, replacements={"fetch": Library}) as run:

            def crawled() -> bool:
                run.advance(1)
                return {url: str(status) for url, status in store.frontier.statuses(list(_WANTED)).items()} == _WANTED

            wait_until(crawled)
        assert sum(opened.broker.lag(f"crawl-{number}", [names["urls"]]).values()) == 0
        _check(opened.broker, names)


def _check(broker: Broker, names: Mapping[str, str]) -> None:
    statuses = [orjson.loads(each.value or b"") for each in _all(broker, names["statuses"], 4)]
    assert {each["url"]: each["status"] for each in statuses} == _WANTED
    assert next(each for each in statuses if each["url"] == "http://a.example/")["metadata"]["tag"] == ["t"]
    documents = {(each.key or b"").decode(): each.value for each in _all(broker, names["documents"], 3)}
    assert documents.pop("http://a.example/hidden") is None
    titles = {url: orjson.loads(value or b"")["title"] for url, value in documents.items()}
    assert titles == {"http://a.example/": "Home", "http://a.example/tides": "Tides"}
    (dead,) = _all(broker, f"{names['urls']}.dead-letter", 1)
    assert dead.value == b"no URL"
    assert b"'no URL'" in dict(dead.headers)["dead-letter.error"]


def _all(broker: Broker, topic: str, count: int) -> list[Record]:
    consumer = broker.consumer([topic], f"check-{topic}")
    records = read(consumer, count)
    consumer.close()
    return records
