"""Indexes pages, and says FETCHED when they can be found."""

from typing import Any, ClassVar

from streamparse import Bolt, Stream

from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.errors import StoreError
from spindrift.index.fields import IndexFields, NotIndexableError
from spindrift.metadata import Metadata
from spindrift.status import Status
from spindrift.store import Store, open_store
from spindrift.warc.capture import request_time


class IndexerBolt(Bolt):
    """Input: (url, content, metadata, text) of a parsed page.

    Emits `status` (url, metadata, FETCHED) anchored to the page, once its document is durable; then acks. A page that
    must not be indexed (robots noindex, `indexer.md.filter`) is FETCHED, too, and a document that it had is deleted.
    A page whose metadata are no lists of texts is an ERROR with error.cause and error.message.
    Keys: `store.url`, `indexer.*`. Fails a tuple whose document could not be stored. With `metrics.report` it reports
    the metric `indexer` at every tick and at the end: `indexed`, how many documents were stored.
    """

    outputs: ClassVar[list[Stream]] = [Stream(["url", "metadata", "status"], "status")]
    auto_ack = False

    clock: Clock = SystemClock()

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        self._prefix = settings.text("protocol.md.prefix")
        self._fields = IndexFields.from_settings(settings)
        self._store: Store = open_store(settings.text("store.url"), settings)
        self._metrics = settings.flag("metrics.report")
        self._indexed = 0

    def process(self, tup: Any) -> None:
        url, _content, metadata, text = tup.values
        try:
            metadata = self._fields.readable(url, metadata, text)
        except NotIndexableError as error:  # it would be the same the next time
            self.logger.error("%s", error)
            self.emit([url, error.told, Status.ERROR.value], stream="status", anchors=[tup])
            self.ack(tup)
            return
        documents = self._store.documents
        if not self._fields.wanted(metadata):
            documents.delete([url], lambda error: self._finish(tup, metadata, error))
            return
        fetched = request_time(metadata, self._prefix) or self.clock.time()
        document = self._fields.document(url, metadata, text, fetched)
        documents.put([document], lambda error: self._finish(tup, metadata, error, documents=1))

    def process_tick(self, tup: Any) -> None:
        self._report()
        self.ack(tup)

    def cleanup(self) -> None:
        """Have everything written. Called by the embedded runner at the end, as Storm does with Java bolts."""
        self._report()
        self._store.close()

    def _report(self) -> None:
        if self._metrics:
            self.report_metric("indexer", {"indexed": self._indexed})

    def _finish(self, tup: Any, metadata: Metadata, error: BaseException | None, documents: int = 0) -> None:
        """On the writer's thread."""
        url = tup.values[0]
        if error is not None:
            if not isinstance(error, StoreError):  # those the store logs itself: once, not for every page
                self.logger.error("document of %s could not be stored: %s", url, error)
            self.fail(tup)
            return
        self._indexed += documents
        self.emit([url, metadata, Status.FETCHED.value], stream="status", anchors=[tup])
        self.ack(tup)
