"""Makes URLs of a topic known to the crawl."""

from typing import Any, ClassVar

import orjson
from streamparse import Stream

from spindrift.broker import Record
from spindrift.conf import Settings
from spindrift.frontier.seeds import Seed, SeedError, SeedPreparation, parse_line
from spindrift.metadata import MetadataError, as_metadata
from spindrift.metadata_keys import PRIVATE_ALLOWED
from spindrift.spouts.topic import TopicSpout
from spindrift.status import Status


class TopicUrlSpout(TopicSpout):
    """Emits `status` (url, metadata, DISCOVERED) for each URL in the topic `crawl.topic.urls`: seeds that keep coming.

    A message is a JSON object with `url`, and `metadata` where it has any, or a line as in files of seeds. What is no
    URL, or refused by the filters, goes to the dead letters. Unlike seeds, these URLs do not lead to private addresses
    (`http.allow.private.addresses`): who may write to the topic need not be who runs the crawl.
    Keys: those of TopicSpout, `crawl.topic.urls` for `topic.names`; `urlfilters.config.file`.
    """

    outputs: ClassVar[list[Any]] = [Stream(["url", "metadata", "status"], "status")]
    stream: ClassVar[str] = "status"

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        self._preparation = SeedPreparation.from_settings(Settings(conf))
        super().initialize(conf, ctx)

    def topics(self, settings: Settings) -> list[str]:
        return [settings.text("crawl.topic.urls")]

    def values_of(self, record: Record) -> list[Any] | None:
        seed = _seed(record)
        if seed is None:
            return None
        prepared = self._preparation.prepare(seed)
        if prepared.warning:
            self.logger.warning("%s", prepared.warning)
        prepared.metadata.pop(PRIVATE_ALLOWED, None)
        return [prepared.url, prepared.metadata, Status.DISCOVERED.value]


def _seed(record: Record) -> Seed | None:
    """None for an empty line, and for a message without a value. Raises SeedError."""
    origin = "message"  # where it stands, its headers say
    text = (record.value or b"").decode()
    if not text.lstrip().startswith("{"):
        return parse_line(text, origin)
    given = orjson.loads(text)
    url = given.get("url")
    if not isinstance(url, str):
        raise SeedError(f"{origin}: url is {url!r:.100}; expected a text")
    try:
        return Seed(url, as_metadata(given.get("metadata") or {}), origin)
    except MetadataError as error:
        raise SeedError(f"{origin}: {error}") from None
