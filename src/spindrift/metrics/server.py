"""Metrics over HTTP."""

import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from spindrift.errors import ConfigurationError, SpindriftError
from spindrift.metrics.prometheus import CONTENT_TYPE, prometheus_text
from spindrift.metrics.reading import Reading


class MetricsServer:
    """Serves `/` and `/metrics.json` (JSON) and `/metrics` (Prometheus) until it is closed.

    Raises ConfigurationError where the port cannot be opened.
    """

    def __init__(self, read: Callable[[], Reading], host: str, port: int) -> None:
        self._read = read
        self._lock = Lock()
        handler = type("Handler", (_Handler,), {"read": staticmethod(self._one_at_a_time)})
        try:
            self._server = ThreadingHTTPServer((host, port), handler)
        except (OSError, OverflowError) as error:
            raise ConfigurationError(
                f"metrics cannot be served at {host}:{port} ({getattr(error, 'strerror', None) or error}); "
                "choose another metrics.port or metrics.host"
            ) from error
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.name = "metrics"
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it is."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/"

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _one_at_a_time(self) -> Reading:
        with self._lock:
            return self._read()


class _Handler(BaseHTTPRequestHandler):
    read: Callable[[], Reading]
    server_version = "spindrift"
    sys_version = ""
    timeout = 10

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        try:
            if path in ("/", "/metrics.json"):
                self._answer("application/json", json.dumps(self.read().as_json()).encode())
            elif path == "/metrics":
                self._answer(CONTENT_TYPE, prometheus_text(self.read()))
            else:
                self.send_error(HTTPStatus.NOT_FOUND, "there are / (JSON) and /metrics (Prometheus)")
        except SpindriftError as error:  # a store that is busy now may not be next time
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE, explain=str(error))

    def _answer(self, content_type: str, body: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: who reads metrics does so all the time."""
