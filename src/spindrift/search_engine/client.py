"""The two clients behind one: everything above this file sends the same requests to both engines."""

import logging
import os
import time
from typing import Any, Final

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.search_engine.address import SearchAddress
from spindrift.search_engine.errors import Refused, Unreachable
from spindrift.search_engine.identity import Identity
from spindrift.search_engine.transports import Answer, ElasticsearchTransport, NoAnswer, OpenSearchTransport, Transport
from spindrift.sqlite.rows import as_json

log = logging.getLogger(__name__)

_FIRST_PAUSE: Final = 0.25
_LONGEST_PAUSE: Final = 5.0
_HURRY_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.25
_SHOWN: Final = 80


class SearchClient:
    """Sends requests, and waits for a server that is away. Thread-safe."""

    def __init__(
        self,
        transport: Transport,
        name: str,
        identity: Identity = Identity(),  # noqa: B008 - frozen
        *,
        seconds: float,
        patience: float,
    ) -> None:
        """`name` is how messages call the store; `seconds` may a request take, `patience` a server be away."""
        self.name = name
        self._transport = transport
        self._identity = identity
        self._seconds = seconds
        self._patience = patience
        self._hurried: float | None = None
        self._away_since: float | None = None
        self._said = False

    def request(self, method: str, path: str, body: object = None, **params: str) -> Answer:
        """Ask once. `body`: a JSON value, or bytes of lines (bulk). Raises Unreachable or Refused."""
        encoded = body if isinstance(body, bytes) else None if body is None else as_json(body).encode()
        try:
            answer = self._transport.send(method, path, params, encoded, self._seconds)
        except NoAnswer as error:
            raise self._has_gone(f"does not answer ({error})") from None
        if not _is_of_an_engine(method, answer):
            raise self.not_understood(method, path, answer)
        self._is_back()
        if answer.status >= 400 and answer.status != 404:
            doing, advice = f"store {self.name} refuses {method} {path}", self._identity.advice(answer.status)
            raise Refused(doing, answer.status, answer.body, advice)
        return answer

    @property
    def is_away(self) -> bool:
        """Whether the last request had no answer."""
        return self._away_since is not None

    def ask(self, method: str, path: str, body: object = None, **params: str) -> Answer:
        """Ask until there is an answer. Raises Refused, and Unreachable when the server is away for too long."""
        waiting = self.waiting()
        while True:
            if self._hurried is not None and self.lost:  # not once more for each of many that wait
                raise Unreachable(f"store {self.name} does not answer")
            try:
                return self.request(method, path, body, **params)
            except Unreachable as error:
                waiting.pause(error)
            except Refused as error:
                if not error.passes:
                    raise
                waiting.pause(error)

    def not_understood(self, method: str, path: str, answer: Answer) -> Unreachable:
        """What to raise for an answer that no search engine gives: it is taken to be away behind what does give it."""
        said = answer.body if isinstance(answer.body, str) else as_json(answer.body)
        return self._has_gone(
            f"answered {method} {path} with what is no answer of a search engine ({answer.status} {said[:_SHOWN]!r}): "
            "a proxy may stand before it"
        )

    def _has_gone(self, how: str) -> Unreachable:
        self._away_since = self._away_since or time.monotonic()
        return Unreachable(f"store {self.name} {how}")

    def _is_back(self) -> None:
        since, self._away_since = self._away_since, None
        if since is not None and self._said:
            self._said = False
            log.warning("store %s answers again, after %.0f s", self.name, time.monotonic() - since)

    def say_away(self, error: Exception) -> None:
        """Say in the log that the server is waited for: once."""
        if self.is_away and not self._said:
            self._said = True
            log.warning("%s; it is waited for %g s", error, self._patience)

    def waiting(self) -> "Waiting":
        """For one thing to be done that may have to be tried again."""
        return Waiting(self)

    def hurry(self) -> None:
        """The crawl ends: what cannot be done within some seconds is given up. May be called by a signal handler."""
        self._hurried = self._hurried or time.monotonic()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    @property
    def lost(self) -> bool:
        """Whether the server has been away for longer than anybody waits."""
        return self._away_since is not None and not self._has_patience(self._away_since)

    def wait(self, since: float, pause: float) -> bool:
        """Pause; False where there is no patience left for what is waited for `since` then.

        A server that is away is away for all: nobody waits longer than who noticed it first.
        """
        since = min(since, self._away_since or since)
        until = time.monotonic() + pause
        while self._has_patience(since):
            left = until - time.monotonic()
            if left <= 0:
                return True
            time.sleep(min(left, _LOOK_SECONDS))
        return False

    def _has_patience(self, since: float) -> bool:
        now = time.monotonic()
        if self._hurried is not None and now - max(since, self._hurried) >= _HURRY_SECONDS:
            return False
        return now - since < self._patience


def _is_of_an_engine(method: str, answer: Answer) -> bool:
    """Of errors, all may be: those of a proxy that say enough by their number."""
    if 300 <= answer.status < 400:
        return False
    return method == "HEAD" or isinstance(answer.body, dict) or (answer.status >= 400 and answer.status != 404)


class Waiting:
    """Pauses between attempts, each longer than the last."""

    def __init__(self, client: SearchClient) -> None:
        self._client = client
        self._since = time.monotonic()
        self._pause = _FIRST_PAUSE

    def pause(self, error: Exception) -> None:
        """Wait before another attempt; raises `error` where it lasts too long."""
        self._client.say_away(error)
        if not self._client.wait(self._since, self._pause):
            raise error
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)


def connect(address: SearchAddress, settings: Settings) -> SearchClient:
    """A client for `address`. Nothing is sent yet. Raises ConfigurationError for settings that cannot be used."""
    identity = Identity.find(address, settings)
    tls = settings.flag("store.search.tls") if address.tls is None else address.tls
    authority = settings.text("store.search.tls.ca.file") or None
    if authority is not None and not os.path.isfile(authority):  # noqa: PTH113
        raise ConfigurationError(f"store.search.tls.ca.file: there is no file {authority}")
    options: dict[str, Any] = {}
    if tls:
        verify = settings.flag("store.search.tls.verify")
        options |= {"verify_certs": verify, "ssl_show_warn": False, "ca_certs": authority if verify else None}
    make = OpenSearchTransport if address.engine == "opensearch" else ElasticsearchTransport
    transport = make(address, tls, identity.authorization, options)
    return SearchClient(
        transport,
        address.name,
        identity,
        seconds=settings.seconds("store.search.timeout"),
        patience=settings.seconds("store.search.patience"),
    )
