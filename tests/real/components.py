"""Components that are hard on the protocol."""

import hashlib
import os
import threading
from typing import Any, Final

from streamparse import Bolt, Spout

from spindrift.metadata import Metadata
from tests.local.components.journal import Journal

PAGE: Final = bytes(range(256)) * (5 * 2**20 // 256)
METADATA: Final[Metadata] = {"title": ["A storm of \N{SNOWMAN}", 'of "foam"\n'], "empty": [], "": [""]}


class PageSpout(Spout):
    """Emits a page of 5 MB, four times, and nothing more."""

    outputs: tuple[Any, ...] = ("content", "metadata")

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        self.journal = Journal(conf, context)
        self.left = 4

    def next_tuple(self) -> None:
        if self.left:
            self.left -= 1
            self.emit([PAGE, METADATA], tup_id=self.left)

    def ack(self, tup_id: Any) -> None:
        self.journal.write("ack", id=tup_id)

    def fail(self, tup_id: Any) -> None:
        self.journal.write("fail", id=tup_id)


class Passing(Bolt):
    """Passes pages on, and prints whatever it can."""

    outputs: tuple[Any, ...] = ("content", "metadata")

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        self.journal = Journal(conf, context)

    def process(self, tup: Any) -> None:
        print("a page of", len(tup.values.content))
        os.write(1, b'{"command": "nonsense"}\nend\n')
        self.emit(list(tup.values))


class Digesting(Bolt):
    """Writes down what pages it gets, and how Storm speaks with it."""

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        self.journal = Journal(conf, context)
        self.spoken = conf["topology.multilang.serializer"]

    def process(self, tup: Any) -> None:
        content, metadata = tup.values
        digest = hashlib.sha256(content).hexdigest()
        self.journal.write("page", digest=digest, metadata=metadata, serializer=self.spoken)


class Slow(Passing):
    """Takes `test.seconds` for its first page."""

    def initialize(self, conf: dict[str, Any], context: dict[str, Any]) -> None:
        super().initialize(conf, context)
        self.seconds = conf["test.seconds"]

    def process(self, tup: Any) -> None:
        threading.Event().wait(self.seconds)
        self.seconds = 0.0
        self.journal.write("done")
