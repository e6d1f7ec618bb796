"""What can become of a URL that was to be fetched: one type each, and the table from status codes to them."""

from dataclasses import dataclass

from spindrift.metadata import first
from spindrift.protocol.response import Response
from spindrift.urls import normalize
from spindrift.urls.credentials import without_credentials


@dataclass(frozen=True, slots=True)
class Page:
    """There is content to parse."""

    response: Response


@dataclass(frozen=True, slots=True)
class NotModified:
    """The page is as it was when it was last fetched (304)."""

    response: Response


@dataclass(frozen=True, slots=True)
class Redirect:
    """The URL leads to `target` (absolute, without fragment), which has not been asked for."""

    response: Response
    target: str


@dataclass(frozen=True, slots=True)
class Failed:
    """No content this time; to be tried again. `response` is None, and `cause` given, where nothing was answered."""

    cause: str
    response: Response | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Not asked for, now or ever: forbidden by robots.txt, malformed, a private address, too long a Crawl-delay."""

    cause: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not now: to be tried again at `until` (epoch seconds), and not counted as an error."""

    until: float
    cause: str
    response: Response | None = None


@dataclass(frozen=True, slots=True)
class Overflow:
    """The queue of its key is full: whoever asked has to ask again later."""


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Fetching ends before its turn came: whoever asked has to ask again another time."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """Asked for again while it is being fetched: the outcome goes to who asked last, and nobody waits for this one."""


Outcome = Page | NotModified | Redirect | Failed | Refused | Postponed | Overflow | GivenBack | Superseded

ROBOTS = "robots.txt"
CRAWL_DELAY = "crawl_delay"
_SCHEMES = ("http://", "https://")


def outcome_of(response: Response, *, conditional: bool) -> Page | NotModified | Redirect | Failed:
    """What a response means.

    - 200 and 203 (the same, touched by a proxy): Page. The other 2xx carry no page: 201, 202, 204 and 205 by their
      meaning; 206 is a part that nobody asked for. Failed.
    - 304 to a `conditional` request: NotModified; to any other it is nonsense: Failed.
    - other 3xx with a Location that is an http(s) URL: Redirect; without: Failed.
    - everything else, also 404 and 410: Failed. What becomes of a gone page decides whoever keeps its history.
    """
    code = response.status_code
    if code in (200, 203):
        return Page(response)
    if code == 304:
        return NotModified(response) if conditional else Failed("", response)
    if 300 <= code < 400:
        target = redirect_target(response)
        return Redirect(response, target) if target else Failed("redirect without a usable Location", response)
    return Failed("", response)


def redirect_target(response: Response) -> str | None:
    """The absolute URL that a response redirects to, without its fragment (which no server ever sees), user name and
    password.

    It is one of http or https; of file only where a file says so.
    """
    location = (first(response.headers, "location") or "").strip()
    target = normalize(location, response.url) if location else None
    schemes = _SCHEMES if not response.url.startswith("file:") else (*_SCHEMES, "file:")
    if target is None or not target.startswith(schemes):
        return None
    return without_credentials(target.partition("#")[0])
