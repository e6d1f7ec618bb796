"""How a document that could not be parsed, or indexed, is told: the metadata of its ERROR."""

from collections.abc import Mapping
from typing import Final

from spindrift import metadata_keys as keys
from spindrift.metadata import Metadata, copy

CONTENT_FILTERING: Final = "content filtering"
CONTENT_PARSING: Final = "content parsing"
CONTENT_TYPE_CHECKING: Final = "content-type checking"
INDEXING: Final = "indexing"


def with_error(metadata: Mapping[str, list[str]], cause: str, message: str) -> Metadata:
    """A copy with error.cause, error.source (the step that failed, as in StormCrawler: the cause) and error.message."""
    told = copy(metadata)
    told[keys.ERROR_CAUSE] = [cause]
    told[keys.ERROR_SOURCE] = [cause]
    told[keys.ERROR_MESSAGE] = [message]
    return told
