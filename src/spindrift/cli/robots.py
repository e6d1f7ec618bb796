r"""`spindrift robots`: what robots.txt files say, a JSON line each, for pipes and tests."""

import base64
import json
import sys
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TextIO

import typer

from spindrift.robots.retrieval import origin_of
from spindrift.robots.rules import RobotsRules, parse_robots


def robots() -> None:
    r"""Say what robots.txt files allow: JSON lines on standard input, a line each on standard output.

    A line holds "url", the text of the file in "robots" (or its bytes in base64 in "robots_b64"), and the name of the
    crawler in "agent", or several in "agents": the first that has a group of its own decides, else `*`.

    The answer holds "url", "allowed", "crawl_delay" (seconds, or null) and "sitemaps". A line that cannot be read is
    answered by {"error": ...} with its number, and makes the exit code 1.

    Example: `spindrift robots < questions.jsonl`, where a line is

        {"robots": "User-agent: *\nDisallow: /x", "agent": "me", "url": "http://a.org/x"}

    prints

        {"url": "http://a.org/x", "allowed": false, "crawl_delay": null, "sitemaps": []}
    """
    if answer_lines(sys.stdin.buffer, sys.stdout):
        raise typer.Exit(1)


def answer_lines(lines: Iterable[bytes], out: TextIO) -> int:
    """Answer each line of `lines` by one on `out`, at once; blank lines are passed over. Returns how many were bad."""
    bad = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            answer = _answer(line)
        except ValueError as error:
            bad += 1
            answer = {"error": f"line {number}: {error}"}
        out.write(json.dumps(answer) + "\n")
        out.flush()  # whoever feeds a pipe line by line waits for each answer
    return bad


def _answer(line: bytes) -> dict[str, Any]:
    """The answer to one line. Raises ValueError saying what is wrong with it."""
    try:
        question = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply to be read as JSON") from None
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(question, dict):
        raise ValueError(f"not a JSON object but {type(question).__name__}")
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


def _body(question: dict[str, Any]) -> str | bytes:
    text, encoded = question.get("robots"), question.get("robots_b64")
    if isinstance(text, str) and encoded is None:
        return text
    if isinstance(encoded, str) and text is None:
        try:
            return base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise ValueError(f'"robots_b64" is not base64: {error}') from None
    raise ValueError('give the robots.txt as a text, either in "robots" or, in base64, in "robots_b64"')


def _agents(question: dict[str, Any]) -> tuple[str, ...]:
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
