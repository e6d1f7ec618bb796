"""Hooks that streamparse calls around `sparse submit`."""

from typing import Any

from spindrift.storm.submitting import prefer_messagepack


def pre_submit(topology_name: str, env_name: str, env_config: dict[str, Any], options: dict[str, Any]) -> None:
    """Called before a topology is submitted."""
    prefer_messagepack(env_config, options)
