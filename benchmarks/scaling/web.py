"""A web of hosts on paper: how many URLs each has, how long it wants to be spared, how fast it answers.

- Sizes follow a power law: the share of hosts with n pages falls as n**-exponent, with exponents of 1.7 to 1.9 in
  crawls by Alexa and Infoseek (Huberman and Adamic, "Growth dynamics of the World-Wide Web", Nature 401 (1999) 131;
  arXiv:cond-mat/9901071). The host of rank r then has size * r**(-1 / (exponent - 1)) URLs.
- Crawl-delays are those that 600 real robots.txt files ask of a crawler with no group of its own (the corpus of
  Protego's tests, read by `spindrift.robots`); what is above 30 s is left out, as its hosts are not crawled.
- Response times are log-normal, an assumption: the median of a host's own mean, and how much hosts differ.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Final

EXPONENT: Final = 1.85
CRAWL_DELAYS: Final[tuple[tuple[float | None, int], ...]] = (
    (None, 517),
    (0.2, 1),
    (0.5, 2),
    (1.0, 7),
    (2.0, 2),
    (3.0, 3),
    (4.0, 2),
    (5.0, 11),
    (10.0, 46),
    (15.0, 2),
    (20.0, 2),
    (30.0, 3),
)
"""Seconds (None: nothing is asked), and how many files ask for them."""


@dataclass(frozen=True, slots=True)
class Web:
    """What the hosts of a crawl are like; seconds."""

    urls: int
    hosts: int
    exponent: float = EXPONENT
    largest: int | None = None
    """Most URLs of a host (crawl.max.urls.per.host); None: as the power law has it."""
    response: float = 0.5
    """Median of the hosts' mean response times."""
    spread: float = 0.8
    """Standard deviation of their logarithm: with 0.8, one host in twenty takes more than 3.7 times the median."""
    dead: float = 0.02
    """Share of hosts that never answer."""
    seed: int = 1


@dataclass(slots=True)
class Host:
    """One host; seconds."""

    urls: int
    crawl_delay: float | None
    response: float
    """Mean response time; infinite where it never answers."""

    def pause(self, server_delay: float) -> float:
        """What is kept between two requests: its Crawl-delay, or else fetcher.server.delay."""
        return server_delay if self.crawl_delay is None else self.crawl_delay

    def turn(self, server_delay: float) -> float:
        """Seconds from one request to the next, at the polite maximum."""
        return self.pause(server_delay) + self.response


def host_sizes(urls: int, hosts: int, exponent: float = EXPONENT, largest: int | None = None) -> list[int]:
    """URLs of each host, the largest first; at least one each, `urls` together.

    Raises ValueError where that cannot be: fewer URLs than hosts, or more than all hosts may have.
    """
    if urls < hosts or (largest is not None and urls > hosts * largest):
        raise ValueError(f"{urls} URLs cannot be on {hosts} hosts of 1 to {largest or 'any number of'} URLs")
    most = float(largest or urls)
    weights = [rank ** (-1 / (exponent - 1)) for rank in range(1, hosts + 1)]
    sums = [0.0, *accumulate(weights)]
    low, high = 0.0, most / weights[-1] + 1
    for _ in range(200):
        scale = (low + high) / 2
        low, high = (scale, high) if _total(weights, sums, scale, most) < urls else (low, scale)
    sizes = (min(max(high * weight, 1.0), most) for weight in weights)
    return list(_whole(sizes, urls))


def _total(weights: Sequence[float], sums: Sequence[float], scale: float, most: float) -> float:
    """The URLs of all hosts, without looking at each: `weights` fall."""
    full = bisect_right(weights, -most / scale, key=lambda weight: -weight)
    above_one = max(full, bisect_right(weights, -1.0 / scale, key=lambda weight: -weight))
    return full * most + scale * (sums[above_one] - sums[full]) + (len(weights) - above_one)


def _whole(sizes: Iterator[float], total: int) -> Iterator[int]:
    """Whole numbers whose sum is right at every place, so that rounding neither adds nor loses URLs."""
    exact, given = 0.0, 0
    for size in sizes:
        exact += size
        whole = min(math.floor(exact + 0.5), total) - given
        given += whole
        yield whole


def make_hosts(web: Web) -> list[Host]:
    """The hosts of a web, the largest first. The same web has the same hosts."""
    chosen = Random(web.seed)
    delays, counts = zip(*CRAWL_DELAYS, strict=True)
    asked = chosen.choices(delays, counts, k=web.hosts)
    return [
        Host(
            size,
            delay,
            math.inf if chosen.random() < web.dead else chosen.lognormvariate(0.0, web.spread) * web.response,
        )
        for size, delay in zip(host_sizes(web.urls, web.hosts, web.exponent, web.largest), asked, strict=True)
    ]
