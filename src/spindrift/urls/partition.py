"""What URLs are grouped by, so that one server is asked by one queue only."""

import asyncio
import socket
from collections.abc import Callable, Mapping
from typing import Self

from spindrift.caches import CacheSpec, SpecCache
from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.metadata import first
from spindrift.urls.domains import registered_domain
from spindrift.urls.hosts import host_of

Resolve = Callable[[str], str]
"""A host name to its IP address; raises OSError where there is none."""

BY_HOST = "byHost"
BY_DOMAIN = "byDomain"
BY_IP = "byIP"
FILES = "file"
"""The key of all files of this machine."""

_ADDRESSES = CacheSpec(maximum_size=10_000, expire_after_write=3600)
_UNKNOWN_HOSTS = CacheSpec(maximum_size=10_000, expire_after_write=60)


class UnknownHostError(OSError):
    """A URL's host has no address."""


def system_resolve(host: str) -> str:
    """The first address of `host` by the machine's resolver; names below localhost are loopback (RFC 6761)."""
    if host == "localhost" or host.endswith(".localhost"):
        return "127.0.0.1"
    try:
        return str(socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)[0][4][0])
    except UnicodeError as error:  # a label of more than 63 characters, for instance
        raise UnknownHostError(f"{host!r} is not a host name: {error}") from None


class Partitioner:
    """The key of a URL: its host, its registered domain or its IP address.

    `mode`: `byHost`, `byDomain` or `byIP`, as `partition.url.mode` says. A host that has no registered domain (an
    address, a public suffix, `localhost`) is its own key. Addresses are looked up by `resolve` and remembered for an
    hour, hosts without one for a minute.
    """

    def __init__(self, mode: str = BY_HOST, resolve: Resolve = system_resolve, clock: Clock | None = None) -> None:
        if mode not in (BY_HOST, BY_DOMAIN, BY_IP):
            raise ValueError(f"URLs cannot be partitioned {mode!r}; choose {BY_HOST}, {BY_DOMAIN} or {BY_IP}")
        self.mode = mode
        self._resolve = resolve
        clock = clock or SystemClock()
        self._addresses: SpecCache[str, str] = SpecCache(_ADDRESSES, clock)
        self._unknown: SpecCache[str, str] = SpecCache(_UNKNOWN_HOSTS, clock)

    @classmethod
    def from_settings(cls, settings: Settings, resolve: Resolve = system_resolve) -> Self:
        """A partitioner in the mode of `partition.url.mode`."""
        return cls(settings.text("partition.url.mode"), resolve)

    def key(self, url: str, metadata: Mapping[str, list[str]]) -> str:
        """The key of `url`; never empty. With `byIP`, the metadata `ip` wins over a lookup, which may block.

        Raises ValueError with the reason where `url` is invalid or has no host, UnknownHostError where its host has
        no address.
        """
        if self.mode == BY_IP and (address := (first(metadata, "ip") or "").strip()):
            return address
        host = host_of(url).rstrip(".")  # the dot of a complete name leads to the same server
        if not host:
            if url.startswith("file:"):
                return FILES
            raise ValueError(f"{url!r} is not a URL with a host")
        if self.mode == BY_DOMAIN:
            return registered_domain(host)
        return self._address(host) if self.mode == BY_IP else host

    async def key_off_thread(self, url: str, metadata: Mapping[str, list[str]]) -> str:
        """`key` for event loops: a lookup does not block the loop."""
        return await asyncio.to_thread(self.key, url, metadata) if self.mode == BY_IP else self.key(url, metadata)

    def _address(self, host: str) -> str:
        known = self._addresses.get(host)
        if known is not None:
            return known
        reason = self._unknown.get(host)
        if reason is None:
            try:
                address = self._resolve(host)
            except OSError as error:
                reason = f"no address of host {host!r}: {error}"
                self._unknown.put(host, reason)
            else:
                self._addresses.put(host, address)
                return address
        raise UnknownHostError(reason)
