"""Where messages go that cannot be worked on."""

import logging
from collections import deque
from typing import Final, NamedTuple, Protocol

from spindrift.broker.protocol import Producer
from spindrift.broker.records import Headers, Message, Record
from spindrift.broker.replays import Replays
from spindrift.clock import Clock
from spindrift.errors import BrokerAwayError, MessageTooLargeError

log = logging.getLogger(__name__)

_LONGEST_ERROR: Final = 1000
_LONGEST_TOPIC: Final = 249
"""Characters that Kafka takes."""
_SAMPLE_BYTES: Final = 64 << 10
_CUTS: Final = 2


class Reading(Protocol):
    """What is asked of a subscription."""

    def is_open(self, record: Record) -> bool:
        """Whether it is still to be finished here."""

    def finish(self, record: Record) -> None:
        """It is done with."""


class Letter(NamedTuple):
    """A record on its way to the dead letters."""

    record: Record
    error: str
    failures: int = 0
    """How often it could not be written."""
    cuts: int = 0
    """How often it was too large."""

    def to(self, topic: str) -> Message:
        """The message; its header `dead-letter.cut` says what is left out."""
        record = self.record
        told = {
            "dead-letter.error": self.error[:_LONGEST_ERROR],
            "dead-letter.topic": record.topic,
            "dead-letter.partition": str(record.partition),
            "dead-letter.offset": str(record.offset),
        }
        key, value, headers = record.key, record.value, record.headers
        if self.cuts:
            left, size = _SAMPLE_BYTES if self.cuts == 1 else 0, len(value or b"")
            told["dead-letter.cut"] = f"the first {min(left, size)} of {size} bytes"
            value = None if value is None else value[:left]
        if self.cuts > 1:
            key, headers = None, ()
            told["dead-letter.cut"] += ", without its key and headers"
        ours: Headers = tuple((name, text.encode(errors="replace")) for name, text in told.items())
        return Message(topic, value, key, (*headers, *ours), record.timestamp)


class DeadLetters:
    """Writes records to a topic behind that of their own, as they were, with headers that say what was wrong; and has
    them finished when they are written.

    What is too large there (with the headers, it is larger than it was) is cut. What cannot be written is tried again
    after 1 s, then 2 s, up to 60 s, and logged once. For one thread.
    """

    def __init__(self, producer: Producer, suffix: str, clock: Clock, reading: Reading) -> None:
        self.written = 0
        self._producer = producer
        self._suffix = suffix
        self._reading = reading
        self._replays: Replays[Letter] = Replays(clock)
        self._back: deque[tuple[Letter, BaseException]] = deque()

    def put(self, record: Record, error: str) -> None:
        """Key, value, headers and time stay; `dead-letter.error`, `.topic`, `.partition` and `.offset` are added."""
        self._send(Letter(record, error))

    def turn(self) -> None:
        """Try again, if there is any, and it is time."""
        while self._back:
            self._again(*self._back.popleft())
        letter = self._replays.take() if self._replays else None
        if letter is not None and self._reading.is_open(letter.record):
            self._send(letter)

    def _send(self, letter: Letter) -> None:
        def delivered(trouble: BaseException | None) -> None:
            if trouble is None:
                self._reading.finish(letter.record)
                self.written += 1
            else:
                self._back.append((letter, trouble))  # on a thread of the producer's, which must not wait for it

        room = max(_LONGEST_TOPIC - len(self._suffix), 0)
        try:
            self._producer.send(letter.to(letter.record.topic[:room] + self._suffix), delivered)
        except Exception as trouble:  # it is neither lost nor finished: once more, later
            self._back.append((letter, trouble))

    def _again(self, letter: Letter, trouble: BaseException) -> None:
        if isinstance(trouble, MessageTooLargeError) and letter.cuts < _CUTS:
            self._send(letter._replace(cuts=letter.cuts + 1))
            return
        if not letter.failures and not isinstance(trouble, BrokerAwayError):
            place = f"{letter.record.place} offset {letter.record.offset}"
            log.error("%s: no dead letter could be written: %s; it is tried again and again", place, trouble)
        self._replays.put(letter._replace(failures=letter.failures + 1))
