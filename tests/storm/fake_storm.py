"""Storm's end of a pipe to one component, which `streamparse_run` starts as on a cluster."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from spindrift.storm.messages import Framing, JsonFraming, MessagePackFraming

_ROOT = Path(__file__).parents[2]
_FRAMINGS: Mapping[str, type[Framing]] = {"json": JsonFraming, "msgpack": MessagePackFraming}


class FakeStorm:
    """Runs a component class until the end of the block."""

    def __init__(self, component: type[Any], folder: Path, serializer: str = "json", **conf: Any) -> None:
        self._framing = _FRAMINGS[serializer]()
        name = f"{component.__module__}.{component.__name__}"
        self.process = subprocess.Popen(
            [str(Path(sys.executable).parent / "streamparse_run"), "-s", "json", name],
            cwd=_ROOT,
            env=os.environ | {"PYTHONPATH": str(_ROOT / "src"), "PYTHONWARNINGS": "ignore"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        outputs = component.spec().outputs or {}
        self.send(
            {
                "conf": {"topology.name": "faked", **{key.replace("_", "."): value for key, value in conf.items()}},
                "context": {
                    "taskid": 3,
                    "componentid": component.__name__.lower(),
                    "task->component": {"3": component.__name__.lower()},
                    "stream->outputfields": {name: stream.output_fields for name, stream in outputs.items()},
                    "source->stream->fields": {"source": {"default": ["value"]}},
                },
                "pidDir": str(folder),
            }
        )
        self._said = self._messages()

    def __enter__(self) -> Self:
        assert "pid" in next(self._said)
        return self

    def __exit__(self, *exc: object) -> None:
        self.end()

    def send(self, message: Any) -> None:
        """Storm says this."""
        assert self.process.stdin is not None
        self.process.stdin.write(self._framing.pack(message))
        self.process.stdin.flush()

    def tuple(self, value: Any, name: str = "1") -> None:
        """Storm sends a tuple."""
        self.send({"id": name, "comp": "source", "stream": "default", "task": 1, "tuple": [value]})

    def heartbeat(self) -> None:
        """Storm asks whether the bolt is alive."""
        self.send({"id": "beat", "comp": "__system", "stream": "__heartbeat", "task": -1, "tuple": []})

    def hear(self, command: str) -> dict[str, Any]:
        """The next message with that command; those before it are passed over."""
        return next(message for message in self._said if message.get("command") == command)

    def until(self, command: str) -> list[dict[str, Any]]:
        """All up to the next message with that command."""
        heard: list[dict[str, Any]] = []
        for message in self._said:
            heard.append(message)
            if message.get("command") == command:
                return heard
        raise AssertionError(heard)

    def speaks_within(self, seconds: float) -> bool:
        """Whether the component says anything."""
        assert self.process.stdout is not None
        return bool(select.select([self.process.stdout], [], [], seconds)[0])

    def says_more(self) -> bool:
        """Whether it says anything before its end; it is waited for."""
        return next(self._said, None) is not None

    def end(self) -> str:
        """Storm goes away; what the component has left on standard error."""
        _out, err = self.process.communicate(timeout=20)
        return err.decode()

    def _messages(self) -> Iterator[dict[str, Any]]:
        assert self.process.stdout is not None
        while data := os.read(self.process.stdout.fileno(), 1 << 16):
            self._framing.feed(data)
            yield from self._framing.messages()
