"""CPU time in ordinary pages: what a test can bound on any machine, however busy it is."""

import time
from collections.abc import Callable

from spindrift.conf import Settings
from spindrift.demo.pages import PageWriter
from spindrift.parse.parser import PageParser

A_SECOND = 1000
"""What a quick machine parses in one second of CPU: pages of 27 kB with 100 links."""
_TRIES = 3


def ordinary_pages(work: Callable[[], object], enough: float) -> float:
    """The CPU time of `work`, measured in the time that the parser takes for an ordinary page at that moment.

    Tried again where it is more than `enough`, as the speed of a machine may change meanwhile; the least counts.
    """
    least = float("inf")
    for _ in range(_TRIES):
        before = _page()
        start = time.thread_time()
        work()
        taken = time.thread_time() - start
        least = min(least, taken / max(before, _page()))
        if least <= enough:
            break
    return least


def _page() -> float:
    """Seconds of an ordinary page, now."""
    start = time.thread_time()
    for url, content in _PAGES:
        _PARSER.parse(url, content, {"protocol.content-type": ["text/html; charset=utf-8"]})
    return (time.thread_time() - start) / len(_PAGES)


def _pages() -> list[tuple[str, bytes]]:
    writer = PageWriter(
        lambda host: f"http://h{host}.example", hosts=10, pages=10, page_bytes=27_000, links=100, seed=0
    )
    return [(writer.url(host, page), writer.html(host, page).encode()) for host in range(10) for page in range(10)]


_PAGES = _pages()
_PARSER = PageParser.from_settings(Settings({}))
