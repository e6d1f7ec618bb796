"""Hooks that streamparse calls around `sparse submit`; nothing to do for now."""


def pre_submit(topology_name, env_name, env_config, options):
    """Called before a topology is submitted."""


def post_submit(topology_name, env_name, env_config, options):
    """Called after a topology was submitted."""
