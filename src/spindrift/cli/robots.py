r"""`spindrift robots`: what robots.txt files say, a JSON line each, for pipes and tests."""

import base64
import sys
from collections.abc import Iterable
from functools import lru_cache
from typing import TextIO

import typer

from spindrift.cli.json_lines import Answer, Question, answer_each
from spindrift.robots.rules import RobotsRules, parse_robots
from spindrift.urls.hosts import origin_of


def robots() -> None:
    r"""Say what robots.txt files allow: JSON lines on standard input, a line each on standard output.

    A line holds "url", the text of the file in "robots" (or its bytes in base64 in "robots_b64"), and the name of the
    crawler in "agent", or several in "agents": the first that has a group of its own decides, else `*`.
    The answer holds "url", "allowed", "crawl_delay" (seconds, or null) and "sitemaps". A line that cannot be read is
    answered by {"error": ...} with its number.

    Exit codes: 0 all answered, 1 a line could not be read.

    Examples:
      spindrift robots < questions.jsonl

    Of the line (here in two)

      {"robots": "User-agent: *\nDisallow: /x",
       "agent": "me", "url": "http://a.org/x"}

    it makes

      {"url": "http://a.org/x", "allowed": false,
       "crawl_delay": null, "sitemaps": []}
    """
    if answer_lines(sys.stdin.buffer, sys.stdout):
        raise typer.Exit(1)


def answer_lines(lines: Iterable[bytes], out: TextIO) -> int:
    """Answer each line of `lines` by one on `out`. Returns how many could not be read."""
    return answer_each(lines, out, _answer, lambda number, wrong: {"error": f"line {number}: {wrong}"})


def _answer(question: Question) -> Answer:
    """The answer to one line. Raises ValueError saying what is wrong with it."""
    url = question.get("url")
    if not isinstance(url, str):
        raise ValueError('"url" must be a text')
    rules = _rules(_body(question), _agents(question), origin_of(url))
    return {
        "url": url,
        "allowed": rules.allowed(url),
        "crawl_delay": rules.crawl_delay,
        "sitemaps": list(rules.sitemaps),
    }


def _body(question: Question) -> str | bytes:
    text, encoded = question.get("robots"), question.get("robots_b64")
    if isinstance(text, str) and encoded is None:
        return text
    if isinstance(encoded, str) and text is None:
        try:
            return base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise ValueError(f'"robots_b64" is not base64: {error}') from None
    raise ValueError('give the robots.txt as a text, either in "robots" or, in base64, in "robots_b64"')


def _agents(question: Question) -> tuple[str, ...]:
    names = question.get("agents", question.get("agent"))
    if isinstance(names, str):
        return (names,)
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return tuple(names)
    raise ValueError('give the name of the crawler in "agent", or a list of names in "agents"')


@lru_cache(maxsize=64)
def _rules(body: str | bytes, agents: tuple[str, ...], origin: str) -> RobotsRules:
    """Parsed once for the lines, usually one after the other, that ask the same file about several URLs."""
    return parse_robots(body, agents, f"{origin}/robots.txt" if origin else "")
