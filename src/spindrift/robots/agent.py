"""Who crawls: the name that robots.txt is asked for, and the User-Agent that servers see."""

import re
from dataclasses import dataclass
from typing import Self

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError

_PRODUCT = re.compile(r"[A-Za-z_-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}")
_PRODUCT_RULE = "must be letters A-Z and a-z, hyphens and underscores only (RFC 9309)"
_PARTS = ("http.agent.version", "http.agent.description", "http.agent.url", "http.agent.email", "http.agent")


@dataclass(frozen=True, slots=True)
class Agent:
    """The crawler as it presents itself. `name`: its product token; `user_agent`: the whole header."""

    name: str
    user_agent: str

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Read `http.agent.name` (required), `.version`, `.description`, `.url`, `.email`, and `http.agent`.

        Raises ConfigurationError with all that is wrong, saying how to set it.
        """
        name = settings.text("http.agent.name").strip()
        unfilled = [key for key in ("http.agent.name", *_PARTS) if _PLACEHOLDER.search(settings.text(key))]
        problems = [
            f"configuration key {key}: {settings.text(key)!r} is a placeholder that was not filled in; write what it "
            "stands for, or leave the key out"
            for key in unfilled
        ]
        problems += [
            f"configuration key {key}: {value!r} holds a control character, which no header may"
            for key in _PARTS
            if _CONTROL.search(value := settings.text(key))
        ]
        if not name:
            problems.insert(0, _missing())
        elif not _PRODUCT.fullmatch(name) and "http.agent.name" not in unfilled:
            problems.insert(0, f"configuration key http.agent.name: {name!r} is not right; it {_PRODUCT_RULE}")
        if problems:
            raise ConfigurationError(problems)
        return cls(name, settings.text("http.agent").strip() or _user_agent(name, settings))


def robots_agents(settings: Settings) -> list[str]:
    """The names to look for in robots.txt, in order: those of `http.robots.agents`, else `http.agent.name`.

    Raises ConfigurationError where one of them is no product token.
    """
    entries = settings.texts("http.robots.agents")
    names = [name for entry in entries for part in entry.split(",") if (name := part.strip())]
    if problems := [
        f"configuration key http.robots.agents: {name!r} is not right; it {_PRODUCT_RULE}"
        for name in names
        if not _PRODUCT.fullmatch(name)
    ]:
        raise ConfigurationError(problems)
    return names or [Agent.from_settings(settings).name]


def nearest_agent_name(text: str) -> str:
    """`text` without what `http.agent.name` may not hold; empty where no letter is left."""
    return "".join(_PRODUCT.findall(text)).strip("-_")


def _missing() -> str:
    return (
        "configuration key http.agent.name has no value: servers must be able to tell who crawls them; set it with "
        "-o http.agent.name=my-crawler on the command line, or "
        '"options": {"http.agent.name": "my-crawler"} of the environment in config.json'
    )


def _user_agent(name: str, settings: Settings) -> str:
    """StormCrawler's form: `name/version (description; url; email)`, without what is not set."""
    version = settings.text("http.agent.version").strip()
    about = [settings.text(f"http.agent.{part}").strip() for part in ("description", "url", "email")]
    comment = "; ".join(part for part in about if part)
    return name + (f"/{version}" if version else "") + (f" ({comment})" if comment else "")
