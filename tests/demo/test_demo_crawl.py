"""What `make crawl` runs."""

from pathlib import Path

import pytest

from spindrift.demo import crawl


def test_crawls_a_generated_web_and_searches_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(crawl.__file__).parents[2]))
    monkeypatch.setattr(crawl, "HOSTS", 2)
    monkeypatch.setattr(crawl, "PAGES", 3)
    monkeypatch.setattr(crawl, "CRAWL_DELAY", 0.01)
    monkeypatch.setattr("sys.argv", ["crawl"])
    assert crawl.main() == 0
    printed = capfd.readouterr()
    # The private page of the second host, which has no robots.txt, is one more; a draft is fetched and not indexed.
    assert "2 hosts on loopback: 6 pages, 2 redirects, 2 dead links" in printed.err
    assert "10 pages to fetch, 9 to index,\nand 4 sitemaps and feeds to read (14 together)" in printed.err
    assert "fetched    14 pages" in printed.out
    assert "documents  9" in printed.out
    assert "Finished: nothing is due soon." in printed.out
    assert "1 to 2 of" in printed.out
    assert (tmp_path / "crawl-demo.db").exists()
