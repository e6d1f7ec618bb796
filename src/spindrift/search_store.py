"""A store in Elasticsearch or OpenSearch: five indices, one client, one writer."""

from contextlib import suppress
from typing import Final

from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError, StoreError
from spindrift.frontier.host_limit import HostLimit
from spindrift.frontier.protocol import Frontier
from spindrift.frontier.search_claims import Claims
from spindrift.frontier.search_frontier import SearchFrontier
from spindrift.frontier.search_records import MODE, Routing
from spindrift.index.documents import Documents
from spindrift.index.search_documents import SearchDocuments
from spindrift.resource_files import ResourceFiles
from spindrift.search_engine.address import SearchAddress
from spindrift.search_engine.bulk import Bulk
from spindrift.search_engine.client import SearchClient, connect
from spindrift.search_engine.errors import Unreachable
from spindrift.search_engine.index import Index
from spindrift.search_engine.writer import BulkWriter

_STATUS: Final = "status"
_LARGE: Final = (_STATUS, "content")
_SMALL: Final = ("hosts", "sources", "claims")


class SearchStore:
    """Frontier and documents. Keys: `store.search.*`; the indices are made by `mappings/*.json` of the resources."""

    def __init__(
        self, address: SearchAddress, settings: Settings, *, read_only: bool = False, clock: Clock | None = None
    ) -> None:
        """Raises StoreError where the server cannot be reached, or there is nothing to read."""
        self._client = connect(address, settings)
        self._indices = {name: Index(self._client, address.index(name)) for name in (*_LARGE, *_SMALL)}
        self._writer: BulkWriter | None = None
        status, content, hosts, sources, claims = self._indices.values()
        bulk = Bulk(
            self._client,
            size=settings.integer("store.search.bulk.size"),
            most_bytes=settings.integer("store.search.bulk.bytes"),
        )
        self._claims = Claims(claims, bulk, clock or SystemClock())
        try:
            _check_answers(self._client)
            if not read_only:
                self._create(settings)
            mode = status.meta().get(MODE, Routing.kept_mode(settings.text(MODE)))
            if not read_only:
                _check_mode(address, mode, settings)
                self._writer = BulkWriter(
                    self._client,
                    interval=settings.seconds("store.search.bulk.interval"),
                    size=settings.integer("store.search.bulk.size"),
                )
        except BaseException:
            self._client.close()
            raise
        self.frontier: Frontier = SearchFrontier(
            status,
            hosts,
            self._claims,
            self._writer,
            bulk,
            clock or SystemClock(),
            Routing(mode),
            HostLimit.from_settings(settings),
        )
        self.documents: Documents = SearchDocuments(content, sources, self._writer, bulk)

    @property
    def trouble(self) -> StoreError | None:
        """See `Store.trouble`."""
        if self._client.lost:
            return StoreError(f"store {self._client.name} has not answered for too long")
        if self._claims.lost is not None:
            return self._claims.lost
        return self._writer.trouble if self._writer is not None else None

    def hurry(self) -> None:
        """See `Store.hurry`."""
        self._client.hurry()

    def close(self) -> None:
        """Write what was put, have it found by whoever searches next, and close the connections."""
        if self._writer is not None:
            self._writer.close()
        self._claims.close()
        with suppress(StoreError):  # it is stored, and found a little later
            for index in self._indices.values():
                index.refresh_written()
        self._client.close()

    def _create(self, settings: Settings) -> None:
        resources = ResourceFiles.from_settings(settings)
        replicas = settings.integer("store.search.replicas")
        for name, index in self._indices.items():
            index.create(
                resources.find(f"mappings/{name}.json"),
                shards=settings.integer("store.search.shards") if name in _LARGE else 1,
                replicas=replicas,
                meta={MODE: Routing.kept_mode(settings.text(MODE))} if name == _STATUS else None,
            )


def indices_exist(address: SearchAddress, settings: Settings) -> bool:
    """Whether there is a store. Raises StoreError where the server cannot be reached."""
    client = connect(address, settings)
    try:
        _check_answers(client)
        return Index(client, address.index(_STATUS)).exists()
    finally:
        client.close()


def _check_answers(client: SearchClient) -> None:
    """At the start nobody waits for a server that may never have been there."""
    try:
        client.request("GET", "/_cluster/health")
    except Unreachable as error:
        raise StoreError(f"{error}; check the address, and whether the server runs") from error


def _check_mode(address: SearchAddress, kept: str, settings: Settings) -> None:
    wanted = Routing.kept_mode(settings.text(MODE))
    if kept != wanted:
        raise ConfigurationError(
            f"{MODE}: {address.name} keeps URLs together by {kept}, not {wanted}; say {MODE}={kept}, or crawl into "
            "indices of another prefix"
        )
