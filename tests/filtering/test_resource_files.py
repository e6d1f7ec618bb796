"""Files that configuration names: where they are looked for."""

from pathlib import Path

import pytest

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.resource_files import ResourceFiles


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders in the order in which they are looked into, but for spindrift's own."""
    project, current = tmp_path / "project", tmp_path / "current"
    found = [project / "resources", project, current / "resources", current]
    for folder in found:
        folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(current)
    return found


def files(folders: list[Path]) -> ResourceFiles:
    return ResourceFiles.from_settings(Settings({"spindrift.project.dir": str(folders[1])}))


def test_the_first_place_that_has_the_file_wins(folders: list[Path]) -> None:
    for folder in reversed(folders):
        (folder / "urlfilters.json").touch()
        assert files(folders).find("urlfilters.json") == folder / "urlfilters.json"


def test_which_of_two_is_used_is_logged_once(folders: list[Path], caplog: pytest.LogCaptureFixture) -> None:
    (folders[0] / "urlfilters.json").touch()
    files(folders).find("urlfilters.json")
    assert not caplog.records, "what spindrift brings along is no rival"
    folders[3].joinpath("urlfilters.json").touch()
    ResourceFiles.from_settings(Settings({"spindrift.project.dir": "."})).find("urlfilters.json")
    assert not caplog.records, "the project's folder is the current one"
    folders[3].joinpath("urlfilters.json").unlink()
    (folders[1] / "urlfilters.json").touch()
    for _ in range(2):
        files(folders).find("urlfilters.json")
    (record,) = caplog.records
    used, unused = (folder / "urlfilters.json" for folder in folders[:2])
    assert record.getMessage() == f"of the files called urlfilters.json, {used} is used, not {unused}"


def test_a_file_that_is_not_used_is_named_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "resources").mkdir()
    for file in (tmp_path / "once.json", tmp_path / "resources" / "once.json"):
        file.touch()
    ResourceFiles.from_settings(Settings({"spindrift.project.dir": "."})).find("once.json")
    assert caplog.messages == ["of the files called once.json, resources/once.json is used, not once.json"]


def test_a_name_typed_in_a_shell_is_the_file_that_it_means_there(folders: list[Path]) -> None:
    for folder in folders:
        (folder / "mine.json").touch()
    assert files(folders).find_typed("mine.json") == folders[3] / "mine.json"
    assert files(folders).find_typed("parsefilters.json").is_file()


def test_what_no_folder_of_the_user_has_spindrift_brings_along(folders: list[Path]) -> None:
    found = files(folders).find("urlfilters.json")
    assert found.parent.name == "resources"
    assert not any(found.is_relative_to(folder) for folder in folders)


def test_an_absolute_path_stands_for_itself(folders: list[Path], tmp_path: Path) -> None:
    (tmp_path / "x.json").touch()
    assert files(folders).find(str(tmp_path / "x.json")) == tmp_path / "x.json"
    with pytest.raises(ConfigurationError, match="looked for"):
        files(folders).find(str(tmp_path / "urlfilters.json"))


def test_a_file_named_in_a_file_is_looked_for_beside_it_first(folders: list[Path], tmp_path: Path) -> None:
    for folder in (folders[0], tmp_path):
        (folder / "rules.txt").touch()
    assert files(folders).beside(tmp_path / "urlfilters.json").find("rules.txt") == tmp_path / "rules.txt"


def test_a_folder_is_no_file(folders: list[Path]) -> None:
    (folders[1] / "rules").mkdir()
    with pytest.raises(ConfigurationError, match=r'"rules" is a folder, not a file: .*rules'):
        files(folders).find("rules")


def test_every_place_that_was_tried_is_told(folders: list[Path]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        files(folders).find("none.json")
    assert [str(folder / "none.json") in str(caught.value) for folder in folders] == [True] * 4


def test_without_a_project_the_current_folder_is_one(folders: list[Path]) -> None:
    assert ResourceFiles.from_settings().folders[:2] == tuple(folders[2:])
