"""Names to addresses: asked once, and remembered for a while."""

import asyncio
import socket

import pytest

from spindrift.clock import VirtualClock
from spindrift.protocol.resolver import HostResolver


class Names:
    """A lookup that knows some names and counts how often it is asked."""

    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    async def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        await asyncio.sleep(0)
        if host not in self.addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self.addresses[host]


def test_localhost_and_the_names_below_it_are_asked_of_nobody() -> None:
    names = Names()
    hosts = HostResolver(names, VirtualClock())
    for host in ("localhost", "a.b.localhost", "LocalHost."):
        assert asyncio.run(hosts.addresses(host)) == ("127.0.0.1",)
    assert names.asked == []


def test_an_answer_is_remembered_for_its_time() -> None:
    names, clock = Names(a=["8.8.8.8"]), VirtualClock()
    hosts = HostResolver(names, clock, ttl=60.0)

    async def run() -> None:
        await hosts.addresses("a")
        clock.advance(59.0)
        await hosts.addresses("A")
        assert names.asked == ["a"]
        clock.advance(1.0)
        await hosts.addresses("a")
        assert names.asked == ["a", "a"]

    asyncio.run(run())


def test_an_unknown_name_is_remembered_for_a_shorter_time() -> None:
    names, clock = Names(), VirtualClock()
    hosts = HostResolver(names, clock, failure_ttl=10.0)

    async def run() -> None:
        for seconds in (5.0, 5.0, 0.0):
            with pytest.raises(OSError, match="not known"):
                await hosts.addresses("a")
            clock.advance(seconds)
        assert names.asked == ["a", "a"]

    asyncio.run(run())


def test_those_who_ask_at_the_same_time_share_a_lookup() -> None:
    names = Names(a=["8.8.8.8"])
    hosts = HostResolver(names, VirtualClock())

    async def run() -> None:
        await asyncio.gather(*[hosts.addresses("a") for _ in range(10)])

    asyncio.run(run())
    assert names.asked == ["a"]


def test_the_number_of_remembered_hosts_is_bounded() -> None:
    names = Names(a=["8.8.8.8"], b=["8.8.8.8"], c=["8.8.8.8"])
    hosts = HostResolver(names, VirtualClock(), size=2)

    async def run() -> None:
        for host in ("a", "b", "c", "a"):
            await hosts.addresses(host)

    asyncio.run(run())
    assert names.asked == ["a", "b", "c", "a"]


def test_a_host_is_private_when_it_has_no_public_address() -> None:
    hosts = HostResolver(Names(mixed=["10.0.0.1", "8.8.8.8"], inside=["10.0.0.1", "::1"]), VirtualClock())
    assert not asyncio.run(hosts.is_private("mixed"))
    assert asyncio.run(hosts.is_private("inside"))
