"""The errors that users see: each says what was being done, to what, what went wrong and what to do."""

import signal
import threading


class SpindriftError(Exception):
    """Root of every error that spindrift raises on purpose. The command line prints it without a traceback."""


class ConfigurationError(SpindriftError):
    """A configuration key, or a file that configuration names, has a value that cannot be used.

    `problems` holds every mistake that was found, one message each, so that they can be mended in one go.
    """

    def __init__(self, problems: list[str] | str) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


def is_interrupt(error: BaseException) -> bool:
    """Whether `error` is Ctrl-C, which Python raises in the main thread where nobody handles the signal.

    Whatever else comes out of other people's code (a filter, a bolt), even a SystemExit, is an error of that code.
    """
    return (
        isinstance(error, KeyboardInterrupt)
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )


class StoreError(SpindriftError):
    """A store cannot be opened, read or written, or is in use by another crawl."""


class BrokerError(SpindriftError):
    """A broker cannot be reached, or a topic cannot be read or written."""


class BrokerAwayError(BrokerError):
    """A broker that was asked does not answer; who raises it has said so in the log, once for all."""


class MessageTooLargeError(BrokerError):
    """A broker does not take messages of that size."""


class ArchiveError(SpindriftError):
    """An archive (WARC, ARC) could not be written or read."""
