"""What a page itself says to robots: the X-Robots-Tag header and the robots meta elements."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_AGENT = re.compile(r"[a-z_][a-z0-9_-]*|\*")
_WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
"""Directives that have a colon of their own; none of them changes what is indexed or followed now."""
_EVERYONE = frozenset({"robots", "*"})


@dataclass(frozen=True, slots=True)
class RobotsDirectives:
    """What must not be done with a page. Merge with `|`: the most restrictive wins."""

    noindex: bool = False
    nofollow: bool = False
    noarchive: bool = False

    def __or__(self, other: "RobotsDirectives") -> "RobotsDirectives":
        return RobotsDirectives(
            self.noindex or other.noindex, self.nofollow or other.nofollow, self.noarchive or other.noarchive
        )


def from_headers(values: Iterable[str], agents: Sequence[str]) -> RobotsDirectives:
    """Read the values of all X-Robots-Tag headers of a response.

    `noindex, nofollow` speaks to everyone; after `name:` the rest of a value speaks to the crawler of that name,
    up to the next name. What is said to everyone and what is said to one of `agents` add up, as Google reads it.
    """
    ours = _names(agents)
    words: set[str] = set()
    for value in values:
        addressed = True
        for part in value.lower().split(","):
            name, colon, rest = (side.strip() for side in part.partition(":"))
            if colon and name in _WITH_VALUE:
                continue
            if colon and _AGENT.fullmatch(name):
                addressed = name in ours
                part = rest
            if addressed:
                words.update(part.split())
    return _directives(words)


def from_meta(pairs: Iterable[tuple[str, str]], agents: Sequence[str]) -> RobotsDirectives:
    """Read meta elements, as pairs of name and content: those named `robots` and those named like one of `agents`."""
    ours = _names(agents)
    words: set[str] = set()
    for name, content in pairs:
        if name.strip().lower() in ours:
            words.update(content.lower().replace(",", " ").replace(";", " ").split())
    return _directives(words)


def _names(agents: Sequence[str]) -> frozenset[str]:
    return _EVERYONE.union(agent.strip().lower() for agent in agents)


def _directives(words: set[str]) -> RobotsDirectives:
    none = "none" in words
    return RobotsDirectives(
        noindex=none or "noindex" in words,
        nofollow=none or "nofollow" in words,
        noarchive=none or "noarchive" in words or "nocache" in words,
    )
