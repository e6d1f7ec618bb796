"""Kafka that wants to be sure who asks, and that shows who it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from spindrift.broker import open_broker
from spindrift.broker.kafka_security import KEY_PASSWORD_VARIABLE, PASSWORD_VARIABLE
from spindrift.conf import Settings
from spindrift.errors import BrokerError, ConfigurationError
from spindrift.services.kafka import Kafka
from spindrift.services.ports import choose_ports
from spindrift.services.running import start_and_end
from spindrift.services.service import Place, Prepared
from tests.broker.reading import read, values, write_values
from tests.real.authority import Authority

pytestmark = pytest.mark.timeout(300)

_SECURITY = """
inter.broker.listener.name=PLAINTEXT
listeners={plain},{controller},TLS://127.0.0.1:{tls},BOTH://127.0.0.1:{both}
advertised.listeners={plain},TLS://127.0.0.1:{tls},BOTH://127.0.0.1:{both}
listener.security.protocol.map=PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT,TLS:SSL,BOTH:SASL_SSL
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
{logins}
ssl.keystore.type=PEM
ssl.keystore.location={certificate}
ssl.truststore.type=PEM
ssl.truststore.location={authority}
listener.name.tls.ssl.client.auth=required
"""
_LOGIN = """\
listener.name.{listener}.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
username="broker" password="b" user_broker="b" user_crawler="secret";
"""


class SecureKafka(Kafka):
    """Wants a password at `plain` and `both`, a certificate at `tls`; shows its own at `tls` and `both`."""

    plain = tls = both = ""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def prepare(self, place: Place) -> Prepared:
        prepared = super().prepare(place)
        properties = place.home / "server.properties"
        text = properties.read_text()
        (listeners,) = [line for line in text.splitlines() if line.startswith("listeners=")]
        plain, controller = listeners.removeprefix("listeners=").split(",")
        tls, both = choose_ports((0, 0), place.home / "secure-ports.json", prefer_usual=False)
        self.plain, self.tls, self.both = prepared.address, f"127.0.0.1:{tls}", f"127.0.0.1:{both}"
        logins = "".join(_LOGIN.format(listener=each) for each in ("plaintext", "both"))
        certificate, authority = self._authority.sign("server"), self._authority.file
        properties.write_text(
            text
            + _SECURITY.format(
                plain=plain,
                controller=controller,
                tls=tls,
                both=both,
                logins=logins,
                certificate=certificate,
                authority=authority,
            )
        )
        return prepared


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With certificates."""
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture(scope="module")
def secure(toolchain: None, authority: Authority) -> Iterator[SecureKafka]:
    kafka = SecureKafka(authority)
    with start_and_end(kafka):
        yield kafka


@pytest.fixture(params=["kafka-python", "confluent-kafka"])
def client(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param == "confluent-kafka":
        pytest.importorskip("confluent_kafka", reason="confluent-kafka is not installed")
    return {"broker.kafka.client": request.param, "broker.kafka.connect.timeout": "2s"}


@pytest.fixture
def by_password(secure: SecureKafka, client: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv(PASSWORD_VARIABLE, "secret")
    return {
        **client,
        "broker.url": f"kafka://{secure.plain}",
        "broker.kafka.security.protocol": "SASL_PLAINTEXT",
        "broker.kafka.sasl.mechanism": "PLAIN",
        "broker.kafka.sasl.username": "crawler",
    }


@pytest.fixture
def by_tls(
    secure: SecureKafka, authority: Authority, client: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """With a certificate of one's own, whose key is encrypted."""
    monkeypatch.setenv(KEY_PASSWORD_VARIABLE, "key")
    return {
        **client,
        "broker.url": f"kafka://{secure.tls}",
        "broker.kafka.security.protocol": "SSL",
        "broker.kafka.ssl.cafile": str(authority.file),
        "broker.kafka.ssl.certfile": str(authority.sign("crawler", "key")),
    }


def write_and_read(conf: dict[str, Any]) -> None:
    topic = f"t-{uuid4().hex}"
    with open_broker(Settings(conf)) as opened:
        write_values(opened.broker, topic, "ab", partition=0)
        consumer = opened.broker.consumer([topic], f"g-{topic}")
        assert values(read(consumer, 2)) == ["a", "b"]
        consumer.close()


ANY_CLIENT = pytest.mark.parametrize("client", ["kafka-python"], indirect=True)
"""Topics are asked for by that one, whichever reads and writes them."""


def refusal(conf: dict[str, Any]) -> str:
    with open_broker(Settings(conf)) as opened, pytest.raises(BrokerError) as raised:
        opened.broker.topics()
    return str(raised.value)


def test_the_right_password_opens(by_password: dict[str, Any]) -> None:
    write_and_read(by_password)


@ANY_CLIENT
def test_a_wrong_one_is_said_and_not_shown(by_password: dict[str, Any]) -> None:
    assert "guessed" not in refusal(by_password | {"broker.kafka.sasl.password": "guessed"})


@ANY_CLIENT
def test_none_is_a_mistake(by_password: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE)
    with pytest.raises(ConfigurationError, match=PASSWORD_VARIABLE):
        open_broker(Settings(by_password))


def test_certificates_of_both_sides_open(by_tls: dict[str, Any]) -> None:
    write_and_read(by_tls)


def test_a_password_goes_over_tls(secure: SecureKafka, by_password: dict[str, Any], authority: Authority) -> None:
    over_tls = {"broker.kafka.security.protocol": "SASL_SSL", "broker.kafka.ssl.cafile": str(authority.file)}
    write_and_read(by_password | over_tls | {"broker.url": f"kafka://{secure.both}"})


@ANY_CLIENT
def test_a_server_whose_authority_is_not_known_is_refused(by_tls: dict[str, Any], folder: Path) -> None:
    refused = refusal(by_tls | {"broker.kafka.ssl.cafile": str(Authority(folder, "other").file)})
    assert "certificate verify failed" in refused


@ANY_CLIENT
def test_who_shows_no_certificate_is_refused(by_tls: dict[str, Any]) -> None:
    refusal(by_tls | {"broker.kafka.ssl.certfile": ""})
