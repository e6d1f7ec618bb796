"""A kept connection that the server has closed meanwhile: the request is sent once more, politely."""

from itertools import pairwise

from spindrift.fetching.outcomes import Failed, Page
from tests.fetching.engine_run import EngineRun
from tests.protocol.loopback_server import Answer, LoopbackServer, Request, closing, http


class HangsUp:
    """Closes a connection without an answer at its third request: robots.txt, a page, and then nothing more."""

    def __init__(self) -> None:
        self.seen: dict[int, int] = {}

    def __call__(self, request: Request) -> Answer:
        self.seen[request.connection] = self.seen.get(request.connection, 0) + 1
        if self.seen[request.connection] == 3:
            return closing(b"")
        return http(404) if request.path == "/robots.txt" else http(200, b"page")


def test_the_request_is_sent_again_on_a_new_one_after_the_pause() -> None:
    with LoopbackServer(HangsUp()) as server, EngineRun(fetcher__server__delay="50ms") as run:
        outcomes = run.fetch(server.url(path, "a.localhost") for path in ("/1", "/2"))
    assert [type(outcome) for outcome in outcomes] == [Page, Page]
    assert server.paths() == ["/robots.txt", "/1", "/2", "/2"]
    assert [request.connection for request in server.requests] == [1, 1, 1, 2]
    assert min(after.start - before.end for before, after in pairwise(server.requests)) >= 0.05
    assert run.hosts == [], "that is no failure of the host's"


def test_not_where_that_is_not_wanted() -> None:
    with LoopbackServer(HangsUp()) as server, EngineRun(http__retry__on__connection__failure=False) as run:
        _, second = run.fetch(server.url(path, "a.localhost") for path in ("/1", "/2"))
    assert isinstance(second, Failed)
    assert server.paths() == ["/robots.txt", "/1", "/2"]
