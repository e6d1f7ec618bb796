"""Headers of requests that users set: `Name=value`, in the configuration (http.custom.headers) or in the metadata of a
URL (set-header).
"""

import re
from typing import Final

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OURS: Final = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "expect", "accept-encoding"}
)
"""Headers that describe the request itself: another value would break it, or bring what nobody can decode."""
SECRETS: Final = frozenset({"authorization", "proxy-authorization"})
"""Their credentials belong to a host, not to a URL, which may be redirected and is stored."""

EXPECTED: Final = f"Name=value, and none of {', '.join(sorted(_OURS))}"
EXPECTED_OF_URL: Final = f"{EXPECTED}, {', '.join(sorted(SECRETS))} (see http.basicauth)"


def name_and_value(text: str) -> tuple[str, str] | None:
    """The header that `text` sets, the value in one line; None for what cannot be sent."""
    name, sign, value = text.partition("=")
    name, value = name.strip(), one_line(value)
    sent = sign and _TOKEN.fullmatch(name) and name.lower() not in _OURS and value.isprintable()
    return (name, value) if sent else None


def of_url(text: str) -> tuple[str, str] | None:
    """As `name_and_value`, for the requests of one URL: no credentials."""
    header = name_and_value(text)
    return None if header is None or header[0].lower() in SECRETS else header


def name_alone(text: str) -> str:
    """What may be shown of `text`, whose value may be a credential, be it written as `Name: value`."""
    return text.replace(":", "=").partition("=")[0].strip()


def one_line(value: str) -> str:
    """`value` without line breaks, which would end a header."""
    return " ".join(value.split())
