"""Exceptions of the network as the short causes that a status shows."""

import socket
import ssl

import aiohttp
from aiohttp.http import HttpProcessingError

from spindrift.protocol.decoding import UndecodableError
from spindrift.protocol.response import FetchFailure

TIMEOUT = "Socket timeout fetching"
UNKNOWN_HOST = "Unknown host"
MALFORMED_URL = "malformed URL"
UNDECODABLE = "undecodable content"
NOT_FROM_HERE = "file: from the web"
"""Of a file that no seed, and no file, has led to."""
OUTSIDE_OF_SEED = "file: outside of the seed's folder"
"""Of a file that lies neither in the folder of the `file:` seed that has led to it, nor below."""

# The first that fits counts: some are kinds of others further down.
_CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, TIMEOUT),
    (socket.gaierror, UNKNOWN_HOST),
    (ssl.SSLCertVerificationError, "CertificateError"),
    (ssl.SSLError, "TLSError"),
    (UndecodableError, UNDECODABLE),
    (aiohttp.ServerDisconnectedError, "ServerDisconnected"),
    (aiohttp.EofStream, "ServerDisconnected"),
    (aiohttp.ClientPayloadError, "IncompleteBody"),
    (HttpProcessingError, "InvalidResponse"),
)
_RESET = frozenset({54, 104, 10054})


def failure_of(error: BaseException) -> FetchFailure:
    """The FetchFailure that says what `error` means: StormCrawler's texts for the usual two, else a short name."""
    return FetchFailure(cause_of(error), str(error)[:500])


def cause_of(error: BaseException) -> str:
    """The cause alone, see `failure_of`."""
    for kind, cause in _CAUSES:
        if isinstance(error, kind):
            return cause
    if isinstance(error, aiohttp.ClientOSError):
        return "ConnectionResetError" if error.errno in _RESET else "ConnectionError"
    return type(error).__name__
