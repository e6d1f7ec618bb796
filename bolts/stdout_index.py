"""Shows what would be indexed."""

import sys
from typing import Any, ClassVar

from streamparse import Bolt, Stream

from spindrift.conf import Settings
from spindrift.index.fields import IndexFields, NotIndexableError
from spindrift.status import Status

_LONGEST = 100


class StdOutIndexer(Bolt):
    """Prints the fields of each page as `name<TAB>value`; of values over 100 characters only the length.

    Input and output as IndexerBolt's; keys `indexer.*`. On a Storm cluster standard output goes to the worker's log.
    """

    outputs: ClassVar[list[Stream]] = [Stream(["url", "metadata", "status"], "status")]

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        self._fields = IndexFields.from_settings(Settings(conf))

    def process(self, tup: Any) -> None:
        url, _content, metadata, text = tup.values
        try:
            metadata = self._fields.readable(url, metadata, text)
        except NotIndexableError as error:  # it would be the same the next time
            self.emit([url, error.told, Status.ERROR.value], stream="status")
            return
        if self._fields.wanted(metadata):
            fields = self._fields.flat(self._fields.document(url, metadata, text, 0.0))
            lines = [f"{name}\t{_shown(value)}\n" for name, values in fields.items() for value in values]
            sys.stdout.write("".join(lines))
        self.emit([url, metadata, Status.FETCHED.value], stream="status")


def _shown(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{len(value)} chars"
