"""The layout: rooms at the root, one import root, and who may import whom."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "spindrift"
COMPONENTS = ("spouts", "bolts", "filters", "topologies")
ROOMS = (*COMPONENTS, "resources")


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_is_linked_into_the_package(room: str) -> None:
    link = PACKAGE / room
    assert link.is_symlink(), f"{link} is no link; was the project copied without links?"
    assert not link.readlink().is_absolute()
    assert link.resolve() == ROOT / room


@pytest.mark.parametrize("room", COMPONENTS)
def test_each_room_is_imported_through_the_package(room: str) -> None:
    assert importlib.import_module(f"spindrift.{room}").__name__ == f"spindrift.{room}"


@pytest.mark.parametrize("room", COMPONENTS)
def test_no_room_can_be_imported_by_its_bare_name(room: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import {room}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"ImportError: import spindrift.{room}, not {room}" in done.stderr


def library_files() -> list[Path]:
    """The library: the package without the rooms that are linked into it."""
    rooms = {PACKAGE / room for room in ROOMS}
    return [path for path in sorted(PACKAGE.rglob("*.py")) if not rooms.intersection(path.parents)]


def imported_modules(path: Path) -> Iterator[str]:
    """Every module that a file imports, at its top or within a function; relative ones in full."""
    package = ["spindrift", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def is_within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_the_library_imports_no_spout_no_bolt_and_no_topology() -> None:
    components = tuple(f"spindrift.{room}" for room in ("spouts", "bolts", "topologies"))
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in library_files()
        # The command line is where library and components meet.
        if path.parent != PACKAGE / "cli"
        for module in imported_modules(path)
        if is_within(module, components)
    ]
    assert wrong == []


def test_filters_and_components_import_only_what_the_design_lets_them() -> None:
    may_not = {
        "filters": ("spindrift.spouts", "spindrift.bolts", "spindrift.topologies", "streamparse", "pystorm"),
        "bolts": ("spindrift.spouts", "spindrift.topologies"),
        "spouts": ("spindrift.bolts", "spindrift.topologies"),
    }
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {module}"
        for room, packages in may_not.items()
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for module in imported_modules(path)
        if is_within(module, packages)
    ]
    assert wrong == []


def test_patterns_of_users_are_compiled_in_one_place() -> None:
    """Elsewhere RE2 would write its complaints to standard error, and Java's syntax would not be translated."""
    files = [*library_files(), *(path for room in COMPONENTS for path in (PACKAGE / room).rglob("*.py"))]
    of_a_library = {"attribute_conditions.py"}  # what trafilatura searches for
    assert {path.name for path in files if "re2" in imported_modules(path)} - of_a_library == {"regexes.py"}


def test_the_rules_above_look_at_files() -> None:
    names = {path.relative_to(PACKAGE).as_posix() for path in library_files()}
    assert {"errors.py", "robots/rules.py", "urls/partition.py"} <= names
    assert not any(name.startswith(tuple(f"{room}/" for room in ROOMS)) for name in names)
    assert "spindrift.errors.ConfigurationError" in set(imported_modules(PACKAGE / "caches.py"))
