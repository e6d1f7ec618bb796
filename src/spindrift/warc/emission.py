"""The metadata of an archived answer, as it goes into a topology."""

from typing import Final

from spindrift import metadata_keys as names
from spindrift.clock import SystemClock
from spindrift.fetching.item import FetchItem
from spindrift.fetching.record import after_response
from spindrift.metadata import Metadata
from spindrift.protocol.response import Response
from spindrift.warc.archive import seconds_of
from spindrift.warc.packing import UNADDRESSABLE
from spindrift.warc.reading import Record

FILE_NAME: Final = "warc.file.name"
RECORD_OFFSET: Final = "warc.record.offset"
RECORD_LENGTH: Final = "warc.record.length"


def metadata_of(record: Record, response: Response, prefix: str, *, verbatim: bool) -> Metadata:
    """What the fetcher says after an answer, the time of the request, and where the record is.

    `verbatim`: the heads as well (http.store.headers).
    """
    if not verbatim:
        response.verbatim = {}
    date = seconds_of(record.date, SystemClock().time())
    if date is not None:
        response.verbatim[names.REQUEST_TIME] = [str(round(date * 1000))]
    metadata = after_response(FetchItem(record.uri, "", {}), response, prefix)
    for unknown in (names.LOADING_TIME, names.TIME_IN_QUEUES):
        del metadata[unknown]
    metadata[FILE_NAME] = [str(record.file)]
    if record.offset != UNADDRESSABLE:
        metadata[RECORD_OFFSET] = [str(record.offset)]
        if record.size:
            metadata[RECORD_LENGTH] = [str(record.size)]
    return metadata
