"""A deterministic web of many hosts, served on loopback: for the demonstration, tests and benchmarks.

`python -m spindrift.demo.generated_web --hosts 200 --plain` serves one as a process of its own and prints a line of
JSON with its port and seeds.
"""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Literal, Self

from spindrift.demo.content import Fault, GeneratedContent
from spindrift.demo.listener import Listener, listen
from spindrift.demo.pages import PageWriter
from spindrift.demo.server import Answer, Recorded, Request

__all__ = ["Answer", "Fault", "GeneratedWeb", "Recorded", "Request"]

Names = Literal["localhost", "addresses"]


class GeneratedWeb:
    """Hosts `host000.localhost`, ... (`names="localhost"`) or `127.0.1.1`, ... (`names="addresses"`) on one port.

    Every page can be reached from every other. The same arguments give the same pages, but for the port.

    `plain` leaves out everything but good pages; `sitemaps` adds a sitemap index and a feed on the first host;
    `crawl_delay` goes into robots.txt; `latency` is seconds, or a
    function of (host with port, path); `faults` maps a host (with or without port) to a function that may answer in
    its place, and may be changed while running. With `record`, `requests` logs them all, in the order of their
    answers. `prepare` writes all pages at the start and answers them from memory, past `faults`.
    """

    def __init__(
        self,
        hosts: int = 12,
        pages: int = 20,
        page_bytes: int = 27_000,
        links: int = 100,
        seed: int = 0,
        names: Names = "localhost",
        *,
        plain: bool = False,
        sitemaps: bool = False,
        record: bool = False,
        crawl_delay: float | None = None,
        latency: float | Callable[[str, str], float] = 0.0,
        faults: dict[str, Fault] | None = None,
        prepare: bool = False,
        port: int = 0,
    ) -> None:
        self.hosts = hosts
        self.pages = pages
        self.names = names
        self.port = port
        self.faults: dict[str, Fault] = faults if faults is not None else {}
        self.requests: list[Recorded] = []
        self._plain = plain
        self._sitemaps = sitemaps
        self._record = record
        self._crawl_delay = crawl_delay
        self._latency = latency
        self._prepare = prepare
        self._writer = PageWriter(
            lambda host: f"http://{self.authority(host)}",
            hosts=hosts,
            pages=pages,
            page_bytes=page_bytes,
            links=links,
            seed=seed,
        )
        self._listener: Listener | None = None

    @property
    def seeds(self) -> list[str]:
        """The home page of every host. One is enough to reach everything."""
        return [self.url(host, 0) for host in range(self.hosts)]

    def urls(self) -> list[str]:
        """Every ordinary page: those that a crawl fetches and indexes, whatever else it meets."""
        return [self.url(host, page) for host in range(self.hosts) for page in range(self.pages)]

    def url(self, host: int, page: int) -> str:
        """URL of a page (both count from 0)."""
        return self._writer.url(host, page)

    def authority(self, host: int) -> str:
        """Host and port, as in URLs."""
        return f"{self.host_name(host)}:{self.port}"

    def host_name(self, host: int) -> str:
        """Name or address of a host."""
        return f"host{host:03}.localhost" if self.names == "localhost" else f"127.0.{host // 250 + 1}.{host % 250 + 1}"

    def start(self) -> None:
        """Listen, and serve in a thread of its own until `stop`."""
        self._listener = self._listen()
        self._listener.start()

    def stop(self) -> None:
        """Close everything. Started again, it comes back on the same port."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None

    def serve(self, announce: Callable[[], object]) -> None:
        """Serve in this thread until interrupted; `announce` is called once requests are answered."""
        self._listen().serve(announce)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _listen(self) -> Listener:
        names = self.names == "localhost"
        sockets = listen(["127.0.0.1"] if names else [self.host_name(host) for host in range(self.hosts)], self.port)
        # Links carry the port, so that pages can be written only from here on.
        self.port = sockets[0].getsockname()[1]
        content = GeneratedContent(
            self._writer,
            [self.authority(host) for host in range(self.hosts)],
            pages=self.pages,
            plain=self._plain,
            crawl_delay=self._crawl_delay,
            faults=self.faults,
            sitemaps=self._sitemaps,
        )
        if self._prepare:
            content.prepare()
        return Listener(sockets, content, self.requests if self._record else None, self._latency_of())

    def _latency_of(self) -> Callable[[str, str], float] | None:
        latency = self._latency
        if callable(latency):
            return latency
        return (lambda _host, _path: latency) if latency else None


class _Defaults(argparse.ArgumentDefaultsHelpFormatter):
    """Shows the default of an option that has one."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help if action.default in (None, False) else super()._get_help_string(action)


def main(arguments: list[str] | None = None) -> None:
    """Serve a generated web until interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m spindrift.demo.generated_web",
        description="Serve a generated web on loopback until Ctrl-C; a line of JSON says its port, pages and seeds.",
        epilog="Example: python -m spindrift.demo.generated_web --port 8000 --hosts 3 --sitemaps",
        formatter_class=_Defaults,
    )
    parser.add_argument("--hosts", type=int, default=12, help="number of hosts")
    parser.add_argument("--pages", type=int, default=20, help="pages of a host")
    parser.add_argument("--page-bytes", type=int, default=27_000, help="size that a page comes near to")
    parser.add_argument("--links", type=int, default=100, help="links of a page")
    parser.add_argument("--seed", type=int, default=0, help="another seed gives other pages")
    parser.add_argument(
        "--names", choices=("localhost", "addresses"), default="localhost", help="what hosts are called"
    )
    parser.add_argument("--plain", action="store_true", help="good pages only")
    parser.add_argument("--sitemaps", action="store_true", help="a sitemap index and a feed on the first host")
    parser.add_argument("--crawl-delay", type=float, metavar="SECONDS", help="Crawl-delay in robots.txt, in seconds")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="seconds before each answer")
    parser.add_argument("--prepare", action="store_true", help="write all pages before the first request")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0: any that is free")
    web = GeneratedWeb(**vars(parser.parse_args(arguments)))

    def announce() -> None:
        sys.stdout.write(json.dumps({"port": web.port, "pages": len(web.urls()), "seeds": web.seeds}) + "\n")
        sys.stdout.flush()

    web.serve(announce)


if __name__ == "__main__":
    main()
