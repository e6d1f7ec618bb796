"""What an archive keeps of a request and its answer (http.store.headers): StormCrawler's names."""

from aiohttp.http_parser import RawResponseMessage

from spindrift import metadata_keys as names
from spindrift.metadata import Metadata
from spindrift.protocol.connections import Exchange
from spindrift.protocol.requests import HttpRequest, without_secrets


def verbatim_record(request: HttpRequest, message: RawResponseMessage, exchange: Exchange, began: float) -> Metadata:
    """Both heads as they were sent, but for credentials; when (`began`: epoch seconds), with whom, and how."""
    version = f"HTTP/{message.version.major}.{message.version.minor}"
    lines = [f"{version} {message.code} {message.reason}".encode("utf-8", "surrogateescape")]
    lines += [name + b": " + value for name, value in message.raw_headers]
    return {
        names.REQUEST_HEADERS: [without_secrets(request.data)],
        names.RESPONSE_HEADERS: [(b"\r\n".join(lines) + b"\r\n\r\n").decode("latin-1")],
        names.RESPONSE_IP: [exchange.address],
        names.REQUEST_TIME: [str(round(began * 1000))],
        names.PROTOCOL_VERSIONS: [",".join((version, *exchange.security()))],
    }
