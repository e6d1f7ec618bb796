"""A loopback server that answers as a test says, and keeps what it was asked."""

import json
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self


class Asked(NamedTuple):
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    lines: list[Any]
    size: int
    """Of the body, in bytes."""


class FakeNode:
    """`answer` is given each request and returns status and body: a JSON value, or bytes that are sent as they are."""

    def __init__(self, answer: Callable[[Asked], tuple[int, Any]], tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        node = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _handle(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                lines = [json.loads(line) for line in body.splitlines() if line]
                asked = Asked(self.command, self.path.partition("?")[0], headers, lines, len(body))
                node.asked.append(asked)
                status, said = answer(asked)
                encoded = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("x-elastic-product", "Elasticsearch")
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(encoded)))
                self.end_headers()
                self.wfile.write(encoded)

            do_GET = do_POST = do_PUT = _handle  # noqa: N815

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
