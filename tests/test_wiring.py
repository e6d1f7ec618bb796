"""Topologies that are made of others."""

import io
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest
from streamparse import Bolt, Grouping, Stream, Topology

from spindrift.demo.generated_web import GeneratedWeb
from spindrift.local.errors import TopologyError
from spindrift.local.loading import load_topology
from spindrift.spouts.seeds import SeedSpout
from spindrift.store import open_store
from spindrift.topologies.crawl import CrawlTopology
from spindrift.wiring import extend
from tests.crawl.running import crawl_conf, run_crawl


class Lengths(Bolt):
    """The length of each page's text."""

    outputs: ClassVar[list[Stream]] = [Stream(["url", "length"])]

    def process(self, tup: Any) -> None:
        self.emit([tup.values.url, len(tup.values.text)])


class Notes(Bolt):
    """Keeps what it is told."""

    seen: ClassVar[dict[str, int]] = {}

    def process(self, tup: Any) -> None:
        self.seen[tup.values.url] = tup.values.length


def lengths() -> Any:
    return Lengths.spec(inputs={CrawlTopology.parse: Grouping.SHUFFLE})


def names(topology: type[Topology]) -> list[str]:
    return [spec.name for spec in topology.specs]


def test_a_crawl_with_more_bolts_crawls_and_feeds_them(tmp_path: Path) -> None:
    Notes.seen.clear()
    first = lengths()
    counted = extend(CrawlTopology, lengths=first, notes=Notes.spec(inputs={first: Grouping.SHUFFLE}))
    with GeneratedWeb(hosts=1, pages=3, page_bytes=2000, links=6, plain=True) as web:
        conf = crawl_conf(tmp_path)
        with open_store(conf["store.url"]) as store:
            summary = run_crawl(store, [web.seeds[0]], conf, topology=counted)
        assert summary.pages == 3
        assert sorted(Notes.seen) == sorted(web.urls())
    assert min(Notes.seen.values()) > 100


def test_new_components_stand_behind_those_to_which_they_listen_and_the_original_has_none() -> None:
    before = names(CrawlTopology)
    made = names(extend(CrawlTopology, lengths=lengths()))
    assert made[made.index("parse") + 1] == "lengths"
    assert [name for name in made if name != "lengths"] == names(CrawlTopology) == before


def test_a_component_of_the_same_name_takes_the_place_and_config_is_laid_over() -> None:
    made = extend(CrawlTopology, config={"seeds": ["http://a.example/"]}, seeds=SeedSpout.spec(par=2))
    assert names(made) == names(CrawlTopology)
    assert [spec.par for spec in made.specs if spec.name == "seeds"] == [2]
    assert made.config == {**CrawlTopology.config, "seeds": ["http://a.example/"]}
    assert "seeds" not in CrawlTopology.config


def test_sparse_can_write_it() -> None:
    written = io.BytesIO()
    extend(CrawlTopology, lengths=lengths()).write(written)
    assert b"lengths" in written.getvalue()


def test_what_is_no_spec_and_inputs_that_there_are_not_are_named() -> None:
    class Other(Topology):
        words = SeedSpout.spec()

    not_a_spec: Any = Lengths
    with pytest.raises(TypeError, match=r"lengths: expected a component's spec, such as MyBolt.spec"):
        extend(CrawlTopology, lengths=not_a_spec)
    with pytest.raises(ValueError, match="lengths listens to words, and there are only seeds, frontier, "):
        extend(CrawlTopology, lengths=Lengths.spec(inputs={Other.words["status"]: Grouping.SHUFFLE}))


TOPOLOGY = """
from streamparse import Grouping
{imports}
from tests.test_wiring import Lengths

{body}
"""
EXTENDED = "Mine = extend({crawl}, lengths=Lengths.spec(inputs={{{crawl}.parse: Grouping.SHUFFLE}}))"


def topology_file(tmp_path: Path, imports: str, body: str) -> Path:
    file = tmp_path / "topologies" / "mine_extended.py"
    file.parent.mkdir()
    file.write_text(TOPOLOGY.format(imports=imports, body=body))
    return file


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [*sys.path])
    monkeypatch.delitem(sys.modules, "mine_extended", raising=False)


def test_run_finds_it_in_a_topology_file(tmp_path: Path) -> None:
    imports = "from spindrift.topologies import crawl\nfrom spindrift.wiring import extend"
    file = topology_file(tmp_path, imports, EXTENDED.format(crawl="crawl.CrawlTopology"))
    assert "lengths" in names(load_topology(file))


def test_a_file_whose_first_topology_is_an_imported_one_is_refused(tmp_path: Path) -> None:
    imports = "from spindrift.topologies.crawl import CrawlTopology\nfrom spindrift.wiring import extend"
    file = topology_file(tmp_path, imports, EXTENDED.format(crawl="CrawlTopology"))
    with pytest.raises(TopologyError, match=r"import its module instead: from spindrift\.topologies import crawl"):
        load_topology(file)


@pytest.mark.parametrize(
    "body",
    [
        "class Mine(CrawlTopology):\n    n = Lengths.spec(inputs={CrawlTopology.parse: Grouping.SHUFFLE})",
        "class Mine(CrawlTopology):\n    config = {}",
    ],
)
def test_whoever_inherits_from_a_topology_is_told_how_to_extend_it(tmp_path: Path, body: str) -> None:
    file = topology_file(tmp_path, "from spindrift.topologies.crawl import CrawlTopology", body)
    with pytest.raises(TopologyError, match=r"does not inherit components: .* use spindrift.wiring.extend"):
        load_topology(file)


def test_the_example_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    example = readme.partition("## A crawl with bolts of your own")[2].partition("```python\n")[2].partition("```")[0]
    own = ModuleType("my_bolts")
    own.TextLengths = Lengths  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "my_bolts", own)
    made = load_topology(topology_file(tmp_path, "", example))
    assert "lengths" in names(made)
    assert made.config["urlfilters.same"] == "host"


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parents[1] / "topologies").glob("[!_]*.py")), ids=lambda file: file.stem
)
def test_each_topology_of_the_project_is_the_first_of_its_file(file: Path) -> None:
    assert load_topology(file).specs
