"""A store that cannot be written any more ends the crawl: soon, said once, with nothing lost."""

import json
import subprocess
import sys
from pathlib import Path

from spindrift.demo.generated_web import GeneratedWeb

HOSTS, PAGES = 3, 30
LIMITED = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, 700_000))
from spindrift.cli.main import main
main()
"""


def test_a_full_disk_ends_the_crawl_and_the_next_run_goes_on(tmp_path: Path) -> None:
    with GeneratedWeb(hosts=HOSTS, pages=PAGES, page_bytes=9000, links=20, plain=True, record=True) as web:
        arguments = ["crawl", web.seeds[0], "-o", "http.agent.name=full-disk", "-o", "fetcher.server.delay=0", "--json"]
        limited = subprocess.run(
            [sys.executable, "-c", LIMITED, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert limited.returncode == 1, limited.stderr
        summary = json.loads(limited.stdout)
        assert summary["ended"] == "store"
        assert summary["pages"] < HOSTS * PAGES
        assert "could not be written" in summary["trouble"]
        assert limited.stderr.count("could not be written") == 1
        assert "Traceback" not in limited.stderr
        subprocess.run(
            [sys.executable, "-m", "spindrift", *arguments], cwd=tmp_path, check=True, capture_output=True, timeout=60
        )
        kept = subprocess.run(
            [sys.executable, "-m", "spindrift", "status", "--json"], cwd=tmp_path, check=True, capture_output=True
        )
        assert json.loads(kept.stdout)["documents"] == HOSTS * PAGES
