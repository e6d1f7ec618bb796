"""One page, fetched for a command: no queue, no robots.txt, no store."""

import asyncio

from spindrift.conf import Settings
from spindrift.errors import SpindriftError
from spindrift.metadata import Metadata
from spindrift.metadata_keys import PRIVATE_ALLOWED, STATUS_CODE
from spindrift.protocol.http import HttpProtocol
from spindrift.protocol.response import FetchFailure, Response
from spindrift.robots.agent import Agent


class PageError(SpindriftError):
    """A page that cannot be had."""


def fetch_once(url: str, settings: Settings) -> tuple[bytes, Metadata]:
    """The bytes of a page, and the metadata that the fetcher would give it; private addresses are allowed.

    Raises PageError where there is no answer, ConfigurationError where the crawler has no name.
    """
    try:
        response = asyncio.run(_fetch(url, settings))
    except FetchFailure as failure:
        raise PageError(f"{url} cannot be fetched: {failure}") from failure
    prefix = settings.text("protocol.md.prefix")
    headers = {prefix + name: values for name, values in response.headers.items()}
    return response.content, {**headers, STATUS_CODE: [str(response.status_code)]}


async def _fetch(url: str, settings: Settings) -> Response:
    protocol = HttpProtocol(settings, Agent.from_settings(settings).user_agent)
    try:
        return await protocol.fetch(url, {PRIVATE_ALLOWED: ["true"]})
    finally:
        await protocol.close()
