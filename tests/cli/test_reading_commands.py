"""status, search, export and inject on a small store."""

import json
from pathlib import Path

import pytest

from spindrift.frontier.records import StatusUpdate
from spindrift.index.documents import Document
from spindrift.status import Status
from spindrift.store import open_store
from tests.cli.conftest import Run

FAR = 4_000_000_000.0


@pytest.fixture
def crawled(spindrift: Run, tmp_path: Path) -> Run:
    """A store crawl.db in the working directory."""
    with open_store(f"sqlite:///{tmp_path / 'crawl.db'}") as store:
        store.frontier.put(
            [
                StatusUpdate("http://a.example/1", "a.example", Status.FETCHED, {"depth": ["0"]}, FAR),
                StatusUpdate("http://a.example/2", "a.example", Status.DISCOVERED, {}, FAR),
                StatusUpdate("http://b.example/", "b.example", Status.FETCH_ERROR, {"x": ["\x1b[2J[red]"]}, FAR),
            ]
        )
        store.frontier.hold("b.example", FAR, "503 with Retry-After", 2)
        store.documents.put(
            [
                Document(
                    "http://a.example/1",
                    "a.example",
                    "Tides",
                    "The spring tide.",
                    {"words": ["3"]},
                    200,
                    1_700_000_000.0,
                ),
                Document("http://a.example/3", "a.example", "\x1b[31m[red]Evil", "tide pool", {}, 200, 1_600_000_000.0),
            ]
        )
    return spindrift


class TestStatus:
    def test_shows_statuses_hosts_and_why_some_are_slowed(self, crawled: Run) -> None:
        outcome = crawled("status")
        assert outcome.code == 0
        assert "3 URLs, 2 documents" in outcome.out
        for words in (["FETCH_ERROR", "1"], ["a.example", "2", "1", "1"], ["b.example", "503 with Retry-After"]):
            assert any(all(word in line for word in words) for line in outcome.out.splitlines()), words

    def test_says_how_to_see_more_hosts_where_there_are_more(self, crawled: Run) -> None:
        assert "(1 of 2 hosts; --hosts N shows more)" in crawled("status", "--hosts", "1").out.splitlines()
        assert "--hosts" not in crawled("status", "--hosts", "2").out + crawled("status", "--hosts", "0").out

    def test_as_json(self, crawled: Run) -> None:
        found = json.loads(crawled("status", "--json").out)
        assert found["host_count"] == 2
        assert found["statuses"]["FETCHED"] == 1
        assert (found["documents"], found["next_due"]) == (2, FAR)
        assert [(host["key"], host["urls"]) for host in found["hosts"]] == [("a.example", 2), ("b.example", 1)]
        assert [(host["key"], host["reason"]) for host in found["held"]] == [("b.example", "503 with Retry-After")]

    def test_shows_all_that_is_known_of_a_url(self, crawled: Run) -> None:
        outcome = crawled("status", "http://b.example/")
        assert "FETCH_ERROR" in outcome.out
        assert "503 with Retry-After (2 failures in a row)" in outcome.out
        assert "\x1b" not in outcome.out
        assert "[2J[red]" in outcome.out

    def test_a_url_need_not_be_written_as_it_is_stored(self, crawled: Run) -> None:
        found = json.loads(crawled("status", "HTTP://A.example:80/1", "--json").out)
        assert (found["url"], found["status"], found["held"]) == ("http://a.example/1", "FETCHED", None)

    def test_a_url_that_is_known_with_bodies_alone_says_so(self, spindrift: Run, tmp_path: Path) -> None:
        url = "http://a.example/api"
        seeds = tmp_path / "seeds.txt"
        seeds.write_text("".join(f'{url}\thttp.post.json={{"page": {page}}}\n' for page in (1, 2)))
        assert spindrift("inject", str(seeds)).code == 0
        outcome = spindrift("status", url)
        assert outcome.code == 1
        known = [line.strip() for line in outcome.err.splitlines()[1:]]
        assert len(known) == 2
        assert all(each.startswith(f"{url}#post-") for each in known)
        assert all("http.post.json" in spindrift("status", each).out for each in known)
        assert json.loads(spindrift("status", url, "--json").out) == {"url": url, "status": None, "known_as": known}
        assert "not known" in spindrift("status", f"{url}2").err

    def test_an_unknown_url_is_a_failure(self, crawled: Run) -> None:
        outcome = crawled("status", "http://c.example/")
        assert (outcome.code, outcome.out) == (1, "")
        assert "not known" in outcome.err

    def test_a_store_that_does_not_exist_is_not_made(self, spindrift: Run, tmp_path: Path) -> None:
        outcome = spindrift("status", "--store", "sqlite:///none.db")
        assert outcome.code == 1
        assert "none.db" in outcome.err
        assert list(tmp_path.iterdir()) == []


class TestEnvironments:
    @pytest.fixture
    def environments(self, crawled: Run, tmp_path: Path) -> Run:
        """Two that differ, but not in where the crawl is kept."""
        options = {"store.url": "sqlite:///crawl.db", "urlfilters.config.file": ""}
        envs = {name: {"options": {**options, "http.agent.name": name}} for name in ("prod", "test")}
        (tmp_path / "config.json").write_text(json.dumps({"envs": envs}))
        return crawled

    @pytest.mark.parametrize("command", [["status"], ["search", "tide"], ["export"]])
    def test_readers_need_none_where_the_store_is_the_same(self, environments: Run, command: list[str]) -> None:
        outcome = environments(*command)
        assert (outcome.code, outcome.err) == (0, "")
        assert "a.example" in outcome.out

    def test_who_writes_needs_one_where_any_key_differs(self, environments: Run) -> None:
        outcome = environments("inject", "http://a.example/9")
        assert outcome.code == 2
        assert "which environment? (they differ in http.agent.name) Choose one with -e: prod, test" in outcome.err
        assert environments("inject", "http://a.example/9", "-e", "prod").code == 0
        assert environments("inject", "http://a.example/8", "-o", "http.agent.name=me").code == 0

    def test_readers_need_one_where_the_store_differs(self, environments: Run, tmp_path: Path) -> None:
        envs = {"prod": {"options": {"store.url": "sqlite:///other.db"}}, "test": {}}
        (tmp_path / "config.json").write_text(json.dumps({"envs": envs}))
        outcome = environments("status")
        assert outcome.code == 2
        assert "(they differ in store.url) Choose one with -e: prod, test" in outcome.err
        assert environments("status", "-e", "test").code == 0
        assert environments("status", "--store", "sqlite:///crawl.db").code == 0


class TestSearch:
    def test_finds_pages_and_cleans_what_it_prints(self, crawled: Run) -> None:
        outcome = crawled("search", "tide")
        assert outcome.code == 0
        assert "http://a.example/1" in outcome.out
        assert "[31m[red]Evil" in outcome.out
        assert "\x1b" not in outcome.out
        assert outcome.out.splitlines()[-1] == "1 to 2 of 2"

    def test_as_json(self, crawled: Run) -> None:
        found = json.loads(crawled("search", "spring", "tide", "--json").out)
        assert (found["query"], found["total"]) == ("spring tide", 1)
        assert found["hits"][0]["snippet"] == "The <mark>spring</mark> <mark>tide</mark>."
        assert found["hits"][0]["fields"] == {"words": ["3"]}, "as indexer.md.mapping has named them"
        assert json.loads(crawled("search", "--json", "--", "-fog").out)["hits"][0]["fields"] == {"words": ["3"]}

    def test_pages_of_results(self, crawled: Run) -> None:
        assert crawled("search", "tide", "-n", "1").out.splitlines()[-1] == "1 to 1 of 2; --offset 1 shows more"

    def test_by_date_and_status(self, crawled: Run) -> None:
        found = json.loads(crawled("search", "tide", "--since", "2022-01-01", "--status", "200", "--json").out)
        assert [hit["url"] for hit in found["hits"]] == ["http://a.example/1"]

    def test_nothing_found_is_a_failure(self, crawled: Run) -> None:
        outcome = crawled("search", "comet")
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err == 'no page found for "comet"; word* is any word that begins so\n'

    def test_a_host_may_have_a_port(self, crawled: Run) -> None:
        assert crawled("search", "ti*", "--host", "a.example:80").code == 0
        assert crawled("search", "ti*", "--host", "a.example:81").code == 1


class TestExport:
    def test_json_lines_on_standard_output(self, crawled: Run) -> None:
        lines = [json.loads(line) for line in crawled("export").out.splitlines()]
        assert [line["url"] for line in lines] == ["http://a.example/1", "http://a.example/3"]

    def test_the_ending_chooses_the_format(self, crawled: Run, tmp_path: Path) -> None:
        outcome = crawled("export", "--what", "statuses", "--out", "statuses.parquet")
        assert (outcome.code, outcome.out) == (0, "")
        assert "3 statuses written to statuses.parquet" in outcome.err
        assert (tmp_path / "statuses.parquet").read_bytes()[:4] == b"PAR1"

    def test_csv_is_for_pipes_too(self, crawled: Run) -> None:
        outcome = crawled("export", "--what", "statuses", "--format", "csv")
        assert outcome.code == 0
        header, *lines = outcome.out.splitlines()
        assert header == "url,key,status,metadata,next_fetch,updated"
        assert len(lines) == 3

    @pytest.mark.parametrize("name", ["pages.txt", "pages.json", "pages", "pages.jsonl.gz"])
    def test_an_ending_that_says_nothing_is_refused(self, crawled: Run, tmp_path: Path, name: str) -> None:
        outcome = crawled("export", "--out", name)
        assert outcome.code == 2
        assert all(right in outcome.err for right in (name, ".jsonl", ".ndjson", ".csv", ".parquet", "--format"))
        assert not (tmp_path / name).exists()

    def test_the_format_may_be_said_instead(self, crawled: Run, tmp_path: Path) -> None:
        assert crawled("export", "--out", "pages.txt", "--format", "jsonl").code == 0
        assert len((tmp_path / "pages.txt").read_text().splitlines()) == 2

    def test_parquet_needs_a_file(self, crawled: Run) -> None:
        outcome = crawled("export", "--format", "parquet")
        assert outcome.code == 2
        assert "--out pages.parquet" in outcome.err


class TestInject:
    def test_counts_and_reasons(self, spindrift: Run, tmp_path: Path) -> None:
        (tmp_path / "seeds.txt").write_text("https://a.example/\nhttps://a.example/\nnonsense\n")
        outcome = spindrift("inject", "seeds.txt", "-o", "urlfilters.config.file=")
        assert outcome.code == 1
        assert "1 added, 1 known already, 1 refused" in outcome.out
        assert "seeds.txt:3: 'nonsense' is not a URL" in outcome.out
        assert "a.example" in spindrift("status").out

    def test_as_json(self, spindrift: Run) -> None:
        outcome = spindrift("inject", "https://a.example/", "--json", "-o", "urlfilters.config.file=")
        assert json.loads(outcome.out) == {"added": 1, "known": 0, "again": 0, "refused": [], "warnings": []}
        assert outcome.code == 0

    def test_a_file_that_is_not_there(self, spindrift: Run) -> None:
        outcome = spindrift("inject", "seeds.txt", "-o", "urlfilters.config.file=")
        assert outcome.code == 2
        assert "'seeds.txt' is neither a URL" in outcome.err


def test_a_damaged_store_is_an_error_without_a_traceback(crawled: Run, tmp_path: Path) -> None:
    with (tmp_path / "crawl.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 400_000)
    for command in (["status"], ["export"], ["search", "tide"]):
        outcome = crawled(*command)
        assert outcome.code == 1
        assert outcome.err.startswith("error: ")
        assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    "command",
    [
        ["search", "tide", "--offset"],
        ["search", "tide", "--limit"],
        ["search", "tide", "--status"],
        ["status", "--hosts"],
        ["extract", "page.html", "--jobs"],
    ],
)
def test_a_number_beyond_all_bounds_is_wrong_usage(crawled: Run, command: list[str]) -> None:
    outcome = crawled(*command, "99999999999999999999")
    assert outcome.code == 2
    assert f"Invalid value for '{command[-1]}'" in outcome.err
    assert "less than or equal to" in outcome.err
