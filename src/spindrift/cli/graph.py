"""`spindrift graph`: a picture of a topology."""

from enum import StrEnum
from typing import Annotated

import typer

from spindrift.cli.options import ConfigFiles, Environment, TopologyName


class Language(StrEnum):
    """What a picture can be described in."""

    DOT = "dot"
    MERMAID = "mermaid"


def graph(
    name: TopologyName = None,
    language: Annotated[
        Language, typer.Option("--format", help="dot for Graphviz; mermaid for Markdown, and mermaid.live.")
    ] = Language.DOT,
    environment: Environment = None,
    config: ConfigFiles = None,
) -> None:
    """Draw a topology: its spouts and bolts, how many tasks each has, and which streams lead where by which grouping.

    Nothing is run. Works in any streamparse project folder.

    Exit codes: 0 drawn, 2 wrong usage, configuration or topology.

    Examples:
      spindrift graph -n crawl | dot -Tsvg > crawl.svg
      spindrift graph --format mermaid
    """
    from spindrift.cli.configuration import make_importable
    from spindrift.cli.results import results
    from spindrift.conf.layers import load_projects
    from spindrift.local.drawing import dot, mermaid
    from spindrift.local.loading import load_topology
    from spindrift.local.plan import plan_topology

    project = load_projects(config)
    env, _ = project.environment(environment, matters=lambda key: False)
    name, file = project.topology_file(name)
    make_importable(project.root)
    plan = plan_topology(load_topology(file), name, env)
    results().write((dot if language is Language.DOT else mermaid)(plan))
