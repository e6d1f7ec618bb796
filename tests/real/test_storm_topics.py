"""The crawl between topics on a real Storm cluster, by a real Kafka: it leaves what the embedded runner leaves."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from spindrift.broker import Message, Record, open_broker
from spindrift.conf import Settings
from spindrift.demo.generated_web import GeneratedWeb
from spindrift.local import LocalTopology
from spindrift.services.running import RunningService
from spindrift.status import Status
from spindrift.store import open_store
from spindrift.topologies.crawl_kafka import KafkaCrawlTopology
from tests.broker.reading import wait_until, write
from tests.crawl.running import crawl_conf, run_crawl
from tests.real.cluster import Project, remove_artifacts

pytestmark = pytest.mark.timeout(400)

TOPOLOGY = "from spindrift.topologies.crawl_kafka import KafkaCrawlTopology\n"


Told = tuple[dict[str, str], dict[str, tuple[str, str] | None]]


class TopicCrawl:
    """Topics and a store of its own, with one URL in the topic of URLs."""

    def __init__(self, kafka: RunningService, web: GeneratedWeb, folder: Path) -> None:
        folder.mkdir()
        number = uuid4().hex
        self._topics = {part: f"{part}-{number}" for part in ("urls", "statuses", "documents")}
        self._group = f"crawl-{number}"
        topics = {f"crawl.topic.{part}": name for part, name in self._topics.items()}
        # Otherwise what comes by a topic does not lead to private addresses, such as that of the web of this test.
        keys = {"topic.group": self._group, "http.allow.private.addresses": True, "metrics.report": False}
        self.conf = {**crawl_conf(folder), **kafka.use, **topics, **keys}
        self._settings = Settings(self.conf)
        open_store(self.conf["store.url"]).close()
        with open_broker(self._settings) as opened:
            producer = opened.broker.producer()
            write(producer, [Message(self._topics["urls"], orjson.dumps({"url": web.seeds[0]}))])
            producer.close()

    def has_done(self, urls: int) -> bool:
        """Whether so many URLs are settled, and all that came by the topic is committed."""
        with open_store(self.conf["store.url"], read_only=True) as store:
            counts = store.frontier.count_by_status()
        if counts[Status.DISCOVERED] or sum(counts.values()) != urls:
            return False
        with open_broker(self._settings) as opened:
            return sum(opened.broker.lag(self._group, [self._topics["urls"]]).values()) == 0

    def told(self) -> Told:
        """What the topics say in the end: the status of each URL; title and text of each document."""
        statuses = [orjson.loads(each.value or b"") for each in self._all("statuses")]
        documents = {(each.key or b"").decode(): each.value for each in self._all("documents")}
        read = {url: orjson.loads(value) if value else None for url, value in documents.items()}
        return (
            {each["url"]: each["status"] for each in statuses},
            {url: each and (each["title"], each["text"]) for url, each in read.items()},
        )

    def _all(self, part: str) -> list[Record]:
        topic = self._topics[part]
        records: list[Record] = []
        with open_broker(self._settings) as opened:
            count = sum(opened.broker.lag("nobody", [topic]).values())
            consumer = opened.broker.consumer([topic], f"check-{topic}")

            def enough() -> bool:
                records.extend(consumer.poll(0.05, 1000))
                return len(records) >= count

            wait_until(enough)
            consumer.close()
        return records


@pytest.fixture
def web() -> Iterator[GeneratedWeb]:
    with GeneratedWeb(hosts=4, pages=6, page_bytes=4000, links=12, sitemaps=True) as served:
        yield served


def crawled_without_topics(web: GeneratedWeb, folder: Path) -> dict[str, str]:
    folder.mkdir()
    conf = crawl_conf(folder)
    with open_store(conf["store.url"]) as store:
        run_crawl(store, [web.seeds[0]], conf)
        return {record.url: record.status.value for record in store.frontier.records()}


def crawled_here(kafka: RunningService, web: GeneratedWeb, folder: Path, urls: int) -> Told:
    """By the embedded runner."""
    crawl = TopicCrawl(kafka, web, folder)
    topology = LocalTopology(KafkaCrawlTopology, name="crawl", conf=KafkaCrawlTopology.config | crawl.conf)
    topology.start()
    try:
        wait_until(lambda: crawl.has_done(urls))
    finally:
        topology.stop()
    return crawl.told()


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """By URL."""
    return {url: (one.get(url), other.get(url)) for url in one.keys() | other.keys() if one.get(url) != other.get(url)}


def test_urls_come_by_a_topic_and_statuses_and_documents_go_to_others(
    web: GeneratedWeb, storm: RunningService, kafka: RunningService, tmp_path: Path
) -> None:
    statuses = crawled_without_topics(web, tmp_path / "alone")
    expected = crawled_here(kafka, web, tmp_path / "here", len(statuses))
    assert expected[0] == statuses
    assert len(expected[1]) >= 24
    remove_artifacts(storm)
    crawl = TopicCrawl(kafka, web, tmp_path / "there")
    project = Project(tmp_path / "project", storm, {**crawl.conf, "topology.workers": 2})
    project.topology("crawl_kafka", TOPOLOGY)
    with project.submitted("crawl_kafka"):
        project.until(lambda: crawl.has_done(len(statuses)))
        told = crawl.told()
    assert differing(told[0], expected[0]) == {}
    assert differing(told[1], expected[1]) == {}
