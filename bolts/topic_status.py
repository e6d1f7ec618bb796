"""Writes what became of each URL to a topic, before it is stored."""

from typing import Any, ClassVar

from streamparse import Stream

from spindrift.bolts.topic import TopicBolt
from spindrift.broker import Message
from spindrift.conf import Settings


class TopicStatusBolt(TopicBolt):
    """Input: (url, metadata, status) of any stream, by fields grouping on url. Emits them on `status` once delivered.

    What is stored is in the topic `crawl.topic.statuses`, whatever dies: {"url", "metadata", "status"}, by the key
    url. Statuses that are not in `crawl.topic.statuses.of` pass: pages have fifty links that are DISCOVERED.
    Keys: `broker.*`, `crawl.topic.statuses`, `crawl.topic.statuses.of`. Fails a tuple that could not be delivered.
    """

    outputs: ClassVar[list[Any]] = [Stream(["url", "metadata", "status"], "status")]
    topic_key: ClassVar[str] = "crawl.topic.statuses"

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        self._written = frozenset(Settings(conf).texts("crawl.topic.statuses.of"))
        super().initialize({**conf, "topic.key.field": "url", "topic.format": "json"}, ctx)

    def message_of(self, tup: Any) -> Message | None:
        return super().message_of(tup) if tup.values.status in self._written else None

    def delivered(self, tup: Any) -> None:
        self.emit(list(tup.values), stream="status", anchors=[tup])
