"""Reads topics: of the embedded broker, or of Kafka."""

from contextlib import ExitStack
from typing import Any, ClassVar

from streamparse import Spout

from spindrift.broker import Consumer, Producer, RebalanceListener, Record, Start, open_broker
from spindrift.broker.dead_letters import DeadLetters
from spindrift.broker.formats import reader
from spindrift.broker.replays import Attempt, Replays
from spindrift.broker.subscription import ReadAhead, Subscription
from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError, SpindriftError
from spindrift.local.errors import EmitError

_REPORT_SECONDS = 1.0


class TopicSpout(Spout):
    """Emits each message of `topic.names` at least once: (topic, partition, offset, key, value).

    The key is text (None where there is none), the value what `topic.format` makes of it. The message id is
    `topic/partition/offset`. Tasks, and other topologies of the same `topic.group`, share the partitions. What is
    acked is committed, of each partition below the lowest message that is not. What fails is emitted again after 1 s,
    then 2 s, up to 60 s; after `topic.max.replays`, or when it cannot be read, it goes to the topic
    `<topic>.dead-letter` with its error in the header `dead-letter.error`, and the others go on. One too large to be
    written with these headers is cut, as `dead-letter.cut` says then.
    Keys: `broker.*`, `topic.names`, `topic.group`, `topic.start`, `topic.format`, `topic.max.replays`,
    `topic.max.buffered`, `topic.max.uncommitted`, `topic.commit.interval`, `topic.dead.letter.suffix`. With
    `metrics.report` it reports the metric `topic` once a second: `lag` (messages not committed, by partition),
    `in.flight`, `replays` waiting, `dead.letters`.

    For tuples of your own, derive from it, name your `outputs` and give `values_of`; `stream`, if
    theirs has a name; `topics`, if a key of yours names them.
    """

    outputs: ClassVar[list[Any]] = ["topic", "partition", "offset", "key", "value"]
    stream: ClassVar[str] = "default"

    clock: Clock = SystemClock()

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        topics = self.topics(settings)
        start = Start.parse(settings.text("topic.start"))
        group = settings.text("topic.group")
        self._read = reader(settings.text("topic.format"))
        self._max_replays = settings.limit("topic.max.replays")
        self._reports = settings.flag("metrics.report")
        self._reported = self.clock.monotonic()
        self._pending: dict[str, Attempt] = {}
        self._replays: Replays[Attempt] = Replays(self.clock)
        self._active = True
        self._opened = open_broker(settings, self.clock)
        broker = self._opened.broker

        def join(listener: RebalanceListener) -> Consumer:
            return broker.consumer(topics, group, start, listener)

        with ExitStack() as failed:
            failed.callback(self._opened.close)
            self._producer: Producer = broker.producer()
            failed.callback(self._producer.close)
            self._subscription = Subscription(join, ReadAhead.from_settings(settings), self.clock)
            suffix = settings.text("topic.dead.letter.suffix")
            self._dead_letters = DeadLetters(self._producer, suffix, self.clock, self._subscription)
            failed.pop_all()
        self._subscription.start()

    def topics(self, settings: Settings) -> list[str]:
        """What is read."""
        topics = settings.texts("topic.names")
        if not topics:
            raise ConfigurationError("no topics to read; name them in topic.names")
        return topics

    def values_of(self, record: Record) -> list[Any] | None:
        """The values of the tuple; None for a message that needs none. What it raises makes a dead letter."""
        key = None if record.key is None else record.key.decode()
        value = None if record.value is None else self._read(record.value)
        return [record.topic, record.partition, record.offset, key, value]

    def next_tuple(self) -> None:
        if self._reports:
            self._report()
        self._dead_letters.turn()
        attempt = self._replays.take() if self._replays else None
        if attempt is None:
            record = self._subscription.take()
            if record is None:
                return
            attempt = Attempt(record)
        elif not self._subscription.is_open(attempt.record):
            return  # another consumer has its partition, and emits it
        try:
            values = self.values_of(attempt.record)
        except Exception as error:  # of the reader, which may be anybody's: it would be the same the next time
            said = str(error) if isinstance(error, SpindriftError) else f"{type(error).__name__}: {error}"
            self._bury(attempt.record, said)
            return
        if values is None:
            self._subscription.finish(attempt.record)
            return
        tup_id = f"{attempt.record.topic}/{attempt.record.partition}/{attempt.record.offset}"
        self._pending[tup_id] = attempt
        try:
            self.emit(values, tup_id=tup_id, stream=self.stream)
        except EmitError:  # a value that cannot be carried: nobody will ack or fail it
            self.fail(tup_id)
            raise

    def ack(self, tup_id: str) -> None:
        attempt = self._pending.pop(tup_id, None)
        if attempt is not None:
            self._subscription.finish(attempt.record)

    def fail(self, tup_id: str) -> None:
        attempt = self._pending.pop(tup_id, None)
        if attempt is None or not self._active:
            return  # what fails while the topology stops was not committed: it comes again
        attempt = Attempt(attempt.record, attempt.failures + 1)
        if self._max_replays is not None and attempt.failures > self._max_replays:
            self._bury(attempt.record, f"its tuple failed {attempt.failures} times in a row")
        else:
            self._replays.put(attempt)

    def activate(self) -> None:
        """Called before the first tuple, and after `deactivate`."""
        self._active = True

    def deactivate(self) -> None:
        """Called when the topology stops: what fails from now on is no failure of the message's."""
        self._active = False

    def close(self) -> None:
        """Commit, and leave the group. Called by the embedded runner at the end, as Storm does with Java spouts."""
        try:
            self._producer.close()
            self._subscription.close()
            self._report(now=True)
        finally:
            self._opened.close()

    def _bury(self, record: Record, error: str) -> None:
        self.logger.warning("%s offset %d goes to the dead letters: %s", record.place, record.offset, error)
        self._dead_letters.put(record, error)

    def _report(self, *, now: bool = False) -> None:
        moment = self.clock.monotonic()
        if self._reports and (now or moment - self._reported >= _REPORT_SECONDS):
            self._reported = moment
            lag = {str(place): left for place, left in sorted(self._subscription.lag.items())}
            figures = {
                "lag": lag,
                "in.flight": len(self._pending),
                "replays": len(self._replays),
                "dead.letters": self._dead_letters.written,
            }
            self.report_metric("topic", figures)


KafkaSpout = TopicSpout
"""The name that Storm has for it."""
