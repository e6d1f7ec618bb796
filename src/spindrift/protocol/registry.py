"""Which protocol serves a URL: one instance a class, by scheme."""

import importlib
import inspect
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Self, cast

from spindrift.errors import ConfigurationError
from spindrift.protocol.causes import MALFORMED_URL
from spindrift.protocol.interface import Protocol, ProtocolContext
from spindrift.protocol.response import FetchFailure

_OURS: Final = {
    "HttpProtocol": "spindrift.protocol.http",
    "RequestsProtocol": "spindrift.protocol.requests_http",
    "FileProtocol": "spindrift.protocol.file",
    "DelegatorProtocol": "spindrift.protocol.delegator",
    "ReplayProtocol": "spindrift.protocol.replay",
}
"""Short names, and the modules of the classes: they are imported when they are asked for."""

_STORMCRAWLER: Final = {
    "httpclient.HttpProtocol": "HttpProtocol",
    "okhttp.HttpProtocol": "HttpProtocol",
    "file.FileProtocol": "FileProtocol",
    "DelegatorProtocol": "DelegatorProtocol",
}
_PACKAGES: Final = ("org.apache.stormcrawler.protocol.", "com.digitalpebble.stormcrawler.protocol.")
_DEFAULTS: Final = {"http": "HttpProtocol", "https": "HttpProtocol", "file": "FileProtocol"}
_NEEDED: Final = (
    "from_context",
    "origin",
    "fetch",
    "allows_private",
    "is_private",
    "close",
    "asks_robots",
    "is_polite",
)


class Protocols:
    """The protocols of a fetcher task."""

    def __init__(self, by_scheme: Mapping[str, Protocol]) -> None:
        self._by_scheme = dict(by_scheme)

    @classmethod
    def from_context(cls, context: ProtocolContext, defaults: Mapping[str, str] = MappingProxyType({})) -> Self:
        """Those of the schemes in `protocols`, by `<scheme>.protocol.implementation`, else by `defaults`.

        Raises ConfigurationError with all that is wrong.
        """
        settings = context.settings
        named = {
            parts["scheme"] or "": str(name) for parts, name in settings.family("<scheme>.protocol.implementation")
        }
        instances: dict[type[Protocol], Protocol] = {}
        by_scheme: dict[str, Protocol] = {}
        problems: list[str] = []
        for scheme in map(str.lower, settings.texts("protocols")):
            key = f"{scheme}.protocol.implementation"
            name = named.get(scheme) or defaults.get(scheme) or _DEFAULTS.get(scheme, "")
            try:
                found = find_class(name)
            except ValueError as error:
                problems.append(f"configuration key {key}: {error}")
                continue
            try:
                if found not in instances:
                    instances[found] = found.from_context(context)
                by_scheme[scheme] = instances[found]
            except ConfigurationError as error:
                problems += error.problems
        if not by_scheme and not problems:
            problems.append("configuration key protocols: there is no scheme in it; expected http, https or others")
        if problems:
            raise ConfigurationError(list(dict.fromkeys(problems)))
        return cls(by_scheme)

    def of(self, url: str) -> Protocol:
        """The protocol of a URL. Raises FetchFailure ("malformed URL") where there is none for its scheme."""
        scheme = url.partition(":")[0]
        protocol = self._by_scheme.get(scheme) or self._by_scheme.get(scheme.lower())
        if protocol is None:
            raise FetchFailure(MALFORMED_URL, f"{url[:200]} is none of {', '.join(self._by_scheme)} (key protocols)")
        return protocol

    async def close(self) -> None:
        """Close them all."""
        await close_all(list(self._by_scheme.values()))


async def close_all(protocols: Sequence[Protocol]) -> None:
    """Close each of `protocols` once."""
    for protocol in {id(protocol): protocol for protocol in protocols}.values():
        await protocol.close()


def find_class(name: str) -> type[Protocol]:
    """The class that `name` means: a short name, a Python path, or a StormCrawler class name.

    Raises ValueError that says what is wrong, and what is right.
    """
    short = name
    for package in _PACKAGES:
        if name.startswith(package):
            short = _STORMCRAWLER.get(name.removeprefix(package), "")
            if not short:
                raise ValueError(f"{name} has no counterpart in spindrift; there are {', '.join(_OURS)}")
    if short in _OURS:
        return _checked(getattr(importlib.import_module(_OURS[short]), short), short)
    module_name, _, class_name = name.rpartition(":" if ":" in name else ".")
    if not module_name or not all(part.isidentifier() for part in [*module_name.split("."), class_name]):
        raise ValueError(
            f"{name!r} is no protocol; expected {', '.join(_OURS)}, or the path of a class, package.module.Class"
        )
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # whatever a user's module raises is shown as the cause
        raise ValueError(f"importing {module_name} failed: {type(error).__name__}: {error}") from error
    return _checked(getattr(module, class_name, None), name)


def _checked(found: object, name: str) -> type[Protocol]:
    if not inspect.isclass(found):
        raise ValueError(f"there is no class {name}")
    missing = [part for part in _NEEDED if not hasattr(found, part)]
    if missing:
        raise ValueError(f"class {name} is no protocol: it has no {', '.join(missing)} (spindrift.protocol.interface)")
    return cast(type[Protocol], found)
