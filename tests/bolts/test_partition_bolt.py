"""The partitioner bolt, spoken to as Storm does: JSON messages on its input and output."""

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest

from spindrift.bolts.partition import URLPartitionerBolt

Message = dict[str, Any]


class OfflineBolt(URLPartitionerBolt):
    """Knows the address of one host."""

    @staticmethod
    def resolve(host: str) -> str:
        if host == "a.example":
            return "192.0.2.1"
        raise OSError("Name or service not known")


def say(message: Message) -> bytes:
    return json.dumps(message).encode() + b"\nend\n"


def run(tuples: Sequence[tuple[str, dict[str, list[str]]]], mode: str = "byHost") -> list[Message]:
    """What the bolt emits and acknowledges, in order, for tuples of a spout."""
    requests = b"".join(
        say({"id": str(number), "comp": "frontier", "stream": "default", "task": 1, "tuple": list(values)})
        for number, values in enumerate(tuples)
    )
    output = io.BytesIO()
    bolt = OfflineBolt(input_stream=io.BytesIO(requests), output_stream=output, rdb_signal=None)
    bolt.initialize({"partition.url.mode": mode}, {})
    for _ in tuples:
        bolt._run()
    messages = [json.loads(message) for message in output.getvalue().decode().split("\nend\n") if message]
    return [message for message in messages if message["command"] != "log"]


def emitted(url: str, metadata: dict[str, list[str]] | None = None, mode: str = "byHost") -> Message:
    """The one tuple that the bolt emits for a URL; it is anchored, and acknowledged afterwards."""
    emit, ack = run([(url, metadata or {})], mode)
    assert emit["command"] == "emit"
    assert emit["anchors"] == ["0"]
    assert ack == {"command": "ack", "id": "0"}
    return emit


def test_a_url_goes_on_with_its_key() -> None:
    message = emitted("https://www.a.example/1", {"depth": ["2"]})
    assert message["tuple"] == ["https://www.a.example/1", "www.a.example", {"depth": ["2"]}]
    assert "stream" not in message


@pytest.mark.parametrize(("mode", "key"), [("byHost", "a.example"), ("byDomain", "a.example"), ("byIP", "192.0.2.1")])
def test_the_key_is_what_the_mode_says(mode: str, key: str) -> None:
    message = emitted("https://a.example/", mode=mode)
    assert message["tuple"][1] == key


@pytest.mark.parametrize("url", ["no url", "", "mailto:me@a.example"])
def test_a_url_without_a_host_is_an_error(url: str) -> None:
    message = emitted(url, {"depth": ["2"]})
    assert message["stream"] == "status"
    assert message["tuple"][0] == url
    assert message["tuple"][1]["error.cause"] == ["malformed URL"]
    assert message["tuple"][1]["depth"] == ["2"]
    assert message["tuple"][2] == "ERROR"


def test_a_host_without_an_address_is_tried_again_later() -> None:
    message = emitted("https://nowhere.example/", mode="byIP")
    assert message["stream"] == "status"
    assert message["tuple"][1]["error.cause"] == ["Unknown host"]
    assert "nowhere.example" in message["tuple"][1]["error.message"][0]
    assert message["tuple"][2] == "FETCH_ERROR"


def test_every_tuple_ends_in_exactly_one_tuple_and_one_ack() -> None:
    urls = ["https://a.example/1", "bad", "https://a.example/2", "https://nowhere.example/"]
    messages = run([(url, {}) for url in urls], mode="byIP")
    assert [message["command"] for message in messages] == ["emit", "ack"] * 4
    assert [message["tuple"][0] for message in messages if message["command"] == "emit"] == urls
    assert [message["id"] for message in messages if message["command"] == "ack"] == ["0", "1", "2", "3"]


def test_its_streams_have_stormcrawlers_fields() -> None:
    assert {stream.name: stream.fields for stream in URLPartitionerBolt.outputs} == {
        "default": ["url", "key", "metadata"],
        "status": ["url", "metadata", "status"],
    }
