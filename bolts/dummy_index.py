"""Indexes nothing."""

from typing import Any, ClassVar

from streamparse import Bolt, Stream

from spindrift.status import Status


class DummyIndexer(Bolt):
    """Says that every page is FETCHED. Input and output as IndexerBolt's."""

    outputs: ClassVar[list[Stream]] = [Stream(["url", "metadata", "status"], "status")]

    def process(self, tup: Any) -> None:
        self.emit([tup.values[0], tup.values[2], Status.FETCHED.value], stream="status")
