"""Kafka, by each library."""

from pathlib import Path
from typing import Any

import pytest

from spindrift.services.running import RunningService
from tests.broker.contract import BrokerContract
from tests.broker.kills import lose_nothing
from tests.broker.topic_crawl import crawl_between_topics

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def kafka_conf(kafka: RunningService, client: str) -> dict[str, Any]:
    if client == "confluent-kafka":
        pytest.importorskip("confluent_kafka", reason="confluent-kafka is not installed")
    return {**kafka.use, "broker.kafka.client": client, "broker.partitions": 3, "broker.session.timeout": 6}


@pytest.mark.parametrize("client", ["kafka-python", "confluent-kafka"])
class TestKafka(BrokerContract):
    @pytest.fixture
    def conf(self, kafka_conf: dict[str, Any]) -> dict[str, Any]:
        return kafka_conf


@pytest.mark.parametrize("client", ["kafka-python", "confluent-kafka"])
def test_nothing_is_lost_when_readers_are_killed(kafka_conf: dict[str, Any], tmp_path: Path) -> None:
    twice = lose_nothing(kafka_conf, tmp_path, messages=100_000, kills=3)
    assert twice < 100_000


@pytest.mark.parametrize("client", ["kafka-python", "confluent-kafka"])
def test_a_crawl_between_topics(kafka_conf: dict[str, Any], tmp_path: Path) -> None:
    crawl_between_topics(kafka_conf, tmp_path)
