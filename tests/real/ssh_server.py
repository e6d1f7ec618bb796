"""An SSH server for one user, as `sparse tail` wants one on every worker."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import paramiko

PASSWORD: Final = "for tests"


@contextmanager
def ssh_server() -> Iterator[str]:
    """HOST:PORT, on loopback, for as long as the block."""
    key = paramiko.RSAKey.generate(2048)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=(listening, key), daemon=True).start()
        host, port = listening.getsockname()
        yield f"{host}:{port}"


def _accept(listening: socket.socket, key: paramiko.PKey) -> None:
    while True:
        try:
            connection, _address = listening.accept()
        except OSError:
            return
        transport = paramiko.Transport(connection)
        transport.add_server_key(key)
        transport.start_server(server=_Server())


class _Server(paramiko.ServerInterface):
    """Runs what it is told by whoever knows the password."""

    def check_auth_password(self, username: str, password: str) -> int:
        return int(paramiko.AUTH_SUCCESSFUL if password == PASSWORD else paramiko.AUTH_FAILED)

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)

    def check_channel_pty_request(self, *_: Any) -> bool:
        return True

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        threading.Thread(target=_execute, args=(channel, command), daemon=True).start()
        return True


def _execute(channel: paramiko.Channel, command: bytes) -> None:
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=False)
    channel.sendall(done.stdout + done.stderr)
    channel.send_exit_status(done.returncode)
    channel.close()
