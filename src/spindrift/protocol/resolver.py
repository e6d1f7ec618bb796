"""Names to addresses: a small cache over an injectable lookup, shared by every connection of a fetcher."""

import asyncio
import socket
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from spindrift.clock import Clock
from spindrift.protocol.addresses import is_localhost, is_public_text

Lookup = Callable[[str], Awaitable[list[str]]]
"""A host name to its IP addresses; raises OSError where there are none."""

PRIVATE_ADDRESS = "private address"
"""Cause of the FetchFailure of a URL that leads to an address that is not public, without being allowed to."""

_LOOPBACK = ("127.0.0.1",)


class SystemLookup:
    """The machine's resolver, in threads of its own so that slow names do not hold up files or other work."""

    def __init__(self, threads: int = 16) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="spindrift-dns")

    async def __call__(self, host: str) -> list[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _getaddrinfo, host)
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Let go of the threads; lookups under way are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _getaddrinfo(host: str) -> list[str]:
    try:
        infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    except UnicodeError as error:  # a label of more than 63 characters, for instance
        raise socket.gaierror(socket.EAI_NONAME, f"not a host name: {error}") from None
    return [str(info[4][0]) for info in infos]


class HostResolver:
    """Addresses of hosts, remembered for `ttl` seconds (failures for `failure_ttl`), at most `size` hosts.

    `localhost` and names below it are loopback without asking anybody (RFC 6761). Lookups of the same host at the same
    time share one. To be used within one event loop.
    """

    def __init__(
        self, lookup: Lookup, clock: Clock, *, ttl: float = 60.0, failure_ttl: float = 10.0, size: int = 10_000
    ) -> None:
        self._lookup = lookup
        self._clock = clock
        self._ttl = ttl
        self._failure_ttl = failure_ttl
        self._size = size
        self._known: OrderedDict[str, tuple[float, tuple[str, ...] | OSError]] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[tuple[str, ...]]] = {}

    async def addresses(self, host: str) -> tuple[str, ...]:
        """The addresses of `host`, at least one. Raises OSError where it has none or could not be looked up."""
        host = host.lower().rstrip(".")
        if is_localhost(host):
            return _LOOPBACK
        known = self._known.get(host)
        if known is not None and known[0] > self._clock.monotonic():
            if isinstance(known[1], OSError):
                raise known[1]
            return known[1]
        task = self._under_way.get(host)
        if task is None:
            task = asyncio.ensure_future(self._look_up(host))
            self._under_way[host] = task
            task.add_done_callback(lambda done: self._finished(host, done))
        # Shielded: one request that gives up must not take the answer from the others.
        return await asyncio.shield(task)

    async def is_private(self, host: str) -> bool:
        """Whether no address of `host` is public. Raises OSError as `addresses` does."""
        return not any(map(is_public_text, await self.addresses(host)))

    async def _look_up(self, host: str) -> tuple[str, ...]:
        answer: tuple[str, ...] | OSError
        try:
            answer = tuple(await self._lookup(host))
            if not answer:
                answer = socket.gaierror(socket.EAI_NONAME, f"{host} has no address")
        except OSError as error:
            answer = error
        failed = isinstance(answer, OSError)
        self._known[host] = (self._clock.monotonic() + (self._failure_ttl if failed else self._ttl), answer)
        self._known.move_to_end(host)
        if len(self._known) > self._size:
            self._known.popitem(last=False)
        if isinstance(answer, OSError):
            raise answer
        return answer

    def _finished(self, host: str, task: asyncio.Task[tuple[str, ...]]) -> None:
        self._under_way.pop(host, None)
        if not task.cancelled():
            task.exception()  # seen, even if everybody who waited has gone
