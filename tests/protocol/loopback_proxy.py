"""An HTTP proxy on loopback: it forwards absolute URLs, opens tunnels, and may want a password."""

import asyncio

from tests.protocol.loopback_thread import LoopbackThread


class LoopbackProxy(LoopbackThread):
    """A context manager. `seen`: the first line of each request; every name leads to 127.0.0.1."""

    def __init__(self, authorization: str = "") -> None:
        self.seen: list[str] = []
        self.authorizations: list[str] = []
        self.port = 0
        self._authorization = authorization

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def listen(self) -> list[asyncio.Server]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return [server]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines}
            self.seen.append(first)
            self.authorizations.append(headers.get("proxy-authorization", ""))
            if self._authorization and headers.get("proxy-authorization") != self._authorization:
                writer.write(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            method, target, _ = first.split(" ")
            if method == "CONNECT":
                there, to = await asyncio.open_connection("127.0.0.1", int(target.rpartition(":")[2]))
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                place, _, path = target.removeprefix("http://").partition("/")
                there, to = await asyncio.open_connection("127.0.0.1", int(place.rpartition(":")[2]))
                kept = [line for line in lines if line and not line.lower().startswith("proxy-")]
                to.write("\r\n".join([f"{method} /{path} HTTP/1.1", *kept, "Connection: close", "", ""]).encode())
            await asyncio.gather(_copy(reader, to), _copy(there, writer))
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
