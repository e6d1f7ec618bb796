"""Who may reach private addresses, and which hosts are on one: the same for every protocol of the web."""

from spindrift.conf.settings import Settings
from spindrift.metadata import Metadata, is_true
from spindrift.metadata_keys import PRIVATE_ALLOWED
from spindrift.protocol.addresses import known_privacy
from spindrift.protocol.causes import UNKNOWN_HOST
from spindrift.protocol.resolver import HostResolver
from spindrift.protocol.response import FetchFailure


class PrivateReach:
    """Reads http.allow.private.addresses; to be used within one event loop, as the resolver is."""

    def __init__(self, settings: Settings, resolver: HostResolver) -> None:
        self._all_allowed = settings.flag("http.allow.private.addresses")
        self._resolver = resolver

    def allows(self, metadata: Metadata) -> bool:
        """Whether a URL with this metadata may lead to a private address."""
        return self._all_allowed or is_true(metadata, PRIVATE_ALLOWED)

    async def is_private(self, host: str) -> bool:
        """Whether `host` is a private address, or a name that has no public one.

        Raises FetchFailure for a host that is not known.
        """
        known = known_privacy(host)
        if known is not None:
            return known
        try:
            return await self._resolver.is_private(host)
        except OSError as error:
            raise FetchFailure(UNKNOWN_HOST, f"{host}: {error}") from error

    async def seems_private(self, host: str) -> bool:
        """As far as this machine can tell: behind a proxy, names may be known to the proxy alone."""
        try:
            return await self.is_private(host)
        except FetchFailure:
            return False
