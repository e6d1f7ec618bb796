"""Reads answers as browsers do: one that is whole counts, whatever follows it, and its head need not be faultless."""

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from aiohttp import StreamReader
from aiohttp.client_exceptions import ClientPayloadError
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import HttpProcessingError, HttpResponseParser, RawResponseMessage

from spindrift.protocol.head_mending import mended
from spindrift.protocol.loose_chunks import LooseChunks

MAX_HEAD: Final = 256 * 1024
"""Bytes of all headers of an answer, as Chrome takes: they travel with the page."""
_MAX_LINE: Final = 16 * 1024
_MAX_FIELD: Final = 100 * 1024  # as curl does
_MAX_HEADERS: Final = 5000  # as curl does; they are bounded by their bytes before
_READ_BUFFER: Final = 64 * 1024
"""Bytes of a body that wait to be taken before the server is made to wait; twice that, and one read, at most."""

_BEGINNING: Final = 16 * 1024
"""Bytes of a chunked body that are kept as they came: a server that frames them in its own way does so at once."""
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
        self._head = bytearray()
        """What has come since the last answer, until that is there which counts."""
        self._interim = 0
        self._failure: HttpProcessingError | None = None
        self._over = False
        self._content: StreamReader | None = None
        """The body of the answer that counts."""
        self._beginning: bytearray | None = None
        """The first of a chunked body, as it came."""
        self._chunks: LooseChunks | None = None
        """Reads the chunks in the place of aiohttp's parser, which has given them up."""

    def feed_data(self, data: bytes) -> _Fed:
        """As aiohttp's parsers. Raises HttpProcessingError for what is no answer, or has too long a head."""
        if self._over:
            return _NOTHING
        if self._content is not None:
            return self._body(data, self._content)
        head = self._head
        if not head and not (data := data.lstrip(b"\r\n")):  # empty lines before it are none of the head's
            return _NOTHING
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
        if self._chunks is not None and not self._over:
            raise ClientPayloadError("the last chunk is missing")
        return None if self._over else self._parser.feed_eof()

    def pause_reading(self) -> None:
        """As aiohttp's parsers."""
        if self._chunks is None and not self._over:  # else nothing of what was fed is left to be parsed
            self._parser.pause_reading()

    def _took(self, fed: _Fed, head: bytearray) -> _Fed:
        messages, upgraded, tail = fed
        for place, (message, body) in enumerate(messages):
            if _counts(message):
                self._head, self._content = bytearray(), body
                if message.chunked and not body.is_eof() and (end := _END_OF_HEAD.search(head)):
                    self._beginning = head[end.end() :]
                return messages[place:], upgraded, tail
            if end := _END_OF_HEAD.search(head):  # they have no bodies
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
            return self._loosely(answer, failure)
        self._distrust()
        self._failure = None
        self._parser = self._make()
        head[:] = answer
        try:
            fed = self._parser.feed_data(answer)
        except HttpProcessingError:
            return self._whole_answer(answer) or self._loosely(answer, failure)
        return self._took(fed, head)

    def _loosely(self, answer: bytes, failure: HttpProcessingError) -> _Fed:
        """An answer that is wrong in its chunks only, if they are any. Raises `failure` where its head is wrong."""
        end = _END_OF_HEAD.search(answer)
        split = end.end() if end else len(answer)
        self._parser = self._make()
        try:
            fed = self._parser.feed_data(answer[:split])
        except HttpProcessingError:
            raise failure from None
        if not fed[0] or not fed[0][0][0].chunked or fed[0][0][1].is_eof():
            raise failure
        self._content = body = fed[0][0][1]
        try:
            self._loosen(answer[split:], body, failure)
        except HttpProcessingError as error:
            self._fail(body, error)
        return fed

    def _body(self, data: bytes, body: StreamReader) -> _Fed:
        """More of the answer that counts. Whoever reads its body, and not the connection, is told what is wrong."""
        try:
            if self._chunks is not None:
                self._put(self._chunks.feed(data), self._chunks, body)
                return _NOTHING
            return self._parser.feed_data(data) if self._beginning is None else self._begin(data, self._beginning, body)
        except (HttpProcessingError, ValueError) as error:
            if body.is_eof():
                raise
            self._fail(body, error)
            return _NOTHING

    def _fail(self, body: StreamReader, error: Exception) -> None:
        """What comes is no body; the head counts none the less."""
        self._distrust()
        self._over = True
        # Only then: a reader that has just been woken by the end of a chunk waits again without looking for it.
        asyncio.get_running_loop().call_soon(body.set_exception, ClientPayloadError(str(error)))

    def _begin(self, data: bytes, beginning: bytearray, body: StreamReader) -> _Fed:
        """More of a chunked body, whose beginning is kept."""
        beginning += data
        try:
            fed = self._parser.feed_data(data)
        except HttpProcessingError as error:
            self._loosen(bytes(beginning), body, error)
            return _NOTHING
        if len(beginning) > _BEGINNING:
            self._beginning = None
        return fed

    def _loosen(self, seen: bytes, body: StreamReader, failure: HttpProcessingError) -> None:
        """Read on in `body`, of which `seen` is all so far, less strictly. Raises `failure` where that is no help."""
        chunks = LooseChunks()
        try:
            content = chunks.feed(seen)
        except ValueError:
            raise failure from None
        self._distrust()
        self._chunks, self._beginning = chunks, None
        self._put(content[body.total_bytes :], chunks, body)

    def _put(self, content: bytes, chunks: LooseChunks, body: StreamReader) -> None:
        if content:
            body.feed_data(content)
        if chunks.over:
            self._over = True
            body.feed_eof()

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
