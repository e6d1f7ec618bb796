"""Fetches once, or several URLs over the same connections, with a protocol class; loopback is allowed by default."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.metadata import Metadata
from spindrift.protocol.http import HttpProtocol
from spindrift.protocol.interface import Protocol, ProtocolContext
from spindrift.protocol.response import Response

ALLOWED: Metadata = {"fetch.private.allowed": ["true"]}


async def no_lookup(host: str) -> list[str]:
    raise OSError(f"no network in tests: {host}")


def settings(conf: dict[str, Any]) -> Settings:
    """Keywords as keys: `http__accept` is http.accept."""
    return Settings({name.replace("__", "."): value for name, value in conf.items()})


def fetch_all(
    requests: Sequence[tuple[str, Metadata]],
    kind: type[Protocol] = HttpProtocol,
    lookup: Callable[[str], Awaitable[list[str]]] = no_lookup,
    clock: Clock | None = None,
    **conf: Any,
) -> list[Response]:
    """The responses to URLs with their metadata, in turn."""

    async def run() -> list[Response]:
        context = ProtocolContext(settings(conf), "tester/1.0 (a test)", clock or SystemClock(), lookup)
        protocol = kind.from_context(context)
        try:
            return [await protocol.fetch(url, metadata) for url, metadata in requests]
        finally:
            await protocol.close()

    return asyncio.run(run())


def fetch(url: str, metadata: Metadata | None = None, kind: type[Protocol] = HttpProtocol, **conf: Any) -> Response:
    """The response to one URL; `metadata` in addition to the leave for loopback."""
    return fetch_all([(url, ALLOWED | (metadata or {}))], kind, **conf)[0]
