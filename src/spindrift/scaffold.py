"""Makes new projects: a folder of streamparse's layout with a topology, its bolts, a filter and their tests."""

import keyword
import re
import sys
from pathlib import Path
from string import Template

from spindrift.errors import ConfigurationError
from spindrift.robots.agent import nearest_agent_name

_TEMPLATES = Path(__file__).parent / "project_template"
_REQUIREMENTS = Path(__file__).parent / "requirements.txt"
"""What spindrift needs; the same file that its own crawl's workers are set up by."""
_SUFFIX = ".template"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TAKEN = {"spindrift", "streamparse", "pystorm", "pytest", "hosts", "tests", "topologies", "src"}
"""Names that the project's package would hide, or be hidden by."""


def new_project(folder: Path) -> list[Path]:
    """Make a project called as `folder`, which must not exist; returns its files, relative to it.

    Raises ConfigurationError for a name that cannot be a Python package's, a folder that exists or cannot be made.
    """
    name = folder.name
    package = name.replace("-", "_").lower()
    if not _NAME.fullmatch(name) or keyword.iskeyword(package) or package in sys.stdlib_module_names | _TAKEN:
        raise ConfigurationError(
            f"{name!r} cannot be the name of a project: its components are a Python package of that name. Use letters, "
            "digits, - and _, a letter first, and no name of Python's own modules; such as my-crawler"
        )
    if folder.exists():
        raise ConfigurationError(f"{folder} exists already; choose another name, or remove it")
    names = {
        "name": name,
        "package": package,
        "agent": nearest_agent_name(name) or "my-crawler",
        "requirements": "\n".join(line for line in _REQUIREMENTS.read_text("utf-8").splitlines() if line[0] != "#"),
    }
    files = []
    try:
        for template in sorted(path for path in _TEMPLATES.rglob(f"*{_SUFFIX}") if path.is_file()):
            path = _target(template.relative_to(_TEMPLATES), package)
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            text = Template(template.read_text("utf-8")).substitute(names)
            (folder / path).write_text(text, "utf-8")
            files.append(path)
    except OSError as error:
        raise ConfigurationError(f"{folder}: cannot make the project ({error.strerror or error})") from error
    return files


def _target(template: Path, package: str) -> Path:
    parts = [package if part == "PACKAGE" else part for part in template.parts]
    file = parts[-1].removesuffix(_SUFFIX)
    return Path(*parts[:-1], ".gitignore" if file == "gitignore" else file)
