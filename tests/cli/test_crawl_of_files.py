"""`spindrift crawl` of files of this machine."""

import json
from pathlib import Path

from tests.cli.conftest import Run

FILES = ("-o", "urlfilters.config.file=none.json", "-o", "protocols=http,https,file")
OPTIONS = ("-o", "http.agent.name=test-crawler", *FILES)


def test_a_page_leads_to_its_folder_and_not_over_the_disk(spindrift: Run, tmp_path: Path) -> None:
    site = tmp_path.resolve() / "site"
    (site / "sub").mkdir(parents=True)
    (site / "out").symlink_to("/")
    (tmp_path / "beside.html").write_text("<p>beside")
    (site / "sub" / "page.html").write_text("<p>page <a href='../../beside.html'>beside</a>")
    links = "".join(f"<a href='{link}'>x</a>" for link in ("/", "sub/", "..", "out", "/proc/kmsg", "../missing.html"))
    (site / "index.html").write_text(f"<p>index {links}")
    (tmp_path / "none.json").write_text('{"a.URLFilters": []}')
    outcome = spindrift("crawl", (site / "index.html").as_uri(), *OPTIONS, "--json")
    assert outcome.code == 0, outcome.err
    statuses = {"FETCHED": 3, "ERROR": 6}  # the page, the folder and its page; all that lies elsewhere
    assert {name: number for name, number in json.loads(outcome.out)["statuses"].items() if number} == statuses
    refused = json.loads(spindrift("status", "file:///", "--json").out)
    assert refused["metadata"]["error.cause"] == ["file: outside of the seed's folder"]
