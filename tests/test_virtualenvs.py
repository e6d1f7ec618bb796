"""What the workers of a cluster install is what the package needs, and not the package: that is in the JAR."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_crawls_requirements_are_the_packages() -> None:
    lines = (ROOT / "virtualenvs" / "crawl.txt").read_text().splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert [line for line in lines if not line.startswith("#")] == project["dependencies"]
