"""The network of an archive: URLs are answered as they were when they were archived, others not at all."""

import asyncio
import logging
from typing import ClassVar, Final, Self

from spindrift import metadata_keys as names
from spindrift.errors import ArchiveError
from spindrift.metadata import Metadata, first, is_true
from spindrift.protocol.addresses import known_privacy
from spindrift.protocol.bodies import BodyBudget
from spindrift.protocol.http import parse_url
from spindrift.protocol.interface import FROM_SETTINGS, ProtocolContext
from spindrift.protocol.response import FetchFailure, Response
from spindrift.warc.answers import response_of
from spindrift.warc.archive import Archive, Visit
from spindrift.warc.opening import open_archive
from spindrift.warc.replay_engine import UNREADABLE

_log = logging.getLogger(__name__)

NOT_ARCHIVED: Final = "not in the archive"
"""Cause of the failure of a URL that the archive does not have: nothing else is asked."""


class ReplayProtocol:
    """Serves a crawl from WARC and ARC files, never from the network, and without pauses.

    A URL that was visited several times is answered in that order, the last time for good. A robots.txt that is not in
    the archive forbids nothing. Keys: warc.paths (files, folders, or lists of files), http.content.limit.
    """

    asks_robots: ClassVar[bool] = True
    is_polite: ClassVar[bool] = False

    def __init__(self, archive: Archive, limit: int | None, bodies: BodyBudget | None = None) -> None:
        self._archive = archive
        self._limit = limit
        self._bodies = bodies or BodyBudget(None)
        self._next: dict[tuple[str, bool], int] = {}

    @classmethod
    def from_context(cls, context: ProtocolContext) -> Self:
        """See `Protocol`. Reads the archive once, and logs what of it cannot be read."""
        settings = context.settings
        archive = open_archive(settings)
        for trouble in archive.troubles:
            _log.error("%s", trouble)
        return cls(archive, settings.limit("http.content.limit"), context.bodies)

    def origin(self, url: str) -> str:
        """See `Protocol`."""
        return str(parse_url(url).origin())

    async def fetch(self, url: str, metadata: Metadata, *, content_limit: int | None = FROM_SETTINGS) -> Response:
        """The archived answer. Raises FetchFailure with NOT_ARCHIVED, or the cause with which the visit had failed."""
        for_robots = is_true(metadata, names.FOR_ROBOTS_TXT)
        visit = self._take(url, for_robots=for_robots)
        if visit is None:
            if for_robots:
                return Response(url, 404)
            raise FetchFailure(NOT_ARCHIVED, url)
        if visit.answer is None:
            fields = visit.fields
            raise FetchFailure(first(fields, names.FETCH_EXCEPTION) or first(fields, names.ERROR_CAUSE) or NOT_ARCHIVED)
        limit = self._limit if content_limit == FROM_SETTINGS else content_limit
        try:
            response = await asyncio.to_thread(response_of, self._archive, visit, limit)
        except ArchiveError as error:
            raise FetchFailure(UNREADABLE, str(error)) from error
        response.content = self._bodies.hand_out(response.content)
        return response

    def allows_private(self, metadata: Metadata) -> bool:
        """See `Protocol`."""
        return is_true(metadata, names.PRIVATE_ALLOWED)

    async def is_private(self, url: str) -> bool:
        """Whether the host is private by its spelling; no name is looked up."""
        return known_privacy(parse_url(url).raw_host or "") is True

    async def close(self) -> None:
        """There is nothing to close."""

    def _take(self, url: str, *, for_robots: bool) -> Visit | None:
        # A visit without an answer says what the fetcher decided; it counts where nothing else is known.
        visits = [visit for visit in self._archive.of(url) if visit.is_robots == for_robots]
        answered = [visit for visit in visits if visit.answer is not None] or visits
        if not answered:
            return None
        place = self._next.get((url, for_robots), 0)
        self._next[url, for_robots] = place + 1
        return answered[min(place, len(answered) - 1)]
