"""Writes documents to a topic, and says FETCHED when they are there."""

from dataclasses import asdict
from typing import Any, ClassVar

from streamparse import Stream

from spindrift.bolts.topic import TopicBolt
from spindrift.broker import Message
from spindrift.broker.formats import writer
from spindrift.conf import Settings
from spindrift.index.fields import IndexFields, NotIndexableError
from spindrift.status import Status
from spindrift.warc.capture import request_time


class TopicIndexBolt(TopicBolt):
    """Input: (url, content, metadata, text) of a parsed page. In the place of IndexerBolt: who reads the topic indexes.

    Emits `status` (url, metadata, FETCHED) anchored to the page, once its document is delivered to the topic
    `crawl.topic.documents`; then acks. The message is the document as JSON, its key the document's URL. A page that
    must not be indexed (robots noindex, `indexer.md.filter`) is FETCHED, too, and its message has no value: whoever
    has its document is to delete it, and a compacted topic does.
    A page whose metadata are no lists of texts is an ERROR with error.cause and error.message.
    Keys: `broker.*`, `crawl.topic.documents`, `indexer.*`. Fails a tuple whose document could not be delivered.
    """

    outputs: ClassVar[list[Any]] = [Stream(["url", "metadata", "status"], "status")]
    topic_key: ClassVar[str] = "crawl.topic.documents"

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        self._prefix = settings.text("protocol.md.prefix")
        self._fields = IndexFields.from_settings(settings)
        self._json = writer("json")
        super().initialize(conf, ctx)

    def process(self, tup: Any) -> None:
        url, _content, metadata, text = tup.values
        try:
            self._fields.readable(url, metadata, text)
        except NotIndexableError as error:  # it would be the same the next time
            self.logger.error("%s", error)
            self.emit([url, error.told, Status.ERROR.value], stream="status", anchors=[tup])
            self.ack(tup)
            return
        super().process(tup)

    def message_of(self, tup: Any) -> Message | None:
        url, _content, given, text = tup.values
        metadata = self._fields.readable(url, given, text)
        if not self._fields.wanted(metadata):
            return Message(self._topic, None, self._fields.url(url, metadata).encode())
        fetched = request_time(metadata, self._prefix) or self.clock.time()
        document = self._fields.document(url, metadata, text, fetched)
        return Message(self._topic, self._json(asdict(document)), document.url.encode())

    def delivered(self, tup: Any) -> None:
        url, _content, given, text = tup.values
        metadata = self._fields.readable(url, given, text)
        self.emit([url, metadata, Status.FETCHED.value], stream="status", anchors=[tup])
