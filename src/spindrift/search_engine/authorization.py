"""Who is asking a search engine: the header that says so, and where its secret comes from."""

import os
from base64 import b64encode
from typing import Final

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.search_engine.address import SearchAddress

PASSWORD: Final = "SPINDRIFT_STORE_PASSWORD"  # noqa: S105 - names of variables
API_KEY: Final = "SPINDRIFT_STORE_API_KEY"
_LINE_END: Final = "\r\n"
"""What secrets end with that come from files."""


def authorization_of(address: SearchAddress, settings: Settings) -> str | None:
    """The value of the header `Authorization`: basic (RFC 7617, in UTF-8) where there is a user, else an API key's.

    Keys: `store.search.user`, `store.search.password`, `store.search.api.key`. Raises ConfigurationError, which holds
    no secret.
    """
    user = address.user or settings.text("store.search.user")
    password = address.password or settings.text("store.search.password") or os.environ.get(PASSWORD, "")
    password = password.rstrip(_LINE_END)
    if user:
        return _basic(address, user, password)
    api_key = (settings.text("store.search.api.key") or os.environ.get(API_KEY, "")).strip()
    if not api_key:
        return None
    if not (api_key.isascii() and api_key.isprintable()):
        raise ConfigurationError(
            f"store {address.name}: the API key has characters that no API key has; give store.search.api.key, or "
            f"the environment variable {API_KEY}, as the server encoded it: in Base64"
        )
    return f"ApiKey {api_key}"


def _basic(address: SearchAddress, user: str, password: str) -> str:
    if not password:
        raise ConfigurationError(
            f"store {address.name}: no password for {user}; set the environment variable {PASSWORD}"
        )
    try:
        return "Basic " + b64encode(f"{user}:{password}".encode()).decode()
    except UnicodeEncodeError:  # bytes of another encoding in the environment
        raise ConfigurationError(
            f"store {address.name}: the password for {user} is not UTF-8; set {PASSWORD} in that encoding"
        ) from None
