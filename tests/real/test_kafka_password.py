"""Kafka that wants a user name and a password."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spindrift.broker import open_broker
from spindrift.broker.kafka_security import PASSWORD_VARIABLE
from spindrift.conf import Settings
from spindrift.errors import BrokerError, ConfigurationError
from spindrift.services.kafka import Kafka
from spindrift.services.running import RunningService, start_and_end
from spindrift.services.service import Place, Prepared
from tests.broker.reading import read, values, write_values

pytestmark = pytest.mark.timeout(300)

_SASL = """
inter.broker.listener.name=PLAINTEXT
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
username="broker" password="b" user_broker="b" user_crawler="secret";
"""


class KafkaWithPassword(Kafka):
    """Everybody has to say who they are."""

    def prepare(self, place: Place) -> Prepared:
        prepared = super().prepare(place)
        properties = place.home / "server.properties"
        text = properties.read_text().replace("PLAINTEXT:PLAINTEXT", "PLAINTEXT:SASL_PLAINTEXT")
        properties.write_text(text + _SASL)
        return prepared


@pytest.fixture(scope="module")
def locked(toolchain: None) -> Iterator[RunningService]:
    with start_and_end(KafkaWithPassword()) as service:
        yield service


@pytest.fixture(params=["kafka-python", "confluent-kafka"])
def conf(locked: RunningService, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    if request.param == "confluent-kafka":
        pytest.importorskip("confluent_kafka", reason="confluent-kafka is not installed")
    monkeypatch.setenv(PASSWORD_VARIABLE, "secret")
    return {
        **locked.use,
        "broker.kafka.client": request.param,
        "broker.kafka.security.protocol": "SASL_PLAINTEXT",
        "broker.kafka.sasl.mechanism": "PLAIN",
        "broker.kafka.sasl.username": "crawler",
    }


def test_the_right_password_opens(conf: dict[str, Any]) -> None:
    topic = f"t-{conf['broker.kafka.client']}"
    with open_broker(Settings(conf)) as opened:
        write_values(opened.broker, topic, "ab", partition=0)
        consumer = opened.broker.consumer([topic], f"g-{topic}")
        assert values(read(consumer, 2)) == ["a", "b"]
        consumer.close()


def test_a_wrong_one_is_said_and_not_shown(conf: dict[str, Any]) -> None:
    wrong = {**conf, "broker.kafka.sasl.password": "guessed", "broker.kafka.connect.timeout": "5s"}
    with open_broker(Settings(wrong)) as opened, pytest.raises(BrokerError) as raised:
        opened.broker.topics()
    assert "guessed" not in str(raised.value)


def test_none_is_a_mistake(conf: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE)
    with pytest.raises(ConfigurationError, match=PASSWORD_VARIABLE):
        open_broker(Settings(conf))
