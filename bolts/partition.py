"""Gives each URL the key that queues and politeness go by."""

from typing import Any, ClassVar

from streamparse import Bolt, Stream

from spindrift import metadata_keys
from spindrift.conf import Settings
from spindrift.metadata import Metadata, copy, set_value
from spindrift.protocol.causes import MALFORMED_URL, UNKNOWN_HOST
from spindrift.status import Status
from spindrift.urls.partition import Partitioner, Resolve, UnknownHostError, system_resolve


class URLPartitionerBolt(Bolt):
    """Partitions URLs by host, registered domain or IP address.

    In: url, metadata. Reads `partition.url.mode`. Emits url, key, metadata; or on `status` ERROR (malformed URL) where
    a URL has no host, FETCH_ERROR (Unknown host) where its host has no address. Never fails a tuple.
    """

    outputs: ClassVar[list[Stream]] = [
        Stream(fields=["url", "key", "metadata"]),
        Stream(fields=["url", "metadata", "status"], name="status"),
    ]
    resolve: Resolve = staticmethod(system_resolve)
    """Looks up addresses for `byIP`; another one can be given in a subclass."""

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        self._partitioner = Partitioner.from_settings(Settings(conf), self.resolve)

    def process(self, tup: Any) -> None:
        url, metadata = tup.values[:2]
        try:
            key = self._partitioner.key(url, metadata)
        except ValueError as error:
            self._refuse(url, metadata, Status.ERROR, MALFORMED_URL, error)
        except UnknownHostError as error:
            self._refuse(url, metadata, Status.FETCH_ERROR, UNKNOWN_HOST, error)
        else:
            self.emit([url, key, metadata])

    def _refuse(self, url: str, metadata: Metadata, status: Status, cause: str, error: Exception) -> None:
        metadata = copy(metadata)
        set_value(metadata, metadata_keys.ERROR_CAUSE, cause)
        set_value(metadata, metadata_keys.ERROR_MESSAGE, str(error))
        self.emit([url, metadata, status.value], stream="status")
