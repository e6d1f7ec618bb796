"""URLs by the WHATWG URL standard (https://url.spec.whatwg.org/), through ada."""

from typing import NamedTuple

from ada_url import URL, join_url


class URLParts(NamedTuple):
    """The parts of a URL, each as it stands in `href` but without its separators; "" where there is none."""

    href: str
    scheme: str
    username: str
    password: str
    host: str
    """In lower case and punycode; IPv6 addresses in brackets."""
    port: str
    """"" for the scheme's default port."""
    path: str
    query: str
    fragment: str


def parse(url: str, base: str | None = None) -> URLParts | None:
    """The parts of `url`, which may be relative to `base`. None where it is not a URL."""
    parsed = _parsed(url, base)
    if parsed is None:
        return None
    return URLParts(
        parsed.href,
        parsed.protocol[:-1],
        parsed.username,
        parsed.password,
        parsed.hostname,
        parsed.port,
        parsed.pathname,
        parsed.search[1:],
        parsed.hash[1:],
    )


def place(url: str) -> tuple[str, str]:
    """The host of `url`, as `parse` has it, and its origin: scheme, host and port of an http or https URL.

    Each is "" where there is none. Takes a third of what all parts take.
    """
    parsed = _parsed(url, None)
    if parsed is None:
        return "", ""
    scheme, host = parsed.protocol, parsed.host
    origin = f"{scheme}//{host}" if scheme in ("http:", "https:") else ""
    return (parsed.hostname if ":" in host else host), origin


def normalize(url: str, base: str | None = None) -> str | None:
    """The one way to write `url` (its `href`), which may be relative to `base`. None where it is not a URL."""
    if base is not None:
        try:
            return join_url(base, url)
        except ValueError:
            pass  # a lone surrogate, or no URL: the long way tells which
    parsed = _parsed(url, base)
    return None if parsed is None else parsed.href


def scalar_text(text: str) -> str:
    """`text` with lone surrogates replaced by U+FFFD, as browsers do: what is left can be encoded."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _parsed(url: str, base: str | None) -> URL | None:
    try:
        return URL(url, base)
    except UnicodeEncodeError:
        return _parsed(scalar_text(url), None if base is None else scalar_text(base))
    except ValueError:
        return None
