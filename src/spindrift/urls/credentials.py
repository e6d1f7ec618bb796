"""User names and passwords in URLs (`https://user:password@host/`): nobody shall store, show or log them.

They are no part of what a page is: browsers and crawlers send them as a header, and two URLs that differ in them alone
lead to one page.
"""

import re

# Up to the last @ before the path, as the URL standard has it; it takes any number of slashes, of either kind.
_userinfo = re.compile(r"\A([\x00-\x20]*(?:https?:[/\\]*+|[a-z][a-z0-9+.-]*:[/\\]{2,}+))[^/?#\\]*@", re.IGNORECASE)
_secret = re.compile(r"\A(?!mailto:)((?:[a-z][a-z0-9+.-]*://)?+)[^@]*:.*@", re.IGNORECASE | re.DOTALL)

_given = re.compile(r"(?<=[?&])(?!tls=)([^=&]*)=[^&]*")


def without_credentials(url: str) -> str:
    """`url`, however it is written, without user name and password; everything else stays as it was."""
    return _userinfo.sub(r"\1", url) if "@" in url else url


def hidden_credentials(text: str) -> str:
    """`text`, which should have been a URL, fit to be told: what may be a user name and a password is `…`."""
    return _secret.sub(r"\1…@", text) if "@" in text else text


def hidden_secrets(url: str) -> str:
    """`url`, or what should have been one, of a server that somebody configured, fit to be told: also what its query
    gives is `…`, for a password may have been put there. Not whether TLS is used.
    """
    return _given.sub(r"\1=…", hidden_credentials(url))
