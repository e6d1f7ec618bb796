"""A copied crawl is the same crawl."""

from pathlib import Path

import pytest

from spindrift.crawl.copying import Copied, copy_store
from spindrift.errors import ConfigurationError, StoreError
from spindrift.store import open_store
from tests.crawl.copied_stores import content, fill


def test_all_is_copied_with_its_times(tmp_path: Path) -> None:
    with open_store(f"{tmp_path}/one.db") as one, open_store(f"{tmp_path}/two.db") as two:
        fill(one)
        assert copy_store(one, two) == Copied(urls=2102, held_hosts=1, documents=2)
        assert content(two) == content(one)


def test_a_crawl_is_joined_with_another_only_when_that_is_asked_for(tmp_path: Path) -> None:
    with open_store(f"{tmp_path}/one.db") as one, open_store(f"{tmp_path}/two.db") as two:
        fill(one)
        copy_store(one, two)
        with pytest.raises(ConfigurationError, match="holds a crawl already"):
            copy_store(one, two)
        copy_store(one, two, merge=True)
        assert content(two) == content(one)


def test_nothing_is_copied_into_a_store_that_is_being_crawled(tmp_path: Path) -> None:
    with open_store(f"{tmp_path}/one.db") as one, open_store(f"{tmp_path}/two.db") as two:
        two.frontier.claim()
        with pytest.raises(StoreError, match="is being crawled"):
            copy_store(one, two)


@pytest.mark.parametrize("what", ["URLs", "documents"])
def test_a_store_that_gives_less_than_it_holds_is_not_taken_to_be_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    with open_store(f"{tmp_path}/one.db") as one, open_store(f"{tmp_path}/two.db") as two:
        fill(one)
        if what == "URLs":
            some = list(one.frontier.records())[1:]
            monkeypatch.setattr(one.frontier, "records", lambda: iter(some))
        else:
            monkeypatch.setattr(one.documents, "iterate", lambda: iter([]))
        with pytest.raises(StoreError, match=rf"holds [\d,]+ {what}, and gave [\d,]+: is it being crawled\?"):
            copy_store(one, two)
