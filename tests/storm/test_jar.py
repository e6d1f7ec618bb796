"""The JAR of a project's code."""

import os
import zipfile
from pathlib import Path

import pytest

from spindrift.errors import ConfigurationError
from spindrift.storm.jar import write_jar


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "src"
    (folder / "words").mkdir(parents=True)
    (folder / "words" / "bolts.py").write_text("class Count: pass\n")
    (folder / "words" / "data.bin").write_bytes(bytes(range(256)))
    return folder


def names(jar: Path) -> list[str]:
    with zipfile.ZipFile(jar) as archive:
        return archive.namelist()


def test_what_src_holds_is_under_resources_after_a_manifest(sources: Path, tmp_path: Path) -> None:
    made = write_jar(sources, tmp_path / "out" / "words.jar")
    assert names(made.path) == [
        "META-INF/MANIFEST.MF",
        "resources/words/bolts.py",
        "resources/words/data.bin",
    ]
    assert (made.files, made.size) == (2, made.path.stat().st_size)
    with zipfile.ZipFile(made.path) as archive:
        assert archive.read("resources/words/data.bin") == bytes(range(256))
        assert archive.read("META-INF/MANIFEST.MF").startswith(b"Manifest-Version: 1.0\r\n")
        assert archive.testzip() is None


def test_links_are_followed(sources: Path, tmp_path: Path) -> None:
    aside = tmp_path / "bolts"
    aside.mkdir()
    (aside / "fetch.py").touch()
    (sources / "words" / "more").symlink_to(aside)
    (sources / "one.py").symlink_to(aside / "fetch.py")
    found = names(write_jar(sources, tmp_path / "words.jar").path)
    assert {"resources/words/more/fetch.py", "resources/one.py"} < set(found)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere" / "waves"
    folder.mkdir(parents=True)
    (folder / "tide.py").write_text("HIGH = 1\n")
    return folder


def test_a_library_is_put_beside_the_sources(sources: Path, library: Path, tmp_path: Path) -> None:
    made = write_jar(sources, tmp_path / "words.jar", library=library)
    assert "resources/waves/tide.py" in names(made.path)
    assert made.files == 3


def test_a_library_of_the_sources_own_stays(sources: Path, library: Path, tmp_path: Path) -> None:
    (sources / "waves").mkdir()
    (sources / "waves" / "own.py").touch()
    found = names(write_jar(sources, tmp_path / "words.jar", library=library).path)
    assert [name for name in found if "waves" in name] == ["resources/waves/own.py"]


def test_what_is_made_from_the_sources_is_left_out(sources: Path, tmp_path: Path) -> None:
    for name in ("words/__pycache__/bolts.cpython-311.pyc", "words.egg-info/PKG-INFO", ".git/HEAD", "words/.hidden"):
        (sources / name).parent.mkdir(exist_ok=True)
        (sources / name).touch()
    assert len(names(write_jar(sources, tmp_path / "words.jar").path)) == 3


def test_the_same_files_make_the_same_jar(sources: Path, tmp_path: Path) -> None:
    first = write_jar(sources, tmp_path / "first.jar").path.read_bytes()
    (sources / "words" / "bolts.py").write_text("class Count: pass\n")  # touched, and the same
    assert write_jar(sources, tmp_path / "second.jar").path.read_bytes() == first


def test_the_date_of_the_source_is_that_of_the_entries(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    made = write_jar(sources, tmp_path / "words.jar")
    with zipfile.ZipFile(made.path) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2001, 9, 9, 1, 46, 40)}


def test_a_link_that_leads_round_in_circles_is_refused_by_name(sources: Path, tmp_path: Path) -> None:
    (sources / "words" / "again").symlink_to(sources)
    with pytest.raises(ConfigurationError, match=r"words/again: this link leads back to .*src"):
        write_jar(sources, tmp_path / "words.jar")


def test_a_link_that_leads_nowhere_is_refused_by_name(sources: Path, tmp_path: Path) -> None:
    (sources / "gone").symlink_to("nowhere")
    with pytest.raises(ConfigurationError, match=r"gone: this link leads nowhere \(nowhere\)"):
        write_jar(sources, tmp_path / "words.jar")


def test_what_is_there_stays_when_the_jar_cannot_be_written(sources: Path, tmp_path: Path) -> None:
    jar = write_jar(sources, tmp_path / "words.jar").path
    before = jar.read_bytes()
    (sources / "gone").symlink_to("nowhere")
    with pytest.raises(ConfigurationError):
        write_jar(sources, jar)
    assert jar.read_bytes() == before
    with pytest.raises(ConfigurationError, match="cannot write the JAR"):
        write_jar(sources / "words", jar / "below.jar")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["src", "words.jar"], "nothing unfinished is left"


def test_a_jar_among_the_sources_is_not_put_into_itself(sources: Path) -> None:
    first = names(write_jar(sources, sources / "words.jar").path)
    (sources / "link.jar").symlink_to("words.jar")
    assert names(write_jar(sources, sources / "words.jar").path) == first


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_is_neither_file_nor_folder_is_refused_by_name(kind: str, sources: Path, tmp_path: Path) -> None:
    if kind == "pipe":
        os.mkfifo(sources / "odd")
    else:
        (sources / "odd").symlink_to("/dev/zero")
    with pytest.raises(ConfigurationError, match="odd: this is neither a file nor a folder"):
        write_jar(sources, tmp_path / "words.jar")


def test_a_name_that_is_not_utf_8_is_refused_and_can_be_printed(sources: Path, tmp_path: Path) -> None:
    try:
        (sources / os.fsdecode(b"caf\xe9.py")).touch()
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    with pytest.raises(ConfigurationError, match="names in UTF-8 only") as raised:
        write_jar(sources, tmp_path / "words.jar")
    assert rb"caf\xe9.py: a JAR" in str(raised.value).encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_read_is_refused_by_name(sources: Path, tmp_path: Path) -> None:
    for closed in (sources / "words" / "data.bin", sources / "words"):
        closed.chmod(0)
        with pytest.raises(ConfigurationError, match=f"{closed.name}: cannot be read"):
            write_jar(sources, tmp_path / "words.jar")
    closed.chmod(0o700)


@pytest.mark.parametrize("exists", [True, False])
def test_without_code_there_is_no_jar(exists: bool, tmp_path: Path) -> None:
    if exists:
        (tmp_path / "src").mkdir()
    with pytest.raises(ConfigurationError, match="no code for a JAR"):
        write_jar(tmp_path / "src", tmp_path / "words.jar")
