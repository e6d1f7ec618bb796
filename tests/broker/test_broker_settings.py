"""URLs, starts, formats and partitions, as users write them."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as murmur2_of_kafka_python

from spindrift.broker import Start, open_broker
from spindrift.broker.formats import reader, writer
from spindrift.broker.kafka_security import KafkaSecurity
from spindrift.broker.partitioning import murmur2, partition_of
from spindrift.conf import Settings
from spindrift.errors import BrokerError, ConfigurationError


@given(st.binary(max_size=40))
def test_murmur2_is_that_of_kafka(key: bytes) -> None:
    assert murmur2(key) == murmur2_of_kafka_python(key)


def test_keys_are_where_kafka_has_them() -> None:
    # From Kafka's own tests (UtilsTest.testMurmur2).
    assert murmur2(b"21") & 0xFFFFFFFF == -973932308 & 0xFFFFFFFF
    assert murmur2(b"a-little-bit-long-string") == -985981536 & 0xFFFFFFFF
    assert partition_of(b"21", 4) == (-973932308 & 0x7FFFFFFF) % 4


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("earliest", Start.EARLIEST),
        ("latest", Start.LATEST),
        ("17", Start.offset(17)),
        ("20260501", Start.offset(20260501)),
        ("2026-05-01", Start.time(datetime(2026, 5, 1, tzinfo=UTC).timestamp())),
        ("2026-05-01T12:00:00+02:00", Start.time(datetime(2026, 5, 1, 10, tzinfo=UTC).timestamp())),
    ],
)
def test_starts(text: str, start: Start) -> None:
    assert Start.parse(text) == start


def test_a_start_that_is_not_understood_says_what_is_right() -> None:
    with pytest.raises(ConfigurationError, match=r"'soon' is not understood; right is earliest, latest, an offset"):
        Start.parse("soon")


@pytest.mark.parametrize(
    "url",
    ["kafka://me:sesame@h:9092", "kafka://h:1,me:a/#sesame@i:2", "kafka://h:1?password=sesame", "amqp://a:sesame@h"],
)
def test_a_password_in_the_url_is_not_told(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is not understood; right is") as error:
        open_broker(Settings({"broker.url": url}))
    assert "sesame" not in str(error.value)


@pytest.mark.parametrize("url", ["kafka://", "kafka://host", "kafka://host:port", "kafka://a:1,b", "amqp://host:1"])
def test_a_url_that_is_not_understood_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="not understood"):
        open_broker(Settings({"broker.url": url}))


def test_a_kafka_that_is_not_there_is_named() -> None:
    settings = Settings({"broker.url": "kafka://127.0.0.1:1", "broker.kafka.connect.timeout": "1s"})
    with open_broker(settings) as opened, pytest.raises(BrokerError, match=r"kafka://127\.0\.0\.1:1"):
        opened.broker.topics()


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    settings = Settings({"broker.url": "kafka://127.0.0.1:1", "broker.kafka.ssl.cafile": f"{tmp_path}/ca.pem"})
    with pytest.raises(ConfigurationError, match=r"broker\.kafka\.ssl\.cafile: there is no file .*/ca\.pem"):
        open_broker(settings)


def test_a_private_key_needs_its_certificate(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.touch()
    with pytest.raises(ConfigurationError, match=r"broker\.kafka\.ssl\.certfile"):
        KafkaSecurity.from_settings(Settings({"broker.kafka.ssl.keyfile": str(key)}))


def test_passwords_are_not_shown() -> None:
    keys = {"broker.kafka.sasl.password": "guessed", "broker.kafka.ssl.key.password": "hidden"}
    assert not re.search("guessed|hidden", repr(KafkaSecurity.from_settings(Settings(keys))))


def test_json_has_bytes_as_base64() -> None:
    assert writer("json")({"a": b"\xff\x00", 1: {2, 1}}) == b'{"a":"/wA=","1":[1,2]}'
    assert reader("json")(b'{"a": 1}') == {"a": 1}


def test_bytes_are_not_made_of_numbers() -> None:
    with pytest.raises(TypeError):
        writer("bytes")(5)
    assert writer("bytes")("ü") == "ü".encode()
