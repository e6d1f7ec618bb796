"""Which group of a robots.txt speaks to a crawler: found here, so that the parser sees two groups at the most."""

import re
from collections.abc import Iterable, Sequence

from spindrift.robots.decoding import split_lines

WILDCARD = "*"
_OTHERS = "others"
# Every form of the field that Protego takes: with or without a colon, hyphenated, in one word or in two.
_AGENT_LINE = re.compile(r"\s*user(?:-|\s*)agent(?:\s*:|(?=\s|$))(.*)", re.IGNORECASE)
_RULE_LINE = re.compile(r"\s*(?:dis)?allow[\s:]", re.IGNORECASE)


def address_to_wildcard(text: str, agents: Sequence[str]) -> str:
    """Rewrite a robots.txt so that its group for `*` is the one that speaks to `agents`.

    The first name that has a group of its own decides; where none has, the group for `*` does. Rules of other
    groups are left out: a file that names ten thousand crawlers costs no more than one that names two.
    """
    return "\n".join(line for line, _ in _addressed(text, agents))


def rules_for(text: str, agents: Sequence[str]) -> list[tuple[int, str]]:
    """The Allow and Disallow lines that speak to `agents`, each with its number in the file, from 1."""
    return [(number, line) for line, number in _addressed(text, agents) if number]


def _addressed(text: str, agents: Sequence[str]) -> Iterable[tuple[str, int]]:
    lines = [line.partition("#")[0] for line in split_lines(text)]
    named = [_group_names(line) for line in lines]
    chosen = choose_group((name for names in named if names for name in names), agents)
    return _rewritten(lines, named, chosen)


def choose_group(names: Iterable[str], agents: Sequence[str]) -> str:
    """The name of the group that decides for `agents`, `*` where none is named.

    A group is one's own when its name is the agent's, or its longest beginning (`crawler` speaks to `crawlerbot`:
    what Protego, crawler-commons and Google's documentation agree on), or a product in a whole User-Agent header.
    """
    own = {name for name in names if name != WILDCARD}
    for agent in agents:
        lowered = agent.strip().lower()
        matching = [name for name in own if _speaks_to(name, lowered)]
        if matching:
            return max(matching, key=len)
    return WILDCARD


def _speaks_to(name: str, agent: str) -> bool:
    start = agent.find(name)
    while start > 0 and (agent[start - 1].isalnum() or agent[start - 1] in "-_"):
        start = agent.find(name, start + 1)
    return start >= 0


def _group_names(line: str) -> list[str] | None:
    """Product names of a user-agent line, in lower case; None for any other line."""
    match = _AGENT_LINE.match(line) if line else None  # a file of empty lines has a million of them
    return None if match is None else [name for part in match[1].lower().split(",") if (name := _product(part))]


def _product(value: str) -> str:
    """The product token: the first word, without version, and without asterisks unless there is nothing else."""
    words = value.split(maxsplit=1)
    if not words:
        return ""
    product = words[0].partition("/")[0]
    return product.replace("*", "") or (WILDCARD if product else "")


def _rewritten(lines: list[str], named: list[list[str] | None], chosen: str) -> Iterable[tuple[str, int]]:
    """The lines, and the numbers of those that are rules for us; 0 for the others."""
    ours = True  # whether the group at hand may speak to us; when in doubt its rules are kept, and the parser decides
    in_rules = False
    for number, (line, names) in enumerate(zip(lines, named, strict=True), 1):
        if names is not None:
            ours = chosen in names or (ours and not in_rules)
            in_rules = False
            agent = WILDCARD if chosen in names else _OTHERS if names else ""
            yield f"User-agent: {agent}", 0
        elif not line:
            continue
        elif not _RULE_LINE.match(line):
            yield line, 0
        elif ours or not in_rules:
            # A rule must stay, to end the list of user agents.
            yield (line, number) if ours else ("Disallow: /", 0)
            in_rules = True
