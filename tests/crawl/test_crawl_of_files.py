"""Files on disk, crawled like pages."""

from pathlib import Path

from spindrift.crawl.summary import Ending
from spindrift.store import open_store
from tests.crawl.running import crawl_conf, run_crawl


def test_seeds_and_the_files_that_files_lead_to_are_indexed(tmp_path: Path) -> None:
    folder = tmp_path.resolve() / "site"
    folder.mkdir()
    (folder / "a.html").write_text('<title>A</title><p>first</p><a href="b.html">b</a><a href="c.html">c</a>')
    (folder / "b.html").write_text('<title>B</title><p>second</p><a href="/etc/hostname">x</a>')
    conf = crawl_conf(tmp_path, protocols=["file"], urlfilters__config__file="")
    with open_store(conf["store.url"]) as store:
        summary = run_crawl(store, [(folder / "a.html").as_uri()], conf)
        documents = sorted(document.url.rpartition("/")[2] for document in store.documents.iterate())
    assert summary.ended is Ending.FINISHED
    assert summary.statuses["FETCHED"] == 2
    assert summary.statuses["FETCH_ERROR"] == 1, "what is not there is a 404"
    assert summary.statuses["ERROR"] == 1, "what is outside of the seed's folder is not read"
    assert documents == ["a.html", "b.html"]
