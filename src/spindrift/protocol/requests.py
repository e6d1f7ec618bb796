"""The head (and body) of an HTTP request: standing headers, and what the metadata of a URL asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from yarl import URL

from spindrift.clock import Clock
from spindrift.conf.settings import Settings
from spindrift.errors import ConfigurationError
from spindrift.metadata import Metadata, first, is_true
from spindrift.metadata_keys import POST_JSON
from spindrift.protocol.authorization import credentials_by_host
from spindrift.protocol.conditional import conditional_headers
from spindrift.protocol.cookies import cookie_header
from spindrift.protocol.proxies import Proxy
from spindrift.protocol.referer import referer
from spindrift.protocol.set_headers import EXPECTED, SECRETS, name_alone, name_and_value, of_url, one_line

HEAD = "http.method.head"
SET_HEADER = "set-header"
_ACCEPT = "http.accept"
_ACCEPT_LANGUAGE = "http.accept.language"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is sent. `repeatable`: it does no harm if the server gets it twice."""

    data: bytes
    is_head: bool = False
    repeatable: bool = True


class RequestWriter:
    """Writes requests.

    Keys: http.accept, http.accept.language, http.custom.headers (`Name=value`), http.basicauth.*, http.use.cookies,
    http.referer, protocol.md.prefix. Of a URL's metadata: http.accept, http.accept.language, set-header (`Name=value`,
    also under the prefix), http.post.json, http.method.head, and what makes a request conditional. Credentials go to
    the hosts that they were given for, and nowhere else. Raises ConfigurationError for headers that cannot be sent.
    """

    def __init__(self, settings: Settings, user_agent: str, clock: Clock) -> None:
        self._clock = clock
        self._prefix = settings.text("protocol.md.prefix")
        self._cookies = settings.flag("http.use.cookies")
        self._referer = settings.flag("http.referer")
        self._credentials = credentials_by_host(settings)
        standing = {
            "User-Agent": user_agent,
            "Accept": settings.text("http.accept"),
            "Accept-Language": settings.text("http.accept.language"),
            "Accept-Encoding": "gzip, deflate, br, zstd",
        }
        _replace(standing, _custom_headers(settings))
        self._standing = {name: one_line(value) for name, value in standing.items() if value}
        self._lines = _lines(self._standing)
        self._asked = frozenset(
            {_ACCEPT, _ACCEPT_LANGUAGE, POST_JSON, HEAD, SET_HEADER, self._prefix + SET_HEADER}
        )  # of the metadata

    def write(self, target: URL, metadata: Metadata, proxy: Proxy | None = None) -> HttpRequest:
        """The request for `target`, for its server or for `proxy`."""
        more = self._more(target, metadata)
        path = target.raw_path_qs
        if proxy is not None and target.scheme == "http":  # https goes through a tunnel, at whose end is the server
            path = f"http://{target.host_port_subcomponent}{path}"
            if proxy.authorization:
                more["Proxy-Authorization"] = proxy.authorization
        if self._asked.isdisjoint(metadata):
            lines = self._lines + _lines(more) if more else self._lines
            return HttpRequest(f"GET {path} HTTP/1.1\r\nHost: {target.host_port_subcomponent}\r\n{lines}\r\n".encode())
        return self._as_asked(target, path, metadata, more)

    def compose(self, target: URL, metadata: Metadata) -> tuple[str, dict[str, str], bytes]:
        """Method, headers (without Host) and body of the request for `target`: what a client of its own needs."""
        return self._composed(metadata, self._more(target, metadata))

    def _as_asked(self, target: URL, path: str, metadata: Metadata, more: dict[str, str]) -> HttpRequest:
        method, headers, body = self._composed(metadata, more)
        head = f"{method} {path} HTTP/1.1\r\nHost: {target.host_port_subcomponent}\r\n{_lines(headers)}\r\n"
        return HttpRequest(head.encode() + body, is_head=method == "HEAD", repeatable=method != "POST")

    def _more(self, target: URL, metadata: Metadata) -> dict[str, str]:
        more = conditional_headers(metadata, self._prefix)
        if self._cookies:
            cookies = cookie_header(metadata.get(self._prefix + "set-cookie", ()), target, self._clock.time())
            if cookies:
                more["Cookie"] = cookies
        if self._referer and (page := referer(metadata, target)):
            more["Referer"] = one_line(page)
        if self._credentials:
            authorization = self._credentials.get(_place(target)) or self._credentials.get(target.raw_host or "")
            if authorization:
                more["Authorization"] = authorization
        return more

    def _composed(self, metadata: Metadata, more: Mapping[str, str]) -> tuple[str, dict[str, str], bytes]:
        headers = dict(self._standing)
        asked = {}
        for key, name in ((_ACCEPT, "Accept"), (_ACCEPT_LANGUAGE, "Accept-Language")):
            if value := first(metadata, key):
                asked[name] = value
        for key in dict.fromkeys((self._prefix + SET_HEADER, SET_HEADER)):
            for text in metadata.get(key, ()):
                if header := of_url(text):
                    asked[header[0]] = header[1]
        _replace(headers, {name: value for name, value in asked.items() if value.isprintable()})
        _replace(headers, more)
        method, body = "GET", b""
        post = first(metadata, POST_JSON)
        if is_true(metadata, HEAD):
            method = "HEAD"
        elif post and not post.isspace():
            method, body = "POST", post.encode()
            _replace(headers, {"Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(body))})
        return method, headers, body


def without_secrets(head: bytes) -> str:
    """A request's head as text, without the headers that carry credentials, and without its body."""
    lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    kept = [line for line in lines if line.partition(":")[0].lower() not in SECRETS]
    return "\r\n".join(kept) + "\r\n\r\n"


def _place(target: URL) -> str:
    return f"{target.raw_host}:{target.port}"


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def _replace(headers: dict[str, str], more: Mapping[str, str]) -> None:
    """Put `more` in place of headers of the same name in any case."""
    known = {name.lower(): name for name in headers}
    for name, value in more.items():
        headers[known.get(name.lower(), name)] = value


def _custom_headers(settings: Settings) -> dict[str, str]:
    headers, problems = {}, []
    for text in settings.texts("http.custom.headers"):
        if header := name_and_value(text):
            headers[header[0]] = header[1]
        else:
            problems.append(
                f"configuration key http.custom.headers: {name_alone(text)!r} cannot be set; expected {EXPECTED}"
            )
    if problems:
        raise ConfigurationError(problems)
    return headers
