"""Which line of a robots.txt decides about a URL."""

from collections.abc import Sequence
from typing import NamedTuple

from spindrift.robots.decoding import decode_robots
from spindrift.robots.groups import rules_for
from spindrift.robots.rules import parse_robots


class RobotsLine(NamedTuple):
    """A line and its number in the file, from 1."""

    number: int
    text: str


def deciding_line(body: bytes, agents: Sequence[str], url: str) -> RobotsLine | None:
    """The line that allows or forbids `url`: the longest that matches it, as RFC 9309 has it; None where none does.

    Each rule is asked alone, by the parser that the crawl uses.
    """
    allowed = parse_robots(body, agents).allowed(url)
    field = "allow" if allowed else "disallow"
    matching = [
        RobotsLine(number, line.strip())
        for number, line in rules_for(decode_robots(body), agents)
        if line.strip().lower().startswith(field) and _decides(line, url, allowed=allowed)
    ]
    return max(matching, key=lambda line: len(line.text), default=None)


def _decides(line: str, url: str, *, allowed: bool) -> bool:
    against = "Disallow: /" if allowed else "Allow:"
    alone = f"User-agent: *\n{against}\n{line}"
    return bool(line.partition(":")[2].strip()) and parse_robots(alone, ()).allowed(url) is allowed
