"""Log messages that several tasks would give alike, some of them in processes whose messages come to this one."""

import logging
from collections import deque


class SaidOnce(logging.Filter):
    """For a logger: lets a message through that is none of its last ones."""

    def __init__(self) -> None:
        super().__init__()
        self._said: deque[str] = deque(maxlen=64)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the message is a new one."""
        message = record.getMessage()
        if message in self._said:
            return False
        self._said.append(message)
        return True
