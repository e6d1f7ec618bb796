"""What the URL of a store in a search engine names: `elasticsearch://host:9200/prefix`, `opensearch://...`."""

import re
from dataclasses import dataclass, field
from typing import Final, Literal, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from spindrift.errors import ConfigurationError
from spindrift.urls.credentials import hidden_secrets

Engine = Literal["elasticsearch", "opensearch"]

_SCHEMES: Final = ("elasticsearch://", "opensearch://")
_PREFIX: Final = re.compile(r"\A(?:[a-z0-9][a-z0-9._-]{0,199})?\Z")  # what both engines take as the name of an index
_IN_PASSWORDS: Final = "in a password, write %2F for /, %3F for ?, %23 for #, %40 for @, %5B for ["
_RIGHT: Final = "right is elasticsearch://HOST:9200/PREFIX or opensearch://HOST:9200/PREFIX, with ?tls=true for HTTPS"


def is_search_url(url: str) -> bool:
    """Whether it names a store in a search engine."""
    return url.startswith(_SCHEMES)


@dataclass(frozen=True, slots=True)
class SearchAddress:
    """A cluster, and the prefix of the indices there."""

    engine: Engine
    host: str
    port: int
    prefix: str
    tls: bool | None = None
    """None: the URL does not say."""
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Raises ConfigurationError for a URL that cannot be used."""
        # What urllib says of a mistake may be a part of the password.
        try:
            parts = urlsplit(url)
            port = parts.port or 9200
        except ValueError:
            raise _not_understood(url, f"the host or the port is none ({_IN_PASSWORDS})") from None
        if parts.fragment or "@" in parts.path + parts.query:
            raise _not_understood(url, f"there is no place for what follows the host ({_IN_PASSWORDS})")
        tls = _flags(url, parts.query)
        prefix = parts.path.strip("/")
        if not parts.hostname or not is_search_url(url):
            raise _not_understood(url, "there is no host")
        if not _PREFIX.match(prefix):
            raise _not_understood(url, "the prefix of indices has lower-case letters, digits, '.', '_' and '-' alone")
        engine: Engine = "opensearch" if parts.scheme == "opensearch" else "elasticsearch"
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(engine, parts.hostname, port, prefix, tls, user, password)

    @property
    def name(self) -> str:
        """How messages call the store: its URL without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.engine}://{host}:{self.port}/{self.prefix}"

    def index(self, name: str) -> str:
        """The index called `name`; those of StormCrawler where there is no prefix."""
        return f"{self.prefix}-{name}" if self.prefix else name


def _flags(url: str, query: str) -> bool | None:
    tls: bool | None = None
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name != "tls" or value not in ("true", "false"):
            raise _not_understood(url, "after the '?' there may be tls=true or tls=false, and nothing else")
        tls = value == "true"
    return tls


def _not_understood(url: str, problem: str) -> ConfigurationError:
    return ConfigurationError(f"store {hidden_secrets(url)!r} is not understood: {problem}; {_RIGHT}")
