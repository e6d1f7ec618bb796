"""Visits as WARC records, gzipped one by one."""

import re
import uuid
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

from warcio.warcwriter import WARCWriter

from spindrift import __version__
from spindrift import metadata_keys as names
from spindrift.clock import Clock
from spindrift.metadata import Metadata, first, is_true
from spindrift.metadata_transfer import Names
from spindrift.warc.capture import Capture, request_time
from spindrift.warc.fields import ASIDE, CONTENT_TYPE, OUTCOME, format_fields, one_line
from spindrift.warc.heads import archived_request, archived_response

SERVER_NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_VERSION: Final = "WARC/1.1"
_LEVEL: Final = 6  # 9, warcio's own, takes twice the time for one per cent
_VALIDATORS: Final = ("etag", "last-modified")
_CONTROLS: Final = re.compile(r"[\x00-\x20\x7f]")


class RecordFormat:
    """Makes the records of a visit, as StormCrawler's WARCRecordFormat and its relatives do, in WARC 1.1.

    - request and response, where the fetcher stored the headers (http.store.headers); revisit for 304;
    - resource, where there is content without headers;
    - metadata, of the keys `metadata_keys` that the visit has (a `*` at the end stands for any rest; headers under
      `prefix` must be named). A URL without an answer has this record alone, which says why.
    """

    def __init__(self, prefix: str, metadata_keys: Iterable[str], clock: Clock) -> None:
        self._prefix = prefix
        keys = list(metadata_keys)
        self._keys = Names(keys)
        self._named = frozenset(keys)
        self._clock = clock

    def file_header(self, filename: str) -> bytes:
        """The warcinfo record that begins a file."""
        about = {"software": [f"spindrift/{__version__}"], "format": ["WARC File Format 1.1"]}
        headers = {"WARC-Filename": filename, "WARC-Date": warc_date(self._clock.time())}
        return _record("", "warcinfo", headers, CONTENT_TYPE, format_fields(about))

    def records(self, capture: Capture) -> bytes:
        """All records of a visit, each a gzip member."""
        metadata, content = capture.metadata, capture.content
        common = self._common(metadata)
        parts: list[bytes] = []
        head = first(metadata, self._prefix + names.RESPONSE_HEADERS)
        about: dict[str, str] = {}
        if head:
            about["WARC-Concurrent-To"] = record_id = _new_id()
            request = first(metadata, self._prefix + names.REQUEST_HEADERS)
            if request:
                parts.append(self._request(capture.url, request, common | about))
            parts.append(self._response(capture, head, common | {"WARC-Record-ID": record_id}))
        elif content or first(metadata, names.STATUS_CODE):
            about["WARC-Concurrent-To"] = record_id = _new_id()
            kind = first(metadata, f"{self._prefix}content-type") or "application/octet-stream"
            more = {"WARC-Record-ID": record_id} | _truncated(metadata)
            parts.append(_record(capture.url, "resource", common | more, one_line(kind), content))
        fields = self._metadata(metadata, answered=bool(about))
        if fields:
            parts.append(_record(capture.url, "metadata", common | about, CONTENT_TYPE, format_fields(fields)))
        return b"".join(parts)

    def _common(self, metadata: Metadata) -> dict[str, str]:
        when = request_time(metadata, self._prefix)
        common = {"WARC-Date": warc_date(self._clock.time() if when is None else when)}
        if address := first(metadata, self._prefix + names.RESPONSE_IP):
            common["WARC-IP-Address"] = address
        return common

    def _request(self, url: str, head: str, headers: Mapping[str, str]) -> bytes:
        return _record(url, "request", headers, "application/http; msgtype=request", b"", archived_request(head))

    def _response(self, capture: Capture, head: str, headers: dict[str, str]) -> bytes:
        metadata, content = capture.metadata, capture.content
        kind = "response"
        if first(metadata, names.STATUS_CODE) == "304":
            kind = "revisit"
            headers["WARC-Profile"] = SERVER_NOT_MODIFIED
        if protocol := first(metadata, self._prefix + names.PROTOCOL_VERSIONS):
            headers["WARC-Protocol"] = one_line(protocol)
        headers |= _truncated(metadata)
        head = archived_response(head, len(content))
        return _record(capture.url, kind, headers, "application/http; msgtype=response", content, head)

    def _metadata(self, metadata: Metadata, *, answered: bool) -> Metadata:
        # A page that is new has its validators in its head; to any other visit, those of an earlier one belong.
        code = first(metadata, names.STATUS_CODE) or "none"
        earlier = code == "304" or code >= "400"
        validators = {self._prefix + name for name in _VALIDATORS} if earlier else set()
        chosen = {
            key: values
            for key, values in self._keys.pick(metadata).items()
            if key in self._named or key in validators or not (self._prefix and key.startswith(self._prefix))
        }
        always = ASIDE if answered else OUTCOME
        return chosen | {key: metadata[key] for key in always if key in metadata}


def warc_date(seconds: float) -> str:
    """Epoch seconds as a WARC-Date, to the millisecond."""
    return datetime.fromtimestamp(round(seconds * 1000) / 1000, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


class _Head:
    """A head that stands where warcio expects parsed HTTP headers, so that it is written as it is."""

    def __init__(self, head: str) -> None:
        self.headers_buff = _encoded(head)

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        """Nothing to compute."""


def _record(
    url: str, kind: str, headers: Mapping[str, str], content_type: str, content: bytes, head: str | None = None
) -> bytes:
    """One record, its digests (SHA-1) and lengths set by warcio, as a gzip member."""
    plain = BytesIO()
    writer: Any = WARCWriter(plain, gzip=False, warc_version=_VERSION)
    record = writer.create_warc_record(
        _CONTROLS.sub(_quoted, url),
        kind,
        payload=BytesIO(content),
        length=len(content),
        http_headers=None if head is None else _Head(head),
        warc_content_type=content_type,
        warc_headers_dict=dict(headers),
    )
    writer.write_record(record)
    deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    return deflater.compress(plain.getbuffer()) + deflater.flush()


def _truncated(metadata: Metadata) -> dict[str, str]:
    if not is_true(metadata, names.TRIMMED):
        return {}
    return {"WARC-Truncated": one_line(first(metadata, names.TRIMMED_REASON) or "unspecified")}


def _encoded(head: str) -> bytes:
    """The bytes that a server sent, which the fetcher has read as Latin-1."""
    try:
        return head.encode("latin-1")
    except UnicodeEncodeError:
        return head.encode("utf-8", "replace")


def _new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def _quoted(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())
