"""What the scale benchmark knows of what is due, independently of the frontier."""

import math

import pytest

from benchmarks.scaling.due_book import DueBook
from benchmarks.scaling.web import Host


def book(interval: float | None = None, **hosts: Host) -> DueBook:
    """With pauses of 1 s, and a URL of each host that is due at 100."""
    made = DueBook(hosts, 1.0, interval)
    made.put((100.0, f"http://{key}/", key) for key in hosts)
    return made


def test_the_polite_maximum_is_what_the_hosts_with_due_urls_allow() -> None:
    made = book(a=Host(1, None, 1.0), b=Host(1, 3.0, 1.0))
    made.advance(99.9)
    assert made.polite_maximum(1000) == 0
    made.advance(100)
    assert made.polite_maximum(1000) == pytest.approx(1 / 2 + 1 / 4)
    made.done("http://a/", "a")
    assert made.polite_maximum(1000) == pytest.approx(1 / 4)
    assert (made.urls, made.hosts) == (1, 1)


def test_where_threads_are_few_all_hosts_get_the_same_number_of_turns() -> None:
    made = book(a=Host(1, None, 1.0), b=Host(1, None, 3.0))
    made.advance(100)
    # Half a thread a host would do for a (1 s of 2), three quarters for b (3 s of 4).
    assert made.polite_maximum(1.25) == pytest.approx(1 / 2 + 1 / 4)
    assert made.polite_maximum(0.4) == pytest.approx(2 * 0.4 / 4)


def test_hosts_that_never_answer_do_not_count() -> None:
    made = book(dead=Host(1, None, math.inf))
    made.advance(1000)
    assert (made.urls, made.polite_maximum(10), made.oldest(1000)) == (0, 0, (0, 0))


def test_the_oldest_url_is_told_of_hosts_that_can_keep_up_and_of_all() -> None:
    # Within 10 s the large host can be asked for 5 of its 6 URLs.
    made = book(interval=10.0, small=Host(1, None, 1.0), large=Host(6, None, 1.0))
    made.put([(90.0, "http://large/older", "large")])
    made.advance(120)
    assert made.oldest(120) == (20, 30)
    made.put([(130.0, "http://small/", "small")])
    assert made.oldest(120) == (0, 30)
    made.advance(135)
    assert made.oldest(135) == (5, 45)
