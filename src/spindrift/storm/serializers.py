"""What pystorm reads and writes messages with in a component's process on Storm, in place of its own serializers."""

import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from pystorm.exceptions import StormWentAwayError
from pystorm.serializers.serializer import Serializer

from spindrift.local.errors import EmitError
from spindrift.local.protocol_streams import take_streams
from spindrift.local.wire import CHUNK
from spindrift.storm.messages import Framing, JsonFraming, MessagePackFraming
from spindrift.storm.open_tuples import OpenTuples

_BEAT: Final = 1.0
"""Seconds. Storm looks each second."""
_TIMEOUT: Final = 30.0
"""Storm's own."""
_HUNG: Final = 10
"""Times `topology.subprocess.timeout.secs` at one tuple: what takes longer is left to Storm to kill."""
_BUSY: Final = {"command": "log", "level": 0, "msg": "busy"}
"""Level 0 is trace: Storm writes it nowhere, but takes any message for a sign of life, of spouts and bolts alike."""
_OBJECT: Final = b"{"
"""What the first message begins with in JSON. In MessagePack it would be a number."""
_DEFAULT: Final = "default"
_WAITING: Final = ("emit", "ack")
_ENDS: Final = ("ack", "fail")


class StormSerializer(Serializer):  # type: ignore[misc]  # pystorm has no type hints
    """Speaks with Storm over standard input and output, which nothing else gets into; in JSON or MessagePack, as Storm
    begins (its key `topology.multilang.serializer`), whatever `streamparse_run -s` says.

    What the component's loop emits and acks for one tuple goes together, once it reads on; what other threads say, at
    once.
    While the loop is busy with one tuple, Storm is told each second that the process lives, for ten times as long as
    it would wait (`topology.subprocess.timeout.secs`): what hangs for good is killed in the end. What cannot be carried
    raises EmitError, which fails the tuple that is processed (pystorm would log it, and have the tuple acked), and so
    does an emit that the topology does not allow.
    """

    def __init__(self, input_stream: Any, output_stream: Any, reader_lock: Any, writer_lock: Any) -> None:
        self._source, stream = take_streams()
        super().__init__(input_stream, stream, reader_lock, writer_lock)
        self._framing: Framing | None = None
        self._messages: deque[Any] = deque()
        self._open = OpenTuples()
        self._loop = threading.get_ident()
        self._reads = False
        self._busy_since = time.monotonic()
        self._patience = _HUNG * _TIMEOUT
        self._component = "a component"
        self._fields: Mapping[str, list[str]] | None = None
        """Of each stream that the component declares, once Storm has said them."""

    def read_message(self) -> Any:
        """The next one. Raises StormWentAwayError at the end."""
        self._flush()
        with self._reader_lock:
            while not self._messages:
                self._read()
            message = self._messages.popleft()
        with self._writer_lock:
            self._open.came(message)
        self._busy_since = time.monotonic()
        if isinstance(message, dict) and "context" in message:
            self._introduce(message["context"], message["conf"])
        return message

    def send_message(self, msg_dict: dict[str, Any]) -> None:
        """Raises EmitError, naming component, stream and field; StormWentAwayError when nobody listens."""
        command = msg_dict.get("command")
        if command == "emit":
            self._check(msg_dict)
        try:
            data = self._pack(msg_dict)
        except (TypeError, ValueError, OverflowError) as error:
            raise EmitError(self._complaint(msg_dict, error)) from None
        with self._writer_lock:
            if command in _ENDS and not self._open.close(msg_dict.get("id")):
                return  # for the second time: no matter, as on the embedded runner
            if command == "emit" and not self._open.are_open(msg_dict.get("anchors") or ()):
                raise EmitError(
                    f"{self._component} emitted on stream {msg_dict.get('stream') or _DEFAULT!r} anchored to a tuple "
                    "that it had already acked or failed"
                )
            try:
                self.output_stream.write(data)
                if threading.get_ident() != self._loop or command not in _WAITING:
                    self.output_stream.flush()
            except (OSError, ValueError):
                raise StormWentAwayError from None
        if "pid" in msg_dict:  # the last word of the handshake, in which Storm expects no other
            threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()

    def _pack(self, message: Any) -> bytes:
        if self._framing is None:
            raise ValueError("Storm has not said yet how it is spoken with")
        return self._framing.pack(message)

    def _flush(self) -> None:
        try:
            with self._writer_lock:
                self.output_stream.flush()
        except (OSError, ValueError):
            raise StormWentAwayError from None

    def _read(self) -> None:
        self._reads = True
        try:
            data = os.read(self._source, CHUNK)
        except OSError:
            raise StormWentAwayError from None
        finally:
            self._reads = False
        if not data:
            raise StormWentAwayError
        if self._framing is None:
            self._framing = JsonFraming() if data.startswith(_OBJECT) else MessagePackFraming()
        self._framing.feed(data)
        self._messages.extend(self._framing.messages())

    def _beat(self) -> None:
        """pystorm answers Storm's heartbeats between two tuples only."""
        pause = threading.Event()
        with suppress(StormWentAwayError):  # the loop will notice, too
            while not pause.wait(_BEAT):
                if not self._reads and time.monotonic() - self._busy_since < self._patience:
                    self.send_message(_BUSY)

    def _introduce(self, context: Mapping[str, Any], conf: Mapping[str, Any]) -> None:
        self._patience = _HUNG * float(conf.get("topology.subprocess.timeout.secs") or _TIMEOUT)
        self._component = context.get("componentid") or self._component
        self._fields = context.get("stream->outputfields")

    def _check(self, message: Mapping[str, Any]) -> None:
        """Storm ends the worker for an emit on a stream that is not declared, or with more or fewer values."""
        if self._fields is None:
            return
        stream, values = message.get("stream") or _DEFAULT, message["tuple"]
        fields = self._fields.get(stream)
        if fields is None:
            declared = ", ".join(self._fields) or "none"
            raise EmitError(
                f"{self._component} emitted on stream {stream!r}, which it does not declare (declared: {declared})"
            )
        if len(values) != len(fields):
            raise EmitError(
                f"{self._component} emitted {len(values)} values on stream {stream!r}, which has {len(fields)} fields "
                f"({', '.join(fields)}): {values!r:.200}"
            )

    def _complaint(self, message: Mapping[str, Any], error: Exception) -> str:
        if message.get("command") != "emit":
            return f"{self._component} cannot tell Storm {message.get('command', 'this')!r}: {error}"
        stream = message.get("stream") or _DEFAULT
        values = message.get("tuple")
        place = self._culprit(values) if isinstance(values, Iterable) else None
        if place is None:
            return f"{self._component} cannot emit on stream {stream!r}: {error}"
        fields = (self._fields or {}).get(stream, [])
        field = f"field {fields[place]!r}" if place < len(fields) else f"value {place + 1}"
        return f"{self._component} cannot emit on stream {stream!r}: {field} cannot be carried: {error}"

    def _culprit(self, values: Iterable[Any]) -> int | None:
        for place, value in enumerate(values):
            try:
                self._pack({"tuple": [value]})
            except (TypeError, ValueError, OverflowError):
                return place
        return None
