"""What requests raises, as the short causes that a status shows."""

import ssl
from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

import requests
import urllib3

from spindrift.protocol.causes import TIMEOUT, UNDECODABLE
from spindrift.protocol.decoding import UndecodableError

_CAUSES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((ssl.SSLCertVerificationError,), "CertificateError"),
    ((ssl.SSLError,), "TLSError"),
    ((UndecodableError,), UNDECODABLE),
    ((RemoteDisconnected,), "ServerDisconnected"),
    ((ConnectionResetError, BrokenPipeError), "ConnectionResetError"),
    ((IncompleteRead, urllib3.exceptions.IncompleteRead), "IncompleteBody"),
    ((HTTPException,), "InvalidResponse"),
    ((TimeoutError, requests.Timeout), TIMEOUT),
    ((OSError,), "ConnectionError"),
)


def cause_of(error: BaseException) -> str:
    """The cause of a failure, as HttpProtocol names it; requests wraps what happened several times."""
    wrapped = list(_inside(error))
    return next((cause for kinds, cause in _CAUSES if any(isinstance(each, kinds) for each in wrapped)), "Error")


def _inside(error: object, depth: int = 8) -> Iterator[BaseException]:
    if isinstance(error, BaseException) and depth:
        for inner in (error.__cause__, error.__context__, getattr(error, "reason", None), *error.args):
            yield from _inside(inner, depth - 1)
        yield error
