"""What `make crawl` runs."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from spindrift.demo import crawl
from spindrift.demo.listener import listen

Demo = Callable[..., int]


def free_port() -> int:
    [opened] = listen(["127.0.0.1"], 0)
    with opened:
        return int(opened.getsockname()[1])


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Demo:
    """Runs it in an empty folder, on a small web."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(crawl.__file__).parents[2]))
    monkeypatch.setattr(crawl, "PORT", free_port())
    monkeypatch.setattr(crawl, "HOSTS", 2)
    monkeypatch.setattr(crawl, "PAGES", 3)
    monkeypatch.setattr(crawl, "CRAWL_DELAY", 0.01)

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["crawl", *arguments])
        return crawl.main()

    return run


def test_crawls_a_generated_web_and_searches_it(demo: Demo, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert demo() == 0
    printed = capfd.readouterr()
    # The private page of the second host, which has no robots.txt, is one more; a draft is fetched and not indexed.
    assert "2 hosts on loopback: 6 pages, 2 redirects, 2 dead links" in printed.err
    assert "10 pages to fetch, 9 to index,\nand 4 sitemaps and feeds to read (14 together)" in printed.err
    assert "fetched    14 pages" in printed.out
    assert "documents  9" in printed.out
    assert "Finished: nothing is due soon." in printed.out
    assert "1 to 2 of" in printed.out
    assert "to go on" not in printed.err
    assert (tmp_path / "crawl-demo.db").exists()


def test_a_crawl_that_was_stopped_goes_on_and_one_that_was_finished_begins_anew(
    demo: Demo, capfd: pytest.CaptureFixture[str]
) -> None:
    assert demo("--max-pages", "5") == 0
    printed = capfd.readouterr()
    assert "fetched    5 pages" in printed.out
    assert "to go on, run this same command again" in printed.err
    assert "go on\n" not in printed.out, "nothing else can: the web is gone"
    assert demo() == 0
    printed = capfd.readouterr()
    assert "The crawl in sqlite:///crawl-demo.db goes on" in printed.err
    assert "fetched    9 pages" in printed.out
    assert demo("--max-pages", "5") == 0
    assert "fetched    5 pages" in capfd.readouterr().out


def test_where_its_port_is_taken_it_says_so_and_takes_another(demo: Demo, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", crawl.PORT)):
        assert demo("--max-depth", "0") == 0
    assert f"Port {crawl.PORT} is taken" in capfd.readouterr().err


def test_help_is_the_help_of_crawl_and_nothing_else(
    demo: Demo, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert demo("--help") == 0
    printed = capfd.readouterr()
    assert printed.out.lstrip().startswith("Usage: spindrift crawl")
    assert printed.err == ""
    assert list(tmp_path.iterdir()) == []
