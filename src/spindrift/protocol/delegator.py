"""Several protocols for one scheme: which one serves a URL is said by rules."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from spindrift.errors import ConfigurationError
from spindrift.metadata import Metadata
from spindrift.protocol.interface import FROM_SETTINGS, Protocol, ProtocolContext
from spindrift.protocol.registry import close_all, find_class
from spindrift.protocol.response import Response
from spindrift.regexes import compile_regex

_KEY = "protocol.delegator.config"


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Rule(BaseModel):
    """One entry of protocol.delegator.config, in StormCrawler's form."""

    model_config = ConfigDict(extra="forbid")

    className: str  # noqa: N815 - StormCrawler's name
    filters: dict[str, str | None] = {}
    """Metadata key to the value that one of its values must have; empty or null: any."""
    regex: Annotated[list[str], BeforeValidator(_as_list)] = []
    """Regular expressions that are found in the URL."""
    operator: Literal["AND", "OR"] = "AND"
    id: str | None = None


class Delegate:
    """A protocol, and which URLs it serves."""

    def __init__(self, rule: Rule, protocol: Protocol) -> None:
        self.protocol = protocol
        self._filters = rule.filters
        self._patterns = [compile_regex(expression) for expression in rule.regex]
        self._combine = all if rule.operator == "AND" else any
        self.has_conditions = bool(self._filters or self._patterns)

    def serves(self, url: str, metadata: Metadata) -> bool:
        """Whether its conditions hold; without any, always."""
        if not self.has_conditions:
            return True
        return self._combine(
            [
                *(_has(metadata, key, value) for key, value in self._filters.items()),
                *(pattern.search(url) is not None for pattern in self._patterns),
            ]
        )


class DelegatorProtocol:
    """Hands each request to the first protocol whose rule matches.

    Key: protocol.delegator.config. For robots.txt the metadata is `robots.txt=true` alone, so that a rule can be made
    for it. Pauses are kept and robots.txt is asked for as the protocol of the last rule says.
    """

    asks_robots: ClassVar[bool] = True
    is_polite: ClassVar[bool] = True

    def __init__(self, delegates: list[Delegate]) -> None:
        self._delegates = delegates

    @classmethod
    def from_context(cls, context: ProtocolContext) -> Self:
        """Raises ConfigurationError with all that is wrong with the rules."""
        entries = context.settings.entries(_KEY)
        problems: list[str] = []
        delegates: list[Delegate] = []
        instances: dict[type[Protocol], Protocol] = {}
        for number, entry in enumerate(entries, 1):
            try:
                delegates.append(_delegate(entry, context, instances))
            except ConfigurationError as error:
                problems += error.problems
            except ValueError as error:
                problems.append(f"configuration key {_KEY}, entry {number}: {_in_words(error)}")
        if not entries:
            problems.append(f"configuration key {_KEY} has no entry: DelegatorProtocol needs to know whom to ask")
        elif not problems and delegates[-1].has_conditions:
            problems.append(
                f"configuration key {_KEY}: the last entry must have neither filters nor regex, as it serves the rest"
            )
        if problems:
            raise ConfigurationError(problems)
        return cls(delegates)

    def origin(self, url: str) -> str:
        """See `Protocol`."""
        return self._delegates[-1].protocol.origin(url)

    async def fetch(self, url: str, metadata: Metadata, *, content_limit: int | None = FROM_SETTINGS) -> Response:
        """See `Protocol`."""
        return await self._of(url, metadata).fetch(url, metadata, content_limit=content_limit)

    def allows_private(self, metadata: Metadata) -> bool:
        """See `Protocol`."""
        return self._delegates[-1].protocol.allows_private(metadata)

    async def is_private(self, url: str) -> bool:
        """See `Protocol`."""
        return await self._delegates[-1].protocol.is_private(url)

    async def close(self) -> None:
        """See `Protocol`."""
        await close_all([delegate.protocol for delegate in self._delegates])

    def _of(self, url: str, metadata: Metadata) -> Protocol:
        return next(delegate.protocol for delegate in self._delegates if delegate.serves(url, metadata))


def _delegate(entry: dict[str, Any], context: ProtocolContext, instances: dict[type[Protocol], Protocol]) -> Delegate:
    rule = Rule.model_validate(entry)
    found = find_class(rule.className)
    if found is DelegatorProtocol:
        raise ValueError("DelegatorProtocol cannot delegate to itself")
    if found not in instances:
        instances[found] = found.from_context(context)
    return Delegate(rule, instances[found])


def _has(metadata: Metadata, key: str, value: str | None) -> bool:
    return value in metadata.get(key, ()) if value else key in metadata


def _in_words(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
