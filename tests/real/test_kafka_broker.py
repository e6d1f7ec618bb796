"""Kafka, by each library."""

from typing import Any

import pytest

from spindrift.services.running import RunningService
from tests.broker.contract import BrokerContract

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
