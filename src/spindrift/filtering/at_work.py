"""Which filter is at work, in memory that another process sees: it can name the one that ends this process, or never
comes back.
"""

import mmap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

_IDLE, _MADE, _CALLED = 0, 1, 2
_STATE, _ASKED, _WHAT = 0, 1, 2
_ROOM: Final = 1000
"""Characters of a name, or of a URL, that are kept."""


class AtWork:
    """Which filter is at work in a child process; to be made before the fork."""

    def __init__(self) -> None:
        self.shared = mmap.mmap(-1, 16 * _ROOM)

    def note_from_here(self) -> None:
        """In the child: filters that are made from here on are noted, and their calls."""
        global _noted
        _noted = self

    def said(self) -> str | None:
        """The filter that is at work, as one would say it, with the URL that it was given; None where none is."""
        what, url, _ = self.shared[_WHAT:].decode("utf-8", "replace").split("\0", 2)
        return {_IDLE: None, _MADE: f"making {what}", _CALLED: f"{url}: {what}"}[self.shared[_STATE]]

    def is_made(self) -> bool:
        """Whether a filter is being made, or its module imported, which may take its time."""
        return self.shared[_STATE] == _MADE

    def is_still_called(self) -> bool:
        """Whether a filter is in the same call as it was when this was asked before."""
        state, asked = self.shared[_STATE:_WHAT]
        if state == _CALLED:
            self.shared[_ASKED] = True  # which the next call takes back
        return state == _CALLED and bool(asked)


_noted: AtWork | None = None


def noted(what: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """`call`, a method of the filter `what` whose last argument is a URL or a page, noted where anybody looks."""
    if _noted is None:
        return call
    shared, said = _noted.shared, _said(_CALLED, what)
    seek, write = shared.seek, shared.write

    def run(*given: Any) -> Any:
        about = given[-1]
        url = about if isinstance(about, str) else about.url
        seek(_STATE)
        write(b"%b%b\0" % (said, url[:_ROOM].encode("utf-8", "replace")))
        try:
            return call(*given)
        finally:
            shared[_STATE] = _IDLE

    return run


@contextmanager
def made(what: str) -> Iterator[None]:
    """While this lasts, the filter `what` is made."""
    if _noted is None:
        yield
        return
    said = _said(_MADE, what)
    _noted.shared[_STATE : len(said)] = said
    try:
        yield
    finally:
        _noted.shared[_STATE] = _IDLE


def no_end(seconds: float) -> str:
    """What is said of a filter that was at work for so long."""
    return (
        f"has come to no end in {seconds:g} s (topology.subprocess.timeout.secs), after which a crawl gives a page up"
    )


def _said(state: int, what: str) -> bytes:
    return bytes((state, False)) + what[:_ROOM].replace("\0", " ").encode("utf-8", "replace") + b"\0"
