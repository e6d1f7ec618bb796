"""What URLs are grouped by."""

import asyncio

import pytest

from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.urls.partition import Partitioner, UnknownHostError, system_resolve


class Names:
    """A name server of two names; records what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, host: str) -> str:
        self.asked.append(host)
        try:
            return {"a.example": "192.0.2.1", "b.example": "192.0.2.1"}[host]
        except KeyError:
            raise OSError("Name or service not known") from None


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.example.co.uk/x?y#z", "www.example.co.uk"),
        ("http://WWW.Example.COM:8080/", "www.example.com"),
        ("http://user:password@example.com/", "example.com"),
        ("https://example.com./", "example.com"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("http://127.0.0.1:9/", "127.0.0.1"),
        ("http://[2001:db8::1]/", "[2001:db8::1]"),
        ("http://host007.localhost:8080/", "host007.localhost"),
    ],
)
def test_by_host(url: str, key: str) -> None:
    assert Partitioner("byHost").key(url, {}) == key


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.example.co.uk/", "example.co.uk"),
        ("https://a.b.example.com:8080/", "example.com"),
        ("https://example.com./", "example.com"),
        ("http://127.0.0.1/", "127.0.0.1"),
        ("http://[2001:db8::1]/", "[2001:db8::1]"),
        ("http://co.uk/", "co.uk"),
        ("http://localhost/", "localhost"),
    ],
)
def test_by_domain(url: str, key: str) -> None:
    assert Partitioner("byDomain").key(url, {}) == key


def test_by_ip_hosts_on_one_server_share_a_key() -> None:
    partitioner = Partitioner("byIP", Names())
    assert partitioner.key("https://a.example/1", {}) == "192.0.2.1"
    assert partitioner.key("https://b.example/2", {}) == "192.0.2.1"


def test_by_ip_the_address_among_the_metadata_wins() -> None:
    names = Names()
    assert Partitioner("byIP", names).key("https://a.example/", {"ip": ["198.51.100.7"]}) == "198.51.100.7"
    assert names.asked == []


def test_by_host_the_address_among_the_metadata_is_left_alone() -> None:
    assert Partitioner("byHost").key("https://a.example/", {"ip": ["198.51.100.7"]}) == "a.example"


def test_addresses_are_remembered_for_an_hour_and_unknown_hosts_for_a_minute() -> None:
    names, clock = Names(), VirtualClock()
    partitioner = Partitioner("byIP", names, clock)

    def ask_twice() -> list[str]:
        names.asked.clear()
        for _ in range(2):
            assert partitioner.key("https://a.example/1", {}) == "192.0.2.1"
            with pytest.raises(UnknownHostError, match=r"nowhere\.example"):
                partitioner.key("https://nowhere.example/1", {})
        return names.asked

    assert ask_twice() == ["a.example", "nowhere.example"]
    clock.advance(60)
    assert ask_twice() == ["nowhere.example"]
    clock.advance(3540)
    assert ask_twice() == ["a.example", "nowhere.example"]


@pytest.mark.parametrize("mode", ["byHost", "byDomain", "byIP"])
@pytest.mark.parametrize("url", ["", "no url", "http://", "http://[::1", "mailto:me@a.example"])
def test_a_url_without_a_host_has_no_key(mode: str, url: str) -> None:
    with pytest.raises(ValueError, match="not a URL with a host"):
        Partitioner(mode, Names()).key(url, {})


@pytest.mark.parametrize("mode", ["byHost", "byDomain", "byIP"])
def test_all_files_have_one_key(mode: str) -> None:
    assert Partitioner(mode, Names()).key("file:///etc/hosts", {}) == "file"


def test_a_lookup_does_not_block_an_event_loop() -> None:
    partitioner = Partitioner("byIP", Names())
    assert asyncio.run(partitioner.key_off_thread("https://a.example/", {})) == "192.0.2.1"
    assert asyncio.run(Partitioner("byHost").key_off_thread("https://a.example/", {})) == "a.example"


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.9", "127.0.0.9"), ("[::1]", "::1"), ("localhost", "127.0.0.1"), ("x.localhost", "127.0.0.1")],
)
def test_the_systems_resolver_asks_nobody_for_addresses_and_loopback_names(host: str, address: str) -> None:
    assert system_resolve(host) == address


def test_a_name_that_cannot_be_one_is_an_unknown_host() -> None:
    with pytest.raises(OSError, match="not a host name"):
        system_resolve("a" * 64 + ".example")


def test_the_mode_is_a_key() -> None:
    assert Partitioner.from_settings(Settings({})).mode == "byHost"
    assert Partitioner.from_settings(Settings({"partition.url.mode": "byDomain"})).mode == "byDomain"
    with pytest.raises(ConfigurationError, match=r"partition\.url\.mode"):
        Partitioner.from_settings(Settings({"partition.url.mode": "byMood"}))
    with pytest.raises(ValueError, match="byMood"):
        Partitioner("byMood")
