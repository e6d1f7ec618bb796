"""What a protocol brings back, whatever the protocol."""

from dataclasses import dataclass, field

from spindrift.errors import SpindriftError
from spindrift.metadata import Metadata


@dataclass(slots=True)
class Response:
    """The answer to one request; redirects are answers, too.

    `headers` has lower-case names. `content` is decoded (gzip, br, ...) and within the content limit.
    """

    url: str
    status_code: int
    headers: Metadata = field(default_factory=dict)
    content: bytes = b""
    trimmed: str = ""
    """Why the content is cut off: `length`, `time`, `disconnect`; empty where it is whole."""
    address: str = ""
    """IP address that answered; empty where it is not known."""
    verbatim: Metadata = field(default_factory=dict)
    """What an archive needs (http.store.headers), by the names of metadata_keys: it is put among the headers."""
    metadata: Metadata = field(default_factory=dict)
    """What the protocol itself knows of the page, and not its server: it is put among the metadata as it is."""
    is_public: bool | None = None
    """Whether a public host has answered; None: `address` tells."""


class FetchFailure(SpindriftError):  # noqa: N818 - a name that other parts already use
    """No answer: `cause` is a short name such as "Socket timeout fetching", "Unknown host" or the exception's class.

    `unseen`: the server had probably closed a kept connection before it saw the request, which may be sent again.
    """

    def __init__(self, cause: str, detail: str = "", *, unseen: bool = False) -> None:
        self.cause = cause
        self.unseen = unseen
        super().__init__(f"{cause}: {detail}" if detail else cause)
