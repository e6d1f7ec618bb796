"""A tunnel through an HTTP proxy to a server (CONNECT, RFC 9110, 9.3.6)."""

import asyncio
import socket

from spindrift.protocol.response import FetchFailure

PROXY_REFUSED = "proxy"
"""Cause of the FetchFailure where a proxy opens no connection to the server."""

_MOST = 16 * 1024


async def open_tunnel(
    loop: asyncio.AbstractEventLoop, sock: socket.socket, host: str, port: int, authorization: str
) -> None:
    """Have the proxy at the other end of `sock` connect it to `host`. Closes it, and raises FetchFailure, if not."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if authorization:
        lines.append(f"Proxy-Authorization: {authorization}")
    try:
        await loop.sock_sendall(sock, ("\r\n".join(lines) + "\r\n\r\n").encode())
        head = b""
        # A server behind it speaks only when it was spoken to: nothing of it can be in what is read here.
        while b"\r\n\r\n" not in head and len(head) < _MOST:
            piece = await loop.sock_recv(sock, 4096)
            if not piece:
                break
            head += piece
        status = head.split(b"\r\n", 1)[0].decode("latin-1")
        parts = status.split()
        if not (len(parts) >= 2 and parts[0].startswith("HTTP/1.") and parts[1].startswith("2")):
            raise FetchFailure(PROXY_REFUSED, f"no connection to {place}: {status[:200] or 'it hung up'}")
    except BaseException:
        sock.close()
        raise
