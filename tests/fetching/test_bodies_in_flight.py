"""Memory: however many large bodies there are, and however slowly they are taken, few of them are there at a time."""

import asyncio
import gc
import time
import tracemalloc

from spindrift.fetching.item import FetchItem
from spindrift.fetching.outcomes import Outcome, Page
from spindrift.protocol.bodies import FREE_SIZE
from tests.fetching.engine_run import EngineRun
from tests.protocol.loopback_server import Answer, LoopbackServer, closing, http

LIMIT = 2_000_000
LARGE = 1_500_000
HOSTS = 24
PIECE = 512 * 1024
"""What is read of a connection at a time, at most."""


def site(page: Answer) -> LoopbackServer:
    """Hosts without robots.txt; every page is the same."""
    return LoopbackServer(lambda request: http(404) if request.path == "/robots.txt" else page)


def test_the_bytes_in_flight_are_bounded() -> None:
    in_flight = []
    with (
        site(http(200, bytes(LARGE))) as server,
        EngineRun(fetcher__max__bytes__in__flight=LIMIT, fetcher__threads__number=HOSTS) as run,
    ):
        deliver = run.engine._deliver

        def count(item: FetchItem, outcome: Outcome) -> None:
            deliver(item, outcome)
            held = sum(len(page.response.content) for page in run.outcomes.values() if isinstance(page, Page))
            in_flight.append(held + run.engine._bodies._receiving)

        run.engine._deliver = count
        urls = [server.url(f"/{page}", f"h{host}.localhost") for page in range(2) for host in range(HOSTS)]
        for url in urls:
            run.submit(url)
        reports: list[dict[str, object]] = []
        while len(reports) < 5 or any(report != reports[-1] for report in reports[-5:]):
            time.sleep(0.01)  # as much comes as may come while nothing is taken
            reports.append(run.report())
        for _ in urls:
            page = run.take()
            assert isinstance(page, Page)
            assert len(page.response.content) == LARGE
            del page
    assert LIMIT / 2 <= max(in_flight) <= LIMIT + LARGE + HOSTS * (FREE_SIZE + PIECE)


def test_nothing_is_started_while_the_pages_before_are_held() -> None:
    with (
        site(http(200, bytes(100_000))) as server,
        EngineRun(fetcher__max__bytes__in__flight=400_000, fetcher__threads__number=1) as run,
    ):
        urls = [server.url(f"/{page}") for page in range(5)]
        for url in urls:
            run.submit(url)
        run.wait_for(urls[:2])
        report = run.report()
        assert (report["active"], report["queued"], report["bytes_in_flight"]) == (0, 3, 200_000)
        run.outcomes.clear()
        run.wait_for(urls[2:4])
        run.outcomes.clear()
        run.wait()
    assert server.paths()[1:] == [f"/{page}" for page in range(5)]


def test_what_a_failure_leaves_does_not_stay_in_memory() -> None:
    cut = closing(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + bytes(LARGE))
    gc.disable()
    tracemalloc.start()
    try:
        with site(cut) as server, EngineRun(fetcher__backoff__failures=100) as run:
            run.fetch(server.url(f"/{page}") for page in range(8))
            assert tracemalloc.get_traced_memory()[0] < 4 * LARGE
    finally:
        tracemalloc.stop()
        gc.enable()


def test_half_received_bodies_do_not_stop_the_pages_of_other_hosts() -> None:
    async def dripping(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + bytes(1_000_000))
        while True:
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.write(b"x")

    answers = {"/robots.txt": http(404), "/page": http(200, bytes(100_000))}
    with (
        LoopbackServer(lambda request: answers.get(request.path, dripping)) as server,
        EngineRun(fetcher__max__bytes__in__flight=LIMIT) as run,
    ):
        for host in range(8):
            run.submit(server.url("/drip", f"d{host}.localhost"))
        while run.report()["bytes_in_flight"] < LIMIT:
            time.sleep(0.01)
        urls = [server.url("/page", f"h{host}.localhost") for host in range(4)]
        for url in urls:
            run.submit(url)
        assert all(isinstance(page, Page) for page in run.wait_for(urls))
