"""Topologies as `sparse run` writes them for Flux, read back."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from streamparse import Topology

from spindrift.local.errors import TopologyError
from spindrift.local.plan import plan_topology
from spindrift.storm.flux import read_flux
from spindrift.topologies.crawl import CrawlTopology
from tests.real.conformance.suite import Conformance


def written(topology: type[Topology], folder: Path, conf: dict[str, Any]) -> Path:
    file = folder / "topology.yaml"
    with file.open("w") as out:
        yaml = YAML(typ="safe", pure=True)
        yaml.default_flow_style = False
        yaml.dump({**topology.to_flux_dict("flux"), "config": conf}, out)
    return file


@pytest.mark.parametrize("topology", [CrawlTopology, Conformance])
def test_what_is_read_is_what_was_written(topology: type[Topology], tmp_path: Path) -> None:
    found, name, conf = read_flux(written(topology, tmp_path, {"topology.workers": 1}))
    assert (name, conf) == ("flux", {"topology.workers": 1})
    before, after = (plan_topology(each, name).components for each in (topology, found))
    assert after.keys() == before.keys()
    for component, plan in before.items():
        again = after[component]
        assert (again.cls, len(again.tasks), again.conf) == (plan.cls, len(plan.tasks), plan.conf)
        assert again.streams == plan.streams
        assert set(again.inputs) == set(plan.inputs)


@pytest.mark.parametrize("text", ["[]", "name: x\nspouts: [{id: a}]\n", "name: [", "\t"])
def test_anything_else_is_refused_by_name(text: str, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(text)
    with pytest.raises(TopologyError, match=r"other.yaml: not a topology as sparse run writes it"):
        read_flux(tmp_path / "other.yaml")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(TopologyError, match="cannot read the topology"):
        read_flux(tmp_path / "none.yaml")
