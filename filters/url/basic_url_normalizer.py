"""BasicURLNormalizer: one way to write each URL, so that a page is fetched once."""

import re

from ada_url import URL
from pydantic import Field

from spindrift.filtering import FilterParams
from spindrift.metadata import Metadata
from spindrift.urls import host_of, normalize
from spindrift.urls.escapes import escape_unsafe, unescape_unreserved
from spindrift.urls.hosts import PLAIN_HOST, PLAIN_PORT
from spindrift.urls.parsing import scalar_text
from spindrift.urls.query import path_parameters_to_query, without_elements

# URLs that this filter leaves as they are, whatever its parameters: most links. A plain one has no escapes; whether it
# has dot segments or doubled slashes is left to see. Possessive quantifiers: nothing is read twice.
_PLAIN_PATH = r"(?:/[A-Za-z0-9_.~!$'()*+,=:@/-]*+)?+"
_PLAIN_QUERY = r"(?:\?[A-Za-z0-9_.~!$&'()*+,;=:@/?-]*+)?+"
_plain = re.compile(rf"https?://{PLAIN_HOST}{PLAIN_PORT}{_PLAIN_PATH}{_PLAIN_QUERY}").fullmatch

_shape = re.compile(r"(?:(https?|ftp)://(?=[^/?#\\])|(file)://)([^/?#\\]*)([^#]*)(#.*)?", re.IGNORECASE | re.DOTALL)
_TRIMMED = "".join(map(chr, range(0x21)))
_TRIMMED_CHARACTERS = frozenset(_TRIMMED)
_dropped = re.compile(r"[\t\n\r]+")

# What java.net.URI accepts in each part.
_valid_authority = re.compile(r"(?:[A-Za-z0-9_.~!$&'()*+,;=:@\[\]-]|%[0-9A-Fa-f]{2}|[^\x00-\x7F])*+").fullmatch
_valid_rest = re.compile(r"(?:[A-Za-z0-9_.~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*+").fullmatch
_valid_fragment = re.compile(r"#(?:[A-Za-z0-9_.~!$&'()*+,;=:@/?\[\]-]|%[0-9A-Fa-f]{2}|[^\x00-\x7F])*+").fullmatch


class BasicURLNormalizer:
    """Writes a URL in normal form; refuses what is not an absolute http, https, ftp or file URL.

    Scheme and host in lower case, user name and password left out; escapes of unreserved characters decoded, control
    characters, spaces, `[]\\|` and everything beyond ASCII escaped; dot segments and doubled slashes removed from the
    path.
    As StormCrawler's, except where that breaks URLs: a query is never "unmangled" where there is one already,
    the fragment starts at the first `#` and is kept whole where it is kept at all, tabs and line ends are dropped as
    browsers do, a wrong number of slashes after `http:` is mended, `;` does not end a query element, and query elements
    that stay keep their spelling.
    """

    class Params(FilterParams):
        """Parameters of BasicURLNormalizer."""

        remove_anchor_part: bool = True
        """Remove the fragment."""
        unmangle_query_string: bool = True
        """`http://a.org/b&c=d` is meant to be `http://a.org/b?c=d`."""
        check_valid_uri: bool = Field(default=True, alias="checkValidURI")
        """Refuse URLs with characters that RFC 2396 does not allow; remove dot segments."""
        remove_hashes: bool = False
        """Remove query elements and path parameters whose value is 32 hexadecimal digits (session ids)."""
        host_idn_to_ascii: bool = Field(default=False, alias="hostIDNtoASCII")
        """Write international hosts in punycode."""
        query_elements_to_remove: list[str] = Field(default_factory=list)
        """Names of query elements, and of parameters of the last path element, to remove; the rest are sorted."""

    depends_on_source = False

    def __init__(self, params: Params) -> None:
        self._params = params
        self._names = frozenset(params.query_elements_to_remove)
        self._changes_query = bool(self._names) or params.remove_hashes

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """`url` in normal form, or None."""
        end = url.find("#") if self._params.remove_anchor_part else -1
        page = url if end < 0 else url[:end]
        if _plain(page) and "/." not in page and page.find("//", 8) < 0 and not (self._changes_query and "?" in page):
            return page
        return self.normal_form(url)

    def why_refused(self, source_url: str | None, source_metadata: Metadata, url: str) -> str:
        """What is wrong with it."""
        lenient = BasicURLNormalizer(self._params.model_copy(update={"check_valid_uri": False}))
        if lenient.filter(None, {}, url):
            return "checkValidURI: it has characters that no URI may have"
        return "it is not an absolute http, https, ftp or file URL"

    def normal_form(self, url: str) -> str | None:
        """What `filter` answers, without its short cut for URLs that are in normal form already."""
        url = _dropped.sub("", scalar_text(url).strip(_TRIMMED))
        if self._params.unmangle_query_string:
            url = _unmangled(url)
        shape = _shape.fullmatch(url) or _shape.fullmatch(normalize(url) or "")
        if shape is None:
            return None
        authority = self._authority(shape[3])
        rest = self._path_and_query(shape[4])
        if authority is None or rest is None:
            return None
        fragment = "" if self._params.remove_anchor_part else shape[5] or ""
        if self._params.check_valid_uri and not (
            _valid_authority(authority) and _valid_rest(rest) and (not fragment or _valid_fragment(fragment))
        ):
            return None
        normal = f"{(shape[1] or shape[2]).lower()}://{authority}{rest}{fragment}"
        return normal if URL.can_parse(normal) else None

    def _authority(self, authority: str) -> str | None:
        if not _TRIMMED_CHARACTERS.isdisjoint(authority):
            return None  # at its end, parsers would drop it, and see a host where there is none
        host = authority.rpartition("@")[2]
        if authority and not host:
            return None  # parsers would take the first element of the path for it
        if host.isascii():
            return host.lower()
        name, colon, port = host.partition(":")
        ascii_name = host_of(f"http://{name}/")
        if not ascii_name:
            return None
        if self._params.host_idn_to_ascii:
            name = ascii_name
        elif host_of(f"http://{name.lower()}/") == ascii_name:  # differs for a few capitals
            name = name.lower()
        return name + colon + port

    def _path_and_query(self, text: str) -> str | None:
        if text.startswith("\\"):
            text = "/" + text[1:]  # it ended the host, so it is a slash
        unescaped = unescape_unreserved(text)
        if unescaped is None:
            return None
        path, mark, query = escape_unsafe(unescaped).partition("?")
        if self._changes_query:
            path, query = path_parameters_to_query(path, query)
            if query:
                query = without_elements(query, self._names, self._params.remove_hashes)
                mark = "?" if query else ""
        if self._params.check_valid_uri:
            path = _without_dot_segments(path)
        return path + mark + query


def _unmangled(url: str) -> str:
    """`url` with the first `&` of its last path element made a `?`, if that looks like a query and there is none."""
    address, hash_, fragment = url.partition("#")
    if "&" not in address or "?" in address:
        return url
    before, slash, last = address.rpartition("/")
    if last.find("=") > 0:
        last = last.replace("&", "?", 1)
    return before + slash + last + hash_ + fragment


def _without_dot_segments(path: str) -> str:
    """`path` without `.`, `..` and empty segments, as java.net.URI.normalize; `..` never leads above the root."""
    if not path or not ("/." in path or "//" in path):
        return path
    segments: list[str] = []
    parts = path.split("/")
    for segment in parts:
        if segment == "..":
            del segments[-1:]
        elif segment and segment != ".":
            segments.append(segment)
    end = "/" if segments and parts[-1] in ("", ".", "..") else ""
    return "/" + "/".join(segments) + end
