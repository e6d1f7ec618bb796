"""JSON lines in, JSON lines out: what the commands for pipes have in common."""

import json
from collections.abc import Callable, Iterable
from typing import Any, TextIO

Question = dict[str, Any]
Answer = dict[str, Any]


def answer_each(
    lines: Iterable[bytes],
    out: TextIO,
    answer: Callable[[Question], Answer],
    refuse: Callable[[int, str], Answer],
) -> int:
    """Answer each line of `lines` by one on `out`, at once; blank lines are passed over. Returns how many were bad.

    A line that is no JSON object, or for which `answer` raises ValueError, is bad: it is answered by what `refuse`
    makes of its number, counted from 1, and what is wrong with it.
    """
    bad = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            said = answer(_question(line))
        except ValueError as error:
            bad += 1
            said = refuse(number, str(error))
        out.write(json.dumps(said) + "\n")
        out.flush()  # whoever feeds a pipe line by line waits for each answer
    return bad


def _question(line: bytes) -> Question:
    """The object in a line. Raises ValueError saying what is wrong with it."""
    try:
        question = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply to be read as JSON") from None
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(question, dict):
        raise ValueError(f"not a JSON object but {type(question).__name__}")
    return question
