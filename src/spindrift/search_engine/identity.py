"""Who asks a search engine: a user with a password, or an API key."""

import os
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Final, Self

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.search_engine.address import SearchAddress

PASSWORD: Final = "SPINDRIFT_STORE_PASSWORD"  # noqa: S105 - names of variables
API_KEY: Final = "SPINDRIFT_STORE_API_KEY"
_USER_KEY: Final = "store.search.user"
_PASSWORD_KEY: Final = "store.search.password"  # noqa: S105
_API_KEY_KEY: Final = "store.search.api.key"
_LINE_END: Final = "\r\n"
"""What secrets end with that come from files."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What is sent, and how to talk of it: never with the secret."""

    user: str = ""
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    origin: str = ""
    """Where the secret was found: a variable, a key, or the URL."""
    idle_password: bool = False
    """Whether there is a password in the environment, and no user that it could be of."""

    @classmethod
    def find(cls, address: SearchAddress, settings: Settings) -> Self:
        """Of the URL, the configuration, the environment; a user comes before an API key.

        Raises ConfigurationError for one without the other (a user without a password, a password without a user), and
        for what cannot be sent; it holds no secret.
        """
        user = address.user or settings.text(_USER_KEY)
        password, origin = _first(
            (address.password, "the URL"),
            (settings.text(_PASSWORD_KEY), _PASSWORD_KEY),
            (os.environ.get(PASSWORD, ""), PASSWORD),
        )
        if user and not password:
            raise ConfigurationError(
                f"store {address.name}: no password for {user}; set the environment variable {PASSWORD}"
            )
        if user:
            _check_password(address, user, password)
            return cls(user=user, password=password, origin=origin)
        api_key, api_origin = _first(
            (settings.text(_API_KEY_KEY), _API_KEY_KEY), (os.environ.get(API_KEY, ""), API_KEY)
        )
        api_key = api_key.strip()
        if not (api_key.isascii() and (api_key.isprintable() or not api_key)):
            raise ConfigurationError(
                f"store {address.name}: the API key has characters that no API key has; give {_API_KEY_KEY}, or "
                f"the environment variable {API_KEY}, as the server encoded it: in Base64"
            )
        if origin == _PASSWORD_KEY and not api_key:
            raise ConfigurationError(f"store {address.name}: {_PASSWORD_KEY} needs {_USER_KEY}, whose password it is")
        return cls(api_key=api_key, origin=api_origin, idle_password=bool(password))

    @property
    def authorization(self) -> str | None:
        """The value of the header `Authorization`: basic (RFC 7617, in UTF-8) for a user, else an API key's."""
        if self.user:
            return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()
        return f"ApiKey {self.api_key}" if self.api_key else None

    def advice(self, status: int) -> str:
        """What to do about an answer of that status: 401 is who is not known, 403 who may not."""
        if status not in (401, 403):
            return ""
        if not self.user and not self.api_key:
            ways = f"{_USER_KEY} and {PASSWORD}, or with {API_KEY}"
            idle = f"; {PASSWORD} is set, but no user" if self.idle_password else ""
            return f"say who you are with {ways}{idle}"
        who = f"user {self.user}" if self.user else "that API key"
        if status == 403:
            return f"{who} is not allowed to do that"
        if self.user:
            return f"there is no user {self.user}, or its password is another one: look at {self.origin}"
        return f"that API key is not known: look at {self.origin}"


def _check_password(address: SearchAddress, user: str, password: str) -> None:
    try:
        password.encode()
    except UnicodeEncodeError:  # bytes of another encoding in the environment
        raise ConfigurationError(
            f"store {address.name}: the password for {user} is not UTF-8; set {PASSWORD} in that encoding"
        ) from None


def _first(*found: tuple[str | None, str]) -> tuple[str, str]:
    """The first secret that there is, and where."""
    told = ((value.rstrip(_LINE_END), origin) for value, origin in found if value)
    return next(((value, origin) for value, origin in told if value), ("", ""))
