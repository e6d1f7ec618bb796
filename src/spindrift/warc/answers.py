"""Archived answers as the protocol would have brought them."""

from typing import Final

from spindrift import metadata_keys as names
from spindrift.errors import ArchiveError
from spindrift.metadata import first
from spindrift.protocol.answer_parser import MAX_HEAD
from spindrift.protocol.conditional import is_conditional
from spindrift.protocol.decoding import BodyCollector, ContentLimitReachedError, UndecodableError, known_encodings
from spindrift.protocol.response import Response
from spindrift.warc.archive import Archive, Visit
from spindrift.warc.heads import parse_response, split_message, verbatim
from spindrift.warc.reading import Record, read_at

_MAX_DIGITS: Final = 12


def response_of(archive: Archive, visit: Visit, limit: int | None = None) -> Response:
    """What was answered at a visit; its content decoded, and cut at `limit` bytes.

    Raises ArchiveError where the records cannot be read, or there is no answer in them.
    """
    if visit.answer is None:
        raise ArchiveError(f"{visit.url} was not answered")
    record = read_at(visit.file, visit.answer, block_limit(limit))
    response = response_in(record, limit)
    response.url = visit.url
    if visit.refers_to and (original := archive.original(visit)) is not None:
        response.content = response_of(archive, original, limit).content
    if visit.request is not None:
        request = read_at(visit.file, visit.request, MAX_HEAD)
        response.verbatim[names.REQUEST_HEADERS] = [split_message(request.block)[0]]
    response.verbatim[names.REQUEST_TIME] = [str(round(visit.date * 1000))]
    return response


def block_limit(limit: int | None) -> int | None:
    """Bytes of a record that are worth reading for `limit` bytes of decoded content: with its head, and with room for
    the sizes of chunks. None for all.
    """
    return None if limit is None else MAX_HEAD + 2 * limit


def was_conditional(response: Response) -> bool:
    """Whether what was archived had been asked for conditionally; a server is believed where its request is not there.

    Only then is a 304 the answer to what was asked.
    """
    request = first(response.verbatim, names.REQUEST_HEADERS)
    return request is None or is_conditional(request)


def response_in(record: Record, limit: int | None = None) -> Response:
    """The answer in a record (response, revisit, resource), of which at least `block_limit(limit)` bytes were read.

    Raises ArchiveError where there is none.
    """
    if record.kind == "resource":
        kind = record.headers.get("content-type", "")
        response = Response(record.uri, 200, {"content-type": [kind]} if kind else {}, record.block)
        _cut(response, limit)
    else:
        response = _http(record, limit)
    if len(record.block) < record.length and record.problem is None:
        response.trimmed = "length"
    if truncated := record.headers.get("warc-truncated"):
        response.trimmed = truncated
    response.address = record.headers.get("warc-ip-address") or record.headers.get("ip-address", "")
    if response.address:
        response.verbatim[names.RESPONSE_IP] = [response.address]
    if protocol := record.headers.get("warc-protocol"):
        response.verbatim[names.PROTOCOL_VERSIONS] = [protocol]
    return response


def _http(record: Record, limit: int | None) -> Response:
    text, body = split_message(record.block)
    try:
        head = parse_response(text)
    except ValueError as error:
        raise ArchiveError(f"{record.file}, at byte {record.offset:,}: {error}") from error
    response = Response(record.uri, head.status_code, head.lists(), body)
    status_line = text.partition("\n")[0].rstrip("\r")
    response.verbatim[names.RESPONSE_HEADERS] = [verbatim(head, status_line)]
    if head.masked:
        _cut(response, limit)
    else:
        _decode(response, limit)
    return response


def _decode(response: Response, limit: int | None) -> None:
    """Undo what a server did to the body; as far as that is possible, or not at all, as other readers do."""
    body = response.content
    if "chunked" in ",".join(response.headers.get("transfer-encoding", ())).lower():
        body = dechunked(body)
    try:
        collector = BodyCollector(known_encodings(response.headers.get("content-encoding", ())), limit)
        for piece in collector.decode(body):
            collector.keep(piece)
        response.content = collector.content()
    except ContentLimitReachedError:
        response.content = collector.content()
        response.trimmed = "length"
    except UndecodableError:
        response.content = body  # archived decoded, with the header that it came with
        _cut(response, limit)


def dechunked(body: bytes) -> bytes:
    """A body without its chunked framing; as it is where it has none, as far as it goes where it is cut off."""
    pieces: list[bytes] = []
    place = 0
    while True:
        end = body.find(b"\n", place, place + 1024)
        digits = body[place:end].split(b";")[0].strip() if end >= 0 else b""
        if not digits or len(digits) > _MAX_DIGITS or digits.strip(b"0123456789abcdefABCDEF"):
            return b"".join(pieces) if pieces else body
        size = int(digits, 16)
        if size == 0:
            return b"".join(pieces)
        pieces.append(body[end + 1 : end + 1 + size])
        place = end + 1 + size
        if body[place : place + 2] == b"\r\n":
            place += 2
        elif body[place : place + 1] == b"\n":
            place += 1


def _cut(response: Response, limit: int | None) -> None:
    if limit is not None and len(response.content) > limit:
        response.content = response.content[:limit]
        response.trimmed = "length"
