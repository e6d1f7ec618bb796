"""spindrift copy."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

from spindrift.store import open_store
from tests.cli.conftest import Run
from tests.crawl.copied_stores import content, fill


def test_copies_and_says_what(spindrift: Run, tmp_path: Path) -> None:
    with open_store(f"{tmp_path}/one.db") as one:
        fill(one)
        outcome = spindrift("copy", "one.db", "two.db")
        assert outcome.code == 0
        assert "2,102 URLs, 1 held host and 2 documents copied to two.db" in outcome.err
        with open_store(f"{tmp_path}/two.db") as two:
            assert content(two) == content(one)
    said = json.loads(spindrift("copy", "one.db", "sqlite:///three.db", "--json").out)
    assert said == {"from": "one.db", "to": "sqlite:///three.db", "urls": 2102, "held_hosts": 1, "documents": 2}


def test_what_cannot_be_copied_is_wrong_usage(spindrift: Run, tmp_path: Path) -> None:
    outcome = spindrift("copy", "none.db", "two.db")
    assert (outcome.code, "there is no store none.db to copy from" in outcome.err) == (2, True)
    assert not (tmp_path / "two.db").exists()
    with open_store(f"{tmp_path}/one.db") as one:
        fill(one)
    same = spindrift("copy", "one.db", f"sqlite:///{tmp_path}/../{tmp_path.name}/one.db", "--merge")
    assert (same.code, "are the same store" in same.err) == (2, True)
    assert spindrift("copy", "one.db", "memory:").code == 2


def test_indices_are_not_copied_onto_themselves(spindrift: Run) -> None:
    refused = spindrift("copy", "elasticsearch://127.0.0.1:1/crawl", "elasticsearch://me:sesame@127.0.0.1:1/crawl/")
    assert (refused.code, "are the same store" in refused.err, "sesame" in refused.err) == (2, True, False)


def test_a_store_that_is_being_crawled_is_copied_with_a_warning(spindrift: Run, tmp_path: Path) -> None:
    with open_store(f"{tmp_path}/one.db") as one:
        fill(one)
    assert "warning" not in spindrift("copy", "one.db", "two.db").err
    crawl = """
        from spindrift.store import open_store
        with open_store("one.db") as store:
            claim = store.frontier.claim()
            print("crawling", flush=True)
            input()
    """
    script = [sys.executable, "-c", textwrap.dedent(crawl)]
    with subprocess.Popen(script, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as crawler:
        assert crawler.stdout is not None
        assert crawler.stdout.readline() == b"crawling\n"
        copied = spindrift("copy", "one.db", "three.db")
        crawler.kill()
    assert copied.code == 0
    assert "warning: one.db is being crawled: what the crawl finds meanwhile may be missing" in copied.err
    assert "warning" not in spindrift("copy", "one.db", "four.db").err, "it was killed"
