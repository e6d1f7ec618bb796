"""Reads answers as browsers do: one that is whole counts, whatever follows it, and its head need not be faultless."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from aiohttp import StreamReader
from aiohttp.client_exceptions import ClientPayloadError
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import HttpProcessingError, HttpResponseParser, RawResponseMessage

from spindrift.protocol.head_mending import mended

MAX_HEAD: Final = 256 * 1024
"""Bytes of all headers of an answer, as Chrome takes: they travel with the page."""
_MAX_LINE: Final = 16 * 1024
_MAX_FIELD: Final = 100 * 1024  # as curl does
_MAX_HEADERS: Final = 5000  # as curl does; they are bounded by their bytes before
_READ_BUFFER: Final = 64 * 1024
"""Bytes of a body that wait to be taken before the server is made to wait; twice that, and one read, at most."""

MAX_INTERIM: Final = 500
"""Answers (1xx) that only announce the answer; some servers send one for each of their back ends, or a second."""

_END_OF_HEAD: Final = re.compile(rb"\n\r?\n")
_INTERIM: Final = re.compile(rb"HTTP/1\.\d+[ \t]+1(?!01)\d\d\b")

_Messages = Sequence[tuple[RawResponseMessage, StreamReader]]
_Fed = tuple[_Messages, bool, bytes]
_NOTHING: Final[_Fed] = ((), False, b"")


class AnswerHandler(ResponseHandler):
    """aiohttp's protocol of a connection, with an `AnswerParser` for each exchange."""

    def expect(self, *, head_only: bool, silence: float) -> None:
        """Get ready for the next answer: without a body, after HEAD; `silence` is the longest, in seconds."""
        self._skip_payload = head_only
        self._read_bufsize = _READ_BUFFER
        self.read_timeout = silence
        self._parser: Any = AnswerParser(lambda: self._make_parser(head_only), self.force_close)
        self._drain_tail()

    def _make_parser(self, head_only: bool) -> HttpResponseParser:
        return HttpResponseParser(
            self,
            self._loop,
            _READ_BUFFER,
            payload_exception=ClientPayloadError,
            response_with_body=not head_only,
            read_until_eof=True,
            auto_decompress=False,  # ours is bounded, and knows more encodings
            max_line_size=_MAX_LINE,
            max_field_size=_MAX_FIELD,
            max_headers=_MAX_HEADERS,
        )


class AnswerParser:
    """A parser of one answer, which mends what can be mended, and keeps those that only announce it to itself.

    `make` gives a parser that has seen nothing; `distrust` is called where the connection is not to be used again.
    """

    def __init__(self, make: Callable[[], HttpResponseParser], distrust: Callable[[], None]) -> None:
        self._make = make
        self._distrust = distrust
        self._parser = make()
        self._head: bytearray | None = bytearray()
        """What has come since the last answer; None once that which counts is there."""
        self._interim = 0
        self._failure: HttpProcessingError | None = None
        self._over = False

    def feed_data(self, data: bytes) -> _Fed:
        """As aiohttp's parsers. Raises HttpProcessingError for what is no answer, or has too long a head."""
        if self._over:
            return _NOTHING
        head = self._head
        if head is None:
            return self._parser.feed_data(data)
        head += data
        if self._failure is None:
            try:
                fed = self._parser.feed_data(data)
            except HttpProcessingError as error:
                if not head.startswith(b"HTTP/1."):
                    raise
                self._failure = error.with_traceback(None)  # which would hold all that was seen
                if whole := self._whole_answer(bytes(head)):
                    return whole
                data = bytes(head)
            else:
                return self._took(fed, head)
        return self._mended(head, data, self._failure)

    def feed_eof(self) -> RawResponseMessage | None:
        """As aiohttp's parsers."""
        return None if self._over else self._parser.feed_eof()

    def pause_reading(self) -> None:
        """As aiohttp's parsers."""
        self._parser.pause_reading()

    def _took(self, fed: _Fed, head: bytearray) -> _Fed:
        messages, upgraded, tail = fed
        answers = [each for each in messages if _counts(each[0])]
        if answers:
            self._head = None
            return answers, upgraded, tail
        for _ in messages:  # they have no bodies
            if end := _END_OF_HEAD.search(head):
                self._pass_over(head, end.end())
        if len(head) > MAX_HEAD:
            raise HttpProcessingError(message=f"more than {MAX_HEAD:,} bytes of headers")
        return _NOTHING

    def _pass_over(self, head: bytearray, end: int) -> None:
        """An answer that announces another: aiohttp would hold that its server need not go on, and could wait for ever.

        So it is not told of it.
        """
        del head[:end]
        self._interim += 1
        if self._interim > MAX_INTERIM:
            raise HttpProcessingError(message=f"more than {MAX_INTERIM} answers that announce another")

    def _mended(self, head: bytearray, new: bytes, failure: HttpProcessingError) -> _Fed:
        """The answer, its head mended once all of that is there; `new` is what has come last."""
        end = _END_OF_HEAD.search(head, max(0, len(head) - len(new) - 3))
        while end and _INTERIM.match(head):
            self._pass_over(head, end.end())
            end = _END_OF_HEAD.search(head)
        if end is None:
            if len(head) > MAX_HEAD:
                raise failure
            return _NOTHING
        answer = mended(bytes(head[: end.end()])) + head[end.end() :]
        if answer == head and not self._interim:
            raise failure
        self._distrust()
        self._failure = None
        self._parser = self._make()
        head[:] = answer
        try:
            fed = self._parser.feed_data(answer)
        except HttpProcessingError:
            if whole := self._whole_answer(answer):
                return whole
            raise
        return self._took(fed, head)

    def _whole_answer(self, seen: bytes) -> _Fed | None:
        """The answer that is complete in `seen` before it goes wrong, with which this parser is done; else None.

        The parser does not tell where that is, nor what it had before: the most that it takes is found by halving.
        """
        right, wrong = 0, len(seen)
        while wrong - right > 1:
            middle = (right + wrong) // 2
            try:
                taken = self._make().feed_data(seen[:middle])[0]
            except HttpProcessingError:
                wrong = middle
            else:
                right = middle
                answers = [(message, body) for message, body in taken if _counts(message)]
                if answers and answers[0][1].is_eof():
                    self._distrust()
                    self._over = True
                    return answers[:1], False, b""
        return None


def _counts(message: RawResponseMessage) -> bool:
    return message.code >= 200 or message.code == 101
