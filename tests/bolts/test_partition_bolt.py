"""The partitioner bolt."""

import pytest

from spindrift.bolts.partition import URLPartitionerBolt
from spindrift.testing import Emission, run_bolt


class OfflineBolt(URLPartitionerBolt):
    """Knows the address of one host."""

    @staticmethod
    def resolve(host: str) -> str:
        if host == "a.example":
            return "192.0.2.1"
        raise OSError("Name or service not known")


def sent(url: str, metadata: dict[str, list[str]] | None = None, mode: str = "byHost") -> Emission:
    """The one tuple that the bolt emits for a URL; it is anchored, and acknowledged afterwards."""
    with run_bolt(OfflineBolt, {"partition.url.mode": mode}) as bolt:
        tup = bolt.send(url=url, metadata=metadata or {})
        [emission] = bolt.emissions
        assert emission.anchors == (tup,)
        assert bolt.acked == [tup]
        return emission


def test_a_url_goes_on_with_its_key() -> None:
    emission = sent("https://www.a.example/1", {"depth": ["2"]})
    assert emission.stream == "default"
    assert emission.values == ("https://www.a.example/1", "www.a.example", {"depth": ["2"]})


@pytest.mark.parametrize(("mode", "key"), [("byHost", "a.example"), ("byDomain", "a.example"), ("byIP", "192.0.2.1")])
def test_the_key_is_what_the_mode_says(mode: str, key: str) -> None:
    assert sent("https://a.example/", mode=mode).values.key == key


@pytest.mark.parametrize("url", ["no url", "", "mailto:me@a.example"])
def test_a_url_without_a_host_is_an_error(url: str) -> None:
    emission = sent(url, {"depth": ["2"]})
    assert emission.stream == "status"
    assert (emission.values.url, emission.values.status) == (url, "ERROR")
    assert emission.values.metadata["error.cause"] == ["malformed URL"]
    assert emission.values.metadata["depth"] == ["2"]


def test_a_host_without_an_address_is_tried_again_later() -> None:
    emission = sent("https://nowhere.example/", mode="byIP")
    assert emission.stream == "status"
    assert emission.values.metadata["error.cause"] == ["Unknown host"]
    assert "nowhere.example" in emission.values.metadata["error.message"][0]
    assert emission.values.status == "FETCH_ERROR"


def test_every_tuple_ends_in_exactly_one_tuple_and_one_ack() -> None:
    urls = ["https://a.example/1", "bad", "https://a.example/2", "https://nowhere.example/"]
    with run_bolt(OfflineBolt, {"partition.url.mode": "byIP"}) as bolt:
        tuples = [bolt.send(url=url, metadata={}) for url in urls]
        assert [emission.values.url for emission in bolt.emissions] == urls
        assert bolt.acked == tuples


def test_its_streams_have_stormcrawlers_fields() -> None:
    assert {stream.name: stream.fields for stream in URLPartitionerBolt.outputs} == {
        "default": ["url", "key", "metadata"],
        "status": ["url", "metadata", "status"],
    }
