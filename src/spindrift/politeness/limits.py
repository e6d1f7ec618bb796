"""What a host is spared: threads and pauses per queue, from the configuration and from robots.txt."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from spindrift.conf.settings import Settings
from spindrift.errors import ConfigurationError
from spindrift.regexes import compile_regex


class LongDelay(StrEnum):
    """What happens to a Crawl-delay above fetcher.max.crawl.delay."""

    REFUSE = "false"
    CAP = "true"
    SLOW = "slow"


class CrawlDelayTooLongError(Exception):
    """robots.txt asks for more patience than the configuration has."""


def longest_wait(settings: Settings) -> float:
    """Seconds that a URL may have to wait in the fetcher, so that its tuple does not time out; what would wait longer
    goes back to the frontier.
    """
    return settings.seconds("topology.message.timeout.secs") / 3


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """Limits of the politeness queues; durations in seconds, None is no limit.

    `delay` is the pause of a key with one thread, `min_delay` that of a key with several. `randomized`: every pause,
    whoever asked for it, is up to twice as long.
    """

    threads: int = 10
    threads_per_key: int = 1
    threads_by_pattern: tuple[tuple[Any, int], ...] = ()
    delay: float = 1.0
    delays_by_pattern: tuple[tuple[Any, float], ...] = ()
    min_delay: float = 0.0
    delay_forced: bool = False
    randomized: bool = False
    max_crawl_delay: float | None = 30.0
    long_delay: LongDelay = LongDelay.REFUSE
    max_queue_size: int | None = None
    queue_timeout: float | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> "QueueLimits":
        """The limits of the fetcher.* keys. Raises ConfigurationError for a regular expression that is none."""
        threads = [(pattern, int(str(value))) for pattern, value in _by_pattern(settings, "fetcher.maxThreads")]
        delays = [(pattern, float(str(value))) for pattern, value in _by_pattern(settings, "fetcher.serverDelay")]
        return cls(
            threads=settings.integer("fetcher.threads.number"),
            threads_per_key=settings.integer("fetcher.threads.per.queue"),
            threads_by_pattern=tuple(threads),
            delay=settings.seconds("fetcher.server.delay"),
            delays_by_pattern=tuple(delays),
            min_delay=settings.seconds("fetcher.server.min.delay"),
            delay_forced=settings.flag("fetcher.server.delay.force"),
            randomized=settings.flag("fetcher.server.delay.randomize"),
            max_crawl_delay=settings.seconds_or_none("fetcher.max.crawl.delay"),
            long_delay=LongDelay(settings.text("fetcher.max.crawl.delay.force")),
            max_queue_size=settings.limit("fetcher.max.queue.size"),
            queue_timeout=settings.seconds_or_none("fetcher.timeout.queue"),
        )

    def threads_of(self, key: str) -> int:
        """Requests to `key` that may run at the same time: those of the first pattern that matches it all."""
        return next(
            (threads for pattern, threads in self.threads_by_pattern if pattern.fullmatch(key)), self.threads_per_key
        )

    def delay_of(self, key: str, threads: int) -> float:
        """The pause of `key` with so many threads: that of the first pattern that matches it all."""
        usual = self.delay if threads == 1 else self.min_delay
        return next((delay for pattern, delay in self.delays_by_pattern if pattern.fullmatch(key)), usual)

    def crawl_delay(self, asked: float | None, key: str) -> float | None:
        """The pause of `key` to keep where robots.txt asks for `asked` seconds; None where it asks for nothing.

        Raises CrawlDelayTooLongError where it is above the maximum, and the configuration has it refused.
        """
        if not asked or asked <= 0:
            return None
        if self.max_crawl_delay is not None and asked > self.max_crawl_delay:
            if self.long_delay is LongDelay.REFUSE:
                raise CrawlDelayTooLongError(
                    f"Crawl-delay {asked:g} s, at most {self.max_crawl_delay:g} s are accepted"
                )
            if self.long_delay is LongDelay.CAP:
                asked = self.max_crawl_delay
        return max(asked, self.delay_of(key, 1)) if self.delay_forced else asked


def _by_pattern(settings: Settings, name: str) -> Iterator[tuple[Any, object]]:
    """The keys of a family that are regular expressions, with their values; ConfigurationError for one that is none."""
    for parts, value in settings.family(f"{name}.<regex>"):
        expression = parts["regex"] or ""
        if not expression.strip():
            raise ConfigurationError(
                f"configuration key {name}.: the regular expression is empty; expected one that matches hosts, such as "
                rf"{name}.(.+\.)?example\.com"
            )
        try:
            pattern = compile_regex(expression)
        except ValueError as error:
            raise ConfigurationError(f"configuration key {name}.{expression}: {error}") from None
        if value is not None:
            yield pattern, value
