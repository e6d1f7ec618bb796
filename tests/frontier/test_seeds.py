"""Seeds: lines, files, and what is told of those that cannot be used."""

import json
from pathlib import Path

import pytest

from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.frontier.inject import inject
from spindrift.frontier.seeds import Seed, SeedError, SeedPreparation, check_sources, parse_line, read_seeds
from spindrift.status import Status
from spindrift.store import open_store
from tests.frontier.contract import NOW, fetched


def test_a_line_has_a_url_and_metadata_separated_by_tabs() -> None:
    seed = parse_line("https://a.example/ \tisFeed=true\ttag=x=y\ttag=z\n")
    assert seed == Seed("https://a.example/", {"isFeed": ["true"], "tag": ["x=y", "z"]})


@pytest.mark.parametrize("line", ["", "  \t ", "# https://a.example/", "  # comment"])
def test_comments_and_blanks_are_nothing(line: str) -> None:
    assert parse_line(line) is None


def test_a_part_without_a_key_is_an_error_that_says_where() -> None:
    with pytest.raises(SeedError, match=r"seeds.txt:3: 'isFeed' is not key=value"):
        parse_line("https://a.example/\tisFeed", "seeds.txt:3")


def test_sources_are_urls_and_files(tmp_path: Path) -> None:
    file = tmp_path / "seeds.txt"
    file.write_text("\ufeffhttps://a.example/\n# no\n\nhttps://b.example/\tx\nhttps://c.example/\n", encoding="utf-8")
    first, second, error, last = read_seeds(["https://z.example/", str(file)])
    assert isinstance(first, Seed)
    assert (first.url, second) == ("https://z.example/", Seed("https://a.example/", {}, f"{file}:1"))
    assert isinstance(error, SeedError)
    assert str(error).startswith(f"{file}:4: ")
    assert last == Seed("https://c.example/", {}, f"{file}:5")


def test_files_may_be_named_by_their_folder_or_by_a_pattern(tmp_path: Path) -> None:
    for name in ("2.txt", "1.txt", "old.bak", ".hidden"):
        (tmp_path / name).write_text(f"https://{name.strip('.')}.example/\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "3.txt").write_text("https://3.txt.example/\n")

    def hosts(source: str) -> list[str]:
        check_sources([source])
        return [seed.url.removesuffix(".example/")[8:] for seed in read_seeds([source]) if isinstance(seed, Seed)]

    assert hosts(str(tmp_path)) == ["1.txt", "2.txt", "old.bak"]
    assert hosts(f"{tmp_path}/*.txt") == ["1.txt", "2.txt"]
    assert hosts(f"{tmp_path}/**/?.txt") == ["1.txt", "2.txt", "3.txt"]
    (tmp_path / "[1].txt").write_text("https://brackets.example/\n")
    assert hosts(f"{tmp_path}/[1].txt") == ["brackets"], "a file of that name is no pattern"


def test_a_pattern_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("https://a.example/\n")
    monkeypatch.chdir(tmp_path)
    assert [str(seed.url) for seed in read_seeds(["*.txt"]) if isinstance(seed, Seed)] == ["https://a.example/"]


def test_every_source_that_is_neither_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        check_sources(["https://a.example/", "example.com", f"{tmp_path}/*.txt", str(tmp_path)])
    assert len(raised.value.problems) == 3
    assert "no files are there" in raised.value.problems[2]
    assert "'example.com' is neither a URL (with https://) nor a file" in raised.value.problems[0]


def test_a_seed_becomes_what_a_link_to_it_would_become() -> None:
    preparation = SeedPreparation.from_settings(Settings({"urlfilters.config.file": ""}))
    seed = preparation.prepare(Seed("HTTP://A.example:80/x/../y", {"depth": ["2"], "tag": ["t"]}))
    assert seed.url == "http://a.example/y"
    assert seed.metadata == {"depth": ["2"], "tag": ["t"], "fetch.private.allowed": ["true"]}
    assert preparation.prepare(Seed("http://a.example/")).metadata["depth"] == ["0"]


@pytest.mark.parametrize("url", ["example.com", "example.com:8080/x", "localhost:80", "http://", "http://[x/"])
def test_what_is_no_url_is_refused(url: str) -> None:
    preparation = SeedPreparation.from_settings(Settings({"urlfilters.config.file": ""}))
    with pytest.raises(SeedError, match=r"seeds\.txt:1: .* is not a URL"):
        preparation.prepare(Seed(url, {}, "seeds.txt:1"))


@pytest.mark.parametrize(
    ("url", "scheme"),
    [
        ("ftp://user:secret@a.example/", "ftp"),
        ("mailto:a@example.com", "mailto"),
        ("JavaScript:void(0)", "javascript"),
        ("tel:+3112345", "tel"),
        ("data:text/html,x", "data"),
        ("gopher://a.example/", "gopher"),
        ("ftp://[x/", "ftp"),
    ],
)
def test_other_schemes_are_told_as_such(url: str, scheme: str) -> None:
    preparation = SeedPreparation.from_settings(Settings({"urlfilters.config.file": ""}))
    (error,) = preparation.prepare_all([url])
    assert str(error).endswith(f"has the scheme {scheme}:, which is not supported; http:, https: and file: are")
    assert "secret" not in str(error)


def test_a_seed_passes_where_not_even_its_links_are_followed(tmp_path: Path) -> None:
    file = tmp_path / "urlfilters.json"
    file.write_text('{"any.URLFilters": [{"class": "MaxDepthFilter", "params": {"maxDepth": 0}}]}')
    preparation = SeedPreparation.from_settings(Settings({"urlfilters.config.file": str(file)}))
    assert preparation.prepare(Seed("http://a.example/")).metadata["depth"] == ["0"]


def filters_without_queries(tmp_path: Path) -> str:
    rules = {"class": "RegexURLFilter", "name": "no queries", "params": {"urlFilters": ["-[?]", "+."]}}
    file = tmp_path / "urlfilters.json"
    file.write_text(json.dumps({"any.URLFilters": [rules]}))
    return str(file)


def test_injects_what_is_new_and_tells_of_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "seeds.txt"
    file.write_text(
        "http://known.example/\nhttp://new.example/\ttag=t\nhttp://NEW.example\nhttp://new.example/?q\nnothing\n"
    )
    settings = Settings({"urlfilters.config.file": filters_without_queries(tmp_path), "metadata.persist": ["tag"]})
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        store.frontier.put([fetched("http://known.example/")])
        result = inject(store.frontier, [str(file)], settings, VirtualClock(NOW))
        assert (result.added, result.known) == (1, 2)
        assert [message.split(" ")[0] for message in result.refused] == [f"{file}:4:", f"{file}:5:"]
        assert "no queries" in result.refused[0]
        [record] = store.frontier.due(NOW, 10, 10, {})
        assert (record.url, record.status) == ("http://new.example/", Status.DISCOVERED)
        assert record.metadata == {"depth": ["0"], "tag": ["t"], "fetch.private.allowed": ["true"]}


@pytest.mark.parametrize(
    "line", ["https://a.example/" + "x" * 70_000, "garbage" * 10_000, "https://a.example/\t" + "x" * 70_000]
)
def test_what_is_told_of_an_endless_line_is_short(tmp_path: Path, line: str) -> None:
    (tmp_path / "seeds.txt").write_text(line)
    (error,) = SeedPreparation.from_settings(Settings({})).prepare_all([str(tmp_path / "seeds.txt")])
    assert isinstance(error, SeedError)
    assert len(str(error)) < 500 + len(str(tmp_path))
