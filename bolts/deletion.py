"""Deletes the documents of pages that are gone."""

from typing import Any

from streamparse import Bolt

from spindrift.conf import Settings
from spindrift.errors import StoreError
from spindrift.store import Store, open_store


class DeletionBolt(Bolt):
    """Input: the status updater's stream `deletion` (url, metadata). Key: `store.url`.

    Acks when the deletion is durable, fails when it was not possible; an unknown document is no error.
    """

    auto_ack = False

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        self._store: Store = open_store(settings.text("store.url"), settings)

    def process(self, tup: Any) -> None:
        self._store.documents.delete([tup.values[0]], lambda error: self._finish(tup, error))

    def cleanup(self) -> None:
        """Have everything written. Called by the embedded runner at the end, as Storm does with Java bolts."""
        self._store.close()

    def _finish(self, tup: Any, error: BaseException | None) -> None:
        if error is None:
            self.ack(tup)
        else:
            if not isinstance(error, StoreError):  # those the store logs itself: once, not for every page
                self.logger.error("document of %s could not be deleted: %s", tup.values[0], error)
            self.fail(tup)
