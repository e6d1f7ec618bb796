"""The clients of the two engines: all that differs between them stands here."""

import json
import logging
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol

from spindrift.errors import StoreError
from spindrift.search_engine.address import SearchAddress

# `SearchClient` waits itself, and can be closed meanwhile.
_NO_RETRIES: Final[dict[str, Any]] = {"max_retries": 0, "retry_on_timeout": False}
_CONNECTIONS: Final = 10


for _name in ("elastic_transport.node_pool", "opensearch"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # what they warn of, SearchClient says once


class Answer(NamedTuple):
    """Of the server: status code, and the body as a JSON value."""

    status: int
    body: Any


class NoAnswer(Exception):  # noqa: N818 - said to users otherwise, by SearchClient
    """The server could not be reached, or did not answer in time."""


class Transport(Protocol):
    """Sends one request. Raises NoAnswer, and StoreError where no other attempt can help."""

    def send(self, method: str, path: str, params: Mapping[str, Any], body: bytes | None, seconds: float) -> Answer: ...

    def close(self) -> None: ...


class _Bodies:
    """Reads the bodies of answers for both clients: JSON, or what else a proxy may say, as a text. Raises nothing."""

    @staticmethod
    def loads(data: bytes | str, mimetype: str | None = None) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            return data.decode(errors="replace") if isinstance(data, bytes) else data

    @staticmethod
    def dumps(data: bytes, mimetype: str | None = None) -> bytes:
        return data


class ElasticsearchTransport:
    """elasticsearch-py 8: Elasticsearch 8 and 9."""

    def __init__(
        self,
        address: SearchAddress,
        tls: bool,
        authorization: str | None,
        options: Mapping[str, Any],
    ) -> None:
        from elasticsearch import Elasticsearch

        host: Any = {"scheme": "https" if tls else "http", "host": address.host, "port": address.port}
        self._name = address.name
        self._client = Elasticsearch(
            [host],
            headers=_headers(authorization),
            connections_per_node=_CONNECTIONS,
            **_NO_RETRIES,
            **options,
        )
        self._client.transport.serializers = _Bodies()  # type: ignore[assignment]

    def send(self, method: str, path: str, params: Mapping[str, Any], body: bytes | None, seconds: float) -> Answer:
        from elastic_transport import TlsError, TransportError
        from elasticsearch import ApiError, UnsupportedProductError

        headers = {"accept": "application/json"}
        if body is not None:
            headers["content-type"] = "application/x-ndjson" if path.endswith("_bulk") else "application/json"
        try:
            client = self._client.options(request_timeout=seconds)
            answer = client.perform_request(method, path, params=dict(params), headers=headers, body=body)
        except UnsupportedProductError as error:
            if not isinstance(error.body, dict):
                return Answer(error.meta.status, error.body)
            raise StoreError(
                f"store {self._name}: the server is no Elasticsearch 8 or 9; is it an OpenSearch?"
            ) from None
        except ApiError as error:
            return Answer(error.meta.status, error.body)
        except TlsError as error:
            raise _no_tls(self._name, error.message) from None
        except TransportError as error:
            raise NoAnswer(_shortly(error.message)) from None
        return Answer(answer.meta.status, answer.body)

    def close(self) -> None:
        self._client.close()


class OpenSearchTransport:
    """opensearch-py 3: OpenSearch 2 and 3."""

    def __init__(
        self,
        address: SearchAddress,
        tls: bool,
        authorization: str | None,
        options: Mapping[str, Any],
    ) -> None:
        from opensearchpy import OpenSearch

        self._name = address.name
        self._client = OpenSearch(
            [{"host": address.host, "port": address.port}],
            use_ssl=tls,
            headers=_headers(authorization),
            pool_maxsize=_CONNECTIONS,
            connection_class=_plain_connection(),
            **_NO_RETRIES,
            **options,
        )
        self._client.transport.deserializer = _Bodies()  # type: ignore[assignment]

    def send(self, method: str, path: str, params: Mapping[str, Any], body: bytes | None, seconds: float) -> Answer:
        from opensearchpy.exceptions import ConnectionError as OpenSearchConnectionError
        from opensearchpy.exceptions import SSLError, TransportError

        try:
            answer = self._client.transport.perform_request(
                method, path, params=dict(params), body=body, timeout=seconds, headers={"accept": "application/json"}
            )
        except SSLError as error:
            raise _no_tls(self._name, error) from None
        except OpenSearchConnectionError as error:
            raise NoAnswer(_shortly(error.error)) from None
        except TransportError as error:
            return Answer(int(error.status_code), _Bodies.loads(error.error))
        if isinstance(answer, bool):  # what the client makes of HEAD
            return Answer(200 if answer else 404, None)
        return Answer(200, answer)

    def close(self) -> None:
        self._client.close()


def _headers(authorization: str | None) -> dict[str, str]:
    return {"authorization": authorization} if authorization else {}


def _plain_connection() -> type[Any]:
    from opensearchpy import Urllib3HttpConnection
    from opensearchpy.exceptions import TransportError

    class PlainConnection(Urllib3HttpConnection):
        """One that leaves the body of an error as it is."""

        def _raise_error(self, status_code: int, raw_data: str | bytes, content_type: str | None = None) -> None:
            raise TransportError(status_code, raw_data, None)

    return PlainConnection


def _no_tls(name: str, problem: object) -> StoreError:
    said = _shortly(problem)
    advice = (
        "name the file of the certificate's authority with store.search.tls.ca.file"
        if "certificate" in said.lower()
        else "the server may speak no TLS there: leave out tls=true and store.search.tls"
    )
    return StoreError(f"store {name}: no secure connection ({said}); {advice}")


def _shortly(said: object) -> str:
    """Without the objects that urllib3 names before and after what was the matter."""
    text = str(said)
    for mark in ("timed out", "Connection refused", "Connection aborted", "Name or service not known"):
        if mark.lower() in text.lower():
            return mark.lower()
    return text[:200]
