"""What a seed says of how it is asked for is refused where nobody would understand it."""

import logging
from pathlib import Path

import pytest

from spindrift import metadata_keys as keys
from spindrift.conf import Settings
from spindrift.fetching.item import FetchItem
from spindrift.fetching.retries import Retries
from spindrift.frontier.inject import inject
from spindrift.frontier.seed_metadata import mistakes
from spindrift.frontier.seeds import SeedError, parse_line
from spindrift.politeness.asked import delays_asked, threads_asked
from spindrift.protocol.http import content_limit_of
from spindrift.spouts.seeds import SeedSpout
from spindrift.store import open_store
from spindrift.testing import run_spout

RIGHT = {
    "http.post.json": ['{"q": "é"}', "[]", "3", "1" * 5000],
    "http.accept": ["text/html, */*;q=0.8"],
    "http.accept.language": ["ast"],
    "http.content.limit": ["0", "65536", "-1", " 5"],
    "http.method.head": ["true", "False"],
    "http.proxy.skip": ["TRUE"],
    "set-header": ["X-One=1", "X-Two = a=b", "X-Empty="],
    "crawl.delay": ["0", "1.5", "250ms", "2 min"],
    "crawl.min.delay": ["3s"],
    "max.threads.queue": ["1", "9999"],
    "max.retry.times": ["0", "7"],
    "dont_retry": ["true"],
    "sitemap.discovery": ["false"],
}
WRONG = {
    "http.post.json": ["{bad", "NaN", "[" * 100_000],
    "http.accept": ["text/\x01html"],
    "http.accept.language": ["a\x7f"],
    "http.content.limit": ["abc", "-5", "1.5", "²", "9" * 16, "5k"],
    "http.method.head": ["yes", "1"],
    "http.proxy.skip": ["maybe"],
    "set-header": ["Nothing", "=1", "Host=other", "Authorization=Basic x", "X: y=1"],
    "crawl.delay": ["soon", "-1", "٣ weeks", "99999999d"],
    "crawl.min.delay": ["-1s"],
    "max.threads.queue": ["0", "0000", "x", "10000", "-1"],
    "max.retry.times": ["x", "-1", "10000"],
    "dont_retry": ["no"],
    "sitemap.discovery": ["on"],
}


def pairs(values: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(key, value) for key in values for value in values[key]]


def test_every_such_key_is_looked_at() -> None:
    assert set(keys.REQUESTED) == set(RIGHT) == set(WRONG)


@pytest.mark.parametrize(("key", "value"), pairs(RIGHT))
def test_a_value_that_is_understood_passes(key: str, value: str) -> None:
    assert list(mistakes({key: [value]})) == []


@pytest.mark.parametrize(("key", "value"), pairs(WRONG))
def test_any_other_is_told_with_what_is_right(key: str, value: str) -> None:
    right, *_ = RIGHT[key]
    [told] = mistakes({key: [right, value]})
    assert told.startswith(f"{key}: ")
    assert " is not right; expected " in told
    assert len(told) < 400


def test_what_is_refused_is_what_readers_do_not_understand() -> None:
    """And the other way round, for those with an answer for it."""
    nothing = FetchItem("http://a.example/", "a.example", {})
    for values, understood in ((RIGHT, True), (WRONG, False)):
        for value in values["max.threads.queue"]:
            assert (threads_asked({"max.threads.queue": [value]}) is not None) is understood
        for value in values["http.content.limit"]:
            assert (content_limit_of({"http.content.limit": [value]}, -7) != -7) is understood
        for value in values["max.retry.times"]:
            item = FetchItem(nothing.url, nothing.key, {"max.retry.times": [value]}, retries=8)
            assert Retries(times=9).wanted(item, None) is not understood
    assert delays_asked({"crawl.delay": ["soon"], "crawl.min.delay": ["-1s"]}) == (0.0, 0.0)


def test_no_credential_of_a_header_is_shown() -> None:
    [told] = mistakes({"set-header": ["Authorization=Bearer secret"]})
    assert "'Authorization'" in told
    assert "secret" not in told + "".join(mistakes({"set-header": ["Authorization: Bearer secret"]}))


def test_all_mistakes_of_a_line_are_told_at_once() -> None:
    with pytest.raises(SeedError) as raised:
        parse_line("https://a.example/\tcrawl.delay=soon\ttag=x\thttp.proxy.skip=maybe", "seeds.tsv:12")
    assert str(raised.value) == (
        "seeds.tsv:12: crawl.delay: 'soon' is not right; expected duration such as "
        '"5s", "250ms" or "24h", or a bare number in seconds, at least 0 s; '
        "http.proxy.skip: 'maybe' is not right; expected true or false"
    )


def seeds_file(folder: Path) -> str:
    file = folder / "seeds.tsv"
    file.write_text("http://a.example/\tmax.retry.times=x\nhttp://b.example/\tmax.retry.times=1\n")
    return str(file)


def test_the_other_seeds_go_on(tmp_path: Path) -> None:
    settings = Settings({"urlfilters.config.file": ""})
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        result = inject(store.frontier, [seeds_file(tmp_path)], settings)
    assert result.added == 1
    [refused] = result.refused
    assert refused == (
        f"{tmp_path}/seeds.tsv:1: max.retry.times: 'x' is not right; expected whole number from 0 to 9999"
    )


def test_so_they_do_from_the_spout(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    conf = {"seeds": [seeds_file(tmp_path)], "urlfilters.config.file": ""}
    with caplog.at_level(logging.WARNING), run_spout(SeedSpout, conf) as spout:
        spout.next()
        spout.next()
        assert [tup.url for tup in spout.emitted("status")] == ["http://b.example/"]
    assert "seeds.tsv:1: max.retry.times: 'x' is not right" in caplog.text
